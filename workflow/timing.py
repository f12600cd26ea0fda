"""The day it is for a release or a program: by the clock of the program, not of the server."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta

from accounts.models import Program
from accounts.selectors import profile_for
from workflow.context import ReleaseContext


def today_of(context: ReleaseContext) -> date:
    """The calendar day of `context.now` in the time zone of the program."""
    return context.now.astimezone(zoneinfo.ZoneInfo(context.profile.timezone)).date()


def today_in(program: Program, now: datetime) -> date:
    """The calendar day of `now` in the time zone of `program`, as its present profile has it."""
    return now.astimezone(zoneinfo.ZoneInfo(profile_for(program).timezone)).date()


def latest_today(now: datetime) -> date:
    """The latest day that it is anywhere: a sweep looks up to it, and then judges each row by its program's day."""
    return now.astimezone(zoneinfo.ZoneInfo("UTC")).date() + timedelta(days=1)
