"""Values that are rare, or listed, are emptied or become one other value ("Other")."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import Context, Param, Params, Remedy, column_and

_WHICH = (("rare", "Values that fewer rows have than"), ("listed", "The values of a list"))


def _recode(values: pl.Series, counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    if params["which"] == "rare":
        hit = counts < params["fewer_than"]
    else:
        hit = values.str.strip_chars().is_in([value.strip() for value in params["values"]])
    return values.set(hit.fill_null(value=False), params.get("other") or None)


def _says(params: Params) -> str:
    what = (
        f"Values of “{params['column']}” that fewer than {params['fewer_than']} rows have"
        if params["which"] == "rare"
        else f"{len(params['values'])} listed values of “{params['column']}”"
    )
    return f"{what} become “{params['other']}”." if params.get("other") else f"{what} are emptied."


REMEDY = Remedy(
    name="suppress_cells",
    label="Suppress rare or listed values",
    says=_says,
    params=column_and(
        Param("which", "Which", "choice", choices=_WHICH, default="rare"),
        Param(
            "fewer_than",
            "Fewer rows than",
            "integer",
            default=11,
            least=2,
            most=1_000_000,
            only_if=("which", ("rare",)),
        ),
        Param("values", "Values", "values", only_if=("which", ("listed",))),
        Param(
            "other",
            "Put in their place",
            "text",
            help="Empty, or one word such as “Other”.",
            required=False,
            default="",
        ),
    ),
    recode=_recode,
)
