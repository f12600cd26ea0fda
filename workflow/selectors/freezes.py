"""Reads about freeze periods: which there are, and which planned releases they keep from the public."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Program, User
from accounts.roles import programs_of
from workflow.context import ReleaseContext, contexts_of, release_queryset
from workflow.freezing import freezes_at
from workflow.models import Freeze
from workflow.stages import OPEN_STAGES


def freezes_of(user: User, program: Program) -> QuerySet[Freeze]:
    """The freeze periods of a program, for whoever works there."""
    return Freeze.objects.filter(program=program, program__in=programs_of(user)).select_related(
        "department", "program", "set_by", "lifted_by"
    )


def freezes_ahead(user: User, program: Program, *, now: datetime | None = None) -> QuerySet[Freeze]:
    """Those that hold now or will."""
    return freezes_of(user, program).filter(lifted_at=None, ends_at__gt=now or timezone.now())


def releases_planned_in(freeze: Freeze, *, now: datetime | None = None) -> list[ReleaseContext]:
    """Releases on their way whose moment lies in a freeze, or has come while it holds; exceptions among them."""
    now = now or timezone.now()
    planned = Q(plan__release_at__gte=freeze.starts_at, plan__release_at__lt=freeze.ends_at)
    if freeze.starts_at <= now < freeze.ends_at:
        planned |= Q(plan__release_at__lt=now)
    rows = release_queryset().filter(planned, dataset__program=freeze.program_id, stage__in=OPEN_STAGES)
    contexts = contexts_of(rows.order_by("plan__release_at", "pk"), now=now)
    return [
        context
        for context in contexts
        if any(row.pk == freeze.pk for row in freezes_at(context, _moment(context, freeze, now)))
    ]


def _moment(context: ReleaseContext, freeze: Freeze, now: datetime) -> datetime:
    """The planned moment; where it has passed before the freeze began, now."""
    at = context.plan.release_at
    return at if at >= freeze.starts_at else now
