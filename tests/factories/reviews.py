"""Programs with reviews of their own, and facts of a release that change."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import ProgramProfile, User
from accounts.profiles import digest_of, parse
from accounts.roles import Role
from accounts.selectors import profile_current
from accounts.services import role_assign
from dossier.services import fact_record
from tests.cast import Cast, person
from tests.factories.workflow import FILE, TREATED, WEIGHED
from workflow.context import context_of
from workflow.models import Release, Review
from workflow.services.review_desk import reviews_ask


def program_with(cast: Cast, *reviews: dict[str, Any], **parts: Any) -> None:
    """The program's next profile: these reviews besides its own, and these parts instead of its own."""
    current = profile_current(cast.program)
    content = deepcopy(current.content)
    content["reviews"] += reviews
    content |= parts
    parse(content)
    ProgramProfile.objects.create(
        program=cast.program, version=current.version + 1, content=content, digest=digest_of(content)
    )


def colleague(cast: Cast, name: str, role: Role, **place: Any) -> User:
    """One more person with a role."""
    user = person(name)
    role_assign(user=user, role=role, program=cast.program, actor=None, **place)
    return user


def row_of(release: Release, kind: str = "department") -> Review:
    """The review of that kind that waits for a verdict."""
    return Review.objects.get(release=release, kind=kind, verdict="")


def rate_risk(release: Release, risk: str) -> None:
    """What privacy records once the risk is measured and rated; the reviews that it asks for are asked for."""
    about = {"treated": TREATED, "quasi": "z"}
    k = {"very_high": 1, "high": 3, "moderate": 7, "low": 14}[risk]
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    data = {"k": k, "k_min": 5, "accepted": k < 5, "accepted_until": until if k < 5 else None}
    fact_record(release_id=release.pk, kind="risk", ok=True, about=about, data=data)
    about = {"file": FILE, "treated": TREATED, "judged": risk}
    fact_record(release_id=release.pk, kind="assessment", ok=True, about=about, data=WEIGHED | {"risk": risk})
    context = context_of(release.pk)
    reviews_ask(context, context.now)
