"""Rows become a table of counts and sums, without small cells.

Primary suppression hides what fewer than the smallest count are in; complementary suppression hides as much more
as it takes that no hidden cell follows from the rest (DOMAIN d4, d5). The copy does not tell which is which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from privacy.aggregates.cube import Shape, cubes_of
from privacy.aggregates.rules import Rule
from privacy.aggregates.suppression import suppression_of
from privacy.remedies.base import Context, Param, Params, Remedy, no_column
from privacy.remedies.numbers import numbers_in, text_of_numbers

COUNT = "count"
_HIDDEN = "\x00hidden"


def _reshape(frame: pl.DataFrame, params: Params, _context: Context) -> pl.DataFrame:
    by, sums = list(params["columns"]), list(params.get("sums") or [])
    numbers = frame.with_columns(numbers_in(frame.get_column(name)).alias(name) for name in sums)
    cells = numbers.group_by(by, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias(COUNT), *(pl.col(name).sum().alias(_total(name)) for name in sums)
    )
    cells = cells.sort(by, nulls_last=True, maintain_order=True)
    hidden = hide_cells(cells, by, COUNT, params["fewer_than"])
    shown = cells.with_columns(hidden.alias(_HIDDEN))
    totals = [
        text_of_numbers(shown.get_column(_total(name)), decimals=6).alias(_total(name)) for name in sums
    ]
    shown = shown.with_columns(pl.col(COUNT).cast(pl.String), *totals)
    emptied = [
        pl.when(pl.col(_HIDDEN)).then(None).otherwise(pl.col(name)).alias(name)
        for name in (COUNT, *(_total(name) for name in sums))
    ]
    return shown.with_columns(emptied).drop(_HIDDEN)


def hide_cells(cells: pl.DataFrame, by: Sequence[str], count: str, fewer_than: int) -> pl.Series:
    """Which cells of the table are hidden, primary and complementary (privacy.aggregates.suppression).

    A line is what differs in one column only. Its sum may be known, so no cell may follow from the others.
    """
    shape = Shape(tuple(by), (count,))
    rule = Rule("recipe", "By the recipe", "The recipe", fewer_than=fewer_than)
    (cube,) = cubes_of(cells.select(*by, pl.col(count).cast(pl.String)), shape)
    return pl.Series(suppression_of(cube, rule).hidden)


def _total(name: str) -> str:
    return f"sum of {name}"


def _left(_columns: Sequence[str], params: Params) -> list[str]:
    return [*params["columns"], COUNT, *(_total(name) for name in params.get("sums") or [])]


def _faults(params: Params) -> Iterator[str]:
    twice = set(params["columns"]) & set(params.get("sums") or [])
    if twice:
        yield f"“{sorted(twice)[0]}” cannot be grouped by and added up at once. Choose one of the two."
    if COUNT in params["columns"]:
        yield f"The table gets a column “{COUNT}” of its own. Rename that column of the file first."


def _says(params: Params) -> str:
    sums = params.get("sums") or []
    added = f" and the sums of {', '.join(sums)}" if sums else ""
    return (
        f"The rows become a table by {', '.join(params['columns'])} with counts{added}. Cells of fewer than "
        f"{params['fewer_than']} rows are hidden, and partners by which they could be worked out."
    )


REMEDY = Remedy(
    name="aggregate",
    label="Aggregate to a table",
    says=_says,
    params=(
        Param("columns", "Group by", "columns"),
        Param("sums", "Add up", "columns", help="Optional: columns of numbers.", required=False),
        Param("fewer_than", "Hide cells of fewer rows than", "integer", default=11, least=2, most=1_000_000),
    ),
    reshape=_reshape,
    columns_after=_left,
    faults=_faults,
    on_classes=False,
    changes=no_column,
)
