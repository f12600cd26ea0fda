"""When a dataset is due to be looked at: by the clock of its program, at the hour of its record."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from publishing.models import EtlRecord

_SATURDAY = 5
_STEPS = {
    EtlRecord.Frequency.DAILY: relativedelta(days=1),
    EtlRecord.Frequency.WEEKDAYS: relativedelta(days=1),
    EtlRecord.Frequency.WEEKLY: relativedelta(weeks=1),
    EtlRecord.Frequency.BIWEEKLY: relativedelta(weeks=2),
    EtlRecord.Frequency.MONTHLY: relativedelta(months=1),
    EtlRecord.Frequency.BIMONTHLY: relativedelta(months=2),
    EtlRecord.Frequency.QUARTERLY: relativedelta(months=3),
    EtlRecord.Frequency.BIANNUALLY: relativedelta(months=6),
    EtlRecord.Frequency.ANNUALLY: relativedelta(years=1),
}


def next_due(record: EtlRecord, *, after: datetime, zone: str) -> datetime | None:
    """The next time after `after` that the source is asked; None where a person starts each fetch.

    The first look of a version is at the next such hour, the others a period later.
    """
    if record.source == "upload" or record.frequency == EtlRecord.Frequency.BY_HAND:
        return None
    if record.frequency == EtlRecord.Frequency.HOURLY:
        return after + timedelta(hours=1)
    local = after.astimezone(ZoneInfo(zone))
    first = record.decided_at is None or after <= record.decided_at
    step = relativedelta(days=1) if first else _STEPS[EtlRecord.Frequency(record.frequency)]
    at = local.replace(hour=record.hour, minute=0, second=0, microsecond=0)
    due = at if first and at > local else at + step
    while record.frequency == EtlRecord.Frequency.WEEKDAYS and due.weekday() >= _SATURDAY:
        due += relativedelta(days=1)
    return due
