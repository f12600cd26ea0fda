"""The cells of one column, each distinct value once where values repeat, and what the patterns find in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from privacy.evidence import NULL_MARKERS, STRONG, Detector, Pattern
from privacy.masking import mask

SHOWN_ROWS = 5
SHOWN_SAMPLES = 3
_PROBED = 20_000
_PROSE_WORDS = 4.0
_PROSE_LENGTH = 40
# Punctuation that ends a sentence or a bracket around a match, not a part of it.
_ENDS = ".,;:!?()[]{}<>\"'“”‘’-_"
# A bare number counts outside prose when no more than this share of the column is written so.
_EXCEPTIONAL = 0.05
_CHANCE_MATTERS = 20
# Spelled for `contains`: what every pattern that is searched in text has in it, cheap to look for.
_WORTH_A_LOOK = r"@|[0-9]{4}|[0-9]\.[0-9]|:[0-9A-Fa-f]*:|(?i:born|birth|dob|d\.o\.b)"


@dataclass(frozen=True, slots=True)
class Cells:
    """Values (`v`) with how often each occurs (`n`), null markers left out. `series` is the whole column."""

    series: pl.Series
    frame: pl.DataFrame
    filled: int
    distinct: int
    prose: bool

    @classmethod
    def of(cls, series: pl.Series, type_: str, *, named_prose: bool) -> Cells:
        """Read a column. Values are prose when they are sentences, or words under a name such as “remarks”."""
        values = series.rename("v")
        if _repeats(values):
            frame = values.drop_nulls().value_counts(name="n")
        else:
            frame = values.drop_nulls().to_frame().with_columns(n=pl.lit(1, dtype=pl.UInt32))
        if type_ == "text":
            marker = pl.col("v").str.strip_chars().str.to_lowercase().is_in(list(NULL_MARKERS))
            short = frame.filter(pl.col("v").str.len_bytes() <= 16)
            if short.select(marker.any()).item():
                frame = frame.filter(~((pl.col("v").str.len_bytes() <= 16) & marker))
        distinct = frame.height if frame.height < len(series) else frame.get_column("v").hash().n_unique()
        filled = int(frame.get_column("n").sum())
        prose = type_ == "text" and _is_prose(frame, distinct, filled, named_prose=named_prose)
        return cls(series, frame, filled, distinct, prose)

    def count(self, members: pl.Series) -> int:
        """How many cells hold the values for which `members` is true."""
        return int(self.frame.get_column("n").filter(members.fill_null(value=False)).sum())

    def share(self, members: pl.Series) -> float:
        return self.count(members) / self.filled if self.filled else 0.0

    def first_rows(self, values: pl.Series) -> list[int]:
        """The first rows (from 1) that hold one of `values`."""
        found: list[int] = []
        wanted = values.unique().implode()
        for start in range(0, len(self.series), 50_000):
            piece = self.series.slice(start, 50_000)
            places = piece.to_frame("v").select(pl.col("v").is_in(wanted).fill_null(value=False).arg_true())
            found += [start + place + 1 for place in places.to_series().head(SHOWN_ROWS - len(found))]
            if len(found) >= SHOWN_ROWS:
                break
        return found


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
    """Search every cell with the patterns of `detectors`: one union first, single patterns on what it leaves."""
    patterns = [(one, pattern) for one in detectors for pattern in _usable(one, type_, prose=cells.prose)]
    if not patterns or not cells.filled:
        return []
    frame = cells.frame
    if type_ == "text":
        look = _WORTH_A_LOOK if not cells.prose else rf"{_WORTH_A_LOOK}|[0-9] [A-Za-z]|[A-Z][a-z’'-]+ [A-Z]"
        frame = frame.filter(pl.col("v").str.contains(look))
    frame = frame.filter(pl.col("v").str.contains(_union(tuple(pattern.core for _, pattern in patterns))))
    if frame.is_empty():
        return []
    found = []
    for one in detectors:
        mine = [_matches(frame, one, pattern, cells) for owner, pattern in patterns if owner is one]
        parts = [part for part in mine if part is not None]
        if parts:
            found.append(_hits(cells, one, pl.concat(parts)))
    return found


def pattern_matches(cells: Cells, detector: Detector, type_: str) -> list[pl.DataFrame]:
    """The matches (`v`, `n`, `m`, `s`) of each pattern of one detector."""
    parts = [_matches(cells.frame, detector, one, cells) for one in _usable(detector, type_, prose=cells.prose)]
    return [part for part in parts if part is not None]


def summary(cells: Cells, detector: Detector, members: pl.Series) -> Hits:
    """Whole values that are the entity (a name, a ZIP code), as hits."""
    values = cells.frame.filter(members.fill_null(value=False)).select("v", "n", m=pl.col("v"), s=pl.lit(1.0))
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
    if cut.is_empty():
        return None
    grades = detector.grade(cut.get_column("m")) if detector.grade else pl.Series([1.0]).new_from_index(0, cut.height)
    graded = cut.with_columns(s=grades * pattern.strength)
    passed = graded.filter(pl.col("s") > 0)
    if passed.is_empty():
        return None
    if pattern.bare and not cells.prose and passed.get_column("n").sum() > _EXCEPTIONAL * cells.filled:
        return None
    by_chance = cut.height >= _CHANCE_MATTERS and passed.height <= detector.by_chance * cut.height
    if by_chance:
        passed = passed.with_columns(s=pl.lit(0.2))
    return passed.select("v", "n", "m", pl.col("s").cast(pl.Float64))


def _hits(cells: Cells, detector: Detector, matches: pl.DataFrame) -> Hits:
    best = matches.group_by("v").agg(pl.col("n").first(), pl.col("s").max())
    repeated = cells.frame.height == cells.distinct
    per_cell = best if repeated else matches.group_by("v").agg(n=pl.lit(0), s=pl.col("s").max())
    if not repeated:
        counted = cells.frame.join(per_cell.select("v", "s"), on="v", how="inner")
        count = counted.height
        strong = counted.filter(pl.col("s") >= STRONG).height
    else:
        count = int(best.get_column("n").sum())
        strong = int(best.filter(pl.col("s") >= STRONG).get_column("n").sum())
    strength = float(matches.get_column("s").max() or 0.0)  # type: ignore[arg-type]
    rows = cells.first_rows(matches.get_column("v"))
    shown = cells.series.gather([row - 1 for row in rows]) if rows else pl.Series([], dtype=pl.String)
    match_of = dict(matches.filter(pl.col("v").is_in(shown.implode())).sort("s").select("v", "m").iter_rows())
    samples = list(dict.fromkeys(mask(match_of[value], detector.entity) for value in shown))[:SHOWN_SAMPLES]
    note = detector.grade_note if 0 < strong < count or strength < STRONG else ""
    return Hits(detector, count, count / cells.filled, strength, strong, rows, samples, note)


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
