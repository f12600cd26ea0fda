"""A table as CSV in which no text is taken for a formula by a spreadsheet (ASVS 1.2.10)."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from datafiles.table import Table

# What makes a spreadsheet take a cell for a formula, full-width forms included.
_FORMULA = "^ *[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_NUMERIC = ("integer", "decimal")


def csv_write(table: Table, path: Path) -> None:
    """Write UTF-8 with a comma; text that could be a formula gets an apostrophe before it, numbers stay."""
    numbers = {column.name for column in table.columns if column.type in _NUMERIC}
    guarded = [
        pl.col(name)
        if name in numbers
        else pl.when(pl.col(name).str.contains(_FORMULA))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in table.names
    ]
    frame = table.frame.select(guarded) if guarded else table.frame
    frame.rename({name: _guard(name) for name in table.names}).write_csv(path)


def _guard(name: str) -> str:
    return f"'{name}" if name.lstrip(" ").startswith(("=", "+", "-", "@")) else name
