"""The cells of one column, each distinct value once where values repeat, and what the patterns find in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from privacy.evidence import (
    NULL_MARKERS,
    STRONG,
    WORTH_A_LOOK,
    WORTH_A_LOOK_IN_PROSE,
    Detector,
    Pattern,
)
from privacy.masking import mask

SHOWN_ROWS = 5
SHOWN_SAMPLES = 3
_PROBED = 20_000
_PROSE_WORDS = 4.0
_PROSE_LENGTH = 40
# Glue that may end a sentence beside a match: not a part of it.
_ENDS = ".-_"
# A bare number counts outside prose when no more than this share of the column is written so.
_EXCEPTIONAL = 0.05
_CHANCE_MATTERS = 20
_BY_CHANCE = 0.2
_SHORTEST_CARD = 13
_LONGEST_MARKER = max(len(marker) for marker in NULL_MARKERS)
# Whole columns of an entity are told from a sample of this many values, when this share of it matches.
_SAMPLED = 2_000
_MANY = 0.2
_STRIDE = 50_000


@dataclass(frozen=True, slots=True)
class Cells:
    """Values (`v`) with how often each occurs (`n`), null markers left out. `series` is the whole column.

    `at` numbers the rows of `frame`; with `by_row` it is the position in the column.
    """

    series: pl.Series
    frame: pl.DataFrame
    by_row: bool
    filled: int
    distinct: int
    prose: bool

    @classmethod
    def of(cls, series: pl.Series, type_: str, *, named_prose: bool) -> Cells:
        """Read a column. Values are prose when they are sentences, or words under a name such as “remarks”."""
        values = series.rename("v")
        by_row = not _repeats(values)
        if by_row:
            frame = (
                values.to_frame().with_row_index("at").drop_nulls("v").with_columns(n=pl.lit(1, pl.UInt32))
            )
        else:
            frame = values.drop_nulls().value_counts(name="n").with_row_index("at")
        if type_ == "text":
            frame = _without_markers(frame)
        distinct = frame.get_column("v").hash().n_unique() if by_row else frame.height
        filled = int(frame.get_column("n").sum())
        prose = type_ == "text" and _is_prose(frame, distinct, filled, named_prose=named_prose)
        return cls(series, frame, by_row, filled, distinct, prose)

    def count(self, members: pl.Series) -> int:
        """How many cells hold the values for which `members` is true."""
        return int(self.frame.get_column("n").filter(members.fill_null(value=False)).sum())

    def share(self, members: pl.Series) -> float:
        return self.count(members) / self.filled if self.filled else 0.0

    def first_rows(self, found: pl.DataFrame) -> list[int]:
        """The first rows (from 1) that hold one of the values found (`at`, `v`)."""
        if self.by_row:
            return [at + 1 for at in found.get_column("at").unique().sort().head(SHOWN_ROWS)]
        rows: list[int] = []
        wanted = found.get_column("v").unique().implode()
        for start in range(0, len(self.series), _STRIDE):
            piece = self.series.slice(start, _STRIDE).to_frame("v")
            places = piece.select(pl.col("v").is_in(wanted).fill_null(value=False).arg_true()).to_series()
            rows += [start + place + 1 for place in places.head(SHOWN_ROWS - len(rows))]
            if len(rows) >= SHOWN_ROWS:
                break
        return rows


@dataclass(frozen=True, slots=True)
class Hits:
    """What one detector found: how many cells, how strong at best, where first, and masked samples."""

    detector: Detector
    count: int
    share: float
    strength: float
    strong: int
    rows: list[int]
    samples: list[str]
    note: str


def find(cells: Cells, detectors: list[Detector], type_: str) -> list[Hits]:
    """Search every cell with the patterns of `detectors`.

    Values that are the entity as a whole are taken out first, where a sample says there are many; of the rest,
    one union of all patterns finds the few that single patterns then look at.
    """
    patterns = [(one, pattern) for one in detectors for pattern in _usable(one, type_, prose=cells.prose)]
    if not patterns or not cells.filled or not _long_enough(cells, type_):
        return []
    found: dict[str, list[pl.DataFrame]] = {one.name: [] for one in detectors}
    frame = _take_whole(cells, patterns, found)
    if type_ == "text":
        look = WORTH_A_LOOK_IN_PROSE if cells.prose else WORTH_A_LOOK
        frame = frame.filter(pl.col("v").str.contains(look))
    frame = frame.filter(pl.col("v").str.contains(_union(tuple(pattern.core for _, pattern in patterns))))
    if not frame.is_empty():
        for one, pattern in patterns:
            part = _matches(frame, one, pattern, cells)
            if part is not None:
                found[one.name].append(part)
    return [_hits(cells, one, pl.concat(found[one.name])) for one in detectors if found[one.name]]


def pattern_matches(cells: Cells, detector: Detector, type_: str) -> list[pl.DataFrame]:
    """The matches (`v`, `n`, `m`, `s`) of each pattern of one detector."""
    parts = [
        _matches(cells.frame, detector, one, cells) for one in _usable(detector, type_, prose=cells.prose)
    ]
    return [part for part in parts if part is not None]


def summary(cells: Cells, detector: Detector, members: pl.Series) -> Hits:
    """Whole values that are the entity (a name, a ZIP code), as hits."""
    values = cells.frame.filter(members.fill_null(value=False)).with_columns(m=pl.col("v"), s=pl.lit(1.0))
    return _hits(cells, detector, values)


def _usable(detector: Detector, type_: str, *, prose: bool) -> list[Pattern]:
    if type_ not in detector.types or type_ in ("decimal", "date", "datetime"):
        return []
    return [
        pattern
        for pattern in detector.patterns
        if (prose or not pattern.prose_only) and not (pattern.bare and type_ == "integer")
    ]


@lru_cache(maxsize=64)
def _union(cores: tuple[str, ...]) -> str:
    return "|".join(f"(?:{core})" for core in cores)


def true_share(members: pl.Series) -> float:
    """The share of values that are true; null is not."""
    return int(members.sum()) / len(members) if len(members) else 0.0


def _long_enough(cells: Cells, type_: str) -> bool:
    """Whole numbers are only searched for the long ones that cards have."""
    if type_ != "integer":
        return True
    return int(cells.frame.get_column("v").str.len_bytes().max() or 0) >= _SHORTEST_CARD  # type: ignore[arg-type]


def _take_whole(
    cells: Cells, patterns: list[tuple[Detector, Pattern]], found: dict[str, list[pl.DataFrame]]
) -> pl.DataFrame:
    """Move the values that one pattern matches from end to end into `found`; returns the others."""
    frame = cells.frame
    union = rf"^(?:{_union(tuple(pattern.core for _, pattern in patterns))})$"
    if cells.prose or true_share(frame.head(_SAMPLED).get_column("v").str.contains(union)) < _MANY:
        return frame
    for one, pattern in patterns:
        whole = rf"^(?:{pattern.core})$"
        if pattern.bare or true_share(frame.head(_SAMPLED).get_column("v").str.contains(whole)) < _MANY:
            continue
        fits = frame.get_column("v").str.contains(whole)
        part = _graded(frame.filter(fits).with_columns(m=pl.col("v")), one, pattern)
        if part is not None:
            found[one.name].append(part)
            frame = frame.filter(~fits)
    return frame


def _matches(frame: pl.DataFrame, detector: Detector, pattern: Pattern, cells: Cells) -> pl.DataFrame | None:
    """Each match of one pattern: value, how often, the match, its strength. None for no match."""
    cut = (
        frame.filter(pl.col("v").str.contains(pattern.core))
        .with_columns(m=pl.col("v").str.extract_all(pattern.token))
        .explode("m")
        .drop_nulls("m")
    )
    if pattern.glue:
        cut = cut.with_columns(m=pl.col("m").str.strip_chars(_ENDS))
        cut = cut.filter(pl.col("m").str.contains(rf"^[+(]?(?:{pattern.core})$"))
    passed = _graded(cut, detector, pattern) if not cut.is_empty() else None
    if passed is None:
        return None
    if pattern.bare and not cells.prose and passed.get_column("n").sum() > _EXCEPTIONAL * cells.filled:
        return None
    return passed


def _graded(cut: pl.DataFrame, detector: Detector, pattern: Pattern) -> pl.DataFrame | None:
    """Matches with their strength (`s`), without the impossible ones. None when all are."""
    if detector.grade is None:
        return cut.with_columns(s=pl.lit(pattern.strength))
    graded = cut.with_columns(s=detector.grade(cut.get_column("m")) * pattern.strength)
    passed = graded.filter(pl.col("s") > 0)
    if passed.is_empty():
        return None
    if cut.height >= _CHANCE_MATTERS and passed.height <= detector.by_chance * cut.height:
        return passed.with_columns(s=pl.lit(_BY_CHANCE))
    return passed


def _hits(cells: Cells, detector: Detector, matches: pl.DataFrame) -> Hits:
    best = matches.group_by("at").agg(pl.col("n").first(), pl.col("s").max())
    count = int(best.get_column("n").sum())
    strong = int(best.filter(pl.col("s") >= STRONG).get_column("n").sum())
    strength = float(best.get_column("s").max() or 0.0)  # type: ignore[arg-type]
    rows = cells.first_rows(matches)
    samples = _samples(cells, matches, rows, detector.entity)
    note = detector.grade_note if strong < count else ""
    return Hits(detector, count, count / cells.filled, strength, strong, rows, samples, note)


def _samples(cells: Cells, matches: pl.DataFrame, rows: list[int], entity: str) -> list[str]:
    """What was matched in the first rows, masked."""
    shown = cells.series.gather([row - 1 for row in rows])
    of_rows = matches.filter(pl.col("v").is_in(shown.implode())).sort("s", maintain_order=True)
    match_of = dict(of_rows.select("v", "m").iter_rows())
    return list(dict.fromkeys(mask(match_of[value], entity) for value in shown))[:SHOWN_SAMPLES]


def _without_markers(frame: pl.DataFrame) -> pl.DataFrame:
    """Without what people write where a value is missing."""
    short = pl.col("v").str.len_bytes() <= _LONGEST_MARKER
    few = frame.filter(short)
    marked = few.filter(pl.col("v").str.strip_chars().str.to_lowercase().is_in(NULL_MARKERS))
    return (
        frame if marked.is_empty() else frame.filter(~pl.col("at").is_in(marked.get_column("at").implode()))
    )


def _repeats(values: pl.Series) -> bool:
    head = values.head(_PROBED)
    return head.n_unique() * 2 < len(head)


def _is_prose(frame: pl.DataFrame, distinct: int, filled: int, *, named_prose: bool) -> bool:
    if not filled:
        return named_prose
    sample = frame.head(_PROBED).select(
        words=(pl.col("v").str.count_matches(r"\s+") + 1).mean(), length=pl.col("v").str.len_chars().mean()
    )
    words, length = sample.row(0)
    if named_prose and words >= 2:
        return True
    varied = distinct > 1_000 or distinct > 0.2 * filled
    return varied and (words > 6 or (length > _PROSE_LENGTH and words > _PROSE_WORDS))
