"""Each kind of source brings the same bytes as lie there, once, and says in a sentence when it cannot."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from publishing.sources import KINDS
from publishing.sources.base import SourceFault
from publishing.sources.s3 import signed
from publishing.sources.select import select_fault
from tests.publishing.sources.conftest import Fetch
from tests.publishing.sources.server import REGION, Site

ROWS = b"number,status\nA-1,open\nA-2,closed\n"


def csv_at(site: Site, path: str = "/permits.csv", body: bytes = ROWS) -> dict[str, Any]:
    site.files[path] = ("text/csv; charset=utf-8", body)
    return {"url": f"{site.url}{path}"}


def bucket(site: Site, **changes: str) -> dict[str, str]:
    about = {"endpoint": site.url, "region": REGION, "bucket": "exports", "secret": "BUCKET"}
    return about | {"pattern": "permits/permits *-*.csv"} | changes


# a web address


def test_a_file_comes_as_it_is_and_unchanged_it_does_not_come_again(site: Site, fetch: Fetch) -> None:
    config = csv_at(site)
    first, body = fetch("url", config)
    assert (body, first.name, first.size, first.is_same) == (ROWS, "data.csv", len(ROWS), False)
    again, body = fetch("url", config, known=first.validators)
    assert again.is_same
    assert body == b""
    csv_at(site, body=ROWS + b"A-3,open\n")
    changed, body = fetch("url", config, known=first.validators)
    assert not changed.is_same
    assert changed.sha256 != first.sha256
    assert body.endswith(b"A-3,open\n")


@pytest.mark.parametrize(
    ("status", "sentence", "is_host"),
    [
        (404, "no such data any more", False),
        (401, "does not let us read", False),
        (429, "too many questions", True),
        (503, "has trouble just now", True),
    ],
)
def test_a_refusal_is_a_sentence(site: Site, fetch: Fetch, status: int, sentence: str, is_host: bool) -> None:
    config = csv_at(site)
    site.refuses["/permits.csv"] = (status, {"Retry-After": "120"})
    with pytest.raises(SourceFault, match=sentence) as refused:
        fetch("url", config)
    assert refused.value.is_host == is_host
    assert refused.value.after == (120.0 if is_host else None)


def test_a_file_that_breaks_off_is_not_taken(site: Site, fetch: Fetch) -> None:
    config = csv_at(site, body=b"a\n" + b"1\n" * 50_000)
    site.cuts.add("/permits.csv")
    with pytest.raises(SourceFault, match=r"broke|less than it announced"):
        fetch("url", config)


def test_a_file_beyond_the_limit_is_refused_and_a_sample_ends_there(site: Site, fetch: Fetch) -> None:
    config = csv_at(site, body=b"a\n" + b"1\n" * 50_000)
    with pytest.raises(SourceFault, match="more than 0 MB"):
        fetch("url", config, max_bytes=1000)
    _, body = fetch("url", config, max_bytes=1000, is_sample=True)
    assert len(body) == 1000


def test_the_time_of_a_fetch_is_bounded(site: Site, fetch: Fetch) -> None:
    with pytest.raises(SourceFault, match="did not send everything within"):
        fetch("url", csv_at(site), seconds=0.0)


def test_a_server_that_sends_drop_by_drop_gets_no_more_time(site: Site, fetch: Fetch) -> None:
    config = csv_at(site, body=b"a\n" + b"1\n" * 100)
    site.drips.add("/permits.csv")
    with pytest.raises(SourceFault, match="did not send everything within"):
        fetch("url", config, seconds=0.3)


def test_an_answer_in_chunks_comes_whole(site: Site, fetch: Fetch) -> None:
    config = csv_at(site, body=b"a\n" + b"1\n" * 200_000)
    site.chunked.add("/permits.csv")
    found, body = fetch("url", config)
    assert body == site.files["/permits.csv"][1]
    assert found.size == 400_002


def test_a_web_page_is_no_table(site: Site, fetch: Fetch) -> None:
    site.files["/permits"] = ("text/html", b"<html>log in</html>")
    with pytest.raises(SourceFault, match="web page"):
        fetch("url", {"url": f"{site.url}/permits"})


def test_a_secret_that_the_server_lacks_is_named_and_not_guessed(site: Site, fetch: Fetch) -> None:
    with pytest.raises(SourceFault, match="SOURCE_SECRET_OTHER") as refused:
        fetch("url", {**csv_at(site), "secret": "OTHER"})
    assert refused.value.final
    fetch("url", {**csv_at(site), "secret": "TOKEN"})
    assert site.asked[-1][1]["authorization"] == "Bearer a-token-of-the-source"


# a bucket


def test_the_newest_file_that_fits_comes_from_a_bucket(site: Site, fetch: Fetch) -> None:
    site.objects = {
        "permits/permits 2026-01.csv": ("2026-01-05T00:00:00.000Z", b"old\n1\n"),
        "permits/permits 2026-03.csv": ("2026-03-05T00:00:00.000Z", b"new\n3\n"),
        "permits/permits 2026-02.csv": ("2026-02-05T00:00:00.000Z", b"mid\n2\n"),
        "permits/permits notes.txt": ("2026-04-01T00:00:00.000Z", b"-"),
        "other/permits 2026-09.csv": ("2026-09-05T00:00:00.000Z", b"-"),
    }
    found, body = fetch("s3", bucket(site))
    assert body == b"new\n3\n"
    assert found.validators["key"] == "permits/permits 2026-03.csv"
    again, _ = fetch("s3", bucket(site), known=found.validators)
    assert again.is_same
    site.objects["permits/permits 2026-04.csv"] = ("2026-04-05T00:00:00.000Z", b"newer\n4\n")
    _, body = fetch("s3", bucket(site), known=found.validators)
    assert body == b"newer\n4\n"


def test_a_bucket_without_a_fitting_file_says_so(site: Site, fetch: Fetch) -> None:
    with pytest.raises(SourceFault, match="No file in the bucket fits"):
        fetch("s3", bucket(site))


def test_a_signature_is_that_of_the_published_example() -> None:
    """AWS, "Signature Calculations: Transferring Payload in a Single Chunk", GET bucket lifecycle."""
    from datetime import UTC, datetime

    head = signed(
        host="examplebucket.s3.amazonaws.com",
        path="/",
        query="lifecycle=",
        region="us-east-1",
        key=("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        now=datetime(2013, 5, 24, tzinfo=UTC),
    )
    wanted = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    assert head["Authorization"].endswith(f"Signature={wanted}")


# a resource of CKAN


def ckan_resource(site: Site, **about: Any) -> dict[str, str]:
    """A resource that says it was last modified on New Year's Day, whatever became of its data since."""
    said = {"last_modified": "2026-01-01T00:00:00", "hash": "", **about}
    answer = json.dumps({"success": True, "result": said}).encode()
    site.files["/api/3/action/resource_show"] = ("application/json", answer)
    return {"domain": site.url.removeprefix("http://"), "resource": "r-1"}


