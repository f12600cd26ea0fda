"""The values that a column is judged by, and what was found in it. Plain Python over polars; no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from privacy.evidence import NULL_MARKERS, Detector
from privacy.marks import mark_of, sealed_mark
from privacy.masking import mask

SHOWN_ROWS = 5
SHOWN_SAMPLES = 3
# What a column is like (sentences? repeating values?) is told from this many values at its beginning.
HEAD = 20_000
_PROSE_WORDS = 4.0
_PROSE_LENGTH = 40
# polars keeps strings of so many bytes beside their lengths, longer ones in memory that a whole block shares.
_INLINE = 12
LONGEST_MARKER = max(len(marker) for marker in NULL_MARKERS)
MARKER = rf"(?i)^\s*(?:{'|'.join(re.escape(marker) for marker in NULL_MARKERS)})\s*$"


@dataclass(frozen=True, slots=True)
class Cells:
    """Values (`v`) with how many cells hold each (`n`), null markers left out.

    Of a column whose values repeat these are all its distinct values, with the first rows of each (`rows`);
    of another one all its cells, or, when it is long, those of every `stride`-th row, by their row (`at`).
    `length` counts the rows of the column, `filled` its cells that hold a value. With a `key` what is found among
    them is marked; `mark` is that of all of them, of a text that somebody must read.
    """

    name: str
    frame: pl.DataFrame
    length: int
    filled: int
    distinct: int
    prose: bool
    stride: int = 1
    key: bytes = b""
    mark: str = ""

    @classmethod
    def of(cls, series: pl.Series, type_: str, *, named_prose: bool) -> Cells:
        """Every distinct value of a column. Values are prose when they are sentences, or words under a name
        such as “remarks”."""
        values = without_markers(rows_of(series, 0))
        prose = type_ == "text" and is_prose(values.head(HEAD), named_prose=named_prose)
        frame = distinct_of(values)
        return cls(series.name, frame, len(series), values.height, frame.height, prose)

    def count(self, members: pl.Series) -> int:
        """How many cells hold the values for which `members` is true; in proportion where not all are here."""
        held = int(self.frame.get_column("n").filter(members.fill_null(value=False)).sum())
        return held if self.stride == 1 else round(held * self.filled / max(1, self.frame.height))

    def share(self, members: pl.Series) -> float:
        return self.count(members) / self.filled if self.filled else 0.0


@dataclass(frozen=True, slots=True)
class Hits:
    """What one detector found: how many cells, how strong at best, where first, and masked samples.

    `mark` names what was found without telling it (privacy.marks); empty where no key was given. `besides` has, for
    each shape that the detector may take for something else, what was found in cells of no such shape.
    """

    detector: Detector
    count: int
    share: float
    strength: float
    strong: int
    rows: list[int]
    samples: list[str]
    note: str
    mark: str = ""
    besides: tuple[Hits | None, ...] = ()


def summary(cells: Cells, detector: Detector, members: pl.Series) -> Hits:
    """Whole values that are the entity (a name, a ZIP code), as hits."""
    found = cells.frame.filter(members.fill_null(value=False))
    count = cells.count(members)
    places = first_places(found.with_columns(m=pl.col("v")))
    samples = [mask(value, detector.entity) for _, value in places]
    note = "" if cells.stride == 1 else f"counted on every {cells.stride}th row"
    mark = mark_of(found.get_column("v"), found.get_column("n"), cells.key) if cells.key else None
    return Hits(
        detector=detector,
        count=count,
        share=count / cells.filled if cells.filled else 0.0,
        strength=1.0 if count else 0.0,
        strong=count,
        rows=[row for row, _ in places],
        samples=list(dict.fromkeys(samples))[:SHOWN_SAMPLES],
        note=note,
        mark=sealed_mark(mark, cells.key) if mark else "",
    )


def first_places(found: pl.DataFrame) -> list[tuple[int, str]]:
    """The first rows (from 1) that hold something found, with what was matched there (`m`)."""
    if "rows" in found.columns:
        spread = found.select("m", pl.col("rows")).explode("rows").rename({"rows": "at"})
    else:
        spread = found.select("m", "at")
    first = spread.bottom_k(SHOWN_ROWS * SHOWN_ROWS, by="at").sort("at", maintain_order=True)
    first = first.unique("at", keep="first", maintain_order=True).head(SHOWN_ROWS)
    return [(int(at) + 1, match) for at, match in first.select("at", "m").iter_rows()]


def true_share(members: pl.Series) -> float:
    """The share of values that are true; null is not."""
    return int(members.sum()) / len(members) if len(members) else 0.0


def rows_of(series: pl.Series, start: int) -> pl.DataFrame:
    """The filled cells of a column (`v`) with their rows (`at`), counted from `start`."""
    frame = series.rename("v").to_frame().with_row_index("at", offset=start)
    return frame.drop_nulls("v") if series.null_count() else frame


def distinct_of(values: pl.DataFrame) -> pl.DataFrame:
    """Each distinct value once: in how many cells (`n`), its first row (`at`) and its first rows (`rows`)."""
    return values.group_by("v", maintain_order=True).agg(
        n=pl.len(), at=pl.col("at").first(), rows=pl.col("at").head(SHOWN_ROWS)
    )


def is_inline(values: pl.Series) -> bool:
    """Whether values hold on to no memory that they share with others."""
    return int(values.str.len_bytes().max() or 0) <= _INLINE  # type: ignore[arg-type]


def owned(frame: pl.DataFrame) -> pl.DataFrame:
    """The same values, written anew: a part of a block would keep the memory that the values of the block share."""
    return frame.with_columns(v=pl.concat_str("v", pl.lit("")))


def without_markers(frame: pl.DataFrame) -> pl.DataFrame:
    """Without what people write where a value is missing."""
    lengths = frame.get_column("v").str.len_bytes()
    if not (lengths <= LONGEST_MARKER).any():
        return frame
    marked = frame.get_column("v").str.contains(MARKER) & (lengths <= LONGEST_MARKER)
    return frame.filter(~marked) if marked.any() else frame


def repeats(values: pl.Series) -> bool:
    """Whether a look at distinct values is cheaper than one at all."""
    return values.n_unique() * 2 < len(values)


def is_prose(head: pl.DataFrame, *, named_prose: bool) -> bool:
    """Whether the first values of a column are sentences."""
    if head.is_empty():
        return named_prose
    values = head.get_column("v").unique()
    sample = values.to_frame().select(
        words=(pl.col("v").str.count_matches(r"\s+") + 1).mean(), length=pl.col("v").str.len_chars().mean()
    )
    words, length = sample.row(0)
    if named_prose and words >= 2:
        return True
    varied = len(values) > 1_000 or len(values) > 0.2 * head.height
    return varied and (words > 6 or (length > _PROSE_LENGTH and words > _PROSE_WORDS))
