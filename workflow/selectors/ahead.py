"""What goes public when: every planned release of a program, with its bundle and what goes against its date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Program, User
from workflow.context import ReleaseContext, contexts_of, release_queryset
from workflow.freezing import free_from, freezes_at, is_excepted, planned_at
from workflow.models import Bundle, Freeze, PlanHold
from workflow.moment_words import MomentWords, moment_words
from workflow.selectors.bundles import bundles_live, bundles_of, conflicts_of
from workflow.selectors.datasets import releases_for
from workflow.selectors.freezes import freezes_ahead
from workflow.stages import OPEN_STAGES

# So many planned releases stand on the page, soonest first.
LIMIT = 100


@dataclass(frozen=True)
class Ahead:
    """One planned release: when by its plan, with whom, and what keeps it from that moment."""

    context: ReleaseContext
    at: datetime
    when: MomentWords
    bundle: Bundle | None
    conflicts: list[str]


@dataclass(frozen=True)
class FreezeRow:
    """A freeze period as a page reads it."""

    freeze: Freeze
    starts: MomentWords
    ends: MomentWords
    holds_now: bool


@dataclass(frozen=True)
class PlanCalendar:
    """What the plan tab says of the calendar around one release."""

    when: MomentWords | None
    embargo: MomentWords | None
    bundle: Bundle | None
    bundle_when: MomentWords | None
    freezes: list[dict[str, Any]]
    hold: PlanHold | None
    hold_role: str


def ahead_of(user: User, program: Program, *, now: datetime) -> list[Ahead]:
    """The planned releases that `user` may see, soonest first; those of a bundle at the bundle's moment."""
    rows = releases_for(user).filter(
        dataset__program=program, stage__in=OPEN_STAGES, plan__release_at__isnull=False
    )
    wanted = list(rows.order_by("plan__release_at").values_list("pk", flat=True)[:LIMIT])
    contexts = contexts_of(release_queryset().filter(pk__in=wanted), now=now)
    return sorted((_ahead(context) for context in contexts), key=lambda row: row.at)


def _ahead(context: ReleaseContext) -> Ahead:
    bundle = context.together.bundle if context.together else None
    zone = ZoneInfo(context.profile.timezone)
    at = planned_at(context) or context.now
    return Ahead(
        context=context,
        at=at,
        when=moment_words(at, zone),
        bundle=bundle,
        conflicts=conflicts_of(bundle, context) if bundle else _alone(context, at, zone),
    )


def _alone(context: ReleaseContext, at: datetime, zone: ZoneInfo) -> list[str]:
    said = [f"Held back: {hold.reason}" for hold in context.release.plan_holds.all()]
    moment = max(at, context.now)
    free = free_from(context, moment)
    if free > moment:
        said.append(f"In a freeze period until {moment_words(free, zone)}.")
    return said


def bundle_rows(user: User, program: Program, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The bundles that have not ended."""
    rows = bundles_of(user, program).filter(pk__in=bundles_live().values("pk"))
    return [{"bundle": row, "when": moment_words(row.release_at, zone)} for row in rows]


def freeze_rows(user: User, program: Program, zone: ZoneInfo, *, now: datetime) -> list[FreezeRow]:
    """The freeze periods that hold now or will."""
    return [
        FreezeRow(
            row, moment_words(row.starts_at, zone), moment_words(row.ends_at, zone), row.starts_at <= now
        )
        for row in freezes_ahead(user, program, now=now)
    ]


def plan_calendar(context: ReleaseContext) -> PlanCalendar:
    """Everything of the calendar that touches one release."""
    zone, plan = ZoneInfo(context.profile.timezone), context.plan
    at = plan.release_at if plan else None
    bundle = context.together.bundle if context.together else None
    going = planned_at(context)
    moments = {context.now, *([max(going, context.now)] if going else ())}
    found = {row.pk: row for moment in moments for row in freezes_at(context, moment)}
    hold = next(iter(context.release.plan_holds.all()), None)
    return PlanCalendar(
        when=moment_words(at, zone) if at else None,
        embargo=moment_words(plan.embargo_until, zone) if plan and plan.embargo_until else None,
        bundle=bundle,
        bundle_when=moment_words(bundle.release_at, zone) if bundle else None,
        freezes=[
            {
                "freeze": row,
                "until": moment_words(row.ends_at, zone),
                "is_excepted": is_excepted(context, row),
                "officer": context.profile.role_words(row.excepted_by),
            }
            for row in found.values()
        ],
        hold=hold,
        hold_role=context.profile.role_words(hold.lifts) if hold else "",
    )
