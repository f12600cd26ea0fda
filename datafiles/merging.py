"""The whole table after a refresh whose file holds only what is new: published rows and new ones in one copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from datafiles import inference
from datafiles.table import Column, count_rows, read_blocks, read_columns, write_columnar_parts


class MergeError(Exception):
    """The two tables cannot be put together. The text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows were new, replaced an earlier one, or were there already as they are; and missing columns."""

    new_rows: int
    changed_rows: int
    repeated_rows: int
    missing: list[str]


def merge(before: Path, now: Path, out: Path, *, key: str = "") -> Merged:
    """Write the table that holds both to `out`. With `key` (a column), rows of `now` take the place of their own.

    Columns come in the order of `now`, then those that only `before` has. Raises MergeError where the key is not
    in both, or names two rows of the new file.
    """
    old, new = read_columns(before), read_columns(now)
    names = [*(column.name for column in new), *_missing(old, new)]
    kept, added = pl.scan_parquet(before, use_statistics=False), pl.scan_parquet(now, use_statistics=False)
    repeated, changed = _repeated(before, now, [one.name for one in old if one.name in set(names)]), 0
    rows_before = count_rows(before)
    if key:
        _check_key(old, new, now, key)
        kept = kept.join(added.select(key), on=key, how="anti")
        changed = rows_before - int(kept.select(pl.len()).collect().item())
    rows = pl.concat([kept, added], how="diagonal").select(names)
    write_columnar_parts(_columns(old, new, names, rows if key else None), rows, out)
    total = count_rows(now)
    return Merged(total - changed, changed, repeated, _missing(old, new))


def _missing(old: Sequence[Column], new: Sequence[Column]) -> list[str]:
    known = {column.name for column in new}
    return [column.name for column in old if column.name not in known]


def _check_key(old: Sequence[Column], new: Sequence[Column], now: Path, key: str) -> None:
    if not all(key in {column.name for column in columns} for columns in (old, new)):
        raise MergeError(
            f"Rows are told apart by the column “{key}”, which the new file does not have. Upload it with that column."
        )
    values = pl.scan_parquet(now).select(
        pl.len(), pl.col(key).n_unique().alias("distinct"), pl.col(key).null_count().alias("nulls")
    )
    rows, distinct, nulls = values.collect().row(0)
    if nulls or distinct != rows:
        raise MergeError(
            f"The column “{key}” tells rows apart, and in the new file it is empty or the same in some rows. "
            "Mend the file and upload it again."
        )


def _repeated(before: Path, now: Path, shared: list[str]) -> int:
    """Rows of the new file that are public already, as they are."""
    names = [name for name in shared if name in {column.name for column in read_columns(now)}]
    if not names:
        return 0
    known = pl.concat([block.hash_rows() for block in read_blocks(before, names)] or [_NOTHING])
    return sum(int(block.hash_rows().is_in(known.implode()).sum()) for block in read_blocks(now, names))


_NOTHING = pl.Series(dtype=pl.UInt64)


def _columns(
    old: Sequence[Column], new: Sequence[Column], names: list[str], rows: pl.LazyFrame | None
) -> list[Column]:
    """The columns with the forms of all their values: added up, or counted anew where rows were replaced."""
    found = []
    ours, theirs = ({column.name: column for column in columns} for columns in (old, new))
    for name in names:
        forms: dict[str, int] = {}
        if rows is None:
            for column in (ours.get(name), theirs.get(name)):
                for form, count in (column.forms if column else {}).items():
                    forms[form] = forms.get(form, 0) + count
        else:
            values = rows.select(pl.col(name).drop_nulls().alias("v")).collect()
            forms = inference.count_forms(values)
        verdict = inference.verdict_of(forms)
        found.append(Column(name, verdict.type, verdict.form, verdict.forms))
    return found
