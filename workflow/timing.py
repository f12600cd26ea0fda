"""The day it is for a release: by the clock of its program."""

from __future__ import annotations

import zoneinfo
from datetime import date

from workflow.context import ReleaseContext


def today_of(context: ReleaseContext) -> date:
    """The calendar day of `context.now` in the time zone of the program."""
    return context.now.astimezone(zoneinfo.ZoneInfo(context.profile.timezone)).date()
