"""The risk of a table over the confirmed columns, as a profile that is kept: counts and shares, no values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from datafiles.table import Table
from privacy.models import QuasiIdentifiers
from privacy.remedies.aggregate import COUNT
from privacy.remedies.numbers import numbers_in
from privacy.risk.profile import risk_profile


def risk_measured(
    table: Table,
    quasi: Sequence[str],
    confirmed: QuasiIdentifiers,
    *,
    steps: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The risk profile of `table` over `quasi`; empty without a quasi-identifier.

    `confirmed` names sensitive columns and weights, as far as the table has them, and the program's k. In a
    table of counts (`steps` aggregate) a row stands for as many people as it counts; hidden cells for nobody.
    """
    if not quasi:
        return {}
    if any(step["remedy"] == "aggregate" for step in steps):
        return risk_profile(_people(table.frame, quasi), quasi, threshold=confirmed.k_min).to_dict()
    numeric = {column.name for column in table.columns if column.type in ("integer", "decimal")}
    sensitive = [name for name in confirmed.sensitive if name in table.names]
    try:
        profile = _profile(table, quasi, sensitive, numeric, confirmed)
    except ValueError:
        # Weights that are no numbers above 0 after treatment: the measures that need none are kept.
        profile = _profile(table, quasi, sensitive, numeric, None)
    return profile.to_dict()


def _profile(
    table: Table,
    quasi: Sequence[str],
    sensitive: Sequence[str],
    numeric: set[str],
    confirmed: QuasiIdentifiers | None,
) -> Any:
    weights = confirmed.weights if confirmed and confirmed.weights in table.names else ""
    return risk_profile(
        table.frame,
        quasi,
        sensitive=sensitive,
        ordered=[name for name in sensitive if name in numeric],
        weights=weights or None,
        threshold=confirmed.k_min if confirmed else None,
    )


def _people(frame: pl.DataFrame, quasi: Sequence[str]) -> pl.DataFrame:
    """A row for everybody who is counted in a cell that is shown."""
    counts = numbers_in(frame.get_column(COUNT)).cast(pl.Int64)
    shown = frame.select(quasi).with_columns(counts.alias("\x00n")).drop_nulls("\x00n")
    return shown.select(pl.exclude("\x00n").repeat_by("\x00n")).explode(list(quasi))
