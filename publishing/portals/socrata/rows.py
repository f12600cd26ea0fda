"""Rows on their way in and out: written by key, counted, read back, and taken out one request apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from publishing.portals.base import (
    BadRequest,
    ChunkReceipt,
    Forbidden,
    NotFound,
    Proof,
    ProtocolError,
    RowsRefused,
)
from publishing.portals.shared.points import point_of
from publishing.portals.shared.steps import in_halves
from publishing.portals.socrata.calls import Calls, Point
from publishing.portals.socrata.shape import POINT, POINT_NAME, checked_id, is_id
from publishing.records import PortalRecord

PAGE = 10_000
COUNT = "odp_row_count"
# So many rows are named; a part in which more are refused has another trouble than single rows.
_NAMED = 5

Rows = list[dict[str, Any]]


class RowCalls(Calls):
    def __init__(self, config: Any) -> None:
        super().__init__(config)
        # Points that were read back, and those that were not made of their latitude and longitude.
        self._points_seen: dict[str, tuple[int, int]] = {}

    def empty(self, remote_id: str) -> None:
        if self.view(remote_id).published:
            raise BadRequest("A published dataset is never emptied: its rows change in a working copy.")
        self.call("empty the working copy", lambda: self.signed.soda.replace(checked_id(remote_id), []))

    # in

    def push_chunk(self, remote_id: str, rows: Rows) -> ChunkReceipt:
        """Upsert; a chunk that is too large or too slow goes in halves; a row left out is an error."""
        point = self.known(remote_id).point
        sent = [row | {point.field: _shape(row, point)} for row in rows] if point else rows
        return in_halves(lambda part: self._push_whole(remote_id, part), sent, self.config.pause)

    def _push_whole(self, remote_id: str, rows: Rows) -> ChunkReceipt:
        return self._whole(remote_id, rows, self._push(remote_id, rows))

    def _whole(self, remote_id: str, rows: Rows, receipt: ChunkReceipt) -> ChunkReceipt:
        """What the portal said of these rows, when it took them all; else which it leaves out is found out."""
        if not _took_all(receipt, rows):
            receipt, refused = self._bisect(remote_id, rows, receipt, 0)
            if refused:
                raise self._left_out(rows, refused, receipt)
        return receipt

    def _bisect(
        self, remote_id: str, rows: Rows, told: ChunkReceipt, start: int
    ) -> tuple[ChunkReceipt, list[int]]:
        """Send the halves of a part again, until what is refused is single rows: the portal names none."""
        if _took_all(told, rows):
            return told, []
        if len(rows) == 1:
            return told, [start + 1]
        middle = len(rows) // 2
        refused: list[int] = []
        halves = []
        for part, offset in ((rows[:middle], start), (rows[middle:], start + middle)):
            if len(refused) > _NAMED:
                break
            half, more = self._bisect(remote_id, part, self._push(remote_id, part), offset)
            halves.append(half)
            refused += more
        return (halves[0].plus(halves[1]) if len(halves) == 2 else halves[0]), refused

    def _left_out(self, rows: Rows, refused: list[int], receipt: ChunkReceipt) -> RowsRefused:
        named = ", ".join(str(number) for number in refused[:_NAMED])
        more = " and more" if len(refused) > _NAMED else ""
        which = "row" if len(refused) == 1 else "rows"
        return RowsRefused(
            f"The portal takes every row of this part but {which} {named}{more} of its {len(rows):,} rows, and "
            "does not say why. Nothing is public. Look at these rows in the treated copy, correct the file, or "
            "press Resume to send them again; if this stays, tell your portal admin.",
            positions=tuple(refused[:_NAMED]),
            status=receipt.status,
            request_id=receipt.request_id,
        )

    def _push(self, remote_id: str, rows: Rows) -> ChunkReceipt:
        return self._written("add rows", remote_id, rows)

    def _written(self, what: str, remote_id: str, rows: Rows) -> ChunkReceipt:
        return self._receipt(self.call(what, lambda: self.signed.soda.upsert(checked_id(remote_id), rows)))

    def _receipt(self, answer: Any) -> ChunkReceipt:
        if not isinstance(answer, dict):
            raise ProtocolError("The portal did not say how many rows it took. We send them again.")
        last = self.signed.session.last
        return ChunkReceipt(
            status=last.status_code if last is not None else 0,
            request_id=self.signed.session.request_id(last),
            created=int(answer.get("Rows Created", 0)),
            updated=int(answer.get("Rows Updated", 0)),
            errors=int(answer.get("Errors", 0)),
            deleted=int(answer.get("Rows Deleted", 0)),
        )

    # out of the dataset

    def delete_rows(self, remote_id: str, keys: Sequence[str]) -> ChunkReceipt:
        """By key, apart from what is written: the portal counts a row that is gone already as an error."""
        key = self.known(remote_id).key
        if key is None:
            raise BadRequest(
                "The dataset has no row identifier on the portal, so single rows cannot be taken out. Ask your "
                "portal admin to set it, then press Resume."
            )
        if any(value in (None, "") for value in keys):
            raise ValueError("A row without a key cannot be taken out by its key.")
        rows = [{key: value, ":deleted": True} for value in keys]
        return in_halves(lambda part: self._deleted(remote_id, part), rows, self.config.pause)

    def _deleted(self, remote_id: str, rows: Rows) -> ChunkReceipt:
        receipt = self._written("take rows out", remote_id, rows)
        if receipt.created or receipt.updated or receipt.deleted + receipt.errors != len(rows):
            raise BadRequest(
                f"The portal answered something else than expected when {len(rows):,} rows were to be taken "
                "out. Nothing more was made public. Press Resume; the copy is compared again at the end.",
                status=receipt.status,
                request_id=receipt.request_id,
            )
        return receipt

    def safe_delete_row(self, remote_id: str, row_id: str) -> None:
        """One row by the portal's own id of it. An empty id would mean the whole dataset: it is refused."""
        row = str(row_id or "").strip()
        if not row or is_id(row):
            raise ValueError("This is not the id of a row; nothing was deleted.")
        path = f"/resource/{checked_id(remote_id)}/{quote(row, safe='')}.json"
        try:
            self.call("take a row out", lambda: self.signed.send("DELETE", path))
        except NotFound:
            return

    # read

    def is_replicated(self, remote_id: str) -> bool:
        path = f"/api/views/{checked_id(remote_id)}/replication.json"
        try:
            state = self.get("ask for its replicas", path)
            return bool(state.get("read_replication_up_to_date"))
        except (NotFound, Forbidden):
            # Not every portal tells; its reads say themselves whether they lag.
            self.call("read the rows", lambda: self.signed.soda.get(checked_id(remote_id), limit=1))
            last = self.signed.session.last
            return last is None or last.headers.get("X-SODA2-Data-Out-Of-Date", "false") != "true"

    def count(self, remote_id: str, *, anonymous: bool = False, where: str | None = None) -> int:
        client = self.stranger if anonymous else self.signed
        filtered = {"where": where} if where else {}
        rows = self.call(
            "count the rows",
            lambda: client.soda.get(checked_id(remote_id), select=f"count(*) AS {COUNT}", **filtered),
            anonymous=anonymous,
        )
        try:
            return int(rows[0][COUNT])
        except (LookupError, TypeError, ValueError):
            raise ProtocolError("The portal did not say how many rows it holds. We ask again.") from None

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Every row. The point for the map is compared with what it is made of on the way, and left out."""
        point = self._readable_point(remote_id, fields)
        asked = [*fields, point.field] if point else fields
        seen = wrong = 0
        for row in self._pages(remote_id, asked, anonymous):
            if point is not None:
                there = row.pop(point.field, None)
                made_of = point_of(row, point.made_of)
                seen += made_of is not None
                wrong += not _same_place(there, made_of)
            yield row
        if point is not None:
            self._points_seen[remote_id] = (seen, wrong)

    def _readable_point(self, remote_id: str, fields: list[str]) -> Point | None:
        point = self._known[remote_id].point if remote_id in self._known else None
        return point if point is not None and set(point.made_of) <= set(fields) else None

    def _pages(self, remote_id: str, fields: list[str], anonymous: bool) -> Iterator[dict[str, Any]]:
        client = self.stranger if anonymous else self.signed
        offset = 0
        while True:
            rows = self.call(
                "read the rows back",
                lambda start=offset: client.soda.get(
                    checked_id(remote_id), select=",".join(fields), order=":id", limit=PAGE, offset=start
                ),
                anonymous=anonymous,
            )
            if not isinstance(rows, list):
                raise ProtocolError("The portal did not send rows when asked for them. We ask again.")
            yield from rows
            if len(rows) < PAGE:
                return
            offset += PAGE

    def point_proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """The column for the map: there where the record has latitude and longitude, and made of them."""
        if remote_id not in self._points_seen:
            return []
        seen, wrong = self._points_seen[remote_id]
        expected = f"{seen:,} {POINT}s, each of its latitude and longitude"
        found = (
            expected
            if not wrong
            else f"{wrong:,} {'row' if wrong == 1 else 'rows'} whose {POINT} is another one"
        )
        return [Proof(f"{POINT_NAME} for the map", expected, found)]


def _took_all(receipt: ChunkReceipt, rows: Rows) -> bool:
    return not receipt.errors and receipt.created + receipt.updated == len(rows)


def _shape(row: dict[str, Any], point: Point) -> dict[str, Any] | None:
    place = point_of(row, point.made_of)
    return {"type": "Point", "coordinates": list(place)} if place else None


def _same_place(there: Any, made_of: tuple[float, float] | None) -> bool:
    if not there or made_of is None:
        return not there and made_of is None
    try:
        longitude, latitude = (float(number) for number in there["coordinates"])
    except (KeyError, TypeError, ValueError):
        return False
    return abs(longitude - made_of[0]) < 1e-6 and abs(latitude - made_of[1]) < 1e-6
