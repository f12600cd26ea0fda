"""What a person has to do for publication plans, as lines of their work."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.profiles import profile_of
from workflow.calendar import calendar_of
from workflow.models import PlanItem
from workflow.selectors.datasets import releases_for
from workflow.selectors.turns import Turn
from workflow.selectors.work import Line
from workflow.stages import OPEN_STAGES, Stage


def item_lines(user: User, now: datetime) -> list[Line]:
    """Items of plans that are this person's and not done, soonest first; some are done after the data is public."""
    items = (
        PlanItem.objects.filter(owner=user, done_at=None, plan__release__in=releases_for(user))
        .filter(Q(plan__release__stage__in=OPEN_STAGES) | Q(plan__release__stage=Stage.PUBLISHED))
        .filter(plan__release__held_at=None)
        .select_related("plan__release__dataset", "plan__release__profile")
    )
    return [_line(item, user, now) for item in items]


def _line(item: PlanItem, user: User, now: datetime) -> Line:
    release = item.plan.release
    calendar = calendar_of(profile_of(release.profile))
    turn = Turn(
        role="",
        what=f"do for the publication plan: {item.title}",
        button="Open the plan",
        url_name="release_plan",
        due=calendar.end_of(item.due) if item.due else None,
    )
    return Line(release, release.dataset, turn, (user,), now, calendar)
