"""What a portal is given about a dataset: the record, its columns, and the names that a portal accepts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from datafiles.table import Column
from publishing.shapes import SHAPE_OF_FORM

# Types in the words of the portals' common ground; each portal adapter maps them to its own.
TEXT, NUMBER, CHECKBOX, CALENDAR_DATE = "text", "number", "checkbox", "calendar_date"

# Types of datafiles -> types of portals. Shapes that a map can show have types of their own (shapes.SHAPE_OF_FORM).
PORTAL_TYPES = {
    "text": TEXT,
    "geometry": TEXT,
    "integer": NUMBER,
    "decimal": NUMBER,
    "boolean": CHECKBOX,
    "date": CALENDAR_DATE,
    "datetime": CALENDAR_DATE,
}
UTC = "UTC"
UTC_NOTE = "Times are in UTC."
ZONE_NOTE = "Times are local: time zone {zone}."

ROW_KEY = "row_key"
ROW_KEY_NAME = "Row key"
ROW_KEY_DESCRIPTION = "A running number that identifies the row within this version of the data."

# Fields of the record, and of its columns, that are left out of its digest while they are empty.
_LATER = frozenset(("custom_fields", "views"))
_LATER_OF_COLUMN = frozenset(("timezone",))

MAX_FIELD_NAME = 63
# Words of the portal's query language.
RESERVED = frozenset(
    (
        *(
            "select",
            "where",
            "group",
            "order",
            "limit",
            "offset",
            "search",
            "having",
            "as",
            "and",
            "or",
            "not",
        ),
        *("null", "true", "false", "is", "in", "like", "between"),
    )
)


@dataclass(frozen=True)
class PortalColumn:
    """`timezone`: the zone in which the moments of this column are written; empty, they are in UTC or have none."""

    field_name: str
    name: str
    type: str
    description: str = ""
    timezone: str = ""


@dataclass(frozen=True)
class PortalView:
    """A filtered view beside the dataset: the rows whose field has this value, under a name of its own."""

    name: str
    field_name: str
    value: str


@dataclass(frozen=True)
class PortalRecord:
    """Everything about a dataset that a portal shows, except its rows.

    `licence` is a code of the portal's own list, as the program profile names it; `external_key` is ours and
    the same for every release of the dataset.
    """

    external_key: str
    name: str
    description: str
    columns: tuple[PortalColumn, ...]
    row_identifier: str
    category: str = ""
    tags: tuple[str, ...] = ()
    attribution: str = ""
    licence: str = ""
    contact_email: str = ""
    row_label: str = ""
    update_frequency: str = ""
    # Fields that a portal asks for beside its own: (set, field, value); an empty value empties the field there.
    custom_fields: tuple[tuple[str, str, str], ...] = ()
    views: tuple[PortalView, ...] = ()

    @property
    def fields(self) -> list[str]:
        return [column.field_name for column in self.columns]

    @property
    def has_own_key(self) -> bool:
        """Is the row identifier a column of ours, beside those of the data?"""
        return self.row_identifier == ROW_KEY

    @property
    def data_columns(self) -> tuple[PortalColumn, ...]:
        """The columns that come from the data, in the order of the table."""
        return tuple(column for column in self.columns if column.field_name != ROW_KEY)

    @property
    def digest(self) -> str:
        """sha256 of the record: approval is given for exactly this."""
        return _sha256(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Without what came later and is not used here: records that were approved before keep their digest."""
        data = asdict(self)
        data["columns"] = tuple(_without_later(column) for column in data["columns"])
        return {key: value for key, value in data.items() if value or key not in _LATER}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PortalRecord:
        lists = {
            "columns": tuple(PortalColumn(**column) for column in data["columns"]),
            "tags": tuple(data["tags"]),
            "custom_fields": tuple(tuple(line) for line in data.get("custom_fields", ())),
            "views": tuple(PortalView(**view) for view in data.get("views", ())),
        }
        return cls(**{**data, **lists})


def record_of(
    *,
    external_key: str,
    name: str,
    description: str,
    columns: Iterable[Column],
    descriptions: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    row_identifier: str | None = None,
    timezone: str = UTC,
    **about: Any,
) -> PortalRecord:
    """The record for a table with these columns.

    `descriptions` and `labels` go by column name; `row_identifier` is the name of a column whose values are
    unique and never empty, or None: then the portal gets a running number of ours (ROW_KEY) as first column.
    Portals keep timestamps without a zone: moments that name theirs are written in `timezone` (SOCRATA.md 8).
    `about` are the other fields of PortalRecord. Raises KeyError when `row_identifier` is no column.
    """
    columns = list(columns)
    fields = dict(zip([column.name for column in columns], field_names(c.name for c in columns), strict=True))
    shown = [
        PortalColumn(
            field_name=fields[column.name],
            name=_shown((labels or {}).get(column.name) or column.name) or fields[column.name],
            type=portal_type(column, is_key=column.name == row_identifier),
            description=_described(column, descriptions.get(column.name, ""), zone),
            timezone="" if zone == UTC else zone,
        )
        for column in columns
        for zone in [_zone(column, timezone, is_key=column.name == row_identifier)]
    ]
    if row_identifier is None:
        shown.insert(0, PortalColumn(ROW_KEY, ROW_KEY_NAME, NUMBER, ROW_KEY_DESCRIPTION))
    return PortalRecord(
        external_key=external_key,
        name=name,
        description=description,
        columns=tuple(shown),
        row_identifier=ROW_KEY if row_identifier is None else fields[row_identifier],
        **{**about, "tags": tuple(about.get("tags", ()))},
    )


def portal_type(column: Column, *, is_key: bool = False) -> str:
    """The type of a column on a portal. A shape that is to identify the rows goes as text."""
    shape = None if is_key else SHAPE_OF_FORM.get(column.form)
    return shape or PORTAL_TYPES[column.type]


def _shown(name: str) -> str:
    """A name as people read it: no control characters, no blanks at its ends or in a row."""
    return " ".join("".join(character if character.isprintable() else " " for character in name).split())


def _zone(column: Column, timezone: str, *, is_key: bool) -> str:
    """In which zone a portal gets the moments of a column; empty where they name none.

    Moments that identify rows stay in UTC: one hour of autumn comes twice on a local clock.
    """
    if column.form != "datetime_zoned":
        return ""
    return UTC if is_key else timezone


def _described(column: Column, description: str, zone: str) -> str:
    """A portal's timestamps have no zone: say which one ours are in."""
    note = UTC_NOTE if zone == UTC else ZONE_NOTE.format(zone=zone)
    return f"{description} {note}".strip() if zone else description


def _without_later(column: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in column.items() if value or key not in _LATER_OF_COLUMN}


def field_names(names: Iterable[str]) -> list[str]:
    """The names of columns as a portal accepts them: valid, not reserved, and each only once."""
    taken: set[str] = {ROW_KEY}
    result = []
    for name in names:
        plain = field_name(name)
        candidate, number = plain, 2
        while candidate in taken:
            tail = f"_{number}"
            candidate = plain[: MAX_FIELD_NAME - len(tail)] + tail
            number += 1
        taken.add(candidate)
        result.append(candidate)
    return result


def field_name(name: str) -> str:
    """One name: lower-case letters, digits, underscores; no digit first, no reserved word."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:MAX_FIELD_NAME].strip("_")
    if not plain:
        return "column"
    if plain[0].isdigit() or plain in RESERVED:
        plain = f"c_{plain}"[:MAX_FIELD_NAME]
    return plain


def _sha256(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
