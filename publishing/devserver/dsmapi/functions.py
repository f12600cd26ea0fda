"""What the expressions of DSMAPI may call. A value is kept text, or None for null; null in gives null out."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import NamedTuple

from publishing.devserver import geometry, values

Cell = str | None
ANY = 99
# {YYYY}-{MM}-{DD} and their like, and what they are called here.
FORMATS = {
    "{YYYY}": "%Y",
    "{YY}": "%y",
    "{MM}": "%m",
    "{0M}": "%m",
    "{M}": "%m",
    "{DD}": "%d",
    "{0D}": "%d",
    "{D}": "%d",
    "{h24}": "%H",
    "{HH}": "%H",
    "{h12}": "%I",
    "{hh}": "%I",
    "{mm}": "%M",
    "{m}": "%M",
    "{ss}": "%S",
    "{s}": "%S",
    "{AM}": "%p",
    "{am}": "%p",
}


class Conversion(Exception):
    """A value that a function cannot make anything of."""


class Function(NamedTuple):
    kind: str
    act: Callable[..., Cell]
    fewest: int = 1
    most: int = 1
    # Of one value, makes only the notation of its type: a value that has it stays as it is.
    notes: bool = False


def _reading(kind: str, what: str) -> Callable[[Cell], Cell]:
    """The conversion of text to one type; a value is converted once and remembered, as tables repeat theirs."""
    reader = values.READERS[kind]

    @functools.lru_cache(maxsize=65_536)
    def convert(value: str) -> str:
        try:
            return reader(value)
        except ValueError as error:
            raise Conversion(f"Failed to convert {json.dumps(value)} to {what}") from error

    def reading(value: Cell) -> Cell:
        return None if value is None else convert(value)

    return reading


_text = _reading("text", "text")
_floating = _reading("calendar_date", "a floating timestamp")
_fixed = _reading("fixed_timestamp", "a fixed timestamp")


def _timestamp(plain: Callable[[Cell], Cell], zone: str) -> Callable[..., Cell]:
    def reading(value: Cell, form: Cell = None) -> Cell:
        if value is None or form is None:
            return plain(value)
        pattern = functools.reduce(lambda text, name: text.replace(name, FORMATS[name]), FORMATS, form)
        try:
            return plain(datetime.strptime(value, pattern).isoformat() + zone)  # noqa: DTZ007 - has none
        except ValueError as error:
            raise Conversion(f"Failed to convert {json.dumps(value)} to a date by {form}") from error

    return reading


def _make_point(latitude: Cell, longitude: Cell) -> Cell:
    if latitude is None or longitude is None:
        return None
    try:
        return geometry.point(Decimal(latitude), Decimal(longitude))
    except (ValueError, InvalidOperation) as error:
        raise Conversion(f"Failed to make a point of {latitude}, {longitude}") from error


def _geocode(*parts: Cell) -> Cell:
    """A place that depends on the address and on nothing else: the stand-in knows no map."""
    address = ", ".join(part for part in parts if part)
    if not address:
        return None
    number = hashlib.sha256(address.lower().encode()).digest()
    north, west = (int.from_bytes(number[at : at + 4], "big") / 2**32 for at in (0, 4))
    return geometry.point(Decimal(f"{40 + 3 * north:.6f}"), Decimal(f"{-75 + 3 * west:.6f}"))


def _url(address: Cell, description: Cell = None) -> Cell:
    if address is None:
        return None
    return json.dumps({"url": address} | ({"description": description} if description else {}))


def _whole(act: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Cell, Cell], Cell]:
    def reckoning(left: Cell, right: Cell) -> Cell:
        if left is None or right is None:
            return None
        try:
            return values.plain(act(Decimal(left), Decimal(right)))
        except (InvalidOperation, DivisionByZero) as error:
            raise Conversion("Division by zero") from error

    return reckoning


def _on_text(act: Callable[[str], str]) -> Callable[[Cell], Cell]:
    return lambda value: None if value is None else act(value)


KNOWN: dict[str, Function] = {
    "to_text": Function("text", _text, notes=True),
    "to_number": Function("number", _reading("number", "a number"), notes=True),
    "to_boolean": Function("checkbox", _reading("checkbox", "a checkbox"), notes=True),
    "to_checkbox": Function("checkbox", _reading("checkbox", "a checkbox"), notes=True),
    "to_floating_timestamp": Function("calendar_date", _timestamp(_floating, ""), 1, 2, notes=True),
    "to_fixed_timestamp": Function("fixed_timestamp", _timestamp(_fixed, "Z"), 1, 2),
    **{f"to_{kind}": Function(kind, _reading(kind, f"a {kind}")) for kind in geometry.TYPES},
    "make_point": Function("point", _make_point, 2, 2),
    "geocode": Function("point", _geocode, 1, 4),
    "to_url": Function("url", _url, 1, 2),
    "upper": Function("text", _on_text(str.upper)),
    "lower": Function("text", _on_text(str.lower)),
    "trim": Function("text", _on_text(str.strip)),
    "concat": Function("text", lambda *parts: "".join(part or "" for part in parts), 1, ANY),
    "+": Function("number", _whole(lambda left, right: left + right), 2, 2),
    "-": Function("number", _whole(lambda left, right: left - right), 2, 2),
    "*": Function("number", _whole(lambda left, right: left * right), 2, 2),
    "/": Function("number", _whole(lambda left, right: left / right), 2, 2),
}
