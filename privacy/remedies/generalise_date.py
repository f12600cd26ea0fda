"""Dates become years. What has no year of four digits is emptied: it cannot be told which year is meant."""

from __future__ import annotations

from typing import Any

import polars as pl

LABEL = "Keep only the year"
SAYS = "Each date becomes its year; what has no clear year is emptied."

_YEAR = r"(?:^|[^0-9])((?:18|19|20)[0-9]{2})(?:[^0-9]|[01][0-9][0-3][0-9]$|$)"


def apply(frame: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """`frame` with the dates of `params["column"]` cut to the year."""
    name = params["column"]
    return frame.with_columns(pl.col(name).str.extract(_YEAR, 1).alias(name))
