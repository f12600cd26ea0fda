"""Which reviews a move needs, of how many people, and which of them are in: the one place that says so.

Read by the gate, the desk that asks for them, policies and pages. A need comes from a rule of the program's
profile (always, by classification, security level, risk, joint data or exceptions) or from the security level
itself; a department may add some of its own. Joint data needs the department approval of every department that
signs. Sources: FEATURES M06, M12, M16; DOMAIN c CK-SEC; Durham ITP-5 III.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.models import Department
from accounts.profiles import ReviewRule
from accounts.roles import DEPARTMENT_ROLES
from workflow import approvals, final_key
from workflow.context import ReleaseContext
from workflow.excepted import open_or_granted_kinds
from workflow.hands import is_own_work
from workflow.joint import signing_departments
from workflow.models import Review
from workflow.refreshing import asks_nobody
from workflow.stages import ONWARD, earlier_moves
from workflow.veil import is_veiled


@dataclass(frozen=True)
class Need:
    """One kind of review that a move needs now. `department` is set only where several departments sign."""

    rule: ReviewRule
    department: Department | None = None
    people: int = 1

    @property
    def kind(self) -> str:
        return self.rule.kind

    @property
    def role(self) -> str:
        return self.rule.role

    @property
    def blinded(self) -> bool:
        """Independent reviews: only where there are at least two."""
        return self.rule.blinded and self.people > 1

    @property
    def label(self) -> str:
        label = Review.Kind(self.kind).label
        return f"{label} of {self.department}" if self.department else label


def needs_of(context: ReleaseContext, move: str) -> list[Need]:
    """The reviews that `move` needs without anybody asking, in the order of the profile."""
    if asks_nobody(context):
        return []
    merged: dict[str, ReviewRule] = {}
    for rule in rules_for(context, move):
        if applies(rule, context):
            merged[rule.kind] = _stricter(merged.get(rule.kind), rule)
    needs = [need for rule in merged.values() for need in _by_department(rule, context)]
    return needs + _final_keys(context, move)


def rules_of(context: ReleaseContext) -> list[ReviewRule]:
    """Every rule about reviews, applying or not: the program's, then those that the department has added."""
    added = [
        ReviewRule(
            move=row.move,
            kind=row.kind,
            role=context.profile.review_role(row.kind) or row.role,
            people=row.people,
        )
        for row in context.dataset.department.added_reviews.all()
        if row.retired_at is None
    ]
    return [*context.profile.reviews, *added]


def rules_for(context: ReleaseContext, move: str) -> list[ReviewRule]:
    """The rules about `move`, whether they apply or not."""
    return [rule for rule in rules_of(context) if rule.move == move]


def rule_of(context: ReleaseContext, kind: str) -> ReviewRule | None:
    """The rule about a kind of review that counts where the release is, else the first one."""
    rules = [rule for rule in rules_of(context) if rule.kind == kind]
    here = [rule for rule in rules if rule.move == ONWARD.get(context.release.stage)]
    found = here or rules
    return found[0] if found else None


def moves_here(context: ReleaseContext) -> list[str]:
    """The moves whose reviews must be in now: the one onward, and before the approval all earlier ones again."""
    onward = ONWARD.get(context.release.stage)
    if onward is None:
        return []
    return [*earlier_moves(onward), onward] if onward == "approve" else [onward]


def applies(rule: ReviewRule, context: ReleaseContext) -> bool:
    """True when the review is needed now without anybody asking for it."""
    level = context.dataset.security_level
    by_level = {kind for row in context.profile.security_levels if row.code == level for kind in row.reviews}
    return rule.kind in by_level or rule.applies(
        classification=context.dataset.classification,
        level=level,
        risk=risk_of(context),
        joint=context.is_joint,
        exceptions=open_or_granted_kinds(context),
    )


def is_ripe(rule: ReviewRule, context: ReleaseContext) -> bool:
    """True when what the reviewer reads is there: the checklist that the rule waits for is complete."""
    fact = context.facts.get(f"checklist.{rule.after}") if rule.after else None
    return not rule.after or bool(fact and fact.ok)


def risk_of(context: ReleaseContext) -> str:
    """The risk that is left, as it was rated on the treated copy; until then what its smallest group stands for.

    Where the measures changed since, the fact holds the higher of what was rated and what it would be now.
    """
    return context.data("assessment", "risk") or _measured_risk(context)


