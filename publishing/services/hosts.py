"""The circuit breaker of a host: after failures in a row it is left alone, each time for longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from publishing.models import SourceHost
from work.services import scaled

# So many failures in a row, of whatever dataset.
FAILURES = 3
FIRST_REST = 900.0
LONGEST_REST = 6 * 3600.0


@transaction.atomic
def host_failed(*, host: str, now: datetime) -> timedelta | None:
    """Count a failure of the host itself. Returns how long it rests from now, None when it may be asked."""
    if not host:
        return None
    SourceHost.objects.get_or_create(host=host)
    row = SourceHost.objects.select_for_update().get(host=host)
    row.failures += 1
    rest = None
    if row.failures >= FAILURES:
        rest = scaled(min(LONGEST_REST, FIRST_REST * 2 ** (row.failures - FAILURES)))
        row.resting_until = now + rest
    row.save(update_fields=["failures", "resting_until"])
    return rest


def host_answered(*, host: str) -> None:
    """It works: the next failure is the first again."""
    SourceHost.objects.filter(host=host).update(failures=0, resting_until=None)


def host_wake(*, host: str) -> None:
    """Ask it once more by a person's wish; a further failure lets it rest again at once."""
    SourceHost.objects.filter(host=host).update(resting_until=None)
