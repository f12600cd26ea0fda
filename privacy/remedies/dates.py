"""Dates as people write them, cut to a part of the calendar. Text in, text out; what is not clear is emptied."""

from __future__ import annotations

import polars as pl

PARTS = ("month", "quarter", "year", "decade")
_YEAR = r"(?:^|[^0-9])((?:18|19|20)[0-9]{2})(?:[^0-9]|[01][0-9][0-3][0-9]$|$)"
# Year first, with or without separators; month first, as the United States write it; month by name.
_ISO = r"^\s*((?:18|19|20)[0-9]{2})[-/.]?([01]?[0-9])(?:[-/.]?[0-3]?[0-9])?(?:[T ].*)?\s*$"
_US = r"^\s*([01]?[0-9])[-/.][0-3]?[0-9][-/.]((?:18|19|20)[0-9]{2})(?:[T ].*)?\s*$"
_NAMED = r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def year_of(values: pl.Series) -> pl.Series:
    """The year of each date; null where it is not clear which year is meant ("4/12/61")."""
    return values.str.extract(_YEAR, 1)


def month_of(values: pl.Series) -> pl.Series:
    """The month as a number, null where it is not clear."""
    first = values.str.extract(_ISO, 2)
    us = values.str.extract(_US, 1)
    named = values.str.extract(_NAMED, 1).str.to_lowercase()
    by_name = named.replace_strict(
        list(_MONTHS), [str(number) for number in range(1, 13)], default=None, return_dtype=pl.String
    )
    month = pl.select(pl.coalesce(first, us, by_name)).to_series().cast(pl.Int64, strict=False)
    return month.set(~month.is_between(1, 12), None)


def date_parts(values: pl.Series, part: str) -> pl.Series:
    """`values` cut to `part`: "1961-04", "1961-Q2", "1961" or "1960s"."""
    year = year_of(values)
    if part == "year":
        return year
    if part == "decade":
        return (year.str.slice(0, 3) + "0s").alias(values.name)
    month = month_of(values)
    if part == "quarter":
        return pl.select(pl.format("{}-Q{}", year, (month + 2) // 3)).to_series().alias(values.name)
    text = month.cast(pl.String).str.zfill(2)
    return (year + "-" + text).alias(values.name)
