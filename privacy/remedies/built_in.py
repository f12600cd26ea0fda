"""The built-in hierarchies: age, date, ZIP code, income, Census geography, any numbers, any category.

Each level is a function of the one below it, so a value can only become coarser (tests hold this).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import polars as pl

from privacy.remedies.ages import age_bands
from privacy.remedies.dates import PARTS, date_parts
from privacy.remedies.generalise_zip import zip_prefix
from privacy.remedies.hierarchy import ANY, Hierarchy, Rule
from privacy.remedies.numbers import number_text, numbers_in

Step = Callable[[pl.Series], pl.Series]

_NUMBERS = "numbers:"
_BORDER = 1e-9


def _any(values: pl.Series) -> pl.Series:
    return (
        pl.Series(values.name, [ANY], dtype=pl.String)
        .new_from_index(0, len(values))
        .set(values.is_null(), None)
    )


def _zip(digits: int) -> Step:
    return lambda values: zip_prefix(values, digits)


def _ages(width: int) -> Step:
    return lambda values: age_bands(values, width=width, top=90)


def _dates(part: str) -> Step:
    """A date of which less is clear ("1961") stays what it is until the others are as coarse."""
    coarser = PARTS[PARTS.index(part) :]

    def step(values: pl.Series) -> pl.Series:
        return pl.select(pl.coalesce(date_parts(values, one) for one in coarser)).to_series()

    return step


def numeric_bands(
    values: pl.Series, width: float, *, multiple: int = 1, top: float | None = None
) -> pl.Series:
    """Each number as the band it lies in: "20-29" for whole widths, "0.5 to under 1" for others.

    A band is `multiple` times `width` wide; multiples are counted in whole widths, so that wider bands hold
    narrower ones exactly. A number of `top` or more becomes "100 or more"; what is no number is emptied.
    """
    number = numbers_in(values)
    # A number on the border belongs to the band above it, whatever floats make of the division.
    start = ((number / width + _BORDER).floor() // multiple) * (multiple * width)
    wide = multiple * width
    if float(width).is_integer():
        low, high = start.cast(pl.Int64, strict=False), (start + wide - 1).cast(pl.Int64, strict=False)
        named = (
            pl.when(low < 0).then(pl.format("{} to {}", low, high)).otherwise(pl.format("{}-{}", low, high))
        )
        band = named if wide > 1 else low.cast(pl.String)
    else:
        places = max(0, -math.floor(math.log10(width)) + 2)
        band = pl.format("{} to under {}", start.round(places), (start + wide).round(places))
    if top is not None:
        band = pl.when(number >= top).then(pl.lit(f"{number_text(top)} or more")).otherwise(band)
    return pl.select(pl.when(number.is_not_null()).then(band)).to_series().alias(values.name)


def _income(width: int) -> Step:
    return lambda values: numeric_bands(values, width, top=200_000)


# GEOIDs of the Census Bureau: state 2 digits, county 3, tract 6, block 4 (its first is the block group).
_GEOIDS = {15: "block", 12: "block group", 11: "tract", 5: "county", 2: "state"}


def geography_prefix(values: pl.Series, digits: int) -> pl.Series:
    """A GEOID cut to its first `digits`; one that is coarser already stays. What is no GEOID is emptied."""
    text = values.str.strip_chars().str.extract(r"^([0-9]{1,15})$", 1)
    # A spreadsheet may have taken the leading zero of the states 01 to 09.
    short = text.str.len_chars().is_in([length - 1 for length in _GEOIDS if length not in (12,)])
    full = pl.select(pl.when(short).then(pl.lit("0") + text).otherwise(text)).to_series()
    known = full.str.len_chars().is_in(list(_GEOIDS))
    return pl.select(pl.when(known).then(full.str.slice(0, digits))).to_series().alias(values.name)


def _geography(digits: int) -> Step:
    return lambda values: geography_prefix(values, digits)


def _rule(name: str, label: str, *levels: tuple[str, Step]) -> Rule:
    steps = (*levels, ("nothing left", _any))
    return Rule(name, label, ("as it is", *(words for words, _ in steps)), tuple(step for _, step in steps))


BUILT_IN: Mapping[str, Hierarchy] = {
    rule.name: rule
    for rule in (
        _rule(
            "age",
            "Age in years",
            ("single years, 90 and over together", _ages(1)),
            ("bands of 5 years", _ages(5)),
            ("bands of 10 years", _ages(10)),
            ("bands of 30 years", _ages(30)),
        ),
        _rule(
            "date",
            "Date",
            ("month", _dates("month")),
            ("quarter", _dates("quarter")),
            ("year", _dates("year")),
            ("decade", _dates("decade")),
        ),
        _rule(
            "zip",
            "ZIP code",
            ("first three digits (HIPAA rule)", _zip(3)),
            ("first two digits", _zip(2)),
            ("first digit", _zip(1)),
        ),
        _rule(
            "income",
            "Income in dollars",
            ("bands of 10,000", _income(10_000)),
            ("bands of 50,000", _income(50_000)),
            ("bands of 100,000", _income(100_000)),
        ),
        _rule(
            "geography",
            "Census geography (GEOID)",
            ("block group", _geography(12)),
            ("tract", _geography(11)),
            ("county", _geography(5)),
            ("state", _geography(2)),
        ),
        _rule("category", "Category"),
    )
}


@lru_cache(maxsize=64)
def numbers_by(width: float) -> Rule:
    """Bands of `width`, then wider ones, for any column of numbers; named "numbers:WIDTH"."""
    multiples = [1]
    for factor in (2, 5, 2, 5):
        multiples.append(multiples[-1] * factor)
    levels = [(f"bands of {number_text(one * width)}", _number_step(width, one)) for one in multiples]
    return _rule(f"{_NUMBERS}{width:g}", f"Numbers in bands of {number_text(width)}", *levels)


def _number_step(width: float, multiple: int) -> Step:
    return lambda values: numeric_bands(values, width, multiple=multiple)


def hierarchy_named(name: str, uploaded: Mapping[str, Hierarchy]) -> Hierarchy:
    """The hierarchy that a recipe names. Raises LookupError."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    width = number_width(name)
    if width is not None:
        return numbers_by(width)
    if name in uploaded:
        return uploaded[name]
    raise LookupError(f"There is no hierarchy {name!r}.")


def number_width(name: str) -> float | None:
    """The width in "numbers:WIDTH"; None when the name is of another kind."""
    if not name.startswith(_NUMBERS):
        return None
    try:
        width = float(name.removeprefix(_NUMBERS))
    except ValueError:
        return None
    return width if 0 < width < 1e12 else None
