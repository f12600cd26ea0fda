"""Reads about publication plans: is it open, what it lacks, whose sign-off stands and what voided one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.profiles import Profile
from accounts.roles import Role
from accounts.selectors import departments_visible
from dossier.services import digest_of
from workflow.context import ReleaseContext
from workflow.models import PlanItem, PlanSignOff, PublicationPlan, Release
from workflow.selectors.people import RoleBook
from workflow.stages import Stage

# Whoever may edit a plan may be named in it, and the steward, who knows the data.
OWNER_ROLES = (
    Role.COORDINATOR,
    Role.STEWARD,
    Role.OPEN_DATA_TEAM,
    Role.COMMUNICATIONS,
    Role.POLICY,
    Role.CDO,
)
_AFTER_APPROVAL = (Stage.STAGED, Stage.PUBLISHED)
_PART_WORDS = {
    "release_at": "the release date",
    "embargo_until": "the embargo",
    "tactics": "how people hear of it",
    "audience": "who should hear of it",
    "champions": "the champions",
    "message": "what to say",
    "talking_points": "the talking points",
    "items": "what there is to do",
}


@dataclass(frozen=True)
class SignOffState:
    """How one role's sign-off stands: given and standing, voided by a change, or missing."""

    role: str
    label: str
    standing: PlanSignOff | None = None
    voided: PlanSignOff | None = None
    changed: tuple[str, ...] = ()


@dataclass
class PlanGaps:
    """What a plan lacks: to be agreed, and to be done before the data goes public."""

    to_agree: list[str] = field(default_factory=list)
    to_do: list[str] = field(default_factory=list)
    # sentence -> the role that cures it, where that is not whoever plans
    who: dict[str, str] = field(default_factory=dict)


def is_plan_open(context: ReleaseContext) -> bool:
    """May the plan be made now? In Los Angeles the approval opens it; it stays open after a return."""
    if context.profile.plan.opens_at != "approve":
        return True
    opened = context.plan is not None and context.plan.opened_at is not None
    return opened or context.release.stage in _AFTER_APPROVAL


def plan_parts(plan: PublicationPlan) -> dict[str, str]:
    """Digest of every part of a plan. That an item is done changes none: it is what was signed for."""
    parts: dict[str, Any] = {
        "release_at": _moment(plan.release_at),
        "embargo_until": _moment(plan.embargo_until),
        "tactics": sorted(plan.tactics),
        "audience": plan.audience,
        "champions": plan.champions,
        "message": plan.message,
        "talking_points": plan.talking_points,
        "items": sorted(
            [item.pk, item.tactic, item.title, item.owner_id, str(item.due or ""), item.mandatory]
            for item in plan.items.all()
        ),
    }
    return {name: digest_of(value) for name, value in parts.items()}


def changed_since(sign_off: PlanSignOff, parts: dict[str, str]) -> tuple[str, ...]:
    """What changed in the plan since it was signed, in words; empty when the sign-off stands."""
    return tuple(words for name, words in _PART_WORDS.items() if sign_off.parts.get(name) != parts.get(name))


def sign_offs_of(plan: PublicationPlan | None, profile: Profile) -> list[SignOffState]:
    """How the sign-off of each role that the program asks for stands."""
    parts = plan_parts(plan) if plan is not None else {}
    rows = list(plan.sign_offs.select_related("by")) if plan is not None else []
    states = []
    for role in profile.plan.sign_off:
        own = [row for row in rows if row.role == role]
        standing = next((row for row in reversed(own) if not changed_since(row, parts)), None)
        voided = own[-1] if own and standing is None else None
        states.append(
            SignOffState(
                role=role,
                label=profile.role_label(role),
                standing=standing,
                voided=voided,
                changed=changed_since(voided, parts) if voided else (),
            )
        )
    return states


def plan_gaps(plan: PublicationPlan | None, profile: Profile) -> PlanGaps:
    """Everything a plan lacks before the data may go public, as sentences."""
    gaps = PlanGaps()
    if plan is None or plan.release_at is None:
        gaps.to_agree.append("The plan has no release date. Say when the data goes public.")
    if plan is None or not plan.tactics:
        gaps.to_agree.append(
            "The plan does not say how people hear of it. Choose at least “no announcement”."
        )
    if plan is not None and plan.embargo_until and plan.release_at and plan.embargo_until > plan.release_at:
        gaps.to_agree.append("The embargo ends after the release date. Move one of the two.")
    for state in sign_offs_of(plan, profile):
        words = profile.role_words(state.role)
        if state.standing:
            continue
        text = f"The plan is not signed by {words} yet."
        if state.voided:
            changed = " and ".join(state.changed)
            text = (
                f"The plan was signed by {words}, but changed after it ({changed}). It must be signed again."
            )
        gaps.to_agree.append(text)
        gaps.who[text] = state.role
    if plan is not None:
        gaps.to_do = [
            f"“{item.title}” must be done before the data goes public, and is not marked as done."
            for item in plan.items.all()
            if item.mandatory and item.is_open
        ]
    return gaps


def items_of(plan: PublicationPlan | None) -> list[PlanItem]:
    return list(plan.items.select_related("owner", "done_by")) if plan is not None else []


def owners_of(context: ReleaseContext) -> list[User]:
    """Who may be named as the owner of an item."""
    book = RoleBook([context.dataset.program_id])
    people = [person for role in OWNER_ROLES for person in book.holders(role, context.dataset)]
    return sorted({person.pk: person for person in people if person.is_active}.values(), key=str)


def plans_to_copy(context: ReleaseContext, user: User) -> QuerySet[Release]:
    """Releases whose plan may be taken over: earlier ones of the dataset, then others of the department."""
    return (
        Release.objects.filter(
            plan__isnull=False,
            dataset__department=context.dataset.department_id,
            dataset__department__in=departments_visible(user).values("pk"),
        )
        .exclude(pk=context.release.pk)
        .exclude(plan__tactics=[])
        .select_related("dataset")
        .order_by("-opened_at")
    )


def _moment(value: datetime | None) -> str:
    return value.astimezone(UTC).isoformat() if value else ""
