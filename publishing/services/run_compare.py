"""What the portal holds beside what was approved, line by line: columns, rows, every cell, and what differs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings
from django.utils import timezone

from publishing import encode
from publishing.changes import compare, marks_of, shares_of, told, write_indexes
from publishing.measures import Measures, SideBySide
from publishing.pipeline import Behind
from publishing.portals.base import FindsRows, ReadsText, RemoteAsset
from publishing.services.run_base import Step
from publishing.services.run_send import Sending
from publishing.words import differing_rows, listed

_OUTSIDE = " as a stranger reads them"


class Comparing(Sending):
    """Reads of the copy on the portal, and the evidence they make."""

    verified = "whole"
    # The fingerprint of the approved rows, when all of them were gone through.
    approved = ""

    def proof(
        self, what: str, expected: str, found: str, *, counts: bool = True, **more: Any
    ) -> dict[str, Any]:
        """One line of evidence; where it does not count, a difference is told and stops nothing."""
        return {
            "what": what,
            "expected": expected,
            "found": found,
            "ok": expected == found or not counts,
            "at": timezone.now().isoformat(timespec="seconds"),
            **more,
        }

    def schema_proof(self, remote: RemoteAsset) -> dict[str, Any]:
        """How many columns, approved and found; where they differ, which."""
        wanted = {(column.field_name, column.type) for column in self.record.columns}
        there = {(column.field_name, column.type) for column in remote.columns}
        expected, found = f"{len(wanted)} columns", f"{len(there)} columns"
        odd = sorted({name for name, _ in wanted ^ there})
        return self.proof(
            "Columns and types", expected, f"{found}, other: {', '.join(odd)}" if odd else found
        )

    def compare_rows(
        self, remote_id: str, *, anonymous: bool, after: Step, step: Step
    ) -> list[dict[str, Any]]:
        """Evidence about the rows: of all of them, or of some above the size that the settings name."""

        def tell(rows: int, total: int) -> None:
            self.progress = self.between(after, step, rows / max(1, total))
            self.mention(f"Compared {rows:,} of {total:,} rows.")

        most = settings.PUBLISHING_WHOLE_ROWS
        if self.copy.rows > most and isinstance(self.portal, FindsRows):
            return self._compare_some(self.portal, remote_id, anonymous, tell)
        expected, found = self._measured(remote_id, anonymous, tell)
        where = _OUTSIDE if anonymous else ""
        evidence = [
            self.proof(f"Rows{where}", f"{expected.rows:,}", f"{found.rows:,}"),
            self.proof(f"Fingerprint of all rows{where}", expected.fingerprint, found.fingerprint),
            *self._column_proofs(expected, found, where),
        ]
        if expected.fingerprint != found.fingerprint:
            evidence.append(self._what_differs(remote_id, anonymous, where))
        self.verified, self.approved = "whole", expected.fingerprint
        return evidence

    # all rows

    def _measured(
        self, remote_id: str, anonymous: bool, tell: Callable[[int, int], None]
    ) -> tuple[Measures, Measures]:
        """Both sides measured; the helper compares one page while the portal sends the next."""
        both = SideBySide(self.record, self.expected)
        ours = self.copy.reader()

        def compare_page(page: tuple[bool, pl.DataFrame]) -> None:
            raw, theirs = page
            mine = ours.take(theirs.height)
            if mine is None:
                mine = theirs.clear()
            # Portals mostly write the values as we sent them.
            told = encode.portal_text(theirs, self.record) if raw and not theirs.equals(mine) else theirs
            both.add(mine, told)

        rows = 0
        with Behind(compare_page) as behind:
            for raw, page in self._pages(remote_id, anonymous):
                behind.put((raw, page))
                rows += page.height
                tell(rows, self.copy.rows)
        while (mine := ours.take(self.copy.step)) is not None:
            both.add(mine, mine.clear())
            self.tell("Going through the treated copy.")
        self.expected = both.expected
        return both.expected, both.found

    def _pages(self, remote_id: str, anonymous: bool) -> Iterator[tuple[bool, pl.DataFrame]]:
        """Pages of the copy, and whether they still have to be brought into the notation."""
        fields = self.record.fields
        if isinstance(self.portal, ReadsText):
            for page in self.portal.read_text(remote_id, fields, anonymous=anonymous, still=self.still):
                yield True, page
            return
        rows = self.portal.read_back(remote_id, fields, anonymous=anonymous)
        for page in encode.portal_pages(rows, self.record):
            yield False, page

    def _column_proofs(self, expected: Measures, found: Measures, where: str) -> Iterator[dict[str, Any]]:
        """A line for each column: how many cells are filled, the lowest and the highest."""
        differing = {column.field_name for column in expected.differing(found)}
        for column in self.record.columns:
            name = column.field_name
            ours, theirs = expected.columns[name].words(), found.columns[name].words()
            if name in differing and ours == theirs:
                theirs = f"{theirs}, other values"
            yield self.proof(f"Column {column.name}{where}", ours, theirs, column=column.name)

    def _what_differs(self, remote_id: str, anonymous: bool, where: str) -> dict[str, Any]:
        """The rows that differ, by their places in the approved copy: found by key, in a second reading."""
        self.tell("The rows differ. Finding out which.")
        room = self._room("compared")
        theirs = (
            encode.portal_text(page, self.record) if raw else page
            for raw, page in self._pages(remote_id, anonymous)
        )
        both = ((theirs, "found", "copy on the portal"), (self.copy.frames(), "approved", "approved copy"))
        marks = {
            room / name: told(marks_of(frames, self.record), self.copy.rows, words, self.tell)
            for frames, name, words in both
        }
        write_indexes(marks, shares_of(self.copy.rows))
        found = compare(room / "found", room / "approved")
        words = differing_rows(found.added.tolist(), found.changed.tolist(), len(found.gone))
        return self.proof(f"Rows that differ{where}", "none", words)

    # some rows

    def _compare_some(
        self, portal: FindsRows, remote_id: str, anonymous: bool, tell: Callable[[int, int], None]
    ) -> list[dict[str, Any]]:
        """Rows drawn by chance, and the portal's own count of all."""
        where = _OUTSIDE if anonymous else ""
        total, drawn = self.copy.rows, min(settings.PUBLISHING_SAMPLE_ROWS, self.copy.rows)
        chance = np.random.default_rng(secrets.randbits(64))
        places = np.sort(chance.choice(total, size=drawn, replace=False))
        expected, found, seen = Measures(self.record), Measures(self.record), 0
        for frame in self.copy.at(places):
            expected.add(frame)
            keys = frame.get_column(self.record.row_identifier).to_list()
            for page in portal.rows_of_keys(remote_id, self.record, keys, anonymous=anonymous):
                found.add(encode.portal_text(page, self.record))
                tell(min(drawn, seen + found.rows), drawn)
        odd = listed([column.name for column in expected.differing(found)])
        equal = expected.fingerprint == found.fingerprint
        result = f"all {drawn:,} equal" if equal else f"{found.rows:,} found, other in {odd or 'their rows'}"
        count = self.portal.count(remote_id, anonymous=anonymous)
        self.verified = f"a sample of {drawn:,} of {total:,} rows"
        return [
            self.proof(f"Rows counted by the portal{where}", f"{total:,}", f"{count:,}"),
            self.proof(
                f"Rows drawn by chance ({drawn:,} of {total:,}){where}", f"all {drawn:,} equal", result
            ),
        ]

    # in words

    @staticmethod
    def told_difference(wrong: list[dict[str, Any]]) -> str:
        """What differs, in one line: which rows where that is known, which columns, and what else."""
        columns = list(dict.fromkeys(proof["column"] for proof in wrong if "column" in proof))
        lines = [proof for proof in wrong if "column" not in proof]
        rows = [proof["found"] for proof in lines if proof["what"].startswith("Rows that differ")]
        counted = ("Rows", "Fingerprint of all rows") if rows else ()
        other = [
            f"{proof['what'].lower()} (approved {proof['expected']}, found {proof['found']})"
            for proof in lines
            if not proof["what"].startswith(("Rows that differ", "Fingerprint", *counted))
        ]
        parts = [*rows[:1], *([f"in {listed(columns)}"] if columns else []), *other]
        return "; ".join(parts) or listed([proof["what"].lower() for proof in lines])
