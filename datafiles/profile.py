"""What is known of a table without showing it: counts and shapes, no values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from datafiles.table import Blocks, Column, Table, inconsistencies_of


def profile(table: Table) -> dict[str, Any]:
    """Rows, columns, and per column: type, how full, how many distinct, how long, constant, unique."""
    return profile_of(table.columns, table.blocks)


def profile_of(columns: tuple[Column, ...], blocks: Blocks) -> dict[str, Any]:
    """The same for a table that comes in blocks. Of its values it holds hashes, those of one column at a time."""
    rows, empty, hashes = 0, 0, []
    for block in blocks([column.name for column in columns]):
        rows += block.height
        empty += _empty_rows(block)
        hashes.append(block.hash_rows())
    return {
        "rows": rows,
        "columns": [
            _column(column, (block.to_series() for block in blocks([column.name]))) for column in columns
        ],
        "inconsistencies": [
            {
                "column": one.column,
                "type": one.type,
                "share": one.share,
                "misfits": one.misfits,
                "rows": one.rows,
            }
            for one in inconsistencies_of(columns, blocks)
        ],
        "empty_rows": empty,
        # By 64-bit hashes: at 10 million rows, one chance in 400,000 to count a row too many.
        "duplicate_rows": rows - pl.concat(hashes).n_unique() if rows else 0,
    }


def _column(column: Column, parts: Iterable[pl.Series]) -> dict[str, Any]:
    rows, nulls, shortest, longest, hashes = 0, 0, [], [], []
    for part in parts:
        rows += len(part)
        nulls += part.null_count()
        lengths = part.str.len_chars()
        shortest.append(lengths.min())
        longest.append(lengths.max())
        hashes.append(part.drop_nulls().hash())
    filled = rows - nulls
    distinct = pl.concat(hashes).n_unique() if filled else 0
    return {
        "name": column.name,
        "type": column.type,
        "form": column.form,
        "nulls": nulls,
        "filled": filled,
        "filled_share": round(filled / rows, 6) if rows else 0.0,
        "distinct": distinct,
        "min_length": pl.Series(shortest, dtype=pl.UInt32).min() or 0,
        "max_length": pl.Series(longest, dtype=pl.UInt32).max() or 0,
        "constant": distinct == 1 and nulls == 0,
        "unique": filled > 0 and distinct == filled,
    }


def _empty_rows(frame: pl.DataFrame) -> int:
    return frame.select(pl.all_horizontal(pl.all().is_null()).sum()).item() if frame.width else 0
