"""Separation of duties: who may not turn a key, because they prepared the release or turned another of its keys.

A rule of workflow.policies with a room of its own: who acts by a lent role is judged as two people.
Sources: FEATURES M05, M06; DOMAIN a5.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import Department, User
from accounts.roles import Role, acting_for, stands_in_for
from workflow import hands
from workflow.context import ReleaseContext
from workflow.models import Review

_WHAT: dict[str, str] = {
    Review.Kind.PRIVACY: "clear its privacy",
    Review.Kind.CDO: "approve it",
}


def check_four_eyes(
    actor: Any, kind: str, role: str, context: ReleaseContext, department: Department | None = None
) -> None:
    """Refuse the key or review `kind` to whoever prepared the release or turned another of its keys.

    Who acts by a delegated role is judged as two people: themselves and whoever lent it (FEATURES M05, M06).
    """
    what = _WHAT.get(kind, "review it")
    lender = lender_of(actor, role, context, department)
    pair = {actor.pk} | ({lender.pk} if lender else set())
    _check_prepared(actor, lender, kind, context, what)
    if kind not in hands.KEYS:
        return
    for other in hands.KEYS:
        if other != kind and other in hands.keys_of({actor.pk}, context):
            raise PermissionDenied(
                f"You gave the {other} approval of this release, so somebody else must {what}: "
                "no one may hold two keys."
            )
        if other != kind and other in hands.keys_of(pair, context):
            raise PermissionDenied(
                f"{lender} gave the {other} approval of this release, and you act in their place, "
                f"so somebody else must {what}: no one may hold two keys."
            )


def _check_prepared(actor: Any, lender: User | None, kind: str, context: ReleaseContext, what: str) -> None:
    touched = hands.who_prepared(kind, context)
    if actor.pk in touched:
        did = "worked on" if kind == Review.Kind.CDO else "prepared"
        raise PermissionDenied(f"You {did} this release, so somebody else must {what}.")
    if not touched:
        return
    dataset = context.dataset
    standing_in = stands_in_for(actor, program=dataset.program_id, department=dataset.department_id)
    if lender is not None:
        # Joint data: a department that contributes lends its role in another place than the owner's.
        standing_in[lender.pk] = lender
    for pk, person in standing_in.items():
        if pk in touched:
            raise PermissionDenied(
                f"You stand in for {person}, who prepared this release, so somebody else must {what}."
            )
    if {actor.pk, lender.pk if lender else None} & hands.lenders_of_preparers(kind, context):
        raise PermissionDenied(
            f"This release was prepared in {'your' if lender is None else f'{lender}’s'} place, by a delegate, "
            f"so somebody else must {what}."
        )


def lender_of(
    actor: Any, role: str, context: ReleaseContext, department: Department | None = None
) -> User | None:
    """The person in whose place `actor` uses `role` here; None by their own right, and for the system."""
    if actor.pk is None or role not in Role.values:
        return None
    place = department.pk if department else context.dataset.department_id
    return acting_for(actor, role, program=context.dataset.program_id, department=place)
