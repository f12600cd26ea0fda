"""The small cells of a table of counts are hidden by a rule set, with what would give them away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from privacy.aggregates.cube import Shape
from privacy.aggregates.rules import RULES, stricter
from privacy.aggregates.suppression import suppress
from privacy.remedies.base import Context, Param, Params, Remedy


def _shape(params: Params) -> Shape:
    return Shape(
        tuple(params["by"]),
        tuple(params["columns"]),
        params.get("people") or "",
        tuple(params.get("figures") or []),
    )


def _reshape(frame: pl.DataFrame, params: Params, _context: Context) -> pl.DataFrame:
    rule = stricter(RULES[params["rule"]], is_high_risk=params.get("high_risk", False))
    return suppress(
        frame, _shape(params), rule, totals_known=params.get("totals_known", True), annotation=_mark(params)
    ).frame


def _mark(params: Params) -> str:
    return str(params.get("mark") or "").strip()


def _left(columns: Sequence[str], params: Params) -> list[str]:
    return [*columns, _mark(params)] if _mark(params) else list(columns)


def _faults(params: Params) -> Iterator[str]:
    columns = [*_shape(params).columns, _mark(params)]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        yield f"“{twice[0]}” is named for two things. Name it for one."


def _says(params: Params) -> str:
    rule = stricter(RULES[params["rule"]], is_high_risk=params.get("high_risk", False))
    return (
        f"Small cells of {', '.join(params['columns'])} by {', '.join(params['by'])} are hidden, and partners by "
        f"which they could be worked out. {rule.says()}"
    )


REMEDY = Remedy(
    name="suppress_table",
    label="Hide the small cells of a table of counts",
    says=_says,
    params=(
        Param("columns", "Counts", "columns", help="The columns that hold counts."),
        Param("by", "Broken down by", "columns", help="The columns that say what a row counts."),
        Param(
            "rule",
            "Rule",
            "choice",
            choices=tuple((rule.code, rule.label) for rule in RULES.values()),
            default="calhhs",
        ),
        Param("people", "Out of how many", "column", help="Optional: the denominator.", required=False),
        Param(
            "figures",
            "Other figures",
            "columns",
            help="Optional: rates, sums of money; hidden with their count.",
            required=False,
        ),
        Param("high_risk", "People at high risk are counted", "boolean", required=False, default=False),
        Param(
            "totals_known",
            "Sums that the table does not show are known",
            "boolean",
            required=False,
            default=True,
        ),
        Param(
            "mark",
            "Column for a mark",
            "text",
            help="Optional: the name of a new column, 1 where a count is hidden and 0 elsewhere.",
            required=False,
            default="",
        ),
    ),
    reshape=_reshape,
    columns_after=_left,
    faults=_faults,
    on_classes=False,
)
