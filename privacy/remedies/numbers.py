"""Numbers as people write them in tables, and back."""

from __future__ import annotations

import polars as pl


def numbers_in(values: pl.Series) -> pl.Series:
    """Text as numbers: "$1,200.50" is 1200.5; what is no finite number is null."""
    number = values.str.replace_all(r"[$,\s]", "").cast(pl.Float64, strict=False)
    return number.set((number.is_nan() | number.is_infinite()).fill_null(value=False), None)


def number_text(number: float) -> str:
    """ "1,200" or "0.25": no decimals that are not there."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.10f}".rstrip("0")


def text_of_numbers(numbers: pl.Series, *, decimals: int | None = None) -> pl.Series:
    """Numbers as text: whole ones without a point, others with at most `decimals` places."""
    rounded = numbers.round(decimals) if decimals is not None and decimals >= 0 else numbers
    whole = rounded == rounded.floor()
    plain = rounded.cast(pl.String)
    as_whole = rounded.cast(pl.Int64, strict=False).cast(pl.String)
    return pl.select(pl.when(whole & as_whole.is_not_null()).then(as_whole).otherwise(plain)).to_series()
