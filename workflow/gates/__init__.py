"""Gates: what must hold before a move. Each is one function that answers in sentences.

A gate reads facts, reviews and dates, nothing else; the page that lists what is missing and the refusal of
the door are the same answer.
"""

from __future__ import annotations

from workflow.context import ReleaseContext
from workflow.gates.base import Gate, GateResult, Unmet
from workflow.gates.bundle import confirmed_together, going_together
from workflow.gates.endings import (
    archive_kept,
    nothing_on_its_way,
    post_mortem_closed,
    retirement_decided,
    taken_back_seen,
)
from workflow.gates.exceptions import (
    identifiers_allowed,
    licence_allowed,
    no_exception_open,
    risk_excepted,
)
from workflow.gates.final_key import final_keys_turned
from workflow.gates.freeze import not_frozen, plan_not_held
from workflow.gates.levels import security_level_allowed
from workflow.gates.orders import orders_done
from workflow.gates.plan import schedule_complete
from workflow.gates.preparation import (
    CHECKLIST_NAMES,
    checklists_complete,
    columns_described,
    file_read,
    inventory_record_complete,
    not_on_hold,
    quality_checks_current,
    retirement_recorded,
    submission_attested,
)
from workflow.gates.privacy import (
    benefit_weighed,
    findings_disposed,
    output_classified,
    risk_allowed,
    scan_current,
    screened_by_legal,
    treated_copy_current,
)
from workflow.gates.publication import (
    date_reached,
    not_public_yet,
    permit_holds,
    plan_before,
    preview_before,
    private_copy_before,
    private_copy_equal,
    public_copy_confirmed,
)
from workflow.gates.refresh import (
    refresh_covered,
    refresh_described,
    refresh_measured,
    unless_let_through,
    unless_within_permit,
)
from workflow.gates.reviews import reviews_in
from workflow.gates.talk import readiness_talk_held
from workflow.gates.withholding import not_withheld
from workflow.refreshing import is_measuring, refresh_of
from workflow.stages import ONWARD, SYSTEM_OWNER, Stage, earlier_moves

__all__ = [
    "CHECKLIST_NAMES",
    "GATES",
    "GO_PUBLIC",
    "Gate",
    "GateResult",
    "Unmet",
    "judge",
    "lacking",
    "onward_of",
    "unmet",
    "unmet_onward",
]


def earlier_gates_hold(move: str) -> Gate:
    """A gate that what earlier moves asked for still holds: nothing changed since."""

    def gate(context: ReleaseContext) -> GateResult:
        result = GateResult("Nothing changed since the earlier stages")
        seen = set()
        for name in earlier_moves(move):
            if name == "begin_readiness" and refresh_of(context) is not None:
                # Whether the data may be public at all was decided when it became so.
                continue
            for earlier in GATES[name]:
                if earlier in seen or earlier is not_on_hold:
                    continue
                seen.add(earlier)
                result.unmet += earlier(context).unmet
        return result

    gate.__name__ = f"earlier_gates_hold_{move}"
    gate.__doc__ = f"Everything that was asked for before {move} still holds."
    return gate


def lacking(context: ReleaseContext) -> list[Unmet]:
    """What keeps a release from going public by itself, whomever it goes with."""
    stage = context.release.get_stage_display()
    if context.release.stage != Stage.STAGED:
        text = f"It is in {stage} and not approved." if context.release.is_open else f"It ended: {stage}."
        return [Unmet(text, "overview", SYSTEM_OWNER)]
    results = (gate(context) for gate in GO_PUBLIC if gate is not goes_together)
    return list(dict.fromkeys(item for result in results for item in result.unmet))


goes_together = going_together(lacking)

