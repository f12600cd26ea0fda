"""Which exceptions speak of a release, and which of them hold today: read by gates, policies and the final key."""

from __future__ import annotations

from workflow.context import ReleaseContext
from workflow.models import PublicationException
from workflow.timing import today_of


def exceptions_of(context: ReleaseContext) -> list[PublicationException]:
    """The exceptions that speak of this release: its own, and those of the whole dataset."""
    return [row for row in context.dataset.exceptions.all() if row.release_id in (None, context.release.pk)]


def is_held(row: PublicationException, context: ReleaseContext) -> bool:
    """True while a granted exception holds: not taken back, its day not passed, and its licence still chosen."""
    return (
        row.decision == PublicationException.Decision.GRANTED
        and row.revoked_at is None
        and row.until is not None
        and row.until >= today_of(context)
        and row.licence in ("", context.dataset.licence)
    )


def is_excepted(context: ReleaseContext, kind: str) -> bool:
    """True when an exception of `kind` holds for this release today."""
    return any(row.kind == kind and is_held(row, context) for row in exceptions_of(context))


def open_or_granted_kinds(context: ReleaseContext) -> set[str]:
    """The kinds of exception that are asked for or hold: they decide who turns the final key."""
    return {str(row.kind) for row in exceptions_of(context) if row.is_open or is_held(row, context)}
