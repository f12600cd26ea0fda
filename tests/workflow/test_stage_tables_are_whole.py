"""The tables of the state machine name everything, and nothing that does not exist."""

from __future__ import annotations

from collections import deque

from workflow import tables
from workflow.routing import ROUTES
from workflow.stages import CLOSED_STAGES, MOVES, ONWARD, STAGE_OWNER, WAY, Stage


def test_nothing_is_missing_from_the_tables() -> None:
    assert tables.faults() == []


def test_a_missing_entry_is_found(monkeypatch) -> None:
    monkeypatch.delitem(STAGE_OWNER, Stage.PRIVACY)
    monkeypatch.delitem(ROUTES, "approve")
    assert "STAGE_OWNER has no entry for PRIVACY." in tables.faults()
    assert "ROUTES has no entry for approve." in tables.faults()


def test_every_stage_can_be_reached_from_inventory() -> None:
    seen, queue = {Stage.INVENTORY}, deque([Stage.INVENTORY])
    while queue:
        here = queue.popleft()
        for move in MOVES.values():
            if here in move.sources and not move.stays:
                for target in move.targets:
                    if target not in seen:
                        seen.add(target)
                        queue.append(target)
    assert seen == set(Stage)


def test_every_open_stage_has_a_way_onward_and_a_way_out() -> None:
    for stage in WAY[:-1]:
        assert stage in MOVES[ONWARD[stage]].sources
        assert stage in MOVES["withdraw"].sources


def test_a_closed_release_is_nobodys_task() -> None:
    assert {STAGE_OWNER[stage] for stage in CLOSED_STAGES} == {"closed"}
