"""Which freeze periods hold for a release: asked alike by gates, pages and letters."""

from __future__ import annotations

from datetime import datetime

from workflow.context import ReleaseContext
from workflow.joint import departments_of
from workflow.models import Freeze


def planned_at(context: ReleaseContext) -> datetime | None:
    """When a release is to go public: by its plan, or with its bundle where that is later."""
    at = context.plan.release_at if context.plan else None
    if at is None or context.together is None:
        return at
    return max(at, context.together.bundle.release_at)


def freezes_at(context: ReleaseContext, moment: datetime) -> list[Freeze]:
    """The freezes of the program that keep this release from the public at `moment`, exceptions aside.

    A new edition of data that is public passes a freeze that says so.
    """
    places = {department.pk for department in departments_of(context.dataset)}
    found = [freeze for freeze in context.dataset.program.freezes.all() if freeze.covers(moment, places)]
    if any(not freeze.holds_refreshes for freeze in found) and context.dataset.public_release is not None:
        found = [freeze for freeze in found if freeze.holds_refreshes]
    return found


def is_excepted(context: ReleaseContext, freeze: Freeze) -> bool:
    """An officer let this release through the freeze."""
    return any(row.freeze_id == freeze.pk for row in context.release.freeze_exceptions.all())


def free_from(context: ReleaseContext, moment: datetime) -> datetime:
    """The first moment from `moment` on at which no freeze holds: where two meet, after both."""
    while holding := [freeze for freeze in freezes_at(context, moment) if not is_excepted(context, freeze)]:
        moment = max(freeze.ends_at for freeze in holding)
    return moment
