"""One cell of an imported inventory as a value of the record, or the sentence that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field

from accounts.profiles import Profile
from privacy.personal_values import raw_values_in
from workflow.classification import GROUNDS
from workflow.inventory_columns import Column, cell_unguard, heading_key
from workflow.models import Dataset
from workflow.words import HIGH_VALUE_CRITERIA

_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CODES = {code for code, _ in HIGH_VALUE_CRITERIA}
_OPEN_END = {"current", "present", "ongoing", "today", "now"}
# Words of the programs' own templates for our choices.
_WORDS: dict[str, dict[str, str]] = {
    "accrual_periodicity": {
        "yearly": "annually",
        "annual": "annually",
        "everyyear": "annually",
        "semiannually": "biannually",
        "twiceayear": "biannually",
        "everyquarter": "quarterly",
        "everyothermonth": "bimonthly",
        "everymonth": "monthly",
        "everyweek": "weekly",
        "everybusinessday": "weekdays",
        "mondaytofriday": "weekdays",
        "everyday": "daily",
        "everyhour": "hourly",
        "realtime": "continuous",
        "static": "not_updated",
        "historical": "not_updated",
        "historicalonly": "not_updated",
        "notupdatedhistoricalonly": "not_updated",
        "onetime": "not_updated",
        "never": "not_updated",
        "adhoc": "as_needed",
        "irregular": "as_needed",
    },
    "geographic_granularity": {
        "latlong": "point",
        "coordinates": "point",
        "streetaddress": "address",
        "censustract": "tract",
        "zipcode": "zip",
        "town": "municipality",
        "city": "municipality",
        "notapplicable": "none",
        "na": "none",
    },
    "priority": {"med": "medium"},
    "quality_rating": {"med": "medium"},
}
_WORDS["collection_frequency"] = _WORDS["accrual_periodicity"]


class BadCell(ValueError):
    """What a cell holds cannot be taken; the text is the sentence for people."""


def cell_clean(text: str | None) -> str:
    """A cell as it is compared: without what the export's guard and spreadsheets add."""
    return cell_unguard((text or "").replace("\0", "")).replace("\r\n", "\n").replace("\r", "\n").strip()


def cell_value(column: Column, text: str, profile: Profile) -> Any:
    """The value of a clean, filled cell for the field of its column. Raises BadCell.

    People are not looked up here: their cells give the text.
    """
    value = _READERS[column.kind](column, text, profile)
    if column.kind not in ("person", "person_name", "id", "department"):
        _check_field(column, value)
    return value


def choice_code(text: str, offered: Iterable[tuple[str, str]]) -> str | None:
    """The code of what a cell names by code or label, however it is written."""
    wanted = heading_key(text)
    return next((code for code, label in offered if wanted in (heading_key(code), heading_key(label))), None)


def _check_field(column: Column, value: Any) -> None:
    """What the model itself would refuse: length, form of an address."""
    field: Field[Any, Any] = Dataset._meta.get_field(column.field)  # type: ignore[assignment]
    longest = getattr(field, "max_length", None)
    if longest and isinstance(value, str) and len(value) > longest:
        raise BadCell(f"is {len(value):,} characters long; at most {longest:,} are kept. Shorten it.")
    try:
        field.run_validators(value)
    except ValidationError as error:
        raise BadCell(_what_is_wrong(column, error)) from None


def _what_is_wrong(column: Column, error: ValidationError) -> str:
    if column.kind == "url":
        return "is not a web address. It begins with https:// or http://."
    if column.kind == "email":
        return "is not an e-mail address."
    return " ".join(error.messages)


def _text(column: Column, text: str, profile: Profile) -> str:
    return " ".join(text.split())


def _long(column: Column, text: str, profile: Profile) -> str:
    sentence = raw_values_in(text) if column.field in GROUNDS else ""
    if sentence:
        raise BadCell(f"may not be taken over. {sentence}")
    return text


def _url(column: Column, text: str, profile: Profile) -> str:
    return text if "://" in text else f"https://{text}"


def _date(column: Column, text: str, profile: Profile) -> date:
    american = _US_DATE.fullmatch(text.split(" ")[0])
    try:
        if american:
            month, day, year = (int(part) for part in american.groups())
            return date(year, month, day)
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise BadCell("is not a date. Write it as 2024-03-31.") from None


def _end_date(column: Column, text: str, profile: Profile) -> date | None:
    return None if heading_key(text) in _OPEN_END else _date(column, text, profile)


def _number(column: Column, text: str, profile: Profile) -> int:
    digits = text.replace(",", "").removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,18}", digits):
        raise BadCell("is not a whole number.")
    return int(digits)


def _choice(column: Column, text: str, profile: Profile) -> str:
    field: Any = Dataset._meta.get_field(column.field)
    offered = list(field.choices or ())
    code = choice_code(text, offered) or _WORDS.get(column.field, {}).get(heading_key(text))
    return code if code is not None else _refuse(text, (str(label) for _, label in offered))


def _class(column: Column, text: str, profile: Profile) -> str:
    code = choice_code(text, ((row.code, row.label) for row in profile.classifications))
    return code if code is not None else _refuse(text, (row.label for row in profile.classifications))


def _security(column: Column, text: str, profile: Profile) -> str:
    if not profile.security_levels:
        raise BadCell("is not asked for: this program has no security levels. Leave the cell empty.")
    offered = [(row.code, row.label) for row in profile.security_levels]
    code = choice_code(text, offered) or choice_code(f"level {text}", offered)
    return code if code is not None else _refuse(text, (label for _, label in offered))


def _licence(column: Column, text: str, profile: Profile) -> str:
    code = choice_code(text, ((row.code, row.label) for row in profile.licences))
    return code if code is not None else _refuse(text, (row.label for row in profile.licences))


def _codes(column: Column, text: str, profile: Profile) -> list[str]:
    """High-value criteria by their letters: "A; C", "A, C", "AC"."""
    found = re.findall(r"[A-Za-z]+", text)
    letters = [letter.upper() for word in found for letter in (word if len(word) <= len(_CODES) else [word])]
    strange = [letter for letter in letters if letter not in _CODES]
    if strange or not letters:
        raise BadCell("holds letters of criteria only, A to H, for example A; C.")
    return sorted(set(letters))


def _list(column: Column, text: str, profile: Profile) -> list[str]:
    parts = text.split("," if "," in text else ";")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _refuse(text: str, offered: Iterable[str]) -> str:
    shown = text if len(text) <= 40 else text[:37] + "…"
    raise BadCell(f"“{shown}” is none of the choices: {', '.join(offered)}.")


_READERS: dict[str, Callable[[Column, str, Profile], Any]] = {
    "text": _text,
    "long": _long,
    "id": _text,
    "department": _text,
    "person": _text,
    "person_name": _text,
    "email": _text,
    "url": _url,
    "date": _date,
    "end_date": _end_date,
    "number": _number,
    "choice": _choice,
    "class": _class,
    "security": _security,
    "licence": _licence,
    "codes": _codes,
    "list": _list,
}
