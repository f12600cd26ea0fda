"""A worker killed before any step on the disk: readers see old files or new ones, and the next worker ends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publishing.portals.base import PortalError
from publishing.portals.static import StaticPortal
from tests.publishing.contract import material
from tests.publishing.contract.houses import House, StaticHouse
from tests.publishing.contract.test_kills import Killed, seen

pytestmark = pytest.mark.parametrize("running_house", [StaticHouse], indirect=True, ids=["static"])
MOST_STEPS = 60
STEPS = ("mkdir", "rename", "replace", "symlink_to", "unlink", "chmod")


@pytest.fixture(autouse=True)
def empty_index(portal: StaticPortal) -> None:
    """The first page names every public dataset, so each of them would be more steps."""
    portal.check_key()
    for name in portal.tree.names_public():
        portal.tree.hide(name)


def lives(house: House, number: int, work: Callable[[Any], Any], patch: pytest.MonkeyPatch) -> bool:
    """Did the work get to its end before the kill at the step of this number?"""
    left = [number]

    def deadly(act: Callable[..., Any]) -> Callable[..., Any]:
        def step(*about: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return act(*about, **more)

        return step

    with house.portal() as portal, patch.context() as deaths:
        for name in STEPS:
            deaths.setattr(Path, name, deadly(getattr(Path, name)))
        deaths.setattr(shutil, "rmtree", deadly(shutil.rmtree))
        try:
            work(portal)
        except Killed:
            return False
    return True


def ended(house: House, work: Callable[[int], bool]) -> int:
    """Kill at the first step, the second, and so on, until there is none left; returns how many there were."""
    for number in range(1, MOST_STEPS):
        if work(number):
            return number - 1
    raise AssertionError("the work never came to its end")


def test_a_refresh_killed_at_any_step_shows_one_whole_state_and_is_ended(
    portal: StaticPortal, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = material.table(4), material.table(9, Remarks=["new"] * 5)

    def killed_at(number: int) -> bool:
        remote_id, old, _ = material.public(portal, before)
        whole = (material.approved(before, old), material.approved(after, old))
        copy = portal.working_copy(remote_id).remote_id
        portal.push_chunk(copy, material.rows(after, old))
        done = lives(house, number, lambda one: one.publish(copy), monkeypatch)
        assert seen(portal, remote_id, old) in whole
        with house.portal() as next_one:
            assert next_one.publish(copy).published
            next_one.set_metadata(remote_id, old)
        assert seen(portal, remote_id, old) == whole[1]
        left = [path for path in (house.state / "store" / remote_id).glob("version-*") if path.is_dir()]
        assert len(left) == 1 and not (house.state / "drafts" / copy).exists()
        portal.set_scope(remote_id, "private")
        return done

    assert ended(house, killed_at) > 15


def test_a_creation_killed_at_any_step_is_taken_up_or_begun_anew(
    portal: StaticPortal, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = material.table()

    def killed_at(number: int) -> bool:
        record = material.record(table)
        done = lives(house, number, lambda one: one.create(record), monkeypatch)
        with house.portal() as next_one:
            remote_id = next_one.find(record) or next_one.create(record).remote_id
            assert next_one.view(remote_id).scope == "private"
            next_one.push_chunk(remote_id, material.rows(table, record))
            next_one.publish(remote_id)
            assert material.held(next_one, remote_id, record) == material.approved(table, record)
        return done

    assert ended(house, killed_at) > 2


def test_a_taking_back_killed_at_any_step_is_ended_and_nothing_is_seen(
    portal: StaticPortal, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed_at(number: int) -> bool:
        remote_id, record, table = material.public(portal)
        done = lives(house, number, lambda one: one.set_scope(remote_id, "private"), monkeypatch)
        assert seen(portal, remote_id, record) in (material.approved(table, record), "nothing")
        with house.portal() as next_one:
            assert next_one.set_scope(remote_id, "private").scope == "private"
        with pytest.raises(PortalError):
            portal.count(remote_id, anonymous=True)
        index = (house.state / "public" / "index.html").read_text("utf-8")
        assert remote_id not in index
        return done

    assert ended(house, killed_at) > 3
