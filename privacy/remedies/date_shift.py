"""Dates move by a number of days drawn from the secret: the same for all rows, or for all rows of one person.

Spans between the dates of one person stay. Safe Harbor does not count shifted dates as removed.
"""

from __future__ import annotations

import polars as pl

from datafiles import inference
from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and
from privacy.remedies.surrogates import shift_days

_DEFAULT_DAYS = 182


def _reshape(frame: pl.DataFrame, params: Params, context: Context) -> pl.DataFrame:
    name, per = params["column"], params.get("per")
    series = frame.get_column(name)
    judged = inference.infer(series)
    if judged.type not in ("date", "datetime"):
        # Dates written in several ways: what cannot be moved is emptied, never left as it was.
        return frame.with_columns(
            _shifted(_clear_days(series), _days(frame, per, params, context)).alias(name)
        )
    days = frame.select(inference.cast(judged.form, pl.col(name)).cast(pl.Date)).to_series()
    return frame.with_columns(_shifted(days, _days(frame, per, params, context)).alias(name))


def _days(frame: pl.DataFrame, per: str | None, params: Params, context: Context) -> pl.Series:
    most = params.get("days") or _DEFAULT_DAYS
    purpose = f"date:{per or params['column']}"
    if per is None:
        shift = shift_days("", secret=context.secret, purpose=purpose, most=most)
        return pl.Series([shift], dtype=pl.Int64).new_from_index(0, frame.height)
    people = frame.get_column(per).fill_null("")
    each = people.unique(maintain_order=True)
    shifts = [shift_days(one, secret=context.secret, purpose=purpose, most=most) for one in each]
    return people.replace_strict(each, pl.Series(shifts, dtype=pl.Int64), return_dtype=pl.Int64)


def _clear_days(series: pl.Series) -> pl.Series:
    """The day of each date that is written year first, or month first as the United States write it."""
    text = series.str.strip_chars().str.extract(
        r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9/]{8,10})(?:[T ].*)?$", 1
    )
    forms = (text.str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%m/%d/%Y"))
    return pl.select(pl.coalesce(forms)).to_series()


def _shifted(days: pl.Series, shifts: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"day": days, "shift": shifts})
    moved = frame.select(pl.col("day") + pl.duration(days="shift")).to_series()
    return moved.dt.strftime("%Y-%m-%d")


def _fits(column: ColumnFacts) -> bool:
    return column.type in ("date", "datetime")


def _says(params: Params) -> str:
    per = params.get("per")
    alike = f"the same number for all rows of one “{per}”" if per else "the same number for all rows"
    return (
        f"The dates of “{params['column']}” move by up to {params.get('days') or _DEFAULT_DAYS} days, {alike}; "
        "times of the day are left out."
    )


REMEDY = Remedy(
    name="date_shift",
    label="Shift dates",
    says=_says,
    params=column_and(
        Param("days", "At most so many days", "integer", default=_DEFAULT_DAYS, least=1, most=3_650),
        Param(
            "per",
            "The same for all rows of one",
            "column",
            help="Optional: the column that says whose row it is.",
            required=False,
        ),
    ),
    reshape=_reshape,
    fits=_fits,
    on_classes=False,
    needs_secret=True,
)