# What must hold before each move. A move that needs nothing has an empty row, and the row must be there.
GATES: dict[str, tuple[Gate, ...]] = {
    "begin_readiness": (
        not_on_hold,
        not_withheld,
        readiness_talk_held,
        inventory_record_complete,
        checklists_complete(Stage.INVENTORY),
    ),
    "submit_for_quality": (
        not_on_hold,
        file_read,
        columns_described,
        checklists_complete(Stage.READINESS),
        submission_attested,
        reviews_in("submit_for_quality"),
    ),
    "pass_quality": (
        not_on_hold,
        quality_checks_current,
        checklists_complete(Stage.QUALITY),
        reviews_in("pass_quality"),
    ),
    "clear_privacy": (
        not_on_hold,
        scan_current,
        findings_disposed,
        treated_copy_current,
        risk_allowed,
        benefit_weighed,
        output_classified,
        security_level_allowed,
        checklists_complete(Stage.PRIVACY),
        refresh_described,
        reviews_in("clear_privacy"),
    ),
    "approve": (
        not_on_hold,
        not_withheld,
        earlier_gates_hold("approve"),
        checklists_complete(Stage.CDO_REVIEW),
        schedule_complete,
        plan_before("approve"),
        private_copy_before("approve"),
        preview_before("approve"),
        licence_allowed,
        identifiers_allowed,
        risk_excepted,
        screened_by_legal,
        no_exception_open,
        orders_done,
        reviews_in("approve"),
        final_keys_turned,
    ),
    "publish": (
        not_on_hold,
        not_withheld,
        # An exception ends on its day or is taken back while the approved release waits for its date.
        licence_allowed,
        identifiers_allowed,
        risk_excepted,
        # So does what was accepted above a threshold or beyond the matrix.
        risk_allowed,
        unless_within_permit(benefit_weighed),
        security_level_allowed,
        private_copy_equal,
        permit_holds,
        unless_let_through(plan_before("publish")),
        reviews_in("publish"),
        date_reached,
        not_frozen,
        plan_not_held,
        # Asks about every release of a bundle: last of all that is asked before the copy is made public.
        goes_together,
        public_copy_confirmed,
        confirmed_together,
    ),
    "pass_refresh": (
        not_on_hold,
        not_withheld,
        refresh_covered,
        quality_checks_current,
        columns_described,
        scan_current,
        findings_disposed,
        treated_copy_current,
        risk_allowed,
        licence_allowed,
        identifiers_allowed,
        risk_excepted,
        security_level_allowed,
        no_exception_open,
        orders_done,
    ),
    "refresh_to_privacy": (not_on_hold, refresh_measured),
    "refresh_to_review": (not_on_hold, refresh_measured),
    "return_for_changes": (),
    "reject": (),
    "withdraw": (),
    "hold": (not_public_yet,),
    "resume": (),
    "supersede": (),
    "retract": (),
    "reinstate": (post_mortem_closed,),
    "retire": (retirement_recorded, retirement_decided, nothing_on_its_way, archive_kept, taken_back_seen),
}

# What must hold before the portal copy is made public: all that `publish` asks for, but its own outcome.
_OUTCOME = (public_copy_confirmed, confirmed_together)
GO_PUBLIC: tuple[Gate, ...] = tuple(gate for gate in GATES["publish"] if gate not in _OUTCOME)


def judge(name: str, context: ReleaseContext) -> list[GateResult]:
    """The answer of every gate of move `name`."""
    return [gate(context) for gate in GATES[name]]


def unmet(name: str, context: ReleaseContext) -> list[Unmet]:
    """Everything in the way of move `name`, each sentence once."""
    return list(dict.fromkeys(item for result in judge(name, context) for item in result.unmet))


def unmet_onward(context: ReleaseContext) -> list[Unmet]:
    """Everything in the way of the move onward from where the release is; empty when closed."""
    move = onward_of(context)
    return unmet(move, context) if move else []


def onward_of(context: ReleaseContext) -> str | None:
    """The move onward from where the release is; None when closed, and while the system compares a refresh."""
    return None if is_measuring(context) else ONWARD.get(context.release.stage)
