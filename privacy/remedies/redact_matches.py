"""Empty the cells in which something was found; the rest of the column stays."""

from __future__ import annotations

from typing import Any

import polars as pl

from privacy.finding import matching_values

LABEL = "Redact the cells that were found"
SAYS = "Each cell in which something was found is emptied; the others stay."


def apply(frame: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """`frame` with every cell of `params["column"]` emptied that holds one of `params["entities"]`."""
    name = params["column"]
    series = frame.get_column(name)
    found = matching_values(series, params["entities"])
    hit = series.is_in(found.implode()).fill_null(value=False)
    return frame.with_columns(pl.when(hit).then(None).otherwise(pl.col(name)).alias(name))
