"""What the programs of the demo have on their calendar: a bundle of what they hold, and a freeze period."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Program, User
from accounts.roles import Role
from accounts.selectors import profile_for
from workflow.models import Bundle, Freeze, Release
from workflow.services.bundles import bundle_add, bundle_make
from workflow.services.freezes import freeze_set
from workflow.stages import OPEN_STAGES


def calendar_make(program: Program, people: dict[Role, User], *, now: datetime | None = None) -> None:
    """The bundle and the freeze of one program; made twice, nothing is added."""
    now = now or timezone.now()
    morning = now.astimezone(ZoneInfo(profile_for(program).timezone)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    if not Bundle.objects.filter(program=program).exists():
        _bundle(program, people[Role.COORDINATOR], morning + timedelta(days=45))
    if not Freeze.objects.filter(program=program).exists():
        freeze_set(
            program=program,
            actor=people[Role.PORTAL_ADMIN],
            kind=Freeze.Kind.MIGRATION,
            reason="The portal moves to new servers.",
            starts_at=morning.replace(hour=0) + timedelta(days=30),
            ends_at=morning.replace(hour=0) + timedelta(days=34),
            now=now,
        )


def _bundle(program: Program, coordinator: User, at: datetime) -> None:
    bundle = bundle_make(
        program=program,
        actor=coordinator,
        name="Open data day",
        reason="They are announced together, and each explains the other.",
        release_at=at,
    )
    own = Release.objects.filter(
        dataset__program=program, dataset__coordinator=coordinator, stage__in=OPEN_STAGES
    )
    for release in own.order_by("pk"):
        bundle_add(bundle_id=bundle.pk, release_id=release.pk, actor=coordinator)
