"""Letters about retirements: to who approves and decides, to the team, and to those who asked for the data."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import User
from accounts.roles import Role, people_with_role
from accounts.selectors import profile_for
from notifications.services import message_queue, message_queue_to_address
from workflow.models import RequestVote, Retirement
from workflow.retiring import approvals_missing


def day_of(row: Retirement) -> str:
    """The day on which the notice ends, in the program's time zone."""
    if row.ends_at is None:
        return ""
    return date_format(row.ends_at.astimezone(ZoneInfo(profile_for(row.dataset.program).timezone)), "j M Y")


def proposed(row: Retirement, actor: User, now: datetime) -> None:
    """Ask for the approvals that the program wants first, then for the decision."""
    _ask(row, actor, now, reason=row.reason)


def approved(row: Retirement, actor: User, now: datetime, *, verdict: str) -> None:
    """With the last approval the decision is asked for; a refusal goes to who proposed it too."""
    if not approvals_missing(row, profile_for(row.dataset.program)):
        _ask(row, actor, now, reason=row.reason)
    elif verdict != "agrees" and row.proposed_by is not None:
        _send("retirement_changed", row, [row.proposed_by], actor, now, verdict="an approval was refused")


def notice_begun(row: Retirement, actor: User, now: datetime, *, until: str) -> None:
    """The team hears, the owner's head, and everybody who asked for these data and left an address."""
    _send("retirement_notice", row, _team(row), actor, now, until=until, reason=row.reason)
    asked = RequestVote.objects.filter(request__dataset=row.dataset_id, confirmed_at__isnull=False).exclude(
        email=""
    )
    program = row.dataset.program
    for address in dict.fromkeys(asked.values_list("email", flat=True)):
        message_queue_to_address(
            message_id="retirement_notice_outside",
            address=address,
            context={
                "dataset": row.dataset.title,
                "program": program.name,
                "until": until,
                "reason": row.reason,
            },
            path=reverse("catalogue_dataset", args=[program.code, row.dataset.inventory_id]),
            dataset_id=row.dataset_id,
            now=now,
        )


def objected(row: Retirement, actor: User | None, now: datetime) -> None:
    """The clock stands: who decides is asked for an answer."""
    _send("retirement_objected", row, [], actor, now, asked=_deciders(row))


def changed(row: Retirement, actor: User | None, now: datetime, *, verdict: str, reason: str = "") -> None:
    """It was declined, withdrawn or extended."""
    _send("retirement_changed", row, _team(row), actor, now, verdict=verdict, reason=reason)


def _ask(row: Retirement, actor: User, now: datetime, *, reason: str) -> None:
    profile = profile_for(row.dataset.program)
    waiting = approvals_missing(row, profile)
    people = [person for role in waiting for person in _holders(row, role)] or _deciders(row)
    _send("retirement_proposed", row, [], actor, now, asked=people, reason=reason)


def _deciders(row: Retirement) -> list[User]:
    roles = profile_for(row.dataset.program).retirement.roles
    people = dict.fromkeys(person for role in roles for person in _holders(row, role))
    return [person for person in people if person.pk != row.proposed_by_id]


def _team(row: Retirement) -> list[User]:
    dataset = row.dataset
    people = [dataset.steward, dataset.coordinator, row.proposed_by]
    for role in (Role.DEPARTMENT_APPROVER, Role.PORTAL_ADMIN, Role.OPEN_DATA_TEAM):
        people += _holders(row, role)
    return list(dict.fromkeys(person for person in people if person is not None))


def _holders(row: Retirement, role: str) -> list[User]:
    dataset = row.dataset
    return list(people_with_role(role, program=dataset.program_id, department=dataset.department_id))


def _send(
    message_id: str,
    row: Retirement,
    recipients: list[User],
    actor: User | None,
    now: datetime,
    *,
    asked: list[User] | None = None,
    **words: str,
) -> None:
    message_queue(
        message_id=message_id,
        recipients=recipients,
        asked=asked or [],
        actor=actor,
        context={"dataset": row.dataset.title, "program": row.dataset.program.name, **words},
        path=reverse("dataset_retirement", args=[row.dataset_id]),
        dataset_id=row.dataset_id,
        now=now,
    )
