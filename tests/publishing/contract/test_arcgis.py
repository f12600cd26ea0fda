"""What only ArcGIS has: tokens that end, two items, files in parts, errors that come with status 200."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from typing import Any

import pytest
import requests

from publishing.portals.arcgis import ArcgisPortal, items
from publishing.portals.base import AuthFailed, BadRequest, Forbidden, ProtocolError, Retryable
from tests.publishing.contract import material
from tests.publishing.contract.houses import ArcgisHouse, House
from tests.publishing.contract.test_moments import published

pytestmark = pytest.mark.parametrize("running_house", [ArcgisHouse], indirect=True, ids=["arcgis_geo"])


def state(house: House, statement: str) -> list[Any]:
    with sqlite3.connect(house.state / "portal.sqlite3", timeout=5) as database:
        return database.execute(statement).fetchall()


def accesses(house: House, title: str) -> dict[str, str]:
    """Who sees the items of this title, by their type."""
    found = [json.loads(body) for (body,) in state(house, "SELECT body FROM doc WHERE kind = 'item'")]
    return {item["type"]: item["access"] for item in found if item["title"] == title}


def signed_in(house: House) -> int:
    return sum(entry["path"].endswith("generateToken") for entry in house.log())


def test_a_token_that_ended_is_fetched_anew_once(portal: ArcgisPortal, house: House) -> None:
    portal.check_key()
    before = signed_in(house)
    state(house, "DELETE FROM doc WHERE kind = 'token'")
    portal.check_key()
    assert signed_in(house) == before + 1


def test_a_key_that_gets_no_working_token_is_refused(portal: ArcgisPortal, house: House) -> None:
    portal.check_key()
    before = signed_in(house)
    house.fault("status", status=498, path="community/self", times=-1)
    with pytest.raises(AuthFailed):
        portal.check_key()
    assert signed_in(house) == before + 1


def test_an_error_that_comes_with_status_200_is_an_error(portal: ArcgisPortal, house: House) -> None:
    remote_id, _, _ = material.filled(portal)
    house.fault("status", status=500, path="/content/items/", times=2)
    assert portal.view(remote_id).remote_id == remote_id
    assert [entry["status"] for entry in house.log()[-12:]].count(500) == 0
    house.fault("status", status=500, path="/content/items/", times=-1)
    with pytest.raises(Retryable):
        portal.view(remote_id)


def test_file_and_layer_are_shared_together_and_taken_back_together(
    portal: ArcgisPortal, house: House
) -> None:
    remote_id, _, _ = material.public(portal, name="Shared together")
    assert accesses(house, "Shared together") == {"CSV": "public", "Feature Service": "public"}
    portal.set_scope(remote_id, "private")
    assert accesses(house, "Shared together") == {"CSV": "private", "Feature Service": "private"}


def test_a_file_that_others_still_see_keeps_the_dataset_from_counting_as_private(
    portal: ArcgisPortal, house: House
) -> None:
    remote_id, _, _ = material.public(portal, name="Seen in one place")
    source = portal.items.source_of(portal.items.item(remote_id))
    assert source is not None
    portal.items.of_ours(remote_id, "share", "take it back", everyone=False, org=False, groups="")
    assert portal.view(remote_id).scope == "public"
    assert portal.set_scope(remote_id, "private").scope == "private"


def test_the_file_holds_the_rows_of_the_layer(
    portal: ArcgisPortal, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "PART_BYTES", 500)
    remote_id, _, _ = material.public(portal, material.table(40))
    assert sum("addPart" in entry["path"] for entry in house.log()) > 3
    copy = portal.working_copy(remote_id).remote_id
    after = material.table(50)
    record = material.record(after)
    portal.fit_columns(copy, record)
    portal.push_chunk(copy, material.rows(after, record))
    portal.set_metadata(copy, record)
    portal.publish(copy)
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(after, record)


@pytest.mark.parametrize("path", ["addItem", "/publish", "/update", "truncate", "addToDefinition"])
def test_a_creation_that_was_cut_short_is_taken_up_and_not_begun_anew(
    portal: ArcgisPortal, house: House, path: str
) -> None:
    record = material.record(material.table(), name=f"Cut at {path.strip('/')}")
    house.fault("reset_after", path=path)
    house.fault("reset_before", path=path, times=-1)
    with pytest.raises(Retryable):
        portal.create(record)
    house.quiet()
    remote_id = portal.find(record) or portal.create(record).remote_id
    portal.set_metadata(remote_id, record)
    assert len(accesses(house, record.name)) == 2
    assert set(accesses(house, record.name).values()) == {"private"}
    assert portal.view(remote_id).row_identifier == "row_key"
    assert portal.count(remote_id) == 0
    assert portal.find(record) == remote_id


def test_a_service_of_somebody_else_with_our_name_is_left_alone(portal: ArcgisPortal, house: House) -> None:
    remote_id, record, _ = material.filled(portal, name="Theirs")
    state(house, "UPDATE doc SET body = replace(body, 'workflow-', 'theirs-') WHERE body LIKE '%Theirs%'")
    with pytest.raises(BadRequest):
        portal.create(record)
    assert portal.count(remote_id) == 5


def test_rows_that_say_where_they_are_become_points(portal: ArcgisPortal, house: House) -> None:
    remote_id, _, _ = material.public(portal)
    form = {"where": "1=1", "outFields": "*", "f": "json"}
    answer = requests.post(portal.query_url(remote_id), data=form, timeout=5).json()
    points = [feature.get("geometry") for feature in answer["features"]]
    assert (points[0]["x"], points[0]["y"]) == (-72.6851, 41.7637) and points[1] is None


def test_a_column_named_like_one_of_the_portal_keeps_its_name_for_us(portal: ArcgisPortal) -> None:
    table = material.table(3)
    table = type(table).of(table.frame.rename({"ZIP": "ObjectId", "Units": "Shape"}))
    remote_id, record, _ = material.filled(portal, table)
    assert {"objectid", "shape"} <= {column.field_name for column in portal.view(remote_id).columns}
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_a_group_that_does_not_take_us_is_told(house: House) -> None:
    with house.portal() as portal:
        remote_id, record, _ = material.filled(portal)
        portal.set_metadata(remote_id, record)
        portal.publish(remote_id)
    with house.portal(group="f" * 32) as portal, pytest.raises(Forbidden, match="ARCGIS_GROUP"):
        portal.set_scope(remote_id, "public")
    with house.portal(group="0123456789abcdef0123456789abcdef") as portal:
        assert portal.set_scope(remote_id, "public").scope == "public"
        assert portal.set_scope(remote_id, "private").scope == "private"


def test_a_service_at_another_host_is_not_spoken_to(portal: ArcgisPortal, house: House) -> None:
    remote_id, _, _ = material.filled(portal, name="Elsewhere")
    state(
        house,
        f"UPDATE doc SET body = replace(body, '127.0.0.1:{house.port}/rest', '169.254.169.254/rest') "
        f"WHERE kind = 'item' AND id = '{remote_id}'",
    )
    before = len(house.log())
    with pytest.raises(BadRequest, match=r"169\.254\.169\.254.*ARCGIS_SERVICE_HOSTS"):
        portal.count(remote_id)
    assert len(house.log()) == before + 1


def test_what_became_empty_in_the_record_is_empty_on_the_portal(portal: ArcgisPortal) -> None:
    remote_id, record, _ = material.filled(portal)
    portal.set_metadata(remote_id, record)
    assert portal.items.item(remote_id)["accessInformation"] == "Department of Buildings"
    portal.set_metadata(remote_id, dataclasses.replace(record, attribution=""))
    assert not portal.items.item(remote_id)["accessInformation"]


def test_a_list_of_items_that_begins_anew_comes_to_an_end(
    portal: ArcgisPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([{"items": [{"id": "a"}], "nextStart": 1}])
    monkeypatch.setattr(portal.items.signed, "ask", lambda *about, **form: next(asked))
    assert list(portal.items.mine()) == [{"id": "a"}]


def test_what_the_portal_says_about_a_row_is_not_repeated(portal: ArcgisPortal, house: House) -> None:
    answer = requests.Response()
    said = {"code": 400, "message": "Key (permit)=(Jane Roe) already exists."}
    answer.url = f"{house.url}/rest/services/permits/FeatureServer/0/append"
    assert "Jane" not in str(portal.signed._error("add rows", said, answer))
    answer.url = f"{house.url}/sharing/rest/content/users/publisher/addItem"
    about = {"code": "CONT", "message": "Service name 'permits' already exists for 'org'"}
    assert "already exists" in str(portal.signed._error("create the dataset", about, answer))


def test_an_answer_without_an_id_is_asked_for_again(
    portal: ArcgisPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = portal.items.signed.ask

    def without(address: str, what: str, /, **form: Any) -> dict[str, Any]:
        answer = ask(address, what, **form)
        return {"success": True} if address.endswith("addItem") else answer

    record = material.record(material.table())
    with monkeypatch.context() as patch:
        patch.setattr(portal.items.signed, "ask", without)
        with pytest.raises(ProtocolError):
            portal.create(record)
    assert portal.view(portal.create(record).remote_id).scope == "private"


def test_a_moment_is_kept_as_itself_and_only_read_on_the_clock_of_the_program(portal: ArcgisPortal) -> None:
    """Maps show every moment on the clock of who looks: a local one would be moved a second time."""
    remote_id, record, approved = published(portal)
    address, _ = portal.items.layer(portal.items.item(remote_id))
    rows = portal.items.signed.ask(
        f"{address}/query",
        "read the rows",
        where="1=1",
        outFields="*",
        orderByFields="OBJECTID",
        returnGeometry=False,
        resultOffset=0,
        resultRecordCount=10,
    )
    found = next(row["attributes"] for row in rows["features"] if row["attributes"]["name"] == "a")
    # What named no zone stays as it was written.
    moments = {name: found[name] for name in ("at", "seen")}
    assert moments == {"at": 1_782_962_100_000, "seen": 1_782_947_700_000}
    # The hour that comes twice is kept as the first of the two, as docs/operations/publishing.md says.
    autumn = [row["attributes"]["at"] for row in rows["features"] if row["attributes"]["name"] in "cd"]
    assert autumn == [1_793_511_000_000] * 2
    portal.set_scope(remote_id, "public")
    assert material.held(portal, remote_id, record, anonymous=True) == approved
