"""Whole columns against the notations in which values are kept: which values stay as they are, which type fits all."""

from __future__ import annotations

import polars as pl

from publishing.devserver import values

ANY = "any"
GUESSES = ("number", "calendar_date", "checkbox")
# Without a plus, an exponent, zeros to spare, or a zero with a sign.
_NUMBER = r"^(?:0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9])$"
# Without the 29th of February, which gets a closer look.
_MOMENT = (
    r"^[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}$"
)

_STAY = {
    ANY: lambda value: pl.lit(True),
    "text": lambda value: (
        (value.str.len_bytes() <= values.MAX_TEXT_BYTES) & ~value.str.contains("\0", literal=True)
    ),
    "number": lambda value: (value.str.len_bytes() < values.MAX_EXPONENT) & value.str.contains(_NUMBER),
    "checkbox": lambda value: value.is_in(["true", "false"]),
    # The years of Python begin with 1.
    "calendar_date": lambda value: value.str.contains(_MOMENT) & ~value.str.starts_with("0000"),
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
