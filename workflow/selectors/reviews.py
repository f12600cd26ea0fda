"""Reads about reviews: who may give one, what waits on a person, and the orders of a release."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User
from accounts.roles import Role, people_with_role
from workflow import approvals, policies
from workflow.context import ReleaseContext
from workflow.holders import holders
from workflow.models import Review, ReviewOrder
from workflow.review_needs import role_of
from workflow.selectors.turns import Turn
from workflow.stages import OPEN_STAGES
from workflow.veil import order_seats


def holders_for(context: ReleaseContext, review: Review) -> list[User]:
    """Everybody who holds the role of a review for the department that signs, whether they may give it or not."""
    role = role_of(context, review.kind)
    if role is None or role not in Role.values:
        return []
    if review.department_id in (None, context.dataset.department_id):
        return holders(context, role)
    return list(people_with_role(role, program=context.dataset.program_id, department=review.department_id))


def people_for(context: ReleaseContext, review: Review) -> list[User]:
    """The people a review waits on: who claimed it, else every holder of its role who may give it.

    Where nobody may (all of them prepared it), all holders: they see why, and can ask for somebody else.
    """
    if review.claimed_by is not None:
        return [review.claimed_by]
    everybody = holders_for(context, review)
    return [person for person in everybody if policies.may_review(person, review, context)] or everybody


def people_asked(context: ReleaseContext, turn: Turn) -> list[User]:
    """The people whose turn it is: who has taken it, or everybody who holds its role."""
    if turn.review is not None:
        return (
            [turn.person]
            if turn.person
            else without_a_seat(context, turn.review, holders_for(context, turn.review))
        )
    return holders(context, turn.role) if turn.role in Role.values else []


def without_a_seat(context: ReleaseContext, review: Review, people: list[User]) -> list[User]:
    """Those of `people` who have neither taken nor given another seat of a review; all of them if none is left."""
    others = [
        row
        for row in context.reviews
        if row.pk != review.pk and (row.kind, row.department_id) == (review.kind, review.department_id)
    ]
    busy = {row.claimed_by_id for row in others if row.is_pending}
    busy |= {pk for row in others if row.verdict and approvals.is_current(row, context) for pk in row.people}
    return [person for person in people if person.pk not in busy] or people


def colleagues_on(context: ReleaseContext) -> list[User]:
    """Whom something can be ordered from: the people who see the dataset because they work for its department."""
    dataset = context.dataset
    roles = (
        Role.STEWARD,
        Role.COORDINATOR,
        Role.CUSTODIAN,
        Role.OPEN_DATA_TEAM,
        Role.IT,
        Role.SECURITY_OFFICER,
    )
    place = Q(role_assignments__program=dataset.program_id, role_assignments__role__in=roles)
    place &= Q(role_assignments__department=None) | Q(role_assignments__department=dataset.department_id)
    people = list(User.objects.filter(place, is_active=True).distinct())
    people += [person for person in (dataset.steward, dataset.coordinator, dataset.custodian) if person]
    return list(dict.fromkeys(people))


def orders_of(context: ReleaseContext, user: User) -> list[ReviewOrder]:
    """The orders of a release that `user` may read now, open ones first. Uses prefetched rows."""
    rows = [row for row in context.release.review_orders.all() if not is_order_hidden(row, user, context)]
    return sorted(rows, key=lambda order: (not order.is_open, order.due, order.pk))


def is_order_hidden(order: ReviewOrder, user: User, context: ReleaseContext) -> bool:
    """True for whoever still has to give their own verdict in the independent review that an order comes from."""
    if user.pk in (order.ordered_by_id, order.owner_id):
        return False
    return any(policies.may_review(user, seat, context) for seat in order_seats(order, context.reviews))


def orders_waiting_on(user: User) -> list[ReviewOrder]:
    """What `user` has to do: orders of theirs to answer, and answers to orders of theirs to accept. One query."""
    mine = Q(owner=user, state=ReviewOrder.State.OPEN) | Q(ordered_by=user, state=ReviewOrder.State.ANSWERED)
    return list(
        ReviewOrder.objects.filter(mine, release__stage__in=OPEN_STAGES).select_related(
            "release__dataset__department", "release__dataset__program", "release__profile", "owner"
        )
    )