def ckan_asked(site: Site, fetch: Fetch, path: str, **about: Any) -> list[bool]:
    """Was a file there: the first time, when nothing changed, and when a row came that the resource hides."""
    config = ckan_resource(site, **about)
    csv_at(site, path)
    first, _ = fetch("ckan", config)
    second, _ = fetch("ckan", config, known=first.validators)
    csv_at(site, path, ROWS + b"A-3,open\n")
    third, _ = fetch("ckan", config, known=second.validators)
    return [not found.is_same for found in (first, second, third)]


@pytest.mark.parametrize("about", [{"datastore_active": True}, {"url_type": "datastore"}])
def test_rows_of_a_ckan_table_come_although_the_resource_says_that_nothing_changed(
    site: Site, fetch: Fetch, about: dict[str, Any]
) -> None:
    """datastore_upsert leaves `last_modified` as it is: only the bytes tell."""
    assert ckan_asked(site, fetch, "/datastore/dump/r-1", **about) == [True, True, True]


def test_a_linked_file_of_a_ckan_resource_is_asked_for_at_its_own_server(site: Site, fetch: Fetch) -> None:
    assert ckan_asked(site, fetch, "/permits.csv", url=f"{site.url}/permits.csv") == [True, False, True]


def test_an_uploaded_file_of_a_ckan_resource_comes_when_the_resource_was_modified(
    site: Site, fetch: Fetch
) -> None:
    about = {"url": f"{site.url}/permits.csv", "url_type": "upload"}
    assert ckan_asked(site, fetch, "/permits.csv", **about) == [True, False, False]
    found, _ = fetch(
        "ckan", ckan_resource(site, **about), known={"last_modified_there": "2025-12-31T00:00:00"}
    )
    assert not found.is_same


# a query


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "source.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE permit (number TEXT, fee REAL, note TEXT)")
        connection.executemany(
            "INSERT INTO permit VALUES (?, ?, ?)", [("A-1", 2.5, None), ("A-2", 3, 'a "b"')]
        )
    return {"PERMITS_DB": f"sqlite://{path}"}


def query(text: str) -> dict[str, str]:
    return {"connection": "PERMITS_DB", "query": text}


def test_a_query_becomes_csv(database: dict[str, str], fetch: Fetch) -> None:
    found, body = fetch("sql", query("SELECT * FROM permit ORDER BY number;"), databases=database)
    assert body == b'number,fee,note\nA-1,2.5,\nA-2,3.0,"a ""b"""\n'
    assert found.rows == 2


def test_a_query_of_more_rows_than_allowed_is_refused(database: dict[str, str], fetch: Fetch) -> None:
    with pytest.raises(SourceFault, match="more than 1 rows"):
        fetch("sql", query("SELECT * FROM permit"), databases=database, max_rows=1)


def test_a_query_that_never_ends_is_stopped(database: dict[str, str], fetch: Fetch) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(i) FROM n"
    with pytest.raises(SourceFault, match=r"took too long|within"):
        fetch("sql", query(endless), databases=database, seconds=0.2)


