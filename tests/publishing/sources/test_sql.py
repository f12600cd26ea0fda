"""A query over a connection that can only read, against whichever database the suite runs on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.db import connection

from publishing.sources.base import SourceFault
from publishing.sources.sql import _check_account
from tests.publishing.sources.conftest import Fetch

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 0 FROM n) SELECT count(i) FROM n"


PASSWORD = "only-for-this-test"


def address(**changes: str) -> str:
    """The database of the tests, on PostgreSQL, as a connection of a source."""
    about = connection.get_connection_params()
    parts = {name: about.get(name) for name in ("host", "port", "user", "password")} | changes
    asked = urlencode({name: value for name, value in parts.items() if value})
    return f"postgresql:///{about['dbname']}?{asked}"


@pytest.fixture
def reader(db: None) -> Iterator[str]:
    """A plain role of its own connection: the one of the suite may do everything, so that it is refused."""
    if connection.vendor == "sqlite":
        yield ""
        return
    name = f"{connection.get_connection_params()['dbname']}_reader"
    own = psycopg2.connect(address())
    own.autocommit = True
    with own.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
        try:
            # It could write, were it not for the transaction.
            cursor.execute(f"GRANT CREATE ON SCHEMA public TO {name}")
            yield name
        finally:
            cursor.execute(f"DROP OWNED BY {name}")
            cursor.execute(f"DROP ROLE {name}")
            own.close()


@pytest.fixture
def databases(reader: str, tmp_path: Path) -> dict[str, str]:
    """The database of the tests as a source, read by a plain role; a file where they run on SQLite."""
    if connection.vendor == "sqlite":
        path = tmp_path / "source.sqlite3"
        sqlite3.connect(path).close()
        return {"A": f"sqlite://{path}"}
    return {"A": address(user=reader, password=PASSWORD)}


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


class _Said:
    """A cursor that answers whether the account may do more than read."""

    def __init__(self, is_mighty: bool) -> None:
        self._is_mighty = is_mighty

    def execute(self, query: str) -> None:
        assert "rolsuper" in query

    def fetchone(self) -> tuple[Any, ...]:
        return (self._is_mighty,)


def test_an_account_that_may_do_more_than_read_is_refused() -> None:
    _check_account(_Said(False))
    with pytest.raises(SourceFault, match="an account that only reads") as refused:
        _check_account(_Said(True))
    assert refused.value.final


def test_a_member_of_a_role_that_reaches_files_is_refused(
    databases: dict[str, str], reader: str, fetch: Fetch
) -> None:
    """Asked of the database itself, where the suite runs on PostgreSQL."""
    fetch("sql", ask("SELECT 1 AS n"), databases=databases)
    if connection.vendor == "sqlite":
        return
    own = psycopg2.connect(address())
    own.autocommit = True
    with own.cursor() as cursor:
        cursor.execute(f"GRANT pg_read_server_files TO {reader}")
    own.close()
    for url in (databases["A"], address()):
        with pytest.raises(SourceFault, match="an account that only reads"):
            fetch("sql", ask("SELECT 1 AS n"), databases={"A": url})
