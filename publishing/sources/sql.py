"""One SELECT over a read-only connection. Which database that is, and its password, stand in the environment.

PostgreSQL for real work; SQLite for tests and for a file that another program keeps. The account behind the
connection must be able to read only what is meant for publication (DataSF, publishing step 5: read-only
credentials that expose only the columns needed).
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import psycopg2
import psycopg2.errors

from publishing.sources.base import Beat, Clock, Fetched, Field, Limits, Secrets, SourceFault, required
from publishing.sources.download import CsvWriter
from publishing.sources.select import select_fault

ROWS_AT_ONCE = 5_000
_ALIAS = re.compile(r"[A-Z][A-Z0-9_]{0,40}\Z")
# Whether the account is a superuser, or reaches the server's files or programs ("Predefined Roles").
_MIGHTY = """
    SELECT EXISTS (
        SELECT 1 FROM pg_catalog.pg_roles
        WHERE (rolsuper OR rolname IN (
            'pg_write_server_files', 'pg_read_server_files', 'pg_execute_server_program'
        )) AND pg_catalog.pg_has_role(session_user, oid, 'MEMBER')
    )
"""


class _Cursor(Protocol):
    description: Sequence[Sequence[Any]] | None

    def fetchmany(self, size: int) -> list[Sequence[Any]]: ...


class SqlQuery:
    code = "sql"
    label = "A query of a database"
    help = (
        "One SELECT over a connection that can only read. Prefer a view that shows just the columns to publish. A "
        "query is first run when the department has approved it: until then it is not tested either."
    )
    fields = (
        Field(
            "connection",
            "Name of the connection",
            "The name under which your portal admin has put the connection on the server (SOURCE_DB_NAME).",
            example="PERMITS_DB",
        ),
        Field(
            "query",
            "Query",
            "One SELECT. With an ORDER BY, unchanged data is recognised as such.",
            kind="words",
            example="SELECT number, issued, status FROM open_data.permits ORDER BY number",
        ),
    )

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = required(self.fields, config)
        if "connection" not in found and not _ALIAS.match(str(config["connection"])):
            found["connection"] = "The name of a connection holds capital letters, digits and underscores."
        if "query" not in found and (fault := select_fault(str(config["query"]))):
            found["query"] = fault
        return found

    def host(self, config: Mapping[str, Any]) -> str:
        return f"database {config.get('connection', '')}"

    def words(self, config: Mapping[str, Any]) -> str:
        return f"a query of the database {config.get('connection', '')}"

    def fetch(
        self,
        config: Mapping[str, Any],
        secrets: Secrets,
        into: Path,
        limits: Limits,
        beat: Beat,
        *,
        known: Mapping[str, str] | None = None,
    ) -> Fetched:
        clock = Clock(limits, beat)
        query = str(config["query"]).strip().removesuffix(";")
        if fault := select_fault(query):
            raise SourceFault(fault, final=True)
        url = secrets.database(str(config["connection"]))
        with _opened(url, query, clock) as cursor, into.open("wb") as target:
            return _copied(cursor, target, clock)


def _copied(cursor: _Cursor, target: Any, clock: Clock) -> Fetched:
    """Every row of an open query, as CSV."""
    rows = cursor.fetchmany(ROWS_AT_ONCE)
    names = [str(column[0]) for column in cursor.description or ()]
    if len(set(names)) != len(names):
        raise SourceFault(
            "Two columns of the query have the same name. Name one of them with AS.", final=True
        )
    writer = CsvWriter(target, clock, names)
    while rows:
        for row in rows:
            writer.row(row)
            if writer.is_full:
                return writer.fetched("data.csv")
        clock.tick(f"Receiving: {writer.rows:,} rows")
        rows = cursor.fetchmany(ROWS_AT_ONCE)
    return writer.fetched("data.csv")


@contextlib.contextmanager
def _opened(url: str, query: str, clock: Clock) -> Iterator[_Cursor]:
    """A cursor over the answer. Errors of a driver quote hosts, users and values, so that none is passed on."""
    scheme = urlsplit(url).scheme
    opener = {"postgresql": _postgres, "postgres": _postgres, "sqlite": _sqlite}.get(scheme)
    if opener is None:
        raise SourceFault(
            "The connection on the server is neither PostgreSQL nor SQLite. Tell your portal admin.",
            final=True,
        )
    try:
        with opener(url, query, clock) as cursor:
            yield cursor
    except (psycopg2.errors.QueryCanceled, sqlite3.OperationalError) as error:
        if clock.left <= 0 or isinstance(error, psycopg2.errors.QueryCanceled):
            raise SourceFault(
                "The database stopped the query because it took too long. Make it smaller, or ask for an index.",
                is_host=False,
            ) from None
        raise _refused(error) from None
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        raise SourceFault("The database does not answer, or does not let us in.", is_host=True) from None
    except (psycopg2.Error, sqlite3.Error) as error:
        raise _refused(error) from None


def _refused(error: Exception) -> SourceFault:
    code = getattr(error, "pgcode", None)
    said = f" (SQLSTATE {code})" if code else ""
    return SourceFault(
        f"The database refused the query{said}. Check the names of tables and columns, and whether the account "
        "of the connection may read them."
    )


@contextlib.contextmanager
def _postgres(url: str, query: str, clock: Clock) -> Iterator[_Cursor]:
    connection = psycopg2.connect(
        url,
        connect_timeout=10,
        options="-c default_transaction_read_only=on -c standard_conforming_strings=on",
    )
    try:
        connection.set_session(readonly=True, isolation_level="REPEATABLE READ")
        with connection.cursor() as plain:
            plain.execute("SET LOCAL statement_timeout = %s", [int(max(1.0, clock.left) * 1000)])
            _check_account(plain)
        # A named cursor lives on the server: the worker never holds more than a page of rows.
        with connection.cursor(name="source") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(query)
            yield cursor
    finally:
        connection.close()


def _check_account(cursor: Any) -> None:
    """Refuse an account that writes beside the read-only transaction: files, programs, other connections."""
    cursor.execute(_MIGHTY)
    if cursor.fetchone()[0]:
        raise SourceFault(
            "The account of this connection may do more than read, so nothing is asked over it. Ask your portal "
            "admin to give it an account that only reads.",
            final=True,
        )


@contextlib.contextmanager
def _sqlite(url: str, query: str, clock: Clock) -> Iterator[_Cursor]:
    path = urlsplit(url).path
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=10)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.set_authorizer(_reads_only)
        connection.set_progress_handler(lambda: int(clock.left <= 0), 10_000)
        cursor: Any = connection.execute(query)
        yield cursor
    finally:
        connection.close()


def _reads_only(action: int, first: str | None, second: str | None, *_: object) -> int:
    reading = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
    harmless = action == sqlite3.SQLITE_FUNCTION and second != "load_extension"
    return sqlite3.SQLITE_OK if reading or harmless else sqlite3.SQLITE_DENY
