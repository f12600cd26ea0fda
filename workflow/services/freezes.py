"""Freeze periods: when nothing goes public by schedule, who let one release through, and when it ended early.

A retraction or any other taking back asks no freeze: only the way to the public does (FEATURES M35).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Department, Program, User
from accounts.roles import Role
from audit.services import event_record
from notifications.services import message_queue
from work.services import task_nudge
from workflow import calendar_duties, routing
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.freezing import free_from, planned_at
from workflow.models import Freeze, FreezeException, Release
from workflow.selectors.freezes import releases_planned_in
from workflow.services.letters import letter_context
from workflow.services.reasons import reason_checked
from workflow.stages import Stage

# The roles that an exception may be left to.
OFFICERS = (Role.CDO, Role.POLICY, Role.COMMUNICATIONS, Role.LEGAL, Role.PORTAL_ADMIN)


@transaction.atomic
def freeze_set(
    *,
    program: Program,
    actor: User,
    kind: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    department: Department | None = None,
    holds_refreshes: bool = True,
    excepted_by: str = Role.CDO,
    now: datetime | None = None,
) -> Freeze:
    """Say from when to when nothing goes public; whoever planned a release for then hears of it.

    Raises PermissionDenied, ReasonRequired, MoveRefused (a period that ends before it begins, or has ended).
    """
    now = now or timezone.now()
    calendar_duties.check_set_freeze(actor, program)
    reason = reason_checked(reason, "Say why nothing goes public then.")
    if ends_at <= starts_at:
        raise MoveRefused("The freeze ends before it begins. Change one of the two.")
    if ends_at <= now:
        raise MoveRefused("The freeze would have ended already. Choose a moment that is still to come.")
    if excepted_by not in OFFICERS:
        raise MoveRefused("Choose who may allow an exception.")
    if department is not None and department.program_id != program.pk:
        raise MoveRefused("That department belongs to another program.")
    freeze = Freeze.objects.create(
        program=program,
        department=department,
        kind=kind,
        reason=reason,
        starts_at=starts_at,
        ends_at=ends_at,
        holds_refreshes=holds_refreshes,
        excepted_by=excepted_by,
        set_by=actor,
        set_at=now,
    )
    _record("workflow.freeze_set", freeze, actor, reason, now, until=ends_at.isoformat())
    _tell_moved(freeze, actor, now)
    _nudge_staged(freeze)
    return freeze


@transaction.atomic
def freeze_lift(*, freeze_id: int, actor: User, reason: str, now: datetime | None = None) -> Freeze:
    """End a freeze early, or call it off. Raises PermissionDenied, ReasonRequired, MoveRefused."""
    now = now or timezone.now()
    freeze = Freeze.objects.select_for_update(of=("self",)).select_related("program").get(pk=freeze_id)
    calendar_duties.check_set_freeze(actor, freeze.program)
    reason = reason_checked(reason, "Say why the freeze ends.")
    if freeze.lifted_at is not None or freeze.ends_at <= now:
        raise MoveRefused("The freeze has ended already.")
    freeze.lifted_at, freeze.lifted_by, freeze.lift_reason = now, actor, reason
    freeze.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _record("workflow.freeze_lifted", freeze, actor, reason, now)
    _nudge_staged(freeze)
    return freeze


@transaction.atomic
def freeze_except(
    *, freeze_id: int, release_ids: Iterable[int], actor: User, reason: str, now: datetime | None = None
) -> list[FreezeException]:
    """Let releases through a freeze, with the name of the officer and the reason.

    Raises PermissionDenied (not the officer's role), ReasonRequired, MoveRefused.
    """
    now = now or timezone.now()
    freeze = Freeze.objects.select_for_update(of=("self",)).select_related("program").get(pk=freeze_id)
    calendar_duties.check_except_freeze(actor, freeze)
    reason = reason_checked(reason, "Say why it may go public all the same.")
    if freeze.lifted_at is not None or freeze.ends_at <= now:
        raise MoveRefused("The freeze has ended already.")
    made = []
    for pk in release_ids:
        context = context_of(pk, now=now)
        if context.dataset.program_id != freeze.program_id:
            raise MoveRefused("That release belongs to another program.")
        row, created = FreezeException.objects.get_or_create(
            freeze=freeze, release_id=pk, defaults={"officer": actor, "reason": reason, "at": now}
        )
        if not created:
            continue
        made.append(row)
        event_record(
            action="workflow.freeze_excepted",
            actor=actor,
            subject=context.release,
            data={"freeze": freeze.get_kind_display()},
            note=reason,
            program_id=freeze.program_id,
            dataset_id=context.dataset.pk,
            release_id=pk,
            now=now,
        )
        transaction.on_commit(lambda pk=pk: task_nudge("workflow.tasks.settle", pk))  # type: ignore[misc]
    if not made:
        raise MoveRefused("Choose a release that is not let through yet.")
    return made


def _tell_moved(freeze: Freeze, actor: User, now: datetime) -> None:
    """A letter to the people of every release whose planned moment lies in the freeze: when it can be."""
    for context in releases_planned_in(freeze, now=now):
        at = planned_at(context) or now
        zone = ZoneInfo(context.profile.timezone)
        free = free_from(context, max(at, now))
        message_queue(
            message_id="freeze_moves_date",
            recipients=routing.team(context),
            actor=actor,
            context=letter_context(
                context,
                actor,
                planned=date_format(at.astimezone(zone), "D j M Y, H:i"),
                earliest=date_format(free.astimezone(zone), "D j M Y, H:i"),
                why=freeze.reason,
                officer=context.profile.role_words(freeze.excepted_by),
            ),
            path=reverse("release_plan", args=[context.release.pk]),
            release_id=context.release.pk,
            dataset_id=context.dataset.pk,
            now=now,
        )


def _nudge_staged(freeze: Freeze) -> None:
    """What waits for its date is looked at again; the sweep would, a little later."""
    rows = Release.objects.filter(dataset__program=freeze.program_id, stage=Stage.STAGED)
    for pk in rows.values_list("pk", flat=True):
        transaction.on_commit(lambda pk=pk: task_nudge("workflow.tasks.settle", pk))  # type: ignore[misc]


def _record(action: str, freeze: Freeze, actor: User, note: str, now: datetime, **data: str) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=freeze,
        data={"kind": freeze.get_kind_display(), **data},
        note=note,
        program_id=freeze.program_id,
        now=now,
    )
