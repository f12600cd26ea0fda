"""DSMAPI of the stand-in, driven by Socrata's own client over https, and by hand where the client has no call."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from socrata import Socrata
from socrata.authorization import Authorization
from socrata.http import UnexpectedResponseException
from socrata.output_schema import OutputSchema
from socrata.revisions import Revision
from socrata.sources import Source

from tests.publishing.conftest import Orders
from tests.services.standin import StandIn, standin_portal

QUICK = {"sleeptime": 0.001}
CSV = "Permit ID,Fee,When\nA-1,1.50,2026-01-02\nA-2,x,\nA-3,3\nÅ-4,4,2026-02-03\n".encode()
GOOD = b"Permit ID,Fee,When\nA-1,1.50,2026-01-02\nA-2,2,\nA-3,3,2026-02-03\n"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with standin_portal(tmp_path_factory.mktemp("dsmapi") / "state", tls=True) as portal:
        yield portal


@pytest.fixture
def orders(process: StandIn) -> Iterator[Orders]:
    orders = Orders(process)
    yield orders
    orders.quiet()


@pytest.fixture
def client(process: StandIn, orders: Orders, monkeypatch: pytest.MonkeyPatch) -> Socrata:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(process.ca_file))
    return Socrata(Authorization(process.tls_domain, process.key_id, process.key_secret))


def uploaded(revision: Revision, body: bytes = GOOD) -> OutputSchema:
    source: Source = revision.create_upload("permits.csv").csv(io.BytesIO(body)).wait_for_finish(**QUICK)
    return source.get_latest_input_schema().get_latest_output_schema()


def applied(revision: Revision, output: OutputSchema | None = None) -> Any:
    job = revision.apply(output_schema=output)
    return job.wait_for_finish(**QUICK)


@pytest.fixture
def dataset(client: Socrata) -> str:
    """Three permits, keyed by their number, private."""
    revision = client.new({"name": "Permits", "description": "Of the city"})
    output = uploaded(revision).set_row_id("permit_id").wait_for_finish(**QUICK)
    applied(revision, output)
    return str(revision.view_id())


@pytest.fixture
def rows(orders: Orders) -> Callable[[str], list[dict[str, Any]]]:
    return lambda dataset: orders.get(f"/resource/{dataset}.json", **{"$order": ":id"}).json()


def test_a_new_dataset_shows_nothing_until_it_is_applied_and_then_is_private(
    client: Socrata, orders: Orders, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    revision = client.new({"name": "Permits"})
    assert revision.attributes["revision_seq"] == 0
    dataset = revision.view_id()
    output = uploaded(revision)
    assert rows(dataset) == []
    stages: list[str] = []
    job = revision.apply(output_schema=output.wait_for_finish(**QUICK))
    assert job.attributes["status"] == "initializing"
    job.wait_for_finish(progress=lambda job: stages.append(job.attributes["status"]), **QUICK)
    assert stages == ["creating_columns", "upserting", "finishing", "successful"]
    assert rows(dataset)[0] == {"permit_id": "A-1", "fee": "1.5", "when": "2026-01-02T00:00:00.000"}
    view = orders.get(f"/api/views/{dataset}.json").json()
    assert (view["publicationStage"], view["permissions"]["scope"]) == ("published", "private")
    assert orders.get(f"/resource/{dataset}.json", signed=False).status_code == 403
    log = {entry["stage"]: entry["details"] for entry in job.attributes["log"]}
    assert log["rows_upserted"] == {"count": 3} and log["upsert_complete"]["Rows Created"] == 3


def test_transforms_tell_what_they_cannot_make_and_from_what(client: Socrata) -> None:
    guess = uploaded(client.new({"name": "Errors"}), CSV)
    source = guess.parent
    assert (source.attributes["total_rows"], source.attributes["num_row_errors"]) == (4, 1)
    output = guess.change_column_transform("fee").to("to_number(`fee`)").run().wait_for_finish(**QUICK)
    assert output.any_errors() and output.attributes["error_count"] == 1
    fee = next(item for item in output.attributes["output_columns"] if item["field_name"] == "fee")
    assert (fee["transform"]["output_soql_type"], fee["transform"]["error_count"]) == ("number", 1)
    assert output.schema_errors() == [
        {
            "permit_id": {"ok": "A-2"},
            "fee": {
                "error": {"message": 'Failed to convert "x" to a number', "inputs": {"fee": {"ok": "x"}}}
            },
            "when": {"ok": None},
        }
    ]
    assert len(output.rows()) == 3 and output.rows(offset=2, limit=5)[0]["permit_id"] == {"ok": "Å-4"}
    assert b"Failed to convert" in output.schema_errors_csv().content


def test_rows_that_do_not_fit_the_header_are_told_by_their_place(client: Socrata, orders: Orders) -> None:
    output = uploaded(client.new({"name": "Short"}), CSV)
    path = output.parent.links["row_errors"]
    error = {"type": "too_short", "wanted": 3, "got": 2, "contents": ["A-3", "3"]}
    assert orders.get(path).json() == [{"offset": 2, "error": error}]


def test_a_value_that_cannot_be_made_is_left_empty_or_its_row_is_left_out(
    client: Socrata, orders: Orders, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    def loaded() -> tuple[int, list[str | None]]:
        revision = client.new({"name": "Some of it"})
        asked = uploaded(revision, CSV).change_column_transform("fee").to("to_number(`fee`)").run()
        job = applied(revision, asked.wait_for_finish(**QUICK))
        log = {entry["stage"]: entry["details"] for entry in job.attributes["log"]}
        return log["upsert_complete"]["Errors"], [row.get("fee") for row in rows(revision.view_id())]

    assert loaded() == (1, ["1.5", None, "4"])
    orders.settings(transform_errors="row")
    assert loaded() == (2, ["1.5", "4"])


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("to_floating_timestamp(`when`, '{YYYY}-{MM}-{DD}')", "2026-01-02T00:00:00.000"),
        ("to_number(`fee`) * 2 + 1", "4"),
        ("forgive(to_number(`permit_id`))", None),
        ("upper(`permit_id`) || '/x'", "A-1/x"),
        ("make_point('47.5', `fee`)", {"type": "Point", "coordinates": [1.5, 47.5]}),
        ("to_point('POINT (-73.5 41)')", {"type": "Point", "coordinates": [-73.5, 41.0]}),
        ("to_url('https://example.gov', 'Home')", {"url": "https://example.gov", "description": "Home"}),
        ("to_checkbox('true')", True),
    ],
)
def test_expressions_make_values(client: Socrata, expression: str, made: Any) -> None:
    output = uploaded(client.new({"name": "Made"})).add_column("made", "Made", expression).run()
    first = output.wait_for_finish(**QUICK).rows()[0]
    assert first["made"] == {"ok": made}


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("to_number(`nothing`)", "no_such_column"),
        ("make_it_up(`fee`)", "no_such_function"),
        ("to_number(`fee`", "invalid_transform"),
        ("`fee` + 1", "invalid_transform"),
    ],
)
def test_an_expression_that_cannot_be_understood_is_refused(
    client: Socrata, expression: str, key: str
) -> None:
    output = uploaded(client.new({"name": "Refused"}))
    with pytest.raises(UnexpectedResponseException) as caught:
        output.add_column("new", "New", expression).run()
    assert (caught.value.status, caught.value.body["key"]) == (400, key)


def test_a_row_identifier_is_there_in_every_row_and_once(
    client: Socrata, dataset: str, orders: Orders
) -> None:
    output = uploaded(client.new({"name": "Keys"})).wait_for_finish(**QUICK)
    assert output.validate_row_id("permit_id") is True
    assert output.validate_row_id("when") is False
    view = orders.get(f"/api/views/{dataset}.json").json()
    assert view["rowIdentifierColumnId"] == view["columns"][0]["id"]


def test_update_changes_and_adds_delete_takes_out_and_replace_begins_anew(
    client: Socrata, dataset: str, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    view = client.views.lookup(dataset)
    update = view.revisions.create_update_revision()
    applied(update, uploaded(update, b"Permit ID,Fee,When\nA-1,9,2026-01-02\nB-1,5,2026-01-02\n"))
    assert [(row["permit_id"], row["fee"]) for row in rows(dataset)] == [
        ("A-1", "9"),
        ("A-2", "2"),
        ("A-3", "3"),
        ("B-1", "5"),
    ]
    delete = view.revisions.create_delete_revision()
    job = applied(delete, uploaded(delete, b"Permit ID\nA-2\nGone\n"))
    told = next(entry for entry in job.attributes["log"] if entry["stage"] == "upsert_complete")["details"]
    assert (told["Rows Deleted"], told["Errors"]) == (1, 1)
    replace = view.revisions.create_replace_revision(metadata={"name": "New name"})
    applied(replace, uploaded(replace, b"Permit ID,Street\nC-1,Main\n"))
    assert rows(dataset) == [{"permit_id": "C-1", "street": "Main"}]
    assert client.views.lookup(dataset).attributes["name"] == "New name"


def test_a_revision_that_does_not_fit_fails_and_leaves_the_dataset_as_it_was(
    client: Socrata, dataset: str, orders: Orders, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    before = rows(dataset)
    revision = client.views.lookup(dataset).revisions.create_update_revision()
    output = uploaded(revision, b"Permit ID,Surprise\nA-1,x\n")
    with pytest.raises(Exception, match="failed to process"):
        applied(revision, output)
    assert rows(dataset) == before
    orders.settings(job_failures=1)
    again = client.views.lookup(dataset).revisions.create_replace_revision()
    output = uploaded(again)
    with pytest.raises(Exception, match="failed to process"):
        applied(again, output)
    # What failed can be applied once more.
    assert applied(again, output).attributes["status"] == "successful"


def test_open_revisions_are_found_and_discarded(client: Socrata, dataset: str, orders: Orders) -> None:
    path = f"/api/publishing/v1/revision/{dataset}"
    left = client.views.lookup(dataset).revisions.create_update_revision()
    assert [item["resource"]["id"] for item in orders.get(path, open="true").json()] == [
        left.attributes["id"]
    ]
    assert len(orders.get(path).json()) == 2
    left.discard()
    assert orders.get(path, open="true").json() == []
    assert orders.send("PUT", f"{path}/1/apply", {}).json()["key"] == "revision_closed"


def test_a_widening_waits_for_the_reviewer_who_then_applies_it(
    client: Socrata, dataset: str, orders: Orders, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    orders.settings(approvals="manual")
    revision = client.views.lookup(dataset).revisions.create_replace_revision(permission="public")
    job = revision.apply(output_schema=uploaded(revision, b"Permit ID\nZ-9\n").wait_for_finish(**QUICK))
    assert job.submitted_for_approval() and len(rows(dataset)) == 3
    guidance = orders.get(f"/api/views/{dataset}/approvals", method="guidance_v2").json()["public"]
    assert guidance["currentState"] == "pending"
    assert "pendingGrants" in orders.get(f"/api/views/{dataset}.json").json()
    assert orders.send("PUT", guidance["updateUrl"], {"state": "approved"}).status_code == 200
    answer = orders.get(f"/resource/{dataset}.json", signed=False)
    assert answer.json() == [{"permit_id": "Z-9"}]


def test_apply_may_make_public_when_nothing_is_said_so_the_audience_is_always_said(
    client: Socrata, orders: Orders
) -> None:
    orders.settings(apply_makes_public=True)
    silent, said = client.new({"name": "Silent"}), client.new({"name": "Said"})
    said.update({"permissions": {"scope": "private"}})
    for revision in (silent, said):
        applied(revision, uploaded(revision))
    orders.settings(apply_makes_public=False)
    scopes = [
        orders.get(f"/api/views/{revision.view_id()}/permissions").json()["scope"]
        for revision in (silent, said)
    ]
    assert scopes == ["public", "private"]


def test_a_job_that_nobody_looks_at_ends_by_itself_and_applying_twice_is_one_job(
    client: Socrata, dataset: str, orders: Orders, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    orders.settings(job_seconds=0)
    revision = client.views.lookup(dataset).revisions.create_replace_revision()
    output = uploaded(revision, b"Permit ID\nZ-9\n").wait_for_finish(**QUICK)
    path = f"/api/publishing/v1/revision/{dataset}/{revision.attributes['revision_seq']}/apply"
    first = orders.send("PUT", path, {"output_schema_id": output.attributes["id"]}).json()["resource"]
    again = orders.send("PUT", path, {}).json()["resource"]
    assert first["job_uuid"] == again["job_uuid"]
    assert rows(dataset) == [{"permit_id": "Z-9"}]
    orders.settings(job_seconds=5.0)


def test_chunks_come_in_any_order_and_all_of_them_or_none(client: Socrata, orders: Orders) -> None:
    source = client.new({"name": "Chunks"}).create_upload("big.csv")
    start = source.initiate("text/csv")
    assert start == {"preferred_chunk_size": 4_194_304, "preferred_upload_parallelism": 4}
    body = b"a,b\n1,2\n3,4\n"
    source.chunk(1, 6, body[6:])
    with pytest.raises(UnexpectedResponseException) as caught:
        source.commit(1, len(body))
    assert caught.value.body["key"] == "missing_chunks"
    told = source.chunk(0, 0, body[:6])
    assert told == {"resource": {"seq_num": 0, "byte_offset": 0, "end_byte_offset": 6}}
    source.commit(1, len(body))
    ended = source.show().wait_for_finish(**QUICK)
    assert ended.get_latest_input_schema().attributes["total_rows"] == 2
    whole = orders.send("POST", "/api/publishing/v1/source", {"source_type": {"type": "upload"}}).json()
    answer = requests.post(
        orders.base + whole["links"]["bytes"],
        data=body,
        headers={"Content-Type": "text/csv"},
        auth=orders.key,
        timeout=5,
    )
    assert answer.status_code == 201 and answer.json()["resource"]["filesize"] == len(body)


def test_parse_options_read_the_file_another_way_and_what_cannot_be_read_fails(client: Socrata) -> None:
    source = client.new({"name": "Options"}).create_upload("a.csv").csv(io.BytesIO(b"x;y\n1;2\n"))
    source = source.change_parse_option("column_separator").to(";").run().wait_for_finish(**QUICK)
    names = [item["field_name"] for item in source.get_latest_input_schema().attributes["input_columns"]]
    assert names == ["x", "y"]
    broken = client.new({"name": "Broken"}).create_upload("a.csv").csv(io.BytesIO(b"name\nM\xfcller\n"))
    assert "cannot be read" in broken.attributes["failure_details"]["message"]


def test_a_dataset_is_a_source_too_and_import_configs_do_it_again(
    client: Socrata, dataset: str, orders: Orders, rows: Callable[[str], list[dict[str, Any]]]
) -> None:
    view = client.views.lookup(dataset)
    revision = view.revisions.create_replace_revision()
    source = revision.source_from_dataset().load()
    output = source.get_latest_input_schema().get_latest_output_schema()
    output = output.add_column("double", "Double", "to_number(`fee`) * 2").run().wait_for_finish(**QUICK)
    applied(revision, output)
    assert [row["double"] for row in rows(dataset)] == ["3", "4", "6"]
    uploads = client.new({"name": "Config"})
    built = (
        uploaded(uploads).change_column_transform("fee").to("to_text(`fee`)").run().wait_for_finish(**QUICK)
    )
    config = built.build_config(f"config-{dataset}", "replace")
    assert f"config-{dataset}" in [item.attributes["name"] for item in client.configs.list()]
    _, job = client.using_config(f"config-{dataset}", view).csv(
        io.BytesIO(b"Permit ID,Fee,When\nQ,01,\n"), "a"
    )
    job.wait_for_finish(**QUICK)
    assert rows(dataset) == [{"permit_id": "Q", "fee": "01"}]
    config.delete()
    with pytest.raises(UnexpectedResponseException):
        client.configs.lookup(f"config-{dataset}")


def test_attachments_of_a_revision_come_with_it_and_a_change_without_them_wipes_them(
    client: Socrata, dataset: str, orders: Orders
) -> None:
    revision = client.views.lookup(dataset).revisions.create_update_revision()
    path = revision.links["show"]
    headers = {"X-File-Name": "dictionary.pdf", "Content-Type": "application/pdf"}
    answer = requests.post(
        f"{orders.base}{path}/attachment", data=b"%PDF-", headers=headers, auth=orders.key, timeout=5
    )
    kept = answer.json()
    named = {"name": "Dictionary", "filename": kept["filename"], "asset_id": kept["file_id"]}
    assert orders.send("PATCH", path, {"attachments": [named]}).json()["resource"]["attachments"] == [named]
    assert orders.send("PATCH", path, {"notes": "n"}).json()["resource"]["attachments"] == []
    orders.send("PATCH", path, {"attachments": [named]})
    applied(revision)
    attached = orders.get(f"/api/views/{dataset}.json").json()["metadata"]["attachments"]
    assert attached == [{"name": "Dictionary", "filename": "dictionary.pdf", "assetId": kept["file_id"]}]
    file = orders.get(f"/api/views/{dataset}/files/{kept['file_id']}", download="true")
    assert (file.content, file.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert orders.get(f"/api/views/{dataset}/files/{kept['file_id']}", signed=False).status_code == 403
