"""What a release asks of which role now, in words with a button: the one source of "next" on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.roles import Role
from workflow import gates, policies
from workflow.comparing import halt_of
from workflow.context import ReleaseContext
from workflow.models import ReturnForChanges, Review
from workflow.refreshing import is_measuring
from workflow.review_needs import role_of
from workflow.stages import CLOSED_OWNER, MOVES, ONWARD, SYSTEM_OWNER


@dataclass(frozen=True)
class Turn:
    """One thing asked of one role. `what` follows a person's name: "waive or fix 2 errors"."""

    role: str
    what: str
    button: str
    url_name: str
    due: datetime | None
    url_args: tuple[str, ...] = ()
    # The move that this turn is, where it is one.
    move: str = ""
    # Who has taken it, where it is one person's; and the review that is asked for, where it is one.
    person: User | None = None
    review: Review | None = None


@dataclass(frozen=True)
class _Ask:
    one: str
    many: str
    button: str
    # The page where it is done, where that is another than its tab's.
    url_name: str = ""

    def words(self, count: int) -> str:
        return self.one if count == 1 else self.many.format(n=count)


_CHECKS = "quality_checks_current"
_FINDINGS = "findings_disposed"
# gate -> the fact that says whether the system is at it, so that nobody is asked for anything
_WORKED_AT = {"treated_copy_current": "treated", "risk_allowed": "risk"}
# gate -> what it asks when it does not hold; gates that are not here are worded by the tab that cures them
_BY_GATE: dict[str, _Ask] = {
    "inventory_record_complete": _Ask(
        "complete the inventory record", "complete the inventory record ({n} points)", "Open the record"
    ),
    "readiness_talk_held": _Ask(
        "hold the readiness talk and record it", "hold the readiness talk and record it", "Open the release"
    ),
    "file_read": _Ask("upload the data file", "upload the data file", "Open the data"),
    "columns_described": _Ask("describe the data", "describe the data ({n} points)", "Describe the data"),
    "submission_attested": _Ask(
        "review and attest the submission checklist",
        "review and attest the submission checklist",
        "Review and attest",
    ),
    _CHECKS: _Ask("fix 1 error", "fix {n} errors", "Open the check"),
    _FINDINGS: _Ask(
        "decide 1 column with a finding", "decide {n} columns with findings", "Open the findings"
    ),
    "treated_copy_current": _Ask(
        "see to the copy that will be published", "see to the copy that will be published", "Open privacy"
    ),
    "risk_allowed": _Ask(
        "lower the risk of the copy, or accept it",
        "lower the risk of the copy, or accept it",
        "Open the risk",
        "privacy_risk",
    ),
    "plan_not_held": _Ask(
        "lift the hold of the planned release, when it may go on",
        "lift the hold of the planned release, when it may go on",
        "Open the plan",
    ),
    "output_classified": _Ask(
        "say of which class the published form is", "say of which class the published form is", "Open privacy"
    ),
}
_UNCONFIRMED = _Ask(
    "confirm which columns together could single somebody out",
    "confirm which columns together could single somebody out",
    "Choose the columns",
    "privacy_risk",
)
_BY_TAB: dict[str, _Ask] = {
    "overview": _Ask("look at what stands in the way", "look at {n} points in the way", "Open the release"),
    "checklists": _Ask("finish the checklists", "finish the checklists ({n} points)", "Open the checklists"),
    "metadata": _Ask("complete the metadata", "complete the metadata ({n} points)", "Open the metadata"),
    "data": _Ask("look at the data file", "look at the data ({n} points)", "Open the data"),
    "privacy": _Ask("look at the privacy review", "look at the privacy review ({n} points)", "Open privacy"),
    "weighing": _Ask(
        "weigh benefit and risk", "weigh benefit and risk ({n} points)", "Weigh benefit and risk"
    ),
    "exceptions": _Ask(
        "judge the exception that is asked for", "judge {n} exceptions", "Open the exceptions"
    ),
    "plan": _Ask("complete the publication plan", "complete the publication plan", "Open the plan"),
    "publication": _Ask("look at the publication", "look at the publication", "Open the publication"),
    "reviews": _Ask("ask for a review again", "ask for {n} reviews again", "Open the reviews"),
}
_TAB_URLS = {tab: f"release_{tab}" for tab in _BY_TAB} | {
    "overview": "release",
    "weighing": "privacy_assessment",
}
_REVIEWS: dict[str, tuple[str, str]] = {
    Review.Kind.DEPARTMENT: ("give the department approval", "Review and decide"),
    Review.Kind.STEWARD_PREVIEW: ("look at the private copy and accept it or not", "Preview and answer"),
}


