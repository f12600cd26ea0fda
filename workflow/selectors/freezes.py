"""Reads about freeze periods: which there are, and which planned releases they keep from the public."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Program, User
from accounts.roles import programs_of
from workflow.context import ReleaseContext, contexts_of, release_queryset
from workflow.freezing import freezes_at, planned_at
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
    rows = release_queryset().filter(
        dataset__program=freeze.program_id, stage__in=OPEN_STAGES, plan__release_at__lt=freeze.ends_at
    )
    contexts = contexts_of(rows.order_by("plan__release_at", "pk"), now=now)
    return [context for context in contexts if _is_in(freeze, context, now)]


def _is_in(freeze: Freeze, context: ReleaseContext, now: datetime) -> bool:
    at = planned_at(context)
    return at is not None and any(row.pk == freeze.pk for row in freezes_at(context, max(at, now)))
