"""The reviews tab in lines: one track per kind with its seats, clock, binding and what voided it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.profiles import ReviewRule
from accounts.roles import Role
from workflow import approvals, policies, review_needs
from workflow.context import ReleaseContext
from workflow.hands import is_own_work
from workflow.models import Review
from workflow.review_needs import Need
from workflow.selectors.reviews import holders_for, people_for
from workflow.stages import MOVES, ONWARD, WAY
from workflow.veil import is_veiled

Line = dict[str, Any]

# part of a dossier -> how the contributions that change it begin
_CHANGED_BY: dict[str, tuple[str, ...]] = {
    "file": ("file",),
    "metadata": ("description",),
    "submission": ("submission checklist", "attestation"),
    "quality checklist": ("quality checklist",),
    "privacy checklist": ("privacy checklist",),
    "security checklist": ("security checklist",),
    "equity checklist": ("equity checklist",),
    "restricted-data screen": ("legal checklist",),
    "benefit and risk": ("privacy assessment", "privacy rating"),
    "treated": ("privacy", "file"),
    "recipe": ("privacy", "file"),
    "dispositions": ("privacy", "file"),
}


def tracks_of(context: ReleaseContext, user: User) -> list[Line]:
    """Every kind of review that is needed on the way or was asked for, in the order of the moves."""
    return [_track(context, need, move, user) for need, move in _needs_shown(context)]


def voided_words(review: Review, context: ReleaseContext) -> str:
    """What voided a verdict, when and by whom: "the data file changed on 3 Nov, by Maria Lopez"; empty if nothing."""
    parts = approvals.current_parts(context)
    changed = [part for part, digest in review.parts.items() if parts.get(part, "") != digest]
    return " and ".join(_changed(part, review, context) for part in changed)


def bound_to(context: ReleaseContext, kind: str) -> list[Line]:
    """What a verdict given now would speak of."""
    return [
        {"words": approvals.PART_WORDS[part], "digest": digest[:12]}
        for part, digest in approvals.parts_for(kind, context).items()
    ]


def seats_to_give(context: ReleaseContext, user: User) -> list[Review]:
    """The seats that `user` may give now: of each kind the one they have taken, else the first that is free."""
    found: dict[tuple[str, int | None], Review] = {}
    rows = sorted(
        (row for row in context.reviews if row.is_pending and row.claimed_by_id in (None, user.pk)),
        key=lambda row: (row.claimed_by_id is None, row.requested_at, row.seat),
    )
    for row in rows:
        place = (row.kind, row.department_id)
        if place not in found and policies.may_review(user, row, context):
            found[place] = row
    return list(found.values())


def _needs_shown(context: ReleaseContext) -> list[tuple[Need, str]]:
    """Needs of every move on the way, then whatever else was asked for or decided. Each kind and department once."""
    owner = context.dataset.department_id
    found: dict[tuple[str, int], tuple[Need, str]] = {}
    for move in (ONWARD[stage] for stage in WAY if stage in ONWARD):
        for need in review_needs.needs_of(context, move):
            found.setdefault((need.kind, need.department.pk if need.department else owner), (need, move))
    for review in context.reviews:
        place = (review.kind, review.department_id or owner)
        if place not in found:
            found[place] = (_asked_besides(context, review), "")
    return list(found.values())


def _asked_besides(context: ReleaseContext, review: Review) -> Need:
    role = review_needs.role_of(context, review.kind) or ""
    rule = review_needs.rule_of(context, review.kind) or ReviewRule(move="", kind=review.kind, role=role)
    return Need(rule, review.department)


def _track(context: ReleaseContext, need: Need, move: str, user: User) -> Line:
    rows = review_needs.rows_of(context, need)
    role = review_needs.role_of(context, need.kind)
    word, tone = _state(context, need, rows)
    # Of several people everybody's verdict is read; of one the latest, whether it still counts or not.
    shown = review_needs.standing_of(context, need) or [row for row in rows if row.verdict][-1:]
    return {
        "kind": need.kind,
        "label": need.label,
        "word": word,
        "tone": tone,
        "needed_for": MOVES[move].label if move else "",
        "role": context.profile.role_words(role) if role in Role.values else "",
        "people": need.people,
        "blinded": need.blinded or any(row.blinded for row in rows),
        "law": need.rule.law,
        "next": _what_next(context, need),
        "aside": [row.person for row in context.release.recusals.all() if row.kind == need.kind],
        "seats": [_seat(context, row, user) for row in rows if row.is_pending],
        "bound_to": bound_to(context, need.kind),
        "standing": [_verdict(context, row, user) for row in shown],
        "earlier": [
            _verdict(context, row, user) for row in reversed(rows) if row.verdict and row not in shown
        ],
        "differ": len({row.is_positive for row in shown if not is_veiled(row, context.reviews)}) > 1,
    }


def _seat(context: ReleaseContext, review: Review, user: User) -> Line:
    """One seat that is asked for: who has it, who may take it, and what `user` may do about it."""
    may_assign = context.release.is_open and policies.may_assign(user, review, context)
    able = [
        person
        for person in holders_for(context, review)
        if person.pk != review.claimed_by_id and policies.may_review(person, review, context)
    ]
    return {
        "review": review,
        "people": people_for(context, review),
        "may_assign": may_assign,
        "able": able if may_assign else [],
        "is_mine": review.claimed_by_id == user.pk,
        "may_free": review.claimed_by_id is not None and may_assign,
        "may_withdraw": policies.may_act(user, "request_review", context)
        and review_needs.need_for(context, review.kind, review.department_id) is None,
    }


def _verdict(context: ReleaseContext, review: Review, user: User) -> Line:
    """One verdict as `user` may read it: under the veil only that it is in, unless it is their own."""
    hidden = is_veiled(review, context.reviews) and user.pk not in review.people
    return {
        "review": review,
        "is_hidden": hidden,
        "voided": voided_words(review, context),
        "is_own_work": not hidden and is_own_work(review, context),
    }


def _state(context: ReleaseContext, need: Need, rows: list[Review]) -> tuple[str, str]:
    """Word and tone of the badge."""
    approved = review_needs.approved_for(context, need)
    pending = review_needs.pending_of(context, need)
    if review_needs.refused_for(context, need):
        return "Not approved", "bad"
    if approved and len(approved) >= need.people and not pending:
        return "Given", "good"
    if pending:
        given = len(review_needs.standing_of(context, need))
        return (f"{given} of {need.people} in" if need.people > 1 else "Asked for"), "info"
    if rows:
        return "No longer counts", "warn"
    return "Not asked for yet", ""


def _what_next(context: ReleaseContext, need: Need) -> str:
    """After a refusal: what happens next, and by whom."""
    refused = review_needs.refused_for(context, need)
    if not refused or not context.release.is_open:
        return ""
    holder = context.profile.role_words(policies.stage_holder(context))
    return (
        f"What happens next: the release waits. The {holder} returns it for changes with these words, or asks "
        f"{refused[0].reviewer} again once it is answered."
    )


def _changed(part: str, review: Review, context: ReleaseContext) -> str:
    """One part that changed, with the latest person who changed something of it since the verdict."""
    starts = _CHANGED_BY.get(part, ())
    since = [
        row
        for row in context.contributions
        if starts and row.what.startswith(starts) and review.decided_at and row.at > review.decided_at
    ]
    if not since:
        return f"{approvals.PART_WORDS[part]} changed after it"
    last = max(since, key=lambda row: row.at)
    day = date_format(timezone.localtime(last.at), "j M")
    return f"{approvals.PART_WORDS[part]} changed on {day}, by {last.user}"