def turns_of(context: ReleaseContext, returned: ReturnForChanges | None = None) -> list[Turn]:
    """Everything the release asks for now, most pressing first; empty when it has ended.

    A role is asked when its point comes first, when it holds the stage, or for the plan, which waits for
    nobody; so nobody is asked to attest what is not finished. `returned` is the return that stands.
    """
    release = context.release
    if not release.is_open or context.dataset.not_for_release_reason:
        return []
    if release.held_at:
        return [Turn("", f"on hold: {release.hold_reason}", "Open the release", "release", None)]
    if is_measuring(context):
        return [_refresh_turn(context)]
    points = _points(context)
    turns = _return_turn(context, returned)
    turns += [
        turn for turn in _point_turns(context, points) if turn.role not in {other.role for other in turns}
    ]
    turns += _stopped_turn(context) + _review_turns(context)
    if turns:
        return turns
    return [_onward_turn(context, waits=bool(points))]


def _refresh_turn(context: ReleaseContext) -> Turn:
    """While a refresh is compared nobody is asked, unless something of that stopped."""
    due = context.release.due_at
    if halt := halt_of(context):
        return Turn(Role.STEWARD, halt.task, halt.label, halt.url_name, due)
    return Turn(SYSTEM_OWNER, "The refresh is compared with what is public.", "Open it", "release", due)


def _points(context: ReleaseContext) -> list[tuple[str, gates.Unmet]]:
    """What is in the way of the move onward, each with the gate that says so, each sentence once."""
    move = ONWARD[context.release.stage]
    found: dict[gates.Unmet, str] = {}
    for gate, result in zip(gates.GATES[move], gates.judge(move, context), strict=True):
        for item in result.unmet:
            found.setdefault(item, gate.__name__)
    return [(name, item) for item, name in found.items()]


def _point_turns(context: ReleaseContext, points: list[tuple[str, gates.Unmet]]) -> list[Turn]:
    points = [
        (name, _again(context, item)) for name, item in points if not _is_waited_for(context, name, item)
    ]
    by_role: dict[str, list[tuple[str, gates.Unmet]]] = {}
    for name, item in points:
        by_role.setdefault(item.who, []).append((name, item))
    first = next(iter(by_role), None)
    holder = policies.stage_holder(context)
    turns = []
    for role, own in by_role.items():
        if role not in (first, holder):
            own = [(name, item) for name, item in own if item.tab == "plan"]
        if own:
            turns.append(_turn_for(context, role, own))
    if _CHECKS in dict(points) and _errors(context) and holder not in by_role and holder in Role.values:
        count = _errors(context)
        words = (
            "waive the error, or see it fixed" if count == 1 else f"waive {count} errors, or see them fixed"
        )
        turns.append(Turn(holder, words, "Open the check", "release_checklists", context.release.due_at))
    return turns


def _turn_for(context: ReleaseContext, role: str, own: list[tuple[str, gates.Unmet]]) -> Turn:
    """One turn for all points of a role, worded by the first."""
    name, first = own[0]
    ask = _BY_GATE.get(name) or _BY_TAB[first.tab]
    if name in _WORKED_AT and _is_unconfirmed(context):
        ask = _UNCONFIRMED
    count = _count(context, name, own)
    return Turn(
        role, ask.words(count), ask.button, ask.url_name or _TAB_URLS[first.tab], context.release.due_at
    )


def _count(context: ReleaseContext, name: str, own: list[tuple[str, gates.Unmet]]) -> int:
    """How many things are asked: errors and columns are counted, the sentences name only the first of them."""
    if name == _CHECKS:
        return _errors(context)
    if name == _FINDINGS and (columns := context.data("dispositions", "open")):
        return int(columns)
    return sum(_same_matter(name, own[0][1], other) for other in own)


def _is_unconfirmed(context: ReleaseContext) -> bool:
    """True while nobody has confirmed the columns that are measured."""
    return "risk" in context.facts and context.data("risk", "k_min") is None


def _errors(context: ReleaseContext) -> int:
    """Errors of the machine checks without a waiver; the sentences of the fact name only the first."""
    fact = context.facts.get("quality_checks")
    return (fact.data.get("errors") or len(fact.sentences)) if fact is not None else 0


def _same_matter(name: str, first: gates.Unmet, other: tuple[str, gates.Unmet]) -> bool:
    return other[0] == name if name in _BY_GATE else other[1].tab == first.tab


