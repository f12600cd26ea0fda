"""What one detector has found in a column so far, block by block, so that any division gives the same sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from privacy.cells import SHOWN_ROWS, SHOWN_SAMPLES, Cells, Hits, first_places
from privacy.evidence import STRONG, Detector
from privacy.marks import NOTHING, Mark, added, mark_of, sealed_mark
from privacy.masking import mask
from privacy.search import EXCEPTIONAL, Part, searched

# When nearly all matches fail the validator, those that pass do so by chance.
_CHANCE_MATTERS = 20
_BY_CHANCE = 0.2

# The patterns of the detector that match a value, each with its strength there.
Signature = tuple[tuple[int, float], ...]
# The shape of the whole cell, by its place in the detector's list; of most cells none.
_NO_SHAPE = -1
Kind = tuple[Signature, int]


@dataclass(slots=True)
class _Seen:
    """The cells whose values have one signature: how many, and the first of them, masked."""

    count: int = 0
    places: list[tuple[int, str]] = field(default_factory=list)
    mark: Mark = NOTHING


class Tally:
    """Counts by signature. Which patterns count in the end is known when the column has been seen whole.

    With a `key` what was found is marked too (privacy.marks), so that other finds in as many cells are told apart.
    """

    def __init__(self, detector: Detector, key: bytes = b"") -> None:
        self.detector = detector
        self._key = key
        self.tried: dict[int, int] = {}
        self.passed: dict[int, int] = {}
        self.seen: dict[Kind, _Seen] = {}
        # Of values that are the entity as a whole: by pattern, how many there were and for how many the
        # validator judged; and those that passed.
        self.whole: dict[int, tuple[int, int]] = {}
        self.seen_whole: dict[Kind, _Seen] = {}
        # By pattern and shape, all that looked like it, judged or not.
        self.marks_whole: dict[tuple[int, int], Mark] = {}

    def add(self, parts: list[Part]) -> None:
        """Take what the patterns found in one block. Blocks come in the order of the rows."""
        for part in parts:
            if part.whole:
                tried, graded = self.whole.get(part.place, (0, 0))
                self.whole[part.place] = (tried + part.tried, graded + part.graded)
                if self._key and part.taken is not None:
                    for shape, frame in self._by_shape(part.taken):
                        before = self.marks_whole.get((part.place, shape), NOTHING)
                        self.marks_whole[part.place, shape] = added(before, self._mark(frame))
                for shape, shaped in self._by_shape(part.frame):
                    for key, frame in shaped.group_by("s", maintain_order=True):
                        signature = ((part.place, round(float(key[0]), 4)),)  # type: ignore[arg-type]
                        self._note(self.seen_whole, (signature, shape), frame)
            else:
                passed = int(part.frame.get_column("n").sum())
                self.tried[part.place] = self.tried.get(part.place, 0) + part.tried
                self.passed[part.place] = self.passed.get(part.place, 0) + passed
        inside = [part for part in parts if not part.whole and not part.frame.is_empty()]
        if inside:
            self._inside(inside)

    def _inside(self, parts: list[Part]) -> None:
        """Values may be matched by more than one pattern, and more than once."""
        matches = pl.concat([part.frame.with_columns(p=pl.lit(part.place)) for part in parts])
        best = matches.sort("s", descending=True, maintain_order=True).unique(["at", "p"], keep="first")
        best = best.sort("at", "p").with_columns(key=pl.format("{}:{}", "p", pl.col("s").round(4)))
        values = best.group_by("at", maintain_order=True).agg(
            pl.exclude("key", "m").first(), pl.col("key").str.join("|"), pl.col("m").sort_by("s").last()
        )
        for key, frame in values.group_by("key", maintain_order=True):
            pairs = (pair.split(":") for pair in str(key[0]).split("|"))
            signature = tuple((int(place), float(strength)) for place, strength in pairs)
            for shape, shaped in self._by_shape(frame):
                self._note(self.seen, (signature, shape), shaped)
                if self._key:
                    # Every match of these cells, not only the strongest of each.
                    seen = self.seen[signature, shape]
                    seen.mark = added(
                        seen.mark, self._mark(matches.join(shaped.select("at"), on="at", how="semi"))
                    )

    def _by_shape(self, frame: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
        """The cells of each shape that the detector may take for something else, then the others."""
        for shape, regex in enumerate(self.detector.shapes):
            shaped = frame.get_column("v").str.contains(regex)
            if shaped.any():
                yield shape, frame.filter(shaped)
                frame = frame.filter(~shaped)
        if not frame.is_empty():
            yield _NO_SHAPE, frame

    def _note(self, group: dict[Kind, _Seen], kind: Kind, frame: pl.DataFrame) -> None:
        seen = group.setdefault(kind, _Seen())
        seen.count += int(frame.get_column("n").sum())
        if len(seen.places) < SHOWN_ROWS:
            more = [(row, mask(match, self.detector.entity)) for row, match in first_places(frame)]
            seen.places = (seen.places + more)[:SHOWN_ROWS]

    def _mark(self, found: pl.DataFrame) -> Mark:
        return mark_of(found.get_column("m"), found.get_column("n"), self._key)

    def hits(self, cells: Cells, type_: str) -> Hits | None:
        """The sum, for a column that proved to be of that type. None when nothing counts."""
        hits = self._sum(cells, type_)
        if hits is None or not self.detector.shapes:
            return hits
        besides = tuple(self._sum(cells, type_, without=shape) for shape in range(len(self.detector.shapes)))
        return replace(hits, besides=besides)

    def _sum(self, cells: Cells, type_: str, *, without: int | None = None) -> Hits | None:
        count, strong, best, mark = 0, 0, 0.0, NOTHING
        whole: set[tuple[int, int]] = set()
        places: list[tuple[int, str]] = []
        for (signature, shape), found, seen in self._found():
            if shape == without:
                continue
            strength = max(self._strength(place, s, cells, type_) for place, s in signature)
            if strength > 0:
                count += found
                strong += found if strength >= STRONG else 0
                best = max(best, strength)
                places += seen.places
                mark = added(mark, seen.mark)
                if (signature, shape) in self.seen_whole:
                    whole.add((signature[0][0], shape))
        if not count:
            return None
        for place_and_shape in whole:
            mark = added(mark, self.marks_whole.get(place_and_shape, NOTHING))
        places = sorted(places)[:SHOWN_ROWS]
        return Hits(
            detector=self.detector,
            count=count,
            share=count / cells.filled,
            strength=best,
            strong=strong,
            rows=[row for row, _ in places],
            samples=list(dict.fromkeys(sample for _, sample in places))[:SHOWN_SAMPLES],
            note=self.detector.grade_note if strong < count else "",
            mark=sealed_mark(mark, self._key) if self._key else "",
        )

    def _found(self) -> Iterator[tuple[Kind, int, _Seen]]:
        """What was seen, with its number of cells: in proportion where the validator judged for some only."""
        for kind, seen in self.seen.items():
            yield kind, seen.count, seen
        for kind, seen in self.seen_whole.items():
            tried, graded = self.whole[kind[0][0][0]]
            yield kind, seen.count * tried // graded, seen

    def _tried_and_passed(self, place: int) -> tuple[int, int]:
        tried, graded = self.whole.get(place, (0, 1))
        whole = sum(seen.count for kind, seen in self.seen_whole.items() if kind[0][0][0] == place)
        return self.tried.get(place, 0) + tried, self.passed.get(place, 0) + whole * tried // graded

    def _strength(self, place: int, strength: float, cells: Cells, type_: str) -> float:
        """What a match of that pattern is worth in this column; 0 when it does not count."""
        pattern = self.detector.patterns[place]
        if not searched(self.detector, pattern, type_, cells.name) or (
            pattern.prose_only and not cells.prose
        ):
            return 0.0
        tried, passed = self._tried_and_passed(place)
        if pattern.bare and not cells.prose and passed > EXCEPTIONAL * cells.filled:
            return 0.0
        chance = self.detector.grade is not None and tried >= _CHANCE_MATTERS
        return _BY_CHANCE if chance and passed <= self.detector.by_chance * tried else strength
