"""Whose turn it is: what each release asks of whom now, and the list of it for one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.profiles import profile_of
from accounts.roles import Role, assignments_of
from accounts.selectors import profile_for
from dossier.models import Contribution
from workflow import final_key, policies
from workflow.calendar import BusinessCalendar, calendar_of
from workflow.context import ReleaseContext, contexts_of, release_queryset
from workflow.models import (
    ContributingDepartment,
    Dataset,
    DeadlinePause,
    DepartmentReview,
    Release,
    ReturnForChanges,
    Review,
    ReviewOrder,
)
from workflow.selectors.datasets import datasets_for
from workflow.selectors.deadlines import pauses_running
from workflow.selectors.people import RoleBook
from workflow.selectors.reviews import orders_waiting_on, without_a_seat
from workflow.selectors.turns import Turn, turns_of
from workflow.stages import OPEN_STAGES, STAGE_OWNER, Stage

# More open releases than this are not judged one by one on a page; those due first are.
LIMIT = 400
# Moves that people who shaped the release may not make, whatever role they hold.
_FOUR_EYES_MOVES = {"clear_privacy", "approve"}


@dataclass(frozen=True)
class Line:
    """One row of my work: a release, what is asked, of whom, and the page where it is done."""

    release: Release
    dataset: Dataset
    turn: Turn
    people: tuple[User, ...]
    now: datetime
    calendar: BusinessCalendar
    # While it runs, the stage's clock stands still; a review has a clock of its own.
    pause: DeadlinePause | None = None

    @property
    def url(self) -> str:
        return reverse(self.turn.url_name, args=[self.release.pk, *self.turn.url_args])

    @property
    def due(self) -> datetime | None:
        return self.turn.due

    @property
    def is_late(self) -> bool:
        return self.turn.due is not None and self.turn.due < self.now


@dataclass
class MyWork:
    """What waits on a person, what they wait for, and how many releases were too many to judge."""

    on_me: list[Line] = field(default_factory=list)
    on_others: list[Line] = field(default_factory=list)
    left_out: int = 0

    @property
    def late(self) -> list[Line]:
        return [line for line in (*self.on_me, *self.on_others) if line.is_late]


def my_work_of(user: User, *, now: datetime | None = None) -> MyWork:
    """The work of one person, soonest due first. The number of queries does not grow with the releases."""
    now = now or timezone.now()
    rows = _candidates(user)
    contexts = contexts_of(rows[:LIMIT], now=now)
    returns = returns_standing(contexts)
    pauses = pauses_running(context.release.pk for context in contexts)
    book = RoleBook({context.dataset.program_id for context in contexts})
    work = MyWork(left_out=max(0, rows.count() - LIMIT) if len(contexts) == LIMIT else 0)
    for context in contexts:
        returned = returns.get(context.release.pk)
        pause = pauses.get(context.release.pk)
        lines = [
            Line(
                context.release,
                context.dataset,
                turn,
                _people(turn, context, book),
                now,
                calendar_of(context.profile),
                pause if turn.due == context.release.due_at else None,
            )
            for turn in turns_of(context, returned)
        ]
        mine = [line for line in lines if user in line.people and _is_free(user, line, context)]
        work.on_me += mine
        if lines and not mine and _concerns(user, context, returned):
            work.on_others.append(lines[0])
    work.on_me += [_order_line(order, user, now) for order in orders_waiting_on(user)]
    for part in (work.on_me, work.on_others):
        part.sort(key=lambda line: (line.due is None, line.due or now, line.dataset.title))
    return work


def _people(turn: Turn, context: ReleaseContext, book: RoleBook) -> tuple[User, ...]:
    """Whose turn it is: who has taken the review, else the holders of the role who have no other seat of it."""
    if turn.person is not None:
        return (turn.person,)
    if turn.review is None:
        return tuple(book.holders(turn.role, context.dataset))
    people = book.holders(turn.role, context.dataset, turn.review.department_id)
    return tuple(without_a_seat(context, turn.review, people))


def _order_line(order: ReviewOrder, user: User, now: datetime) -> Line:
    """An order is asked of a person, whatever role they hold."""
    kind = order.get_kind_display().lower()
    mine = order.state == ReviewOrder.State.OPEN
    words = (
        f"make the {kind} that was ordered"
        if mine
        else f"accept the {kind} by {order.owner}, or send it back"
    )
    turn = Turn("", words, "Open the order", "release_reviews", order.due, person=user)
    calendar = calendar_of(profile_of(order.release.profile))
    return Line(order.release, order.release.dataset, turn, (user,), now, calendar)


def returns_standing(contexts: Iterable[ReleaseContext]) -> dict[int, ReturnForChanges]:
    """Releases that lie where they are because they were returned: release id -> that return. One query."""
    entered = {context.release.pk: context.release.stage_entered_at for context in contexts}
    rows = ReturnForChanges.objects.filter(release_id__in=list(entered))
    rows = rows.select_related("by").prefetch_related("point_rows__passed_to", "point_rows__answered_by")
    return {row.release_id: row for row in rows if row.at == entered[row.release_id]}


def _candidates(user: User) -> QuerySet[Release]:
    """Open releases that could have to do with `user`, soonest due first; judged one by one afterwards."""
    held = list(assignments_of(user).select_related("program", "department"))
    mine = Q(dataset__steward=user) | Q(dataset__coordinator=user) | Q(dataset__custodian=user)
    mine |= Q(opened_by=user)
    places = [row.department_id for row in held if row.department_id]
    signs = ContributingDepartment.objects.filter(department__in=places, must_sign=True)
    mine |= Q(dataset__department__in=places) | Q(dataset__in=signs.values("dataset"))
    for program in {row.program for row in held if row.department_id is None}:
        roles = {row.role for row in held if row.program_id == program.pk and row.department_id is None}
        mine |= Q(dataset__program=program) & _asked_of(roles, profile_for(program))
    for model, column in (
        (Contribution, "user"),
        (ReturnForChanges, "by"),
        (Review, "requested_by"),
        (Review, "claimed_by"),
    ):
        mine |= Q(Exists(model.objects.filter(release=OuterRef("pk"), **{column: user})))
    return (
        release_queryset()
        .filter(mine, stage__in=OPEN_STAGES, dataset__not_for_release_reason="")
        .filter(dataset__in=datasets_for(user).values("pk"))
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def _asked_of(roles: set[str], profile: Any) -> Q:
    """Where program-wide `roles` may be asked for something: their stages, and reviews that wait for them."""
    if roles & {Role.COORDINATOR, Role.STEWARD, Role.CUSTODIAN, Role.DEPARTMENT_APPROVER}:
        return Q()
    stages = [stage for stage in Stage if profile.stage_holders.get(stage, STAGE_OWNER[stage]) in roles]
    # An exception gives the final key to another role than holds it else (Connecticut).
    if {Role.PRIVACY_OFFICER, profile.final_key.exception_role} & roles:
        stages.append(Stage.CDO_REVIEW)
    kinds = {rule.kind for rule in profile.reviews if rule.role in roles}
    kinds |= set(
        DepartmentReview.objects.filter(role__in=roles, retired_at=None).values_list("kind", flat=True)
    )
    waiting = Review.objects.filter(release=OuterRef("pk"), verdict="", kind__in=kinds)
    return Q(stage__in=stages) | Q(Exists(waiting))


def _is_free(user: User, line: Line, context: ReleaseContext) -> bool:
    """False when four eyes, or the side of the data, keep `user` from it. The policy is read only where it matters."""
    review = line.turn.review
    if line.turn.move not in _FOUR_EYES_MOVES and review is None:
        return True
    touched = {row.user_id for row in context.contributions} | {row.reviewer_id for row in context.reviews}
    touched |= {row.person_id for row in context.release.recusals.all()}
    by_side = line.turn.move == "approve" and bool(final_key.sides_needed(context))
    if user.pk not in touched and not by_side:
        return True
    if review is not None:
        return policies.may_review(user, review, context)
    return policies.may_move(user, line.turn.move, context)


def _concerns(user: User, context: ReleaseContext, returned: ReturnForChanges | None) -> bool:
    """True when `user` has a hand in the release, so that they want to know whom it waits for."""
    dataset = context.dataset
    people = {dataset.steward_id, dataset.coordinator_id, dataset.custodian_id, context.release.opened_by_id}
    people |= {row.user_id for row in context.contributions}
    people |= {row.requested_by_id for row in context.reviews if row.is_pending}
    if returned is not None:
        people.add(returned.by_id)
    return user.pk in people
