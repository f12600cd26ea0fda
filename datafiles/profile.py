"""What is known of a table without showing it: counts and shapes, no values."""

from __future__ import annotations

from typing import Any

import polars as pl

from datafiles.table import Column, Table


def profile(table: Table) -> dict[str, Any]:
    """Rows, columns, and per column: type, how full, how many distinct, how long, constant, unique."""
    return {
        "rows": table.rows,
        "columns": [_column(table.frame.get_column(column.name), column) for column in table.columns],
        "inconsistencies": [
            {
                "column": one.column,
                "type": one.type,
                "share": one.share,
                "misfits": one.misfits,
                "rows": one.rows,
            }
            for one in table.inconsistencies()
        ],
        "empty_rows": _empty_rows(table.frame),
        # By 64-bit hashes: at 10 million rows, one chance in 400,000 to count a row too many.
        "duplicate_rows": table.rows - table.frame.hash_rows().n_unique() if table.rows else 0,
    }


def _column(series: pl.Series, column: Column) -> dict[str, Any]:
    nulls = series.null_count()
    filled = len(series) - nulls
    lengths = series.str.len_chars()
    distinct = series.drop_nulls().hash().n_unique() if filled else 0
    return {
        "name": column.name,
        "type": column.type,
        "form": column.form,
        "nulls": nulls,
        "filled": filled,
        "filled_share": round(filled / len(series), 6) if len(series) else 0.0,
        "distinct": distinct,
        "min_length": lengths.min() or 0,
        "max_length": lengths.max() or 0,
        "constant": distinct == 1 and nulls == 0,
        "unique": filled > 0 and distinct == filled,
    }


def _empty_rows(frame: pl.DataFrame) -> int:
    return frame.select(pl.all_horizontal(pl.all().is_null()).sum()).item() if frame.width else 0
