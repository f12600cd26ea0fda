"""How the portal reads the values it is given, keeps them, and gives them back."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from publishing.devserver import geometry

MAX_TEXT_BYTES = 4096
MAX_EXPONENT = 1000
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def read_text(value: Any) -> str:
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, (dict, list)):
        raise ValueError("is not text")
    text = str(value)
    # A character is four bytes at most: what is this short needs no counting.
    if len(text) > MAX_TEXT_BYTES // 4 and len(text.encode()) > MAX_TEXT_BYTES:
        raise ValueError("is longer than 4 kB")
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    return text


def read_number(value: Any) -> str:
    if type(value) is int:
        return str(value)
    if isinstance(value, (bool, dict, list)):
        raise ValueError("is not a number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError("is not a number") from error
    if not number.is_finite() or abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError("is not a number")
    return plain(number)


def plain(number: Decimal) -> str:
    """A number without exponent and without trailing zeros: the portal does not keep how it was written."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def read_checkbox(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower()
    raise ValueError("is not true or false")


def read_calendar_date(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a date")
    return _calendar_date(value)


@functools.lru_cache(maxsize=65_536)
def _calendar_date(value: str) -> str:
    text = value.strip()
    if not _DATE.match(text) and ("T" not in text or _ZONE.search(text[10:])):
        raise ValueError("is not a date without a time zone")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is not a date") from error
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + f".{moment.microsecond // 1000:03d}"


def read_fixed_timestamp(value: Any) -> str:
    if not isinstance(value, str) or not _ZONE.search(value.strip()[10:]):
        raise ValueError("is not a timestamp with a time zone")
    try:
        datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError("is not a timestamp") from error
    return value.strip()


def read_url(value: Any) -> str:
    if isinstance(value, str):
        value = {"url": value}
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        raise ValueError("is not a link")
    return json.dumps(value)


def read_json(value: Any) -> str:
    return json.dumps(value, default=str)


READERS: dict[str, Callable[[Any], str]] = {
    "text": read_text,
    "number": read_number,
    "checkbox": read_checkbox,
    "calendar_date": read_calendar_date,
    "fixed_timestamp": read_fixed_timestamp,
    "url": read_url,
    **{kind: functools.partial(geometry.read, kind) for kind in geometry.TYPES},
    "location": read_json,
    "json": read_json,
}
# Types whose kept text is what an answer shows.
AS_KEPT = ("text", "calendar_date", "fixed_timestamp")
SODA_TYPES = {"calendar_date": "floating_timestamp"}


def stored(kind: str, value: Any) -> str | None:
    """The value as it is kept; raises ValueError with the end of a sentence when the type refuses it."""
    return None if value is None else READERS[kind](value)


def shown(kind: str, text: str) -> Any:
    """The value as an answer gives it: numbers as strings, a checkbox as a boolean, structures as JSON."""
    if kind == "checkbox":
        return text == "true"
    if kind == "number" or kind in AS_KEPT:
        return text
    return json.loads(text)
