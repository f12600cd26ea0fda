"""What one detector has found in a column so far, block by block, so that any division gives the same sum."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from privacy.cells import SHOWN_ROWS, SHOWN_SAMPLES, Cells, Hits, first_places
from privacy.evidence import STRONG, Detector
from privacy.masking import mask
from privacy.search import EXCEPTIONAL, Part, searched

# When nearly all matches fail the validator, those that pass do so by chance.
_CHANCE_MATTERS = 20
_BY_CHANCE = 0.2

# The patterns of the detector that match a value, each with its strength there.
Signature = tuple[tuple[int, float], ...]


@dataclass(slots=True)
class _Seen:
    """The cells whose values have one signature: how many, and the first of them, masked."""

    count: int = 0
    places: list[tuple[int, str]] = field(default_factory=list)


class Tally:
    """Counts by signature. Which patterns count in the end is known when the column has been seen whole."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self.tried: dict[int, int] = {}
        self.passed: dict[int, int] = {}
        self.seen: dict[Signature, _Seen] = {}

    def add(self, parts: list[Part]) -> None:
        """Take what the patterns found in one block. Blocks come in the order of the rows."""
        for part in parts:
            passed = int(part.frame.get_column("n").sum())
            self.tried[part.place] = self.tried.get(part.place, 0) + part.tried
            self.passed[part.place] = self.passed.get(part.place, 0) + passed
            if part.whole:
                for key, frame in part.frame.group_by("s", maintain_order=True):
                    self._note(((part.place, round(float(key[0]), 4)),), frame)  # type: ignore[arg-type]
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
            self._note(tuple((int(place), float(strength)) for place, strength in pairs), frame)

    def _note(self, signature: Signature, frame: pl.DataFrame) -> None:
        seen = self.seen.setdefault(signature, _Seen())
        seen.count += int(frame.get_column("n").sum())
        if len(seen.places) < SHOWN_ROWS:
            more = [(row, mask(match, self.detector.entity)) for row, match in first_places(frame)]
            seen.places = (seen.places + more)[:SHOWN_ROWS]

    def hits(self, cells: Cells, type_: str) -> Hits | None:
        """The sum, for a column that proved to be of that type. None when nothing counts."""
        count, strong, best = 0, 0, 0.0
        places: list[tuple[int, str]] = []
        for signature, seen in self.seen.items():
            strength = max((self._strength(place, s, cells, type_) for place, s in signature), default=0.0)
            if strength > 0:
                count += seen.count
                strong += seen.count if strength >= STRONG else 0
                best = max(best, strength)
                places += seen.places
        if not count:
            return None
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
        )

    def _strength(self, place: int, strength: float, cells: Cells, type_: str) -> float:
        """What a match of that pattern is worth in this column; 0 when it does not count."""
        pattern = self.detector.patterns[place]
        passed, tried = self.passed[place], self.tried[place]
        if not searched(self.detector, pattern, type_) or (pattern.prose_only and not cells.prose):
            return 0.0
        if pattern.bare and not cells.prose and passed > EXCEPTIONAL * cells.filled:
            return 0.0
        chance = self.detector.grade is not None and tried >= _CHANCE_MATTERS
        return _BY_CHANCE if chance and passed <= self.detector.by_chance * tried else strength
