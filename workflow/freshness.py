"""How fresh public data is: derived from how often it is promised to be updated and when it was, never stored.

Bands as the Humanitarian Data Exchange has them (due, overdue, delinquent); the shares of the period after which
each begins are the program's. Sources: FEATURES M19; DOMAIN h4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.profiles import Updates
from workflow.calendar import WEEKDAYS, BusinessCalendar
from workflow.models import Dataset

Frequency = Dataset.Frequency

# How long data of each update frequency may rest; frequencies without a schedule are absent. Contacts are written to
# by the day, so what is promised more often than daily is late after a day.
PERIOD_DAYS: dict[str, int] = {
    Frequency.ANNUALLY: 365,
    Frequency.BIANNUALLY: 183,
    Frequency.QUARTERLY: 92,
    Frequency.BIMONTHLY: 62,
    Frequency.MONTHLY: 31,
    Frequency.BIWEEKLY: 14,
    Frequency.WEEKLY: 7,
    Frequency.WEEKDAYS: 1,
    Frequency.DAILY: 1,
    Frequency.HOURLY: 1,
    Frequency.CONTINUOUS: 1,
}
FRESH, DUE, OVERDUE, DELINQUENT = "fresh", "due", "overdue", "delinquent"
LATE_BANDS = (DUE, OVERDUE, DELINQUENT)
_WORDS = {FRESH: "Fresh", DUE: "Due for an update", OVERDUE: "Overdue", DELINQUENT: "Long overdue"}
_TONES = {FRESH: "good", DUE: "info", OVERDUE: "warn", DELINQUENT: "bad"}


@dataclass(frozen=True)
class Freshness:
    """The band, and since when the update is due. Data that promises no date has none.

    `looked_at`: when, after the update, the source was read and gave nothing newer.
    """

    band: str
    updated_at: datetime
    due_at: datetime
    looked_at: datetime | None = None

    @property
    def current_at(self) -> datetime:
        """When the data was last known to be what its source holds: its period is counted from then."""
        return self.looked_at or self.updated_at

    @property
    def words(self) -> str:
        return _WORDS[self.band]

    @property
    def tone(self) -> str:
        return _TONES[self.band]

    @property
    def is_late(self) -> bool:
        """Overdue or worse: what counts as stale in figures (the period of grace is over)."""
        return self.band in (OVERDUE, DELINQUENT)


def freshness_of(
    frequency: str,
    updated_at: datetime | None,
    now: datetime,
    updates: Updates,
    calendar: BusinessCalendar = WEEKDAYS,
    looked_at: datetime | None = None,
) -> Freshness | None:
    """The band of data that was updated then; None where its frequency promises no date, or nothing is public.

    `calendar` is the program's: what is promised for every weekday does not grow old on days off. `looked_at`: when
    its source was last read and held what is public; data that did not change there is not late.
    """
    days = PERIOD_DAYS.get(frequency)
    if days is None or updated_at is None:
        return None
    if looked_at is not None and looked_at <= updated_at:
        looked_at = None
    since, period = looked_at or updated_at, timedelta(days=days)
    due, rested = since + period, now - since
    if frequency == Frequency.WEEKDAYS:
        first, last = calendar.local_day(since), calendar.local_day(now)
        due = since + (calendar.add(first, 1) - first)
        rested -= (last - first) - timedelta(days=calendar.between(first, last))
    ends = (
        (period, FRESH),
        (period + period * (updates.overdue_percent / 100), DUE),
        (period + period * (updates.delinquent_percent / 100), OVERDUE),
    )
    band = next((band for end, band in ends if rested <= end), DELINQUENT)
    return Freshness(band, updated_at, due, looked_at)
