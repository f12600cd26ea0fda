"""What describes a dataset: merged with what others wrote, read back, told where it differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from datafiles.table import Table
from publishing.portals.base import Proof
from publishing.portals.socrata import SocrataPortal
from publishing.portals.socrata.describing import merged, told_of, wanted_of
from publishing.records import PortalColumn, PortalRecord
from tests.publishing import samples
from tests.publishing.conftest import Orders

CUSTOM = (("Publication", "Update frequency", "Daily"), ("Contact", "Office", "Records"))


def made(portal: SocrataPortal, **about: Any) -> tuple[str, PortalRecord]:
    record = replace(samples.record(samples.table()), **about)
    return portal.create(record).remote_id, record


def told(proofs: list[Proof]) -> dict[str, str]:
    return {proof.what: proof.found for proof in proofs if not proof.ok}


def test_what_was_written_is_told_back_and_equal(portal: SocrataPortal) -> None:
    remote_id, record = made(portal, custom_fields=CUSTOM)
    portal.set_metadata(remote_id, record)
    proofs = portal.proofs(remote_id, record)
    assert [proof.what for proof in proofs] == [
        "Description of the dataset",
        "Names and descriptions of columns",
        "Order of the columns",
    ]
    assert told(proofs) == {}


def test_custom_fields_are_filled_beside_those_of_others(portal: SocrataPortal, orders: Orders) -> None:
    remote_id, record = made(portal)
    theirs = {"Publication": {"Steward": "A. Person", "Update frequency": "Never"}, "Other": {"A": "b"}}
    portal.signed.soda.update_metadata(remote_id, {"metadata": {"custom_fields": theirs}})
    portal.set_metadata(remote_id, replace(record, custom_fields=CUSTOM))
    sets = orders.get(f"/api/views/{remote_id}.json").json()["metadata"]["custom_fields"]
    assert sets == {
        "Publication": {"Steward": "A. Person", "Update frequency": "Daily"},
        "Other": {"A": "b"},
        "Contact": {"Office": "Records"},
    }


def test_a_custom_field_that_is_empty_now_is_emptied_on_the_portal_and_told_while_it_is_not(
    portal: SocrataPortal,
) -> None:
    remote_id, record = made(portal, custom_fields=CUSTOM)
    emptied = replace(record, custom_fields=(("Contact", "Office", ""), ("Contact", "Phone", "")))
    assert told(portal.proofs(remote_id, emptied)) == {
        "Description of the dataset": "11 fields, other: Contact: Office"
    }
    portal.set_metadata(remote_id, emptied)
    assert portal.described(remote_id)["metadata"]["custom_fields"] == {
        "Publication": {"Update frequency": "Daily"},
        "Contact": {"Office": None},
    }
    assert told(portal.proofs(remote_id, emptied)) == {}


def test_what_somebody_changed_on_the_portal_is_told_by_its_name_and_written_anew(
    portal: SocrataPortal,
) -> None:
    remote_id, record = made(portal)
    portal.set_metadata(remote_id, record)
    column = portal.described(remote_id)["columns"][1]
    portal.signed.soda.update_metadata(remote_id, {"name": "Another", "tags": ["x"], "description": None})
    path = f"/api/views/{remote_id}/columns/{column['id']}"
    portal.signed.send("PUT", path, json={"description": "Changed there"})
    assert told(portal.proofs(remote_id, record)) == {
        "Description of the dataset": "9 fields, other: title, description, keywords",
        "Names and descriptions of columns": "8 columns, other: Permit number",
    }
    portal.set_metadata(remote_id, record)
    assert told(portal.proofs(remote_id, record)) == {}


def test_a_portal_that_tidies_blanks_and_capitals_of_keywords_says_the_same(portal: SocrataPortal) -> None:
    remote_id, record = made(portal, tags=("Permits", "Building  sites"), description=" Two \n lines ")
    portal.set_metadata(remote_id, record)
    tidy = {"tags": ["building sites", "permits"], "description": "Two lines"}
    portal.signed.soda.update_metadata(remote_id, tidy)
    assert told(portal.proofs(remote_id, record)) == {}


def test_another_order_of_columns_is_told_and_stops_nothing(portal: SocrataPortal) -> None:
    remote_id, record = made(portal)
    turned = replace(record, columns=(record.columns[0], *reversed(record.columns[1:])))
    order = portal.proofs(remote_id, turned)[2]
    assert (order.ok, order.found[:13]) == (True, "another order")


WORDS = st.text(min_size=1, max_size=8)
SETS = st.dictionaries(WORDS, st.dictionaries(WORDS, st.text(max_size=5), max_size=3), max_size=3)
OURS = st.lists(st.tuples(WORDS, WORDS, st.text(max_size=5)), max_size=4, unique_by=lambda line: line[:2])
OTHER = st.dictionaries(
    WORDS.filter(lambda word: word not in ("rowIdentifier", "rowLabel", "custom_fields")), WORDS, max_size=3
)


@given(there=SETS, ours=OURS, other=OTHER, private=OTHER)
def test_a_merge_keeps_every_word_of_others_and_writes_every_word_of_ours(
    there: dict[str, Any], ours: list[tuple[str, str, str]], other: dict[str, str], private: dict[str, str]
) -> None:
    record = PortalRecord(
        external_key="k",
        name="N",
        description="D",
        columns=(PortalColumn("a", "A", "text"),),
        row_identifier="a",
        contact_email="od@example.gov",
        custom_fields=tuple(ours),
    )
    view = {
        "columns": [{"id": 7, "fieldName": "a"}],
        "metadata": {**other, "custom_fields": there},
        "privateMetadata": private,
    }
    written = merged(view, record)
    sets = written["metadata"]["custom_fields"]
    assert {key: written["metadata"][key] for key in other} == other
    assert {key: written["privateMetadata"][key] for key in private if key != "contactEmail"} == {
        key: value for key, value in private.items() if key != "contactEmail"
    }
    assert all(sets[place][field] == value for place, field, value in ours if value)
    assert not any(sets.get(place, {}).get(field) for place, field, value in ours if not value)
    mine = {(place, field) for place, field, _ in ours}
    kept = {(p, f): v for p, fields in there.items() for f, v in fields.items() if (p, f) not in mine}
    assert all(sets[place][field] == value for (place, field), value in kept.items())
    again = merged({**view, **written}, record)
    assert again == written
    answer = {**view, **written, "name": "N", "tags": []}
    assert dict(wanted_of(record)).items() <= dict(told_of(answer, record)).items()


def test_a_record_without_what_came_later_keeps_its_digest() -> None:
    record = samples.record(samples.table(), external_key="pub-1")
    assert "custom_fields" not in record.as_json() and "views" not in record.as_json()
    filled = replace(record, custom_fields=CUSTOM)
    assert filled.digest != record.digest
    assert PortalRecord.from_json(filled.as_json()) == filled


# the point for the map


def mapped() -> tuple[Table, PortalRecord]:
    places = {
        "Permit": ["A-1", "A-2", "A-3"],
        "Latitude": ["41.7637", None, "41.5"],
        "Longitude": ["-72.6851", "-72.7", "-72.75"],
    }
    table = Table.of(pl.DataFrame(places, schema=dict.fromkeys(places, pl.String)))
    return table, samples.record(table)


def test_latitude_and_longitude_become_a_point_that_is_no_column_of_the_record(
    portal: SocrataPortal, orders: Orders
) -> None:
    table, record = mapped()
    remote_id = portal.create(record).remote_id
    assert [column.field_name for column in portal.view(remote_id).columns] == record.fields
    portal.push_chunk(remote_id, samples.rows(table, record))
    rows = orders.get(f"/resource/{remote_id}.json", **{"$order": "permit"}).json()
    assert rows[0]["location"] == {"type": "Point", "coordinates": [-72.6851, 41.7637]}
    assert "location" not in rows[1]
    assert all("location" not in row for row in portal.read_back(remote_id, record.fields))
    assert told(portal.proofs(remote_id, record)) == {}
    assert "2 points" in portal.proofs(remote_id, record)[3].found


def test_a_point_that_somebody_moved_is_told(portal: SocrataPortal, orders: Orders) -> None:
    table, record = mapped()
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, samples.rows(table, record))
    moved = {"row_key": "3", "location": {"type": "Point", "coordinates": [1, 2]}}
    orders.send("POST", f"/resource/{remote_id}.json", [moved])
    list(portal.read_back(remote_id, record.fields))
    assert told(portal.proofs(remote_id, record)) == {
        "Location for the map": "1 row whose point is another one"
    }


def test_the_point_comes_and_goes_with_its_columns(portal: SocrataPortal) -> None:
    table, record = mapped()
    remote_id = portal.create(record).remote_id
    plain = samples.record(Table.of(table.frame.drop("Latitude")), external_key=record.external_key)
    portal.fit_columns(remote_id, plain)
    names = {column["fieldName"] for column in portal.described(remote_id)["columns"]}
    assert names == set(plain.fields)
    portal.fit_columns(remote_id, record)
    assert portal.known(remote_id).point is not None
    portal.push_chunk(remote_id, samples.rows(table, record))
    assert portal.count(remote_id, where="location IS NOT NULL") == 2


def test_a_point_that_somebody_removed_is_told(portal: SocrataPortal, orders: Orders) -> None:
    _, record = mapped()
    remote_id = portal.create(record).remote_id
    assert orders.send("DELETE", f"/api/views/{remote_id}/columns/location", None).status_code == 200
    assert told(portal.proofs(remote_id, record)) == {"Column for the map": "missing"}
