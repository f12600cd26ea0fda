"""Leave a column out altogether."""

from __future__ import annotations

from typing import Any

import polars as pl

LABEL = "Drop the column"
SAYS = "The column is left out of the copy."


def apply(frame: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """`frame` without the column `params["column"]`."""
    return frame.drop(params["column"])
