"""The data dictionary as a file: every column with its names, type and description, from the record alone."""

from __future__ import annotations

import csv
import io

from publishing.portals.base import Attachment
from publishing.records import CALENDAR_DATE, CHECKBOX, NUMBER, PortalRecord

FILENAME, NAME = "data-dictionary.csv", "Data dictionary"
_WORDS = {NUMBER: "Number", CHECKBOX: "True or false", CALENDAR_DATE: "Date and time"}
_WORDS |= {"point": "Point (WKT)", "multiline": "Lines (WKT)", "multipolygon": "Polygons (WKT)"}


def type_word(kind: str) -> str:
    return _WORDS.get(kind, "Text")


def dictionary_csv(record: PortalRecord) -> str:
    """The same record gives the same text, so the approval of the record covers it."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["field", "name", "type", "description"])
    for column in record.columns:
        writer.writerow([column.field_name, column.name, type_word(column.type), column.description])
    return lines.getvalue()


def dictionary_file(record: PortalRecord) -> Attachment:
    return Attachment(FILENAME, NAME, "text/csv", dictionary_csv(record).encode())
