"""What stands beside the data, before and now: two approved-or-to-be-approved descriptions, field by field.

Plain comparison of portal records and catalogue words (FEATURES M32). The columns themselves, added, missing or
renamed, are the drift's (datafiles.drift); here it is what is said of those that both have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.profiles import Profile
from publishing.records import PortalRecord
from workflow.metadata import label_of
from workflow.metadata_fields import FIELDS

# Field of the portal record -> how people call it.
_OF_RECORD = {
    "name": "Title",
    "description": "Description",
    "category": "Category",
    "tags": "Keywords",
    "attribution": "Data provided by",
    "licence": "Licence",
    "contact_email": "Contact e-mail",
    "row_label": "Row label",
    "update_frequency": "Update frequency",
}
# Said by the record too, or going on with every release.
_LEFT_OUT = frozenset(("update_frequency", "attribution", "ends"))
_RECORD_CODES = {"starts": "Data begins on", "spatial": "Geographic coverage"}
_NAMED = 5


@dataclass(frozen=True)
class Change:
    """One field that reads otherwise: what is public, and what would become public. Empty: not said."""

    field: str
    before: str
    now: str


def changes_of_record(before: PortalRecord, now: PortalRecord, profile: Profile) -> list[Change]:
    """What the portal would show otherwise, except the rows and which columns there are."""
    found = [
        Change(words, _words(name, getattr(before, name), profile), _words(name, getattr(now, name), profile))
        for name, words in _OF_RECORD.items()
    ]
    was, is_ = _custom(before), _custom(now)
    found += [Change(name, was.get(name, ""), is_.get(name, "")) for name in {**was, **is_}]
    found.append(Change("Filtered views", _views(before), _views(now)))
    columns = {column.field_name: column for column in before.data_columns}
    for column in now.data_columns:
        if (old := columns.get(column.field_name)) is not None:
            about = f"Column “{column.field_name}”"
            found += [
                Change(f"{about}: name", old.name, column.name),
                Change(f"{about}: description", old.description, column.description),
            ]
    return [change for change in found if change.before != change.now]


def changes_of_words(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What the public catalogue would say otherwise besides the portal's record."""
    codes = [code for code in {**before, **now} if code not in _LEFT_OUT]
    found = [Change(_label(code), _said(code, before), _said(code, now)) for code in codes]
    return [change for change in found if change.before != change.now]


def changed_fields_words(changes: list[Change]) -> str:
    """The names of the fields, in one line: "Title, Licence and 2 more"."""
    names = list(dict.fromkeys(change.field for change in changes))
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _words(name: str, value: Any, profile: Profile) -> str:
    if name == "tags":
        return ", ".join(value)
    if name == "licence" and (choice := profile.licence(value)) is not None:
        return choice.label
    return str(value)


def _custom(record: PortalRecord) -> dict[str, str]:
    return {f"{fieldset}: {name}": words for fieldset, name, words in record.custom_fields}


def _views(record: PortalRecord) -> str:
    return ", ".join(view.name for view in record.views)


def _label(code: str) -> str:
    one = FIELDS.get(code)
    return one.label if one else _RECORD_CODES.get(code, code.replace("_", " ").capitalize())


def _said(code: str, words: Mapping[str, Any]) -> str:
    one, value = FIELDS.get(code), words.get(code)
    return label_of(one, value) if one else str(value or "")
