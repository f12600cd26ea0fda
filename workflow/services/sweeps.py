"""What comes due around datasets without anybody's doing: links that lapse, proposals whose day has come."""

from __future__ import annotations

from datetime import datetime

from workflow.services.inventory_import import imports_forget
from workflow.services.proposals import proposals_come_back
from workflow.services.requests import requests_forget
from workflow.services.withholding import withholdings_expire


def intake_sweep(*, now: datetime | None = None) -> tuple[int, int]:
    """Erase requests and votes that were never confirmed, and bring proposals back. Returns both counts."""
    return requests_forget(now=now), proposals_come_back(now=now)


def inventory_sweep(*, now: datetime | None = None) -> tuple[int, int]:
    """Let grounds go whose review date has passed, and forget uploads nobody decided. Returns both counts."""
    return withholdings_expire(now=now), imports_forget(now=now)
