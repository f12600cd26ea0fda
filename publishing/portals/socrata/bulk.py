"""Rows by the million: JSON text in, CSV pages out, and a working copy that begins with the rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import polars as pl
import requests

from publishing.pipeline import following
from publishing.portals.base import ChunkReceipt, JsonRows, ProtocolError, RemoteAsset, Still, silent
from publishing.portals.shared.steps import in_halves
from publishing.portals.socrata.assets import Assets
from publishing.portals.socrata.rows import PAGE, RowCalls
from publishing.portals.socrata.shape import checked_id
from publishing.records import NUMBER, PortalRecord

# Keys go into the address of a query, which portals cut at about 8 kB.
_KEYS_PER_QUERY = 100
# How large a page of text may grow: as many rows as fit in so many bytes, by the page before it.
_MOST_ROWS = 50_000
_PAGE_BYTES = 2 << 20
# An answer that came cut short says little about how long rows are.
_GROWTH = 4
_CSV = {"Accept": "text/csv"}


class BulkRows(Assets, RowCalls):
    # in

    def push_json(self, remote_id: str, rows: JsonRows) -> ChunkReceipt:
        """Upsert; what `push_chunk` does for rows that need a second look is done the same way here."""
        if self.known(remote_id).point is not None:
            return self.push_chunk(remote_id, json.loads(rows.body))
        return in_halves(lambda part: self._push_json(remote_id, part), rows, self.config.pause)

    def _push_json(self, remote_id: str, rows: JsonRows) -> ChunkReceipt:
        path = f"/resource/{checked_id(remote_id)}.json"
        answer = self.call("add rows", lambda: self.signed.send("POST", path, data=rows.body).json())
        receipt = self._receipt(answer)
        if receipt.errors or receipt.created + receipt.updated != len(rows):
            return self._whole(remote_id, json.loads(rows.body), receipt)
        return receipt

    # out

    def read_text(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False, still: Still = silent
    ) -> Iterator[pl.DataFrame]:
        """Every row as CSV, a page at a time. A page that is cut short is asked for again."""
        if self._readable_point(remote_id, fields) is not None:
            yield from as_text(self.read_back(remote_id, fields, anonymous=anonymous), fields)
            return
        pages = self._bodies(remote_id, fields, anonymous=anonymous, still=still)
        for (asked, rows, _), page in following(pages, lambda page: _ended(page[2], fields, page[1])):
            try:
                yield page.result()
            except (ValueError, ProtocolError, pl.exceptions.PolarsError):
                # It came cut short, or is no CSV of these columns: asked again, until the tries are used up.
                yield self._csv(remote_id, fields, asked, anonymous=anonymous, rows=rows)

    def _bodies(
        self, remote_id: str, fields: list[str], *, anonymous: bool, still: Still
    ) -> Iterator[tuple[dict[str, str], int, bytes]]:
        """What was asked for, how many rows that is, and the answer as it came."""
        total = self.count(remote_id, anonymous=anonymous)
        offset, rows = 0, PAGE
        while offset < total:
            rows = min(rows, total - offset)
            asked = {"$order": ":id", "$limit": str(rows), "$offset": str(offset)}
            body = self._body(remote_id, fields, asked, anonymous=anonymous)
            still()
            yield asked, rows, body
            offset += rows
            rows = max(1, min(_MOST_ROWS, rows * _GROWTH, rows * _PAGE_BYTES // max(1, len(body))))

    def rows_of_keys(
        self, remote_id: str, record: PortalRecord, keys: Sequence[str], *, anonymous: bool = False
    ) -> Iterator[pl.DataFrame]:
        key = next(column for column in record.columns if column.field_name == record.row_identifier)
        for start in range(0, len(keys), _KEYS_PER_QUERY):
            named = ",".join(_literal(value, key.type) for value in keys[start : start + _KEYS_PER_QUERY])
            asked = {"$where": f"{key.field_name} in ({named})", "$limit": str(2 * _KEYS_PER_QUERY)}
            yield self._csv(remote_id, record.fields, asked, anonymous=anonymous)

    def _csv(
        self,
        remote_id: str,
        fields: list[str],
        asked: dict[str, str],
        *,
        anonymous: bool,
        rows: int | None = None,
    ) -> pl.DataFrame:
        def read(body: bytes) -> pl.DataFrame:
            return _page(body, fields, rows)

        found = self._ask(remote_id, fields, asked, read, anonymous=anonymous)
        # An answer that came late, under a ticket, is not read yet.
        return found if isinstance(found, pl.DataFrame) else read(found)

    def _body(self, remote_id: str, fields: list[str], asked: dict[str, str], *, anonymous: bool) -> bytes:
        found = self._ask(remote_id, fields, asked, bytes, anonymous=anonymous)
        if not isinstance(found, bytes):
            raise ProtocolError("The portal sent no text where we asked for rows as CSV. We read it again.")
        return found

    def _ask(
        self,
        remote_id: str,
        fields: list[str],
        asked: dict[str, str],
        read: Callable[[bytes], Any],
        *,
        anonymous: bool,
    ) -> Any:
        client = self.stranger if anonymous else self.signed
        path = f"/resource/{checked_id(remote_id)}.csv"
        params = {"$select": ",".join(fields), **asked}

        def ask() -> Any:
            answer = client.send("GET", path, params=params, headers=_CSV)
            return read(answer.content) if answer.status_code == requests.codes.ok else None

        return self.call("read the rows back", ask, anonymous=anonymous)

    # a working copy with rows

    def working_copy_with_rows(self, remote_id: str) -> RemoteAsset:
        group = self.view(remote_id).group
        for view in self.call("list its versions", lambda: self._drafts_of(group)):
            return self.remember(view)
        path = f"/api/views/{checked_id(remote_id)}/publication.json?method=copy"
        view = self.call(
            "open a working copy with its rows",
            lambda: self.signed.send("POST", path, data="{}").json(),
            idempotent=False,
        )
        return self.remember(view)


def _page(body: bytes, fields: list[str], rows: int | None) -> pl.DataFrame:
    """The rows of a CSV as text. Raises for what is no CSV of these columns, or not of so many rows."""
    page = pl.read_csv(body, infer_schema=False, null_values="")
    if set(page.columns) != set(fields):
        raise ValueError("This is no CSV of the columns that were asked for.")
    if rows is not None and page.height != rows:
        raise ProtocolError(
            f"The portal sent {page.height:,} rows where it had counted {rows:,}. We read it again."
        )
    return page.select(fields)


def _ended(body: bytes, fields: list[str], rows: int) -> pl.DataFrame:
    """The same, and its last line has an end: without one the last row may be cut, and is to be read once more."""
    if not body.endswith(b"\n"):
        raise ProtocolError("The portal sent rows that end in the middle of a line. We read them again.")
    return _page(body, fields, rows)


def as_text(rows: Iterator[dict[str, Any]], fields: list[str]) -> Iterator[pl.DataFrame]:
    """Rows of JSON as pages of text: numbers come as text there, a checkbox does not."""
    schema = dict.fromkeys(fields, pl.String)
    while page := list(islice(rows, PAGE)):
        lines = [[_text(row.get(name)) for name in fields] for row in page]
        yield pl.DataFrame(lines, schema=schema, orient="row")


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _literal(value: str, kind: str) -> str:
    """A value as the query language writes it: numbers bare, everything else in quotes."""
    return value if kind == NUMBER else "'" + value.replace("'", "''") + "'"
