"""The end of a dataset on any portal: private, with a note that says why, until it is public again."""

from __future__ import annotations

import pytest
import requests

from publishing.portals.base import Portal, Retires
from publishing.portals.static import StaticPortal
from tests.publishing.contract import material
from tests.publishing.contract.houses import House, StaticHouse

NOTE = (
    "This dataset was retired on 3 March 2026. Nobody kept it any more. Use instead: Permits & fees "
    "(https://data.example.gov/permits?kind=fees)."
)
only_files = pytest.mark.parametrize("running_house", [StaticHouse], indirect=True, ids=["static"])


def test_what_is_retired_is_private_and_its_note_says_why(portal: Portal, house: House) -> None:
    remote_id, record, table = material.public(portal)
    assert isinstance(portal, Retires)
    for _ in range(2):
        assert portal.retire(remote_id, NOTE).scope == "private"
    assert not portal.verify_public(remote_id, key_field=record.row_identifier).visible
    assert house.told(portal, remote_id).count("Nobody kept it any more.") == 1
    assert portal.set_scope(remote_id, "private").scope == "private"
    assert "Nobody kept it any more." in house.told(portal, remote_id)
    # It may come back: then nothing is left of the note.
    portal.set_metadata(remote_id, record)
    assert portal.set_scope(remote_id, "public").scope == "public"
    assert portal.verify_public(remote_id, key_field=record.row_identifier).visible
    assert "Nobody kept it" not in house.told(portal, remote_id)
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(table, record)


@only_files
def test_the_address_of_files_answers_with_the_reason_and_nothing_of_the_data(
    portal: StaticPortal, house: House
) -> None:
    remote_id, _, _ = material.public(portal)
    portal.retire(remote_id, NOTE)
    answer = house.page(portal, remote_id)
    assert answer.status_code == 200 and "not public any more" in answer.text
    assert '<a href="https://data.example.gov/permits?kind=fees">' in answer.text
    assert "Permits &amp; fees" in answer.text and "What Remarks holds" not in answer.text
    base = f"{house.url}/datasets/{remote_id}"
    names = ("data.csv", "data.geojson", "dictionary.csv", "datapackage.json")
    assert [requests.get(f"{base}/{name}", timeout=5).status_code for name in names] == [404] * 4
    assert remote_id not in requests.get(f"{house.url}/", timeout=5).text
    assert (house.state / "store" / remote_id).stat().st_mode & 0o077 == 0


@only_files
def test_a_note_beside_files_that_are_still_there_is_no_end(portal: StaticPortal, house: House) -> None:
    """A server or a bucket may show what it remembers, or was not told to remove."""
    remote_id, _, _ = material.public(portal)
    portal.retire(remote_id, NOTE)
    (house.state / "notes" / remote_id / "data.csv").write_text("row_key\n1\n", "utf-8")
    house.fault("status", path="datapackage.json", status=404, times=-1)
    assert portal.outside.status(remote_id) == 200


@only_files
def test_what_was_never_shown_gets_no_page(portal: StaticPortal, house: House) -> None:
    remote_id, _, _ = material.filled(portal)
    assert portal.retire(remote_id, NOTE).scope == "private"
    assert house.page(portal, remote_id).status_code == 404
