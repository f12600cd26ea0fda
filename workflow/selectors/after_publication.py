"""The checklist after publication: whom it waits on while the release is public and it is not complete."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.profiles import Profile, profile_of
from accounts.roles import Role
from dossier.models import Fact
from workflow.models import Release
from workflow.selectors.datasets import datasets_for
from workflow.selectors.people import RoleBook
from workflow.stages import Stage

CHECKLIST = "post"
# What was promised is looked at soon or not at all; later the checklist is still there on its tab.
ASKED_FOR = timedelta(days=90)


def releases_to_look_at(user: User, *, now: datetime) -> list[Release]:
    """Public releases whose checklist after publication waits on `user`, the oldest first. A few queries."""
    answered = Fact.objects.filter(release=OuterRef("pk"), kind=f"checklist.{CHECKLIST}", ok=True)
    rows = list(
        Release.objects.filter(
            ~Exists(answered),
            stage=Stage.PUBLISHED,
            stage_entered_at__gte=now - ASKED_FOR,
            dataset__in=datasets_for(user).values("pk"),
        )
        .select_related("profile", "dataset__department", "dataset__steward", "dataset__coordinator")
        .order_by("stage_entered_at", "pk")
    )
    book = RoleBook({row.dataset.program_id for row in rows})
    asked = [(row, _role_asked(profile_of(row.profile))) for row in rows]
    return [row for row, role in asked if role and user in book.holders(role, row.dataset)]


def _role_asked(profile: Profile) -> str:
    """Who is asked for the checklist: whom the program names, else who holds the stage; empty where it has none."""
    if CHECKLIST not in profile.checklists.get(Stage.PUBLISHED, ()):
        return ""
    role = profile.drafts.get(CHECKLIST) or profile.stage_holders.get(Stage.PUBLISHED, Role.COORDINATOR)
    return role if role in Role.values else Role.COORDINATOR.value
