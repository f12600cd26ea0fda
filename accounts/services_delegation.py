"""Writes about delegations: lending one's role to a colleague for some days, and ending that (FEATURES M05)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string

from accounts.models import Delegation, RoleAssignment, User
from accounts.roles import Role
from accounts.selectors import profile_for, programs_administered
from accounts.services import roles_sync
from audit.services import event_record


@transaction.atomic
def delegation_begin(
    *,
    assignment: RoleAssignment,
    to_user: User,
    starts: date,
    ends: date,
    reason: str,
    actor: User,
    now: datetime | None = None,
) -> Delegation:
    """Lend one of the actor's own roles to a colleague of the same program, from `starts` to `ends` inclusive.

    What was lent to oneself cannot be passed on. Returns the delegation; the colleague gets a letter. Raises
    ValidationError with a sentence when the role is not the actor's, or people or dates do not fit.
    """
    # One delegation of an assignment at a time: two pages that lend it at once would overlap.
    RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    _check_people(assignment, to_user, actor)
    _check_dates(assignment, to_user, starts, ends, timezone.localdate(now))
    if not reason.strip():
        raise ValidationError({"reason": "Say why, in a few words: your colleague reads it."})
    row = Delegation.objects.create(
        assignment=assignment,
        to_user=to_user,
        starts=starts,
        ends=ends,
        reason=reason.strip(),
        created_by=actor,
        created_at=now or timezone.now(),
    )
    _record("accounts.delegation_begun", row, actor, note=row.reason, now=now)
    roles_sync(user=to_user)
    _letter("delegation_begun", row, actor, [to_user], asked=[to_user], now=now)
    return row


@transaction.atomic
def delegation_end(*, delegation: Delegation, actor: User, now: datetime | None = None) -> Delegation:
    """End a delegation before its last day: the lender, the delegate who hands it back, or a portal admin.

    Raises ValidationError when it is not the actor's to end, or has ended already.
    """
    row = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    now = now or timezone.now()
    check_end(row, actor)
    if row.ended_at or row.ends < timezone.localdate(now):
        raise ValidationError("This delegation has ended already.")
    row.ended_at, row.ended_by = now, actor
    row.save(update_fields=["ended_at", "ended_by"])
    _record("accounts.delegation_ended", row, actor, now=now)
    roles_sync(user=row.to_user)
    _letter("delegation_ended", row, actor, [row.to_user, row.assignment.user], now=now)
    return row


def check_end(delegation: Delegation, actor: User) -> None:
    """Raise ValidationError unless `actor` may end the delegation."""
    if actor.pk in (delegation.assignment.user_id, delegation.to_user_id):
        return
    if not programs_administered(actor).filter(pk=delegation.assignment.program_id).exists():
        raise ValidationError("Only who lends the role, who got it, or a portal admin may end this.")


def delegations_sync() -> int:
    """Open and close the admin site as delegations begin and end. Returns for how many people it was looked at."""
    people = User.objects.filter(delegations_received__isnull=False).distinct()
    for person in people:
        roles_sync(user=person)
    return len(people)


def _check_people(assignment: RoleAssignment, to_user: User, actor: User) -> None:
    if assignment.user_id != actor.pk:
        raise ValidationError(
            {"assignment": "You can only lend a role that is your own; a role lent to you is not passed on."}
        )
    if to_user.pk == actor.pk:
        raise ValidationError({"to_user": "Choose a colleague: you hold this role already."})
    works_here = to_user.role_assignments.filter(program=assignment.program_id)
    if not to_user.is_active or not works_here.exists():
        raise ValidationError({"to_user": "Choose a colleague who works in the same program."})
    same = works_here.filter(role=assignment.role)
    if same.filter(department=None).exists() or same.filter(department=assignment.department_id).exists():
        raise ValidationError({"to_user": f"{to_user} holds this role already, so there is nothing to lend."})


def _check_dates(assignment: RoleAssignment, to_user: User, starts: date, ends: date, today: date) -> None:
    if starts < today:
        raise ValidationError({"starts": "A delegation cannot begin in the past. Begin it today or later."})
    if ends < starts:
        raise ValidationError({"ends": "The last day lies before the first one."})
    running = Delegation.objects.filter(
        assignment=assignment, to_user=to_user, ended_at=None, starts__lte=ends, ends__gte=starts
    )
    if running.exists():
        raise ValidationError(
            f"{to_user} stands in for you on some of these days already. End that first, or choose other days."
        )


def _record(
    action: str, row: Delegation, actor: User, *, note: str = "", now: datetime | None = None
) -> None:
    place = row.assignment
    event_record(
        action=action,
        actor=actor,
        subject=row.to_user,
        data={
            "role": place.role,
            "of": str(place.user),
            "department": place.department.code if place.department else "",
            "starts": row.starts.isoformat(),
            "ends": row.ends.isoformat(),
        },
        note=note,
        program_id=place.program_id,
        now=now,
    )


def _letter(
    message_id: str,
    row: Delegation,
    actor: User,
    recipients: list[User],
    *,
    asked: list[User] | None = None,
    now: datetime | None = None,
) -> None:
    """The floor that writes letters lies above; settings name its service."""
    place = row.assignment
    label = profile_for(place.program).role_label(Role(place.role))
    import_string(settings.INVITATION_LETTER)(
        message_id=message_id,
        recipients=recipients,
        asked=asked or [],
        actor=actor,
        context={
            "program": place.program.name,
            "role": f"{label}, {place.department}" if place.department else label,
            "of": str(place.user),
            "delegate": str(row.to_user),
            "starts": date_format(row.starts, "j M Y"),
            "ends": date_format(row.ends, "j M Y"),
            **({"reason": row.reason} if row.reason else {}),
        },
        path=reverse("delegations"),
        now=now,
    )
