"""The columns of an exported inventory, how an import recognises them, and cells that a spreadsheet opens safely.

One table for both ways (DOMAIN CK-INV), so that what was exported can be imported again and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What makes a spreadsheet take a cell for a formula, full-width forms included.
_FORMULA = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(rf"[ ']*[{_FORMULA}]")
_GUARDED = re.compile(rf"'[ ']*[{_FORMULA}]")
# A workbook is XML, which has no place for these.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """One column: its heading, other headings it goes by, the field of the record, and who may read it.

    `field` is empty for what is exported only. `kind` says how a cell is read. `public`: the public export
    has it.
    """

    key: str
    heading: str
    field: str = ""
    kind: str = "text"
    aliases: tuple[str, ...] = ()
    public: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "inventory_id",
        "Inventory ID",
        "inventory_id",
        "id",
        ("Inventory number", "Dataset ID", "ID"),
        public=True,
    ),
    Column(
        "department", "Department", "department", "department", ("Agency", "Department/Division"), public=True
    ),
    Column(
        "title",
        "Dataset name",
        "title",
        "text",
        ("Title", "Dataset", "Name", "Name of dataset", "Dataset title"),
        public=True,
    ),
    Column(
        "description",
        "Description",
        "description",
        "long",
        ("Brief description", "Dataset description"),
        public=True,
    ),
    Column("row_label", "What one row is", "row_label", "text", ("Row label",), public=True),
    # Read only where the e-mail address of the steward is not given.
    Column("steward_name", "Data steward", "steward", "person_name"),
    Column(
        "steward",
        "Data steward e-mail",
        "steward",
        "person",
        ("Steward e-mail", "Data steward (business knowledge)", "Data steward/owner", "Steward"),
    ),
    Column(
        "coordinator",
        "Open data coordinator e-mail",
        "coordinator",
        "person",
        ("Coordinator e-mail", "Open data coordinator", "Data coordinator", "Agency data officer"),
    ),
    Column(
        "custodian", "Data custodian e-mail", "custodian", "person", ("Custodian e-mail", "Data custodian")
    ),
    Column(
        "source_system",
        "Data source or system",
        "source_system",
        "text",
        ("Data source", "Data source/system", "Source system", "Data system", "System"),
        public=True,
    ),
    Column(
        "coverage_start",
        "Start date",
        "coverage_start",
        "date",
        ("Data begins on", "Coverage start"),
        public=True,
    ),
    Column(
        "coverage_end",
        "End date",
        "coverage_end",
        "end_date",
        ('End date (or "Current")', "Data ends on", "Coverage end"),
        public=True,
    ),
    Column(
        "geographic_coverage",
        "Geographic coverage",
        "geographic_coverage",
        "text",
        ("Geographic area",),
        public=True,
    ),
    Column(
        "geographic_granularity",
        "Geographic granularity",
        "geographic_granularity",
        "choice",
        ("Geographic unit",),
        public=True,
    ),
    Column(
        "accrual_periodicity",
        "Update frequency",
        "accrual_periodicity",
        "choice",
        ("Frequency", "Frequency of update", "Refresh frequency", "Publishing frequency"),
        public=True,
    ),
    Column(
        "collection_frequency",
        "Collection frequency",
        "collection_frequency",
        "choice",
        ("Data change frequency",),
        public=True,
    ),
    Column(
        "existing_url",
        "Existing publication",
        "existing_url",
        "url",
        ("Existing publication link", "Already published at", "Published URL"),
        public=True,
    ),
    Column("source_rows", "Rows in the source", "source_rows", "number", ("Row count", "Number of rows")),
    Column("source_rows_as_of", "Rows counted on", "source_rows_as_of", "date"),
    Column(
        "priority",
        "Priority/value",
        "priority",
        "choice",
        ("Priority", "Value", "Department priority"),
    ),
    Column(
        "priority_comment",
        "Priority/value comments",
        "priority_comment",
        "long",
        ("Priority/value-comments", "Priority comments", "Why this priority"),
    ),
    Column("technical_challenges", "Technical challenges", "technical_challenges", "long"),
    Column(
        "classification",
        "Classification",
        "classification",
        "class",
        ("Data classification", "Public/protected/sensitive", "Classification of the raw data"),
        public=True,
    ),
    Column(
        "classification_ground",
        "Ground of the classification",
        "classification_ground",
        "long",
        ("Protected-details", "Sensitive-details", "Classification details"),
    ),
    Column(
        "output_classification",
        "Classification of what is published",
        "output_classification",
        "class",
        public=True,
    ),
    Column("output_ground", "Ground of the published class", "output_ground", "long"),
    Column("security_level", "Security level", "security_level", "security", ("Level",)),
    Column("security_level_reason", "Reason of the security level", "security_level_reason", "long"),
    Column("quality_rating", "Data quality", "quality_rating", "choice", ("Quality",)),
    Column("quality_details", "Data quality details", "quality_details", "long", ("Data quality-details",)),
    Column(
        "high_value",
        "High-value criteria",
        "high_value",
        "codes",
        ("High value criteria", "High value", "High-value data criteria"),
        public=True,
    ),
    Column("category", "Category", "category", "text", ("Categories",), public=True),
    Column("keywords", "Keywords", "keywords", "list", ("Tags", "Tags and keywords"), public=True),
    Column("licence", "Licence", "licence", "licence", ("License",), public=True),
    Column("contact_email", "Contact e-mail", "contact_email", "email", ("Contact email",)),
    Column("openness", "Publication status", public=True),
    Column("withheld_kind", "Withheld because", public=True),
    Column("withheld_law", "Withheld under", public=True),
    Column("withheld_ground", "Ground of withholding"),
    Column("withheld_details", "Withholding in words"),
    Column("withheld_elected_by", "Withholding elected by"),
    Column("withheld_by", "Withholding recorded by"),
    Column("withheld_until", "Withheld until"),
    Column("not_for_release", "Why it is not for release"),
    Column("score", "Priority by the program's scale", public=True),
    Column("score_value", "Value of the priority"),
    Column("score_reason", "Why the priority was set by hand"),
    Column("stage", "Stage", public=True),
    Column("public_url", "Public address", public=True),
    Column("registered", "Date added", public=True),
)
BY_KEY = {column.key: column for column in COLUMNS}


def heading_key(heading: str) -> str:
    """What two headings must share to be the same: letters and digits, in lower case."""
    return re.sub(r"[\W_]+", "", heading.casefold()).replace("email", "mail")


_BY_HEADING = {
    heading_key(name): column for column in COLUMNS for name in (*column.aliases, column.heading, column.key)
}


def columns_found(headings: Sequence[str]) -> list[Column | None]:
    """The column that each heading of a file stands for; None for one that nobody knows."""
    return [_BY_HEADING.get(heading_key(heading)) for heading in headings]


def cell_guard(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (ASVS 1.2.10); `cell_unguard` gives the text back."""
    text = _CONTROL.sub("", text)
    return f"'{text}" if _DANGEROUS.match(text) else text


def cell_unguard(text: str) -> str:
    """The text that cell_guard was given."""
    return text[1:] if _GUARDED.match(text) else text
