"""A query over a connection that can only read, against whichever database the suite runs on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from publishing.sources.base import SourceFault
from tests.publishing.sources.conftest import Fetch

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 0 FROM n) SELECT count(i) FROM n"


@pytest.fixture
def databases(db: None, tmp_path: Path) -> dict[str, str]:
    """The database of the tests as a source; a file where they run on SQLite."""
    if connection.vendor == "sqlite":
        path = tmp_path / "source.sqlite3"
        sqlite3.connect(path).close()
        return {"A": f"sqlite://{path}"}
    about = connection.get_connection_params()
    parts = {"host": about.get("host"), "port": about.get("port"), "user": about.get("user")}
    asked = urlencode({name: value for name, value in parts.items() if value})
    return {"A": f"postgresql:///{about['dbname']}?{asked}&password={quote(about.get('password') or '')}"}


def ask(text: str) -> dict[str, str]:
    return {"connection": "A", "query": text}


def test_rows_of_a_query_come_whole_and_in_order(databases: dict[str, str], fetch: Fetch) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) "
    found, body = fetch(
        "sql", ask(f"{many} SELECT i AS number, NULL AS note FROM n ORDER BY i"), databases=databases
    )
    lines = body.decode().splitlines()
    assert (lines[0], lines[1], lines[-1], found.rows) == ("number,note", "1,", "12000,", 12000)


def test_the_time_of_a_query_is_bounded_by_the_database(databases: dict[str, str], fetch: Fetch) -> None:
    with pytest.raises(SourceFault, match=r"took too long|did not send everything"):
        fetch("sql", ask(ENDLESS), databases=databases, seconds=0.2)


@pytest.mark.parametrize(
    "text", ["CREATE TABLE left_behind (n int)", "SELECT 1; COMMIT; CREATE TABLE left_behind (n int)"]
)
def test_the_connection_itself_refuses_to_write(
    databases: dict[str, str], fetch: Fetch, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Even where the sentence beside it were fooled."""
    monkeypatch.setattr("publishing.sources.sql.select_fault", lambda query: "")
    with pytest.raises(SourceFault) as refused:
        fetch("sql", ask(text), databases=databases)
    assert "left_behind" not in refused.value.sentence
    with pytest.raises(SourceFault):
        fetch("sql", ask("SELECT * FROM left_behind"), databases=databases)


def test_a_connection_that_does_not_answer_tells_nothing_of_itself(fetch: Fetch) -> None:
    secret = {"A": "postgresql://reader:canary-word@127.0.0.1:9/permits"}
    with pytest.raises(SourceFault) as refused:
        fetch("sql", ask("SELECT 1"), databases=secret)
    assert refused.value.is_host
    assert "canary" not in refused.value.sentence