def test_nothing_is_said_of_a_database_but_that_it_refused(database: dict[str, str], fetch: Fetch) -> None:
    with pytest.raises(SourceFault) as refused:
        fetch("sql", query("SELECT secret_column FROM permit"), databases=database)
    assert "secret_column" not in refused.value.sentence
    with pytest.raises(SourceFault, match="SOURCE_DB_PERMITS_DB"):
        fetch("sql", query("SELECT 1"), databases={})


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM permit",
        "SELECT 1; DROP TABLE permit",
        "WITH gone AS (DELETE FROM permit RETURNING *) SELECT * FROM gone",
        "SELECT * INTO other FROM permit",
        "SELECT 1 /* /* */ ' */; DROP TABLE permit -- '",
        "SELECT 1 -- \r; DROP TABLE permit",
        "SELECT E'\\'; DROP TABLE permit --'",
        "SELECT $$;$$; DROP TABLE permit",
        "COPY permit TO PROGRAM 'id'",
        "SELECT 'open",
        "",
        "PRAGMA query_only = OFF",
        "ATTACH DATABASE 'x' AS y",
    ],
)
def test_what_is_not_one_select_is_refused(text: str) -> None:
    assert select_fault(text)


@pytest.mark.parametrize(
    "call",
    [
        "dblink_exec('dbname=x', 'x')",
        "DBLINK ('dbname=x', 'x')",
        "public . dblink('x')",
        '"public"."dblink_exec"(\'x\')',
        "dblink_exec -- a comment\n ('x')",
        "lo_import('/etc/passwd')",
        "lowrite(1, 'x')",
        "pg_read_file('/etc/passwd')",
        "pg_catalog.pg_ls_dir('/')",
        "pg_file_write('a', 'b', true)",
        "pg_terminate_backend(1)",
        "pg_cancel_backend(1)",
        "Set_Config('statement_timeout', '0', true)",
        "pg_advisory_lock(1)",
        "pg_try_advisory_lock(1)",
        "pg_reload_conf()",
        "PG_SLEEP(8)",
        "nextval('s')",
        "setval('s', 1)",
        "query_to_xml('SELECT 1', true, true, '')",
    ],
)
def test_a_function_that_reaches_out_of_the_transaction_is_refused(call: str) -> None:
    assert "does more than read a table" in select_fault(f"SELECT {call} AS x")
    assert "does more than read a table" in select_fault(f"WITH a AS (SELECT 1+{call}) SELECT 1 FROM a")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT number, last_update, \"set\" FROM permit WHERE note = 'delete; e'",
        "  with a as (select 1 as n) select n from a ; ",
        "SELECT n -- which of them; delete\nFROM permit",
        "SELECT replace(grade, 'e', 'E') FROM t WHERE x IN ('e', 'u')",
        "SELECT 'pg_sleep(1)' AS said, dblink, \"pg_read (now)\" -- lo_import('x')\nFROM t WHERE nextval IN (1)",
    ],
)
def test_one_select_is_asked(text: str) -> None:
    assert select_fault(text) == ""


def test_a_writing_query_is_stopped_by_the_connection_too(
    database: dict[str, str], fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishing.sources.sql.select_fault", lambda text: "")
    for text in ("DELETE FROM permit", "ATTACH DATABASE ':memory:' AS y", "SELECT load_extension('x')"):
        with pytest.raises(SourceFault):
            fetch("sql", query(text), databases=database)
    _, body = fetch("sql", query("SELECT count(*) AS n FROM permit"), databases=database)
    assert body == b"n\n2\n"


# descriptions

STORE = {"endpoint": "https://s3.example.org", "region": "r", "secret": "K"}


def test_every_kind_says_what_is_missing_and_shows_no_secret() -> None:
    for source in KINDS.values():
        faults = source.faults({})
        assert set(faults) == {one.name for one in source.fields if one.required}
        assert all(sentence.endswith(".") for sentence in faults.values())


@pytest.mark.parametrize(
    ("kind", "config", "field"),
    [
        ("url", {"url": "http://data.example.gov/x.csv"}, "url"),
        ("soda", {"domain": "https://data.example.gov/", "dataset": "abcd-1234"}, "domain"),
        ("soda", {"domain": "data.example.gov", "dataset": "../../admin"}, "dataset"),
        ("ckan", {"domain": "data.example.gov", "resource": "a/b"}, "resource"),
        ("arcgis", {"url": "https://services1.arcgis.com/x/FeatureServer"}, "url"),
        ("s3", {**STORE, "bucket": "Big", "pattern": "*.csv"}, "bucket"),
        ("s3", {**STORE, "bucket": "big", "pattern": "*.zip"}, "pattern"),
        (
            "s3",
            {**STORE, "bucket": "big", "pattern": "*.csv", "endpoint": "https://s3.example.org/big"},
            "endpoint",
        ),
        ("sql", {"connection": "postgres://u:p@h/d", "query": "SELECT 1"}, "connection"),
        ("sql", {"connection": "A", "query": "DROP TABLE x"}, "query"),
    ],
)
def test_a_description_that_cannot_work_is_told_field_by_field(
    kind: str, config: dict[str, str], field: str
) -> None:
    assert list(KINDS[kind].faults(config)) == [field]
