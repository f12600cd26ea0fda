"""Whole columns against the notations in which values are kept: which values stay as they are, which type fits all."""

from __future__ import annotations

import polars as pl

from publishing.devserver import values

ANY = "any"
GUESSES = ("number", "calendar_date", "checkbox")
# Without a plus, an exponent, zeros to spare, or a zero with a sign.
_NUMBER = r"^(?:0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9])$"
_MOMENT = "%Y-%m-%dT%H:%M:%S%.3f"
_MOMENT_LENGTH = len("2026-01-31T00:00:00.000")


def _is_moment(value: pl.Expr) -> pl.Expr:
    """A moment that is written again just so; the years of Python begin with 1."""
    again = value.str.to_datetime(_MOMENT, time_unit="ms", strict=False).dt.to_string(_MOMENT)
    return (value.str.len_bytes() == _MOMENT_LENGTH) & (value >= "0001") & (again == value)


_STAY = {
    ANY: lambda value: pl.lit(True),
    "text": lambda value: (
        (value.str.len_bytes() <= values.MAX_TEXT_BYTES) & ~value.str.contains("\0", literal=True)
    ),
    "number": lambda value: (value.str.len_bytes() < values.MAX_EXPONENT) & value.str.contains(_NUMBER),
    "checkbox": lambda value: value.is_in(["true", "false"]),
    "calendar_date": _is_moment,
}


def stay(column: pl.Series, kind: str) -> pl.Series:
    """True where a value is null or already in the notation of this type, so that reading it changes nothing."""
    there = pl.lit(column)
    kept = _STAY[kind](there) if kind in _STAY else pl.lit(False)
    return pl.select((there.is_null() | kept.fill_null(False)).alias("stay"))["stay"]


class Guess:
    """The type that every value of a column so far can be read as."""

    def __init__(self) -> None:
        self.left = list(GUESSES)
        self.seen = False

    def look(self, column: pl.Series) -> None:
        found = column.drop_nulls()
        if found.is_empty() or not self.left:
            return
        self.seen = True
        self.left = [kind for kind in self.left if _reads(kind, found)]

    @property
    def kind(self) -> str:
        return self.left[0] if self.left and self.seen else "text"


def _reads(kind: str, column: pl.Series) -> bool:
    try:
        for value in column.filter(~stay(column, kind)).unique(maintain_order=True):
            values.READERS[kind](value)
    except ValueError:
        return False
    return True