def _is_waited_for(context: ReleaseContext, name: str, item: gates.Unmet) -> bool:
    """True for what no person can do now: the system's part, and reviews that are asked for or come later."""
    # What was ordered waits on the owner of the order, a person (selectors.reviews.orders_waiting_on).
    if item.who == SYSTEM_OWNER or name in ("scan_current", "orders_done"):
        return True
    if name in _WORKED_AT and context.data(_WORKED_AT[name], "by_system"):
        return True
    if name == _CHECKS and context.about("quality_checks", "file") != context.about("file", "file"):
        return True
    if item.tab != "reviews":
        return False
    pending = {role_of(context, review.kind) for review in context.reviews if review.is_pending}
    preview_begins_later = item.who == Role.STEWARD and not gates.private_copy_equal(context).ok
    return item.who in pending or preview_begins_later


def _again(context: ReleaseContext, item: gates.Unmet) -> gates.Unmet:
    """A review that is not asked for (any more) is first a matter of whoever may ask for it."""
    if item.tab != "reviews":
        return item
    holder = policies.stage_holder(context)
    return gates.Unmet(item.text, item.tab, holder if holder != SYSTEM_OWNER else Role.COORDINATOR)


def _stopped_turn(context: ReleaseContext) -> list[Turn]:
    """A publication that gave up (its fact is there and says so of a place) waits for somebody to resume it."""
    copies = [context.facts[kind] for kind in ("private_copy", "public_copy") if kind in context.facts]
    places = [place for fact in copies for place in fact.data.get("places", ()) if place["needed"]]
    if all(fact.ok for fact in copies) or (places and not any(place["failure"] for place in places)):
        return []
    words = "see why the publication stopped, and resume it"
    return [
        Turn(Role.COORDINATOR, words, "Open the publication", "release_publication", context.release.due_at)
    ]


def _review_turns(context: ReleaseContext) -> list[Turn]:
    """One turn per kind of review that is asked for, and one for each person who has taken a seat of it."""
    turns = []
    for review in context.reviews:
        role = role_of(context, review.kind)
        if review.is_pending and role:
            label = review.get_kind_display()
            words, button = _REVIEWS.get(
                review.kind,
                (f"give the {label if label.isupper() else label.lower()} review", "Review and decide"),
            )
            turns.append(
                Turn(
                    role,
                    words,
                    button,
                    "release_reviews",
                    review.due,
                    person=review.claimed_by,
                    review=review,
                )
            )
    return list({(turn.what, turn.person): turn for turn in reversed(turns)}.values())[::-1]


def _return_turn(context: ReleaseContext, returned: ReturnForChanges | None) -> list[Turn]:
    """The return that stands: its open points for whoever answers it, and those passed on for each steward.

    When every point is answered nothing is asked but handing the release in again.
    """
    if returned is None:
        return []
    rows = list(returned.point_rows.all())
    waiting = [row for row in rows if row.state == row.State.OPEN]
    passed = {row.passed_to for row in waiting if row.passed_to}
    own = len([row for row in waiting if not row.passed_to]) if rows else len(returned.points)
    turns = [
        _answer_turn(context, returned, len([row for row in waiting if row.passed_to == person]), person)
        for person in passed
    ]
    if own or not rows:
        turns.insert(0, _answer_turn(context, returned, own, None))
    return turns


def _answer_turn(
    context: ReleaseContext, returned: ReturnForChanges, count: int, person: User | None
) -> Turn:
    points = f" ({count} point{'' if count == 1 else 's'})" if count else ""
    words = f"answer the return by {returned.by}{points}"
    role = Role.STEWARD if person else returned.answered_by_role
    return Turn(role, words, "Read and answer", "release", context.release.due_at, person=person)


def _onward_turn(context: ReleaseContext, *, waits: bool) -> Turn:
    """Nothing is asked of a person but the move onward itself, or the system is at work."""
    move = MOVES[ONWARD[context.release.stage]]
    holder = policies.stage_holder(context)
    if waits or holder in (SYSTEM_OWNER, CLOSED_OWNER):
        points = gates.unmet_onward(context)
        what = points[0].text if points else "It is published when everything is ready."
        return Turn(SYSTEM_OWNER, what, "Open the release", "release", context.release.due_at)
    if move.name == "approve":
        return Turn(
            holder,
            "decide on the release",
            "Open the decision",
            "admin:workflow_approvalrequest_decide",
            context.release.due_at,
            move=move.name,
        )
    words = f"{move.label[0].lower()}{move.label[1:]}; nothing is in the way"
    return Turn(holder, words, move.label, "release_move", context.release.due_at, (move.name,), move.name)
