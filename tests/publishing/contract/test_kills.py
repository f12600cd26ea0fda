"""A worker killed before or after any request of a change: the next one ends it, and nobody saw a part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from publishing.portals.base import NotFound, Portal, PortalError, RemoteAsset
from tests.publishing.contract import material
from tests.publishing.contract.houses import ArcgisHouse, CkanHouse, House, SocrataHouse

# Files are not changed in requests: test_static.py has what goes wrong there.
pytestmark = pytest.mark.parametrize(
    "running_house", [SocrataHouse, CkanHouse, ArcgisHouse], indirect=True, ids=lambda kind: kind.name
)
MOST_REQUESTS = 60


class Killed(BaseException):
    """What a kill is to the code: nothing after it runs, and nobody catches it."""


def die_at(portal: Portal, number: int, *, done: bool) -> None:
    """Die at the request of this number: before it is sent, or when it is done and before anybody knows."""
    session = portal.signed.session  # type: ignore[attr-defined]
    send: Callable[..., Any] = session.request
    left = [number]

    def request(*args: Any, **about: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not done:
            raise Killed
        answer = send(*args, **about)
        if left[0] == 0:
            raise Killed
        return answer

    session.request = request


def lives(house: House, number: int, done: bool, work: Callable[[Portal], Any]) -> bool:
    """Did the work get to its end before the kill?"""
    with house.portal() as portal:
        die_at(portal, number, done=done)
        try:
            work(portal)
        except Killed:
            return False
    return True


def seen(portal: Portal, remote_id: str, record: Any) -> str:
    try:
        return material.held(portal, remote_id, record, anonymous=True)
    except PortalError:
        return "nothing"


def ended(portal: Portal, copy: str, remote_id: str) -> RemoteAsset:
    """As the run of a worker takes it up: a working copy that is gone has become the dataset."""
    try:
        remote = portal.view(copy)
    except NotFound:
        remote = portal.view(remote_id)
    return remote if remote.published else portal.publish(remote.remote_id)


@pytest.mark.slow
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_the_change_from_old_to_new_is_ended_by_the_next_worker(house: House, done: bool) -> None:
    with house.portal() as portal:
        remote_id, record, before = material.public(portal, material.table(6))
    for number in range(1, MOST_REQUESTS):
        after = material.table(6 + number % 5, Remarks=[f"after {number}"] * 5)
        newer = material.record(after, key=record.external_key, name=f"Newer {number}")
        with house.portal() as portal:
            copy = portal.working_copy(remote_id).remote_id
            portal.fit_columns(copy, newer)
            portal.push_chunk(copy, material.rows(after, newer))
            portal.set_metadata(copy, newer)
        allowed = {material.approved(before, newer), material.approved(after, newer)}
        if not portal.capabilities.atomic_replace:
            allowed.add("nothing")
        lived = lives(house, number, done, lambda portal, copy=copy: portal.publish(copy))
        with house.portal() as portal:
            assert seen(portal, remote_id, newer) in allowed
            asset = ended(portal, copy, remote_id)
            assert (asset.remote_id, asset.scope, asset.name) == (remote_id, "public", newer.name)
            assert asset.row_identifier == "row_key" and portal.find(newer) == remote_id
            assert seen(portal, remote_id, newer) == material.approved(after, newer)
        if lived:
            return
        before = after
    raise AssertionError("The change takes more requests than anybody expected.")


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_step_of_rows_that_was_cut_is_sent_again_and_each_row_is_there_once(
    house: House, done: bool
) -> None:
    with house.portal() as portal:
        table = material.table(12)
        record = material.record(table)
        remote_id = portal.create(record).remote_id
    rows = material.rows(table, record)
    for number in range(1, MOST_REQUESTS):
        lived = lives(house, number, done, lambda portal: portal.push_chunk(remote_id, rows))
        with house.portal() as portal:
            portal.push_chunk(remote_id, rows)
            assert material.held(portal, remote_id, record) == material.approved(table, record)
        if lived:
            return
    raise AssertionError("A step of rows takes more requests than anybody expected.")


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_taking_back_that_was_cut_is_ended_by_the_next_worker(house: House, done: bool) -> None:
    with house.portal() as portal:
        remote_id, record, _ = material.public(portal)
    for number in range(1, MOST_REQUESTS):
        with house.portal() as portal:
            portal.set_scope(remote_id, "public")
        lived = lives(house, number, done, lambda portal: portal.set_scope(remote_id, "private"))
        with house.portal() as portal:
            assert portal.set_scope(remote_id, "private").scope == "private"
            assert not portal.verify_public(remote_id, key_field=record.row_identifier).visible
        if lived:
            return
    raise AssertionError("Taking back takes more requests than anybody expected.")
