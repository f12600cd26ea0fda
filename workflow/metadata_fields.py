"""The metadata superset as a table (DOMAIN g): every field that one of the programs or catalogs knows.

A field lives in one of four places: a field of Dataset that is edited on the Metadata page ("dataset"), one of
the inventory record that is only shown there ("record"), Dataset.metadata ("own"), or nowhere, because the
product knows it ("auto").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DATASET, RECORD, OWN, AUTO = "dataset", "record", "own", "auto"
KINDS = ("text", "longtext", "choice", "list", "email", "url", "auto")
_LINE = 300


@dataclass(frozen=True)
class Field:
    """One field of the superset. `column` is the field of Dataset that holds it, where one does."""

    code: str
    label: str
    kind: str
    place: str
    meaning: str
    column: str = ""
    options: tuple[tuple[str, str], ...] = ()
    max_length: int = _LINE

    @property
    def is_edited(self) -> bool:
        """Typed on the Metadata page; the others are only shown there."""
        return self.place in (DATASET, OWN)


_ACCESS = (
    ("public", "Public"),
    ("restricted public", "Restricted public: shared under conditions"),
    ("non-public", "Not public"),
)
_CHANGE = (
    ("never", "Never"),
    ("yearly", "Yearly"),
    ("quarterly", "Quarterly"),
    ("monthly", "Monthly"),
    ("weekly", "Weekly"),
    ("daily", "Daily or more often"),
)

_METHODS = (
    ("append", "Add new rows"),
    ("replace", "Replace the whole table"),
    ("upsert", "Add new rows and correct known ones"),
)

_ROWS: tuple[tuple[Any, ...], ...] = (
    # code, label, kind, place, meaning, [more]
    (
        "title",
        "Title",
        "text",
        DATASET,
        "The name people will search for; clear to somebody who does not know the data.",
        {"column": "title", "max_length": 200},
    ),
    (
        "description",
        "Description",
        "longtext",
        DATASET,
        "Who collects the data, how and why, what is in it, and what it does not cover.",
        {"column": "description", "max_length": 10_000},
    ),
    ("summary", "Summary", "text", OWN, "One sentence for lists and search results.", {"max_length": 250}),
    (
        "purpose",
        "Purpose",
        "longtext",
        OWN,
        "Why the data is collected: the law, program or service behind it.",
    ),
    (
        "category",
        "Category",
        "choice",
        DATASET,
        "Where readers browse for it on the portal.",
        {"column": "category", "max_length": 80},
    ),
    (
        "keywords",
        "Keywords",
        "list",
        DATASET,
        "Words people would search by, also everyday ones.",
        {"column": "keywords"},
    ),
    ("theme", "Theme", "text", OWN, "The main topic, as catalogs of other governments group it."),
    ("subject", "Subject", "auto", AUTO, "What it is about; the keywords."),
    ("type", "Type", "text", OWN, "What kind of thing it is, such as Dataset or Map."),
    ("department", "Department or agency", "auto", AUTO, "Who holds the data."),
    (
        "owner",
        "Dataset owner",
        "auto",
        AUTO,
        "Who answers for the data: the steward, and the department that keeps the ownership on every portal.",
    ),
    ("publisher", "Publisher", "text", OWN, "Who makes the data public."),
    ("creator", "Creator", "text", OWN, "Who made the data in the first place."),
    ("contributor", "Contributors", "list", OWN, "Others who contributed to the data."),
    ("attribution", "Data provided by", "text", OWN, "Who is named beside the data as its source."),
    ("contact_name", "Contact", "text", OWN, "The office or post that readers turn to."),
    (
        "contact_email",
        "Contact e-mail",
        "email",
        DATASET,
        "Where readers ask questions. Prefer an address of the office over one of a person.",
        {"column": "contact_email", "max_length": 254},
    ),
    (
        "program_contact",
        "Program contact",
        "text",
        OWN,
        "The office or post inside the program behind the data.",
    ),
    (
        "row_label",
        "Row label",
        "text",
        DATASET,
        "Complete the sentence: “each row is one …”.",
        {"column": "row_label", "max_length": 80},
    ),
    ("row_count", "Number of rows", "auto", AUTO, "Counted in the file."),
    (
        "data_dictionary",
        "Data dictionary",
        "auto",
        AUTO,
        "Every column with its meaning, type and unit; written on the Data tab.",
    ),
    (
        "data_standard",
        "Data standard",
        "text",
        OWN,
        "The standard that the table follows, with its link, such as GTFS.",
    ),
    ("format", "Format", "auto", AUTO, "In which forms readers can get it."),
    (
        "geographic_unit",
        "Geographic unit",
        "auto",
        RECORD,
        "The smallest place that a row names.",
        {"column": "geographic_granularity"},
    ),
    (
        "spatial",
        "Geographic coverage",
        "auto",
        RECORD,
        "The area that the data covers.",
        {"column": "geographic_coverage"},
    ),
    (
        "temporal_coverage",
        "Temporal coverage",
        "auto",
        RECORD,
        "From when until when there is data.",
        {"column": "coverage_start"},
    ),
    ("coverage", "Coverage", "auto", AUTO, "Place and time that the data covers, in one line."),
    (
        "update_frequency",
        "Update frequency",
        "auto",
        RECORD,
        "How often the published data is brought up to date.",
        {"column": "accrual_periodicity"},
    ),
    (
        "change_frequency",
        "Data change frequency",
        "choice",
        OWN,
        "How often the source itself changes.",
        {"options": _CHANGE},
    ),
    (
        "collection_frequency",
        "Collection frequency",
        "auto",
        RECORD,
        "How often the department collects it.",
        {"column": "collection_frequency"},
    ),
    (
        "update_method",
        "How updates are made",
        "choice",
        DATASET,
        "What a refresh does to the rows that are public already.",
        {"column": "update_method", "options": _METHODS, "max_length": 20},
    ),
    ("last_updated", "Last updated", "auto", AUTO, "When the published data last changed."),
    ("issued", "First published", "auto", AUTO, "When it became public for the first time."),
    ("identifier", "Identifier", "auto", AUTO, "The permanent inventory number, the same in every system."),
    (
        "source",
        "Source",
        "auto",
        RECORD,
        "The system, register or document that the data was taken from.",
        {"column": "source_system"},
    ),
    ("source_link", "Source link", "url", OWN, "Where the data or its source is described elsewhere."),
    ("homepage", "Homepage", "url", OWN, "The page of the program or service behind the data."),
    (
        "related_documents",
        "Related documents",
        "list",
        OWN,
        "Links to manuals, code lists and methods.",
    ),
    (
        "filtered_views",
        "Filtered views",
        "list",
        OWN,
        "Parts of the data to show beside it on the portal, each as a name, a column and a value: "
        "Open permits: Status = Open.",
    ),
    ("relation", "Related datasets", "list", OWN, "Links to datasets that belong to it."),
    ("thumbnail", "Thumbnail", "url", OWN, "A small picture for the catalog."),
    (
        "licence",
        "Licence",
        "choice",
        DATASET,
        "What readers may do with the data.",
        {"column": "licence", "max_length": 40},
    ),
    (
        "rights",
        "Rights",
        "text",
        OWN,
        "Who may see it and why not everybody, where that is so.",
        {"max_length": 255},
    ),
    (
        "access_level",
        "Public access level",
        "choice",
        OWN,
        "Whether everybody may see it.",
        {"options": _ACCESS},
    ),
    ("language", "Language", "text", OWN, "The language of the values and descriptions, such as en or es."),
    (
        "limitations",
        "Limitations",
        "longtext",
        OWN,
        "What readers must be careful about, and what the data cannot be used for.",
    ),
    (
        "data_notes",
        "Data notes",
        "longtext",
        OWN,
        "How the data was processed: what was left out, hidden, rounded or changed.",
    ),
    (
        "citation",
        "Suggested citation",
        "text",
        OWN,
        "How to name the source in an article or study.",
        {"max_length": 600},
    ),
)

FIELDS: dict[str, Field] = {
    code: Field(code, label, kind, place, meaning, **(more[0] if more else {}))
    for code, label, kind, place, meaning, *more in _ROWS
}

# What only a release, its file or its publication can tell.
RELEASE_ONLY = frozenset({"row_count", "data_dictionary", "issued", "last_updated"})
