"""Reading one column block by block: what it takes to judge it is kept, the column is not.

Blocks of any size give the same result as the whole column: what a column is like is told from its first
values, matches are counted cell by cell, and the values that judge it are all distinct ones or every so many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from datafiles.inference import count_forms, may_have_form, surely
from privacy.cells import (
    HEAD,
    LONGEST_MARKER,
    MARKER,
    SHOWN_ROWS,
    Cells,
    Hits,
    distinct_of,
    is_inline,
    is_prose,
    owned,
    repeats,
    rows_of,
    without_markers,
)
from privacy.detectors import DETECTORS
from privacy.evidence import header_tokens, phrase_in
from privacy.marks import NOTHING, Mark, added, mark_of, sealed_mark
from privacy.search import Part, Plan, inside, plan_of, sift
from privacy.tally import Tally
from privacy.vocabulary import FREE_TEXT_HEADERS

# Of a column whose values do not repeat, no more than this many judge it.
JUDGED = 65_536
# Distinct values beyond this are too many to keep.
_KEPT = 50_000
# The most frequent form is told from so many values.
_PROBED = 2_000
# So many values that patterns match are searched together.
_TOGETHER = 20_000
_NOTHING = rows_of(pl.Series([], dtype=pl.String), 0)


class ColumnReading:
    """One column in the reading. `head` and `judged` are given only by tests.

    With `typed` the forms of its values are counted too, which tell its type when nobody has yet. With a `key`
    what is found is marked (privacy.marks).
    """

    def __init__(
        self, name: str, *, typed: bool = False, key: bytes = b"", head: int = HEAD, judged: int = JUDGED
    ) -> None:
        self.name = name
        self.length = self.filled = 0
        self.forms: dict[str, int] = {}
        self._typed, self._key, self._head, self._judged = typed, key, head, judged
        self._waiting: list[pl.DataFrame] = []
        self._first: list[pl.DataFrame] = []
        self._ready = 0
        # The form to try first; it changes the time, not the result.
        self._likely = "text"
        # Until a longer value comes, no value needs to be written anew to be kept.
        self._inline = True
        self._plan: Plan | None = None
        self._repeats = False
        self._known: pl.DataFrame | None = None
        self._sample: list[pl.DataFrame] = []
        self._sampled, self._stride = 0, 1
        self._doubtful: list[pl.DataFrame] = []
        self._hashes: list[npt.NDArray[np.uint64]] | None = []
        self._text: Mark = NOTHING
        self._tallies = {one.name: Tally(one, key) for one in DETECTORS}

    def add(self, values: pl.Series) -> None:
        """Take the next rows."""
        start, self.length = self.length, self.length + len(values)
        frame = rows_of(values.rechunk(), start)
        if self._plan is not None:
            self._take(frame)
            return
        self._waiting.append(frame)
        self._first_of(frame)
        if self._ready >= self._head:
            self._begin()

    def finish(self, type_: str) -> tuple[Cells, list[Hits]]:
        """What the column, which proved to be of that type, is judged by: its values, and what was found."""
        self.end()
        frame, stride = self._frame()
        prose = self._plan is not None and self._plan.prose and type_ == "text"
        distinct = self._distinct(frame, stride)
        cells = Cells(
            self.name, frame, self.length, self.filled, distinct, prose, stride, self._key, self._text_mark()
        )
        hits = (tally.hits(cells, type_) for tally in self._tallies.values())
        return cells, [one for one in hits if one]

    def end(self) -> None:
        """No more rows come: take what still waits. Then `forms` is complete."""
        if self._plan is None:
            self._begin()
        self._look_inside()

    def _first_of(self, frame: pl.DataFrame) -> None:
        """Collect the first values by which the search is planned, without looking at more of them."""
        for start in range(0, frame.height, self._head):
            if self._ready < self._head:
                some = without_markers(frame.slice(start, self._head)).head(self._head - self._ready)
                self._first.append(some)
                self._ready += some.height

    def _text_mark(self) -> str:
        """Of a text, what all its cells hold: who read it read this."""
        return sealed_mark(self._text, self._key) if self._text != NOTHING else ""

    def _begin(self) -> None:
        """Plan the search by the first values, and take those that have waited for it."""
        waiting = pl.concat(self._waiting) if self._waiting else _NOTHING
        head = pl.concat(self._first) if self._first else _NOTHING
        self._waiting, self._first = [], []
        self._likely = _most_frequent(count_forms(head.head(_PROBED)))
        named = phrase_in(header_tokens(self.name), FREE_TEXT_HEADERS) is not None
        self._plan = plan_of(head.get_column("v"), DETECTORS, prose=is_prose(head, named_prose=named))
        self._repeats = repeats(head.get_column("v"))
        if self._repeats or self._plan.prose or self._plan.whole:
            self._hashes = None
        self._take(waiting)

    def _take(self, frame: pl.DataFrame) -> None:
        """Count the forms of filled cells, search those that hold more than a null marker, and keep a sample."""
        if frame.is_empty() or self._plan is None:
            return
        self._inline = self._inline and is_inline(frame.get_column("v"))
        if self._repeats:
            values, left, glanced = self._filled(distinct_of(frame), self._plan)
            self.filled += int(values.get_column("n").sum())
            self._keep(values)
        else:
            values, left, glanced = self._filled(frame.with_columns(n=pl.lit(1, pl.UInt32)), self._plan)
            self.filled += values.height
            self._compare(values)
        if self._key and self._plan.prose:
            self._text = added(self._text, mark_of(values.get_column("v"), values.get_column("n"), self._key))
        parts, doubtful, self._plan = sift(self._plan, left, glanced=glanced)
        self._tally(parts)
        self._doubtful.append(self._owned(doubtful))
        if sum(one.height for one in self._doubtful) >= _TOGETHER:
            self._look_inside()
        self._sample_of(frame)

    def _filled(self, values: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
        """The values without null markers, those of them that must be searched, and whether these were found worth
        it by a glance; the forms are counted on the way, before they are gone."""
        if not self._typed:
            filled = without_markers(values)
            return filled, filled, False
        self._likely = _most_frequent(self.forms) if self.forms else self._likely
        if self._likely != "text":
            return *self._filled_of(self._likely, values, plan), False
        beside, longest = (f"{plan.glance}|{MARKER}", None) if plan.glance else (MARKER, LONGEST_MARKER)
        special = may_have_form(values.get_column("v"), beside=beside, longest=longest)
        self._count({"text": int(values.get_column("n").filter(~special).sum())})
        some = values.filter(special)
        self._count(count_forms(some))
        left = without_markers(some)
        if left.height < some.height:
            values = without_markers(values)
        if plan.glance:
            self._plan = plan.after(values.height, some.height)
            return values, left, True
        return values, values, False

    def _filled_of(self, form: str, values: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The same where most values have a form other than text. What has one is no marker."""
        sure = surely(values.get_column("v"), form)
        rest = values
        if sure is not None:
            self._count({form: int(values.get_column("n").filter(sure).sum())})
            rest = values.filter(~sure)
        forms = count_forms(rest)
        self._count(forms)
        if forms.get("text"):
            filled = without_markers(rest)
            values = values if filled.height == rest.height else without_markers(values)
            rest = filled
        return values, rest if plan.passes_over(form) else values

    def _count(self, forms: dict[str, int]) -> None:
        for form, count in forms.items():
            if count:
                self.forms[form] = self.forms.get(form, 0) + count

    def _look_inside(self) -> None:
        """Search the values that were put aside; a search costs the same for one as for many."""
        doubtful = [one for one in self._doubtful if not one.is_empty()]
        self._doubtful = []
        if doubtful and self._plan is not None:
            self._tally(inside(self._plan, pl.concat(doubtful)))

    def _tally(self, parts: list[Part]) -> None:
        found: dict[str, list[Part]] = {}
        for part in parts:
            found.setdefault(part.detector.name, []).append(part)
        for name, of_detector in found.items():
            self._tallies[name].add(of_detector)

    def _keep(self, values: pl.DataFrame) -> None:
        """Add the distinct values of a block to those known, until they are too many."""
        if self._known is None:
            self._known = self._owned(values)
        elif self._known.height <= _KEPT:
            self._known = (
                pl.concat([self._known, self._owned(values)])
                .group_by("v", maintain_order=True)
                .agg(pl.col("n").sum(), pl.col("at").first(), pl.col("rows").explode().head(SHOWN_ROWS))
            )

    def _owned(self, part: pl.DataFrame) -> pl.DataFrame:
        return part if self._inline else owned(part)

    def _sample_of(self, frame: pl.DataFrame) -> None:
        """Keep every stride-th row; when that becomes too many, every other one of them."""
        part = frame if self._stride == 1 else _every(frame, self._stride)
        while self._sampled + part.height > self._judged:
            self._stride *= 2
            self._sample = [self._owned(_every(one, self._stride)) for one in self._sample]
            self._sampled = sum(one.height for one in self._sample)
            part = _every(part, self._stride)
        self._sample.append(self._owned(part))
        self._sampled += part.height

    def _compare(self, frame: pl.DataFrame) -> None:
        """Keep the hashes of a column that may be a key: every row has a value of its own."""
        if self._hashes is None:
            return
        hashes = np.sort(frame.get_column("v").hash().to_numpy())
        if self.filled != self.length or (hashes[1:] == hashes[:-1]).any():
            self._hashes = None
        else:
            self._hashes.append(hashes)

    def _frame(self) -> tuple[pl.DataFrame, int]:
        if self._known is not None and self._known.height <= _KEPT:
            return self._known, 1
        sample = without_markers(pl.concat(self._sample)) if self._sample else _NOTHING
        return sample.with_columns(n=pl.lit(1, pl.UInt32)), self._stride

    def _distinct(self, frame: pl.DataFrame, stride: int) -> int:
        """How many distinct values; in proportion where not all values were kept, and then only “all” is sure."""
        if "rows" in frame.columns:
            return frame.height
        here = frame.get_column("v").hash().n_unique() if frame.height else 0
        if stride == 1:
            return here
        if self._unique():
            return self.filled
        likely = round(here * self.filled / frame.height)
        return min(likely, self.filled - 1) if self.filled == self.length else likely

    def _unique(self) -> bool:
        if self._hashes is None:
            return False
        hashes = np.sort(np.concatenate(self._hashes))
        return not bool((hashes[1:] == hashes[:-1]).any())


def _most_frequent(forms: dict[str, int]) -> str:
    return max(forms, key=lambda form: forms[form], default="text")


def _every(frame: pl.DataFrame, stride: int) -> pl.DataFrame:
    """The rows whose number is a multiple of `stride`."""
    first, last = (frame.item(0, "at"), frame.item(-1, "at")) if frame.height else (0, 0)
    if last - first + 1 == frame.height:  # no row is left out, so they can be counted off
        offset = -first % stride
        return pl.DataFrame([column.gather_every(stride, offset) for column in frame.iter_columns()])
    return frame.filter(pl.col("at") % stride == 0)
