"""What is known of a table without showing it: counts and shapes, no values.

Values (most frequent, smallest, largest) come from profile_values, which is called only with the columns that
the privacy scan has cleared.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from datafiles.table import Column, Table

_TOP = 10


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


def profile_values(table: Table, columns: list[str]) -> dict[str, dict[str, Any]]:
    """Most frequent values, smallest and largest, of the columns named and of no other."""
    typed = table.typed()
    found = {}
    for column in table.columns:
        if column.name not in columns:
            continue
        text, values = table.frame.get_column(column.name).rename("v"), typed.get_column(column.name)
        top = text.drop_nulls().value_counts(name="n").sort(["n", "v"], descending=[True, False])
        found[column.name] = {
            "top": [{"value": value, "count": count} for value, count in top.head(_TOP).iter_rows()],
            "min": _plain(values.min()),
            "max": _plain(values.max()),
        }
    return found


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


def _plain(value: Any) -> Any:
    """As JSON can hold it."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
