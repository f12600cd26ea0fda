"""Part of each value is kept, the rest becomes stars."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and

_KEEP = (
    ("none", "Nothing"),
    ("last4", "The last characters"),
    ("domain", "The domain of an e-mail address"),
)
_DEFAULT_LAST = 4


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    keep = params["keep"]
    if keep == "domain":
        masked = "***@" + values.str.extract(r"@([^@\s]+)\s*$", 1)
        # What is no address keeps nothing.
        return masked.fill_null("***").alias(values.name)
    if keep == "none":
        return pl.Series(values.name, ["***"], dtype=pl.String).new_from_index(0, len(values))
    last = params.get("characters") or _DEFAULT_LAST
    text = values.str.strip_chars()
    # A value no longer than what is kept would stay whole.
    tail = pl.when(text.str.len_chars() > last).then(text.str.slice(-last)).otherwise(pl.lit(""))
    return pl.select(pl.lit("***") + tail).to_series().alias(values.name)


def _fits(column: ColumnFacts) -> bool:
    return column.group in ("direct", "key") and column.type in ("text", "integer")


def _says(params: Params) -> str:
    name = params["column"]
    if params["keep"] == "domain":
        return f"Each e-mail address of “{name}” keeps its domain; the rest becomes stars."
    if params["keep"] == "none":
        return f"Each value of “{name}” becomes stars."
    last = params.get("characters") or _DEFAULT_LAST
    return f"Each value of “{name}” keeps its last {last} characters; the rest becomes stars."


REMEDY = Remedy(
    name="mask",
    label="Mask with stars",
    says=_says,
    params=column_and(
        Param("keep", "Keep", "choice", choices=_KEEP, default="none"),
        Param(
            "characters",
            "How many characters",
            "integer",
            required=False,
            default=_DEFAULT_LAST,
            least=1,
            most=4,
            only_if=("keep", ("last4",)),
        ),
    ),
    recode=_recode,
    fits=_fits,
    stays_text=True,
)
