"""Rows and columns from the source to the portal, beside one another, and who signed that they are the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from publishing.places import place_words
from publishing.selectors import places_of
from publishing.selectors_sources import record_in_force
from workflow.context import ReleaseContext
from workflow.models import Reconciliation


@dataclass(frozen=True)
class Count:
    """One station of the data's way. None: not known (yet)."""

    what: str
    rows: int | None
    columns: int | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Way:
    """The counts of a release, from the file to every private or public copy. `missing` says what is not there yet."""

    file: Count
    copy: Count
    places: list[Count]
    missing: list[str]

    @property
    def counts(self) -> list[Count]:
        return [self.file, self.copy, *self.places]


def way_of(context: ReleaseContext) -> Way:
    """The counts as they are now."""
    treated = context.data("treated", "columns")
    # The fact of a file counts its columns, that of the treated copy lists them.
    file = Count(
        "The file that was handed in", context.data("file", "rows"), context.data("file", "columns") or None
    )
    copy = Count(
        "The treated copy", context.data("treated", "rows"), len(treated) if treated is not None else None
    )
    places, missing = [], []
    if file.rows is None:
        missing.append("No file has been read yet.")
    if copy.rows is None:
        missing.append("The copy that will be published is not made yet.")
    for row in places_of(context.release.pk).values():
        receipt = row.receipt.get("public") or row.receipt.get("private") or {}
        where = place_words(row.asset.portal, row.asset.domain)
        if not receipt or row.treated_sha256 != context.data("treated", "sha256"):
            missing.append(f"The copy on {where} has not been read back and compared yet.")
            continue
        places.append(Count(f"The copy on {where}", receipt.get("rows"), receipt.get("columns")))
    if not places and not missing:
        missing.append("There is no copy on a portal yet.")
    return Way(file, copy, places, missing)


def differences(way: Way, source_rows: int, source_columns: int, note: str = "") -> list[str]:
    """What keeps the note from being signed, in sentences; empty where everything is the same or explained."""
    found = list(way.missing)
    if way.file.rows is not None and way.file.rows != source_rows:
        found.append(
            f"The source has {source_rows:,} rows, the file {way.file.rows:,}. Export the file again, or correct the "
            "count of the source."
        )
    if way.file.columns is not None and way.file.columns != source_columns and not note:
        found.append(
            f"The source has {source_columns:,} columns, the file {way.file.columns:,}. Say in the note which are "
            "left out and why, or export the file again."
        )
    if way.copy.rows is not None and way.copy.rows != way.file.rows and not note:
        found.append(
            f"The treated copy has {way.copy.rows:,} rows. Say in the note why it is not as many as the file."
        )
    found += [
        f"{place.what} has {place.rows or 0:,} rows, the treated copy {way.copy.rows:,}. Publish it again; if it "
        "stays so, tell your portal admin."
        for place in way.places
        if way.copy.rows is not None and place.rows != way.copy.rows
    ]
    return found


def about_of(context: ReleaseContext) -> dict[str, Any]:
    """What a note signed now speaks of."""
    return {
        "file": context.about("file", "file"),
        "treated": context.data("treated", "sha256"),
        "record": context.about("private_copy", "record"),
    }


def note_of(context: ReleaseContext) -> Reconciliation | None:
    """The note that was signed of exactly what is here now; None without one."""
    last = Reconciliation.objects.filter(release=context.release).select_related("signed_by").first()
    return last if last is not None and last.about == about_of(context) else None


def first_counts(context: ReleaseContext) -> dict[str, int | None]:
    """What is known already of the source: its own count of rows, and the columns its approved record lists.

    The count is that of the newest file, so it stands in the form of the newest release only.
    """
    record, newest = record_in_force(context.dataset.pk), context.dataset.current_release
    return {
        "source_rows": context.dataset.source_rows if newest == context.release else None,
        "source_columns": len(record.columns) or None if record else None,
    }
