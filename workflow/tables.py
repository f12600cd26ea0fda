"""Are the tables of the state machine whole? Asked at start-up and by a test.

Every stage has an owner and its open parts; every move a policy, gates, an audit action and a route; and the
django-fsm transitions hold the sources and targets that the table of moves names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.catalogue import ACTIONS as AUDIT_ACTIONS
from notifications.messages import MESSAGES
from workflow.approvals import REVIEW_SCOPE
from workflow.gates import GATES
from workflow.models import Release, Review
from workflow.policies import POLICY
from workflow.routing import EVENTS, ROUTES
from workflow.stages import MOVES, OPEN_PARTS, STAGE_OWNER, Stage


def faults() -> list[str]:
    """Every gap between the tables, as sentences; empty when they are whole."""
    found: list[str] = []
    table: Mapping[str, Any]
    for name, table in (("STAGE_OWNER", STAGE_OWNER), ("OPEN_PARTS", OPEN_PARTS)):
        found += _compare(name, set(table), set(Stage))
    for name, table in (("POLICY", POLICY), ("GATES", GATES), ("EVENTS", EVENTS), ("ROUTES", ROUTES)):
        found += _compare(name, set(table), set(MOVES))
    found += _compare("REVIEW_SCOPE", set(REVIEW_SCOPE), set(Review.Kind.values))
    found += [
        f"EVENTS.{move}: the audit catalogue has no {e}."
        for move, e in EVENTS.items()
        if e not in AUDIT_ACTIONS
    ]
    found += [
        f"No letter is written for the move {move}."
        for move in MOVES
        if ROUTES.get(move) and move not in MESSAGES
    ]
    return found + _transition_faults()


def _compare(name: str, have: set[str], want: set[str]) -> list[str]:
    return [f"{name} has no entry for {key}." for key in sorted(want - have)] + [
        f"{name} has an entry for {key}, which does not exist." for key in sorted(have - want)
    ]


def _transition_faults() -> list[str]:
    declared: dict[str, tuple[set[str], set[str]]] = {}
    release: Any = Release(stage=Stage.INVENTORY)  # django-fsm adds the method that lists transitions
    for transition in release.get_all_stage_transitions():
        sources, targets = declared.setdefault(transition.name, (set(), set()))
        sources.add(str(transition.source))
        allowed = getattr(transition.target, "allowed_states", None) or (
            [transition.target] if transition.target is not None else [transition.source]
        )
        targets.update(str(target) for target in allowed)
    found = _compare("The transitions of Release", set(declared), set(MOVES))
    for name, move in MOVES.items():
        if name in declared and declared[name] != (
            {str(s) for s in move.sources},
            {str(t) for t in move.targets},
        ):
            found.append(f"The transition {name} of Release does not match the table of moves.")
    return found
