"""A dry run looks at a portal through an adapter that cannot write: proved by what the portal holds and was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from publishing.portals.base import Portal, PortalError
from publishing.portals.ckan import CkanPortal
from publishing.rehearsal import Wish, plan_of
from publishing.services import rehearsal
from publishing.services.rehearsal import publication_rehearse
from tests.publishing.contract import material
from tests.publishing.contract.houses import CkanHouse, House


def told(portal: Portal, wish: Wish) -> dict[str, str]:
    return {line.what: line.how for line in plan_of(portal, wish)}


def test_for_a_new_dataset_the_plan_is_told_and_nothing_is_written(house: House) -> None:
    record = material.record(material.table())
    before = house.holdings()
    house.quiet()
    with house.portal(read_only=True) as looking:
        plan = told(looking, Wish(record, rows=5, to_public=True))
        assert looking.find(record) is None
    assert "a private one is made" in plan["Create"] and "Update" not in plan
    assert (house.writes(), house.holdings()) == ([], before)


def test_for_a_public_dataset_the_plan_says_what_changes_and_nothing_is_written(
    portal: Portal, house: House
) -> None:
    remote_id, old, _ = material.public(portal)
    after = material.table(9)
    after = type(after).of(after.frame.drop("Remarks").rename({"Units": "Homes"}))
    record = material.record(after, key=old.external_key)
    before = house.holdings()
    house.quiet()
    with house.portal(read_only=True) as looking:
        plan = told(looking, Wish(record, rows=9, to_public=True))
        again = told(looking, Wish(record, rows=9, to_public=True, remote_id=remote_id))
    assert remote_id in plan["Update"] and "It is public now" in plan["Update"]
    assert "New: homes" in plan["Columns"] and "remarks" in plan["Columns"]
    assert again == plan
    assert (house.writes(), house.holdings()) == ([], before)


WRITES: dict[str, Callable[[Portal, str, str, Any, list[dict[str, Any]]], object]] = {
    "create": lambda portal, live, draft, record, rows: portal.create(material.record(material.table())),
    "working_copy": lambda portal, live, draft, record, rows: portal.working_copy(live),
    "fit_columns": lambda portal, live, draft, record, rows: portal.fit_columns(draft, record),
    "set_metadata": lambda portal, live, draft, record, rows: portal.set_metadata(live, record),
    "empty": lambda portal, live, draft, record, rows: portal.empty(draft),
    "push_chunk": lambda portal, live, draft, record, rows: portal.push_chunk(draft, rows),
    "publish": lambda portal, live, draft, record, rows: portal.publish(draft),
    "take back": lambda portal, live, draft, record, rows: portal.set_scope(live, "private"),
    "widen": lambda portal, live, draft, record, rows: portal.set_scope(draft, "public"),
}


def test_who_only_looks_cannot_write_whatever_is_asked_of_the_adapter(portal: Portal, house: House) -> None:
    live, _, _ = material.public(portal)
    draft, record, table = material.filled(portal)
    rows = material.rows(table, record)
    before = house.holdings()
    house.quiet()
    other = type(table).of(table.frame.rename({"Remarks": "Notes"}))
    changed = material.record(other, key=record.external_key, name="Another name")
    refused = []
    for name, write in WRITES.items():
        with house.portal(read_only=True) as looking:
            try:
                write(looking, live, draft, changed, rows)
            except ValueError as error:
                refused += [name] * ("only read" in str(error))
    assert refused == list(WRITES)
    assert (house.writes(), house.holdings()) == ([], before)


def test_it_reads_everything_all_the_same(portal: Portal, house: House) -> None:
    remote_id, record, table = material.public(portal)
    before = house.holdings()
    house.quiet()
    with house.portal(read_only=True) as looking:
        assert looking.find(record) == remote_id
        assert looking.view(remote_id).scope == "public"
        assert looking.count(remote_id) == 5
        assert material.held(looking, remote_id, record) == material.approved(table, record)
        assert looking.verify_public(remote_id, key_field=record.row_identifier).visible
    assert (house.writes(), house.holdings()) == ([], before)


@pytest.mark.parametrize("running_house", [CkanHouse], indirect=True, ids=["ckan"])
def test_a_change_of_places_that_was_cut_is_told_as_it_will_end_and_not_ended(
    portal: CkanPortal, house: House
) -> None:
    remote_id, old, _ = material.public(portal)
    after = material.table(20)
    record = material.record(after, key=old.external_key)
    copy = portal.working_copy(remote_id).remote_id
    portal.fit_columns(copy, record)
    portal.push_chunk(copy, material.rows(after, record))
    portal.set_metadata(copy, record)
    house.fault("reset_before", path="package_patch", skip=2, times=-1)
    with pytest.raises(PortalError):
        portal.publish(copy)
    before = house.holdings()
    house.quiet()
    with house.portal(read_only=True) as looking:
        plan = told(looking, Wish(record, rows=20, to_public=True, remote_id=remote_id))
        assert looking.view(remote_id).remote_id == remote_id
    assert remote_id in plan["Update"] and copy not in plan["Update"]
    assert (house.writes(), house.holdings()) == ([], before)
    assert portal.view(remote_id).scope == "public"


@pytest.mark.django_db
def test_the_service_opens_every_portal_so_that_it_cannot_write(
    portal: Portal, house: House, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in house.settings.items():
        setattr(settings, name, value)
    _, record, _ = material.public(portal)
    opened: list[Portal] = []

    def opening(*about: Any, **changes: Any) -> Portal:
        opened.append(open_portal(*about, **changes))
        return opened[-1]

    open_portal = rehearsal.open_portal
    monkeypatch.setattr(rehearsal, "open_portal", opening)
    before = house.holdings()
    house.quiet()
    places = publication_rehearse(dataset_id=1, portals=[house.name], record=record, rows=5, to_public=True)
    assert [place.trouble for place in places] == [""] and places[0].lines[0].what == "Update"
    assert [one.config.read_only for one in opened] == [True]  # type: ignore[attr-defined]
    assert (house.writes(), house.holdings()) == ([], before)