def _measured_risk(context: ReleaseContext) -> str:
    """The likelihood that the smallest group of the treated copy stands for (privacy.assessment)."""
    k, k_min = context.data("risk", "k"), context.data("risk", "k_min")
    if k is None or k_min is None:
        return ""
    if k < k_min:
        return "very_high" if k <= 1 else "high"
    return "moderate" if k < 2 * k_min else "low"


def role_of(context: ReleaseContext, kind: str) -> str | None:
    """The role that gives reviews of `kind`; None when this program has no such review."""
    if kind == Review.Kind.CDO:
        return final_key.key_role(context)
    rule = rule_of(context, kind)
    return rule.role if rule else None


def need_for(context: ReleaseContext, kind: str, department_id: int | None) -> Need | None:
    """The need of the present stage that a review of `kind` would answer; None for a mere consultation."""
    place = department_id or context.dataset.department_id
    return next(
        (
            need
            for move in moves_here(context)
            for need in needs_of(context, move)
            if need.kind == kind and _place(need, context) == place
        ),
        None,
    )


def days_for(context: ReleaseContext, kind: str) -> int:
    """Business days in which a review of `kind` is to be given."""
    rule = rule_of(context, kind) or ReviewRule(move="", kind=kind, role="")
    return rule.days


def pending_of(context: ReleaseContext, need: Need) -> list[Review]:
    """The seats of a need that are asked for and not given."""
    return [review for review in rows_of(context, need) if review.is_pending]


def standing_of(context: ReleaseContext, need: Need) -> list[Review]:
    """The newest verdict of each person on a need, only those that still count; veiled ones too."""
    newest: dict[int, Review] = {}
    for review in rows_of(context, need):
        if review.verdict and review.reviewer_id:
            newest[review.reviewer_id] = review
    return [
        review
        for review in newest.values()
        if approvals.is_current(review, context) and not is_own_work(review, context)
    ]


def approved_for(context: ReleaseContext, need: Need) -> list[Review]:
    return [review for review in _open_verdicts(context, need) if review.is_positive]


def refused_for(context: ReleaseContext, need: Need) -> list[Review]:
    return [review for review in _open_verdicts(context, need) if not review.is_positive]


def seats_missing(context: ReleaseContext, need: Need) -> list[int]:
    """Numbers of the seats that are neither asked for nor in. A refusal keeps its seat: it waits for an answer."""
    pending, standing = pending_of(context, need), standing_of(context, need)
    taken = {review.seat for review in pending}
    free = [seat for seat in range(1, need.people + len(taken) + 1) if seat not in taken]
    # Seats whose verdict stands come last: a seat that was voided is asked for again under its own number.
    kept = {review.seat for review in standing}
    free.sort(key=lambda seat: (seat in kept, seat))
    return free[: max(0, need.people - len(pending) - len(standing))]


def _open_verdicts(context: ReleaseContext, need: Need) -> list[Review]:
    return [review for review in standing_of(context, need) if not is_veiled(review, context.reviews)]


def rows_of(context: ReleaseContext, need: Need) -> list[Review]:
    place = _place(need, context)
    owner = context.dataset.department_id
    return [
        review
        for review in context.reviews
        if review.kind == need.kind and (review.department_id or owner) == place
    ]


def _place(need: Need, context: ReleaseContext) -> int:
    return need.department.pk if need.department else context.dataset.department_id


def _stricter(one: ReviewRule | None, other: ReviewRule) -> ReviewRule:
    """Two rules that ask for the same kind are one need: of as many people, and as blind, as the stricter says."""
    if one is None:
        return other
    return replace(one, people=max(one.people, other.people), blinded=one.blinded or other.blinded)


def _by_department(rule: ReviewRule, context: ReleaseContext) -> list[Need]:
    signing = signing_departments(context.dataset)
    if rule.kind != Review.Kind.DEPARTMENT or rule.role not in DEPARTMENT_ROLES or len(signing) < 2:
        return [Need(rule, None, rule.people)]
    return [Need(rule, department, rule.people) for department in signing]


def _final_keys(context: ReleaseContext, move: str) -> list[Need]:
    """Where several turn the final key, all but the last give theirs as a review (the last one approves)."""
    before = final_key.keys_needed(context) - 1 if move == "approve" else 0
    if not before:
        return []
    role = final_key.key_role(context)
    return [Need(ReviewRule(move=move, kind=Review.Kind.CDO, role=role, people=before), None, before)]
