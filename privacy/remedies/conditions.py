"""Conditions on the values of a column, as dropping rows asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from privacy.remedies.base import Param, Params
from privacy.remedies.numbers import numbers_in

TESTS = (
    ("equals", "is one of the values"),
    ("not_equals", "is none of the values"),
    ("less", "is less than the number"),
    ("more", "is more than the number"),
    ("empty", "is empty"),
    ("not_empty", "is not empty"),
)
_WITH_VALUES = ("equals", "not_equals")
_WITH_NUMBER = ("less", "more")
PARAMS = (
    Param("test", "Rows in which the column", "choice", choices=TESTS, default="equals"),
    Param("values", "Values", "values", only_if=("test", _WITH_VALUES)),
    Param("number", "Number", "number", only_if=("test", _WITH_NUMBER)),
)


def meets(values: pl.Series, params: Params) -> pl.Series:
    """Which values meet the condition; null only meets "is empty"."""
    test = params["test"]
    if test == "empty":
        return values.is_null()
    if test == "not_empty":
        return values.is_not_null()
    if test in _WITH_NUMBER:
        numbers = numbers_in(values)
        found = numbers < params["number"] if test == "less" else numbers > params["number"]
        return found.fill_null(value=False)
    listed = values.str.strip_chars().is_in([value.strip() for value in params["values"]])
    return (listed if test == "equals" else ~listed).fill_null(value=False)


def in_words(params: Params) -> str:
    """ "is one of 3 values": the condition without the values, which may be somebody's."""
    test = params["test"]
    if test in _WITH_VALUES:
        count = len(params["values"])
        words = "is" if test == "equals" else "is not"
        return f"{words} one of {count} values" if count > 1 else f"{words} the value given"
    if test in _WITH_NUMBER:
        return f"is {test} than {params['number']:,g}"
    return "is empty" if test == "empty" else "is not empty"


def unused(params: Params) -> Iterator[str]:
    """Values given with a condition that does not look at them."""
    if params["test"] not in _WITH_VALUES and params.get("values"):
        yield "The condition does not look at values. Take the values out, or choose “is one of the values”."
    if params["test"] not in _WITH_NUMBER and params.get("number") is not None:
        yield "The condition does not look at a number. Take it out, or choose “is less than the number”."
