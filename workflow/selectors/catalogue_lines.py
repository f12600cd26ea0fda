"""What the page and the feeds of the public catalogue show of each dataset, and its data dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import Program
from publishing.models import Publication
from publishing.places import place_words
from workflow.models import Release
from workflow.selectors.catalogue import identifier_of, publications_public

_COLUMN_TYPES = {"calendar_date": "datetime", "checkbox": "boolean", "number": "number", "text": "string"}


@dataclass(frozen=True)
class CatalogueLine:
    """One public dataset, in the words that were approved."""

    identifier: str
    title: str
    description: str
    category: str
    department: str
    url: str
    number: int
    issued: datetime
    modified: datetime
    # Further portals that show it: the place in words, and its address there.
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def page(self) -> str:
        """The dataset's own public page."""
        code, _, inventory_id = self.identifier.partition("/")
        return reverse("catalogue_dataset", args=[code, inventory_id])


class CatalogueLines:
    """The public datasets of a program as a sliceable list: a page of it reads only its own rows."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return self._rows.count()

    def __getitem__(self, part: slice) -> list[CatalogueLine]:
        return _lines(self._rows[part])


def lines_of(program: Program) -> CatalogueLines:
    """Everything that is public now, what changed last on top."""
    return CatalogueLines(_rows(program).order_by("-release__published_at", "release__dataset_id"))


def lines_new(program: Program, most: int) -> list[CatalogueLine]:
    """The datasets that became public last, for the first time."""
    return _lines(_rows(program).order_by("-issued", "release__dataset_id")[:most])


def lines_changed(program: Program, most: int) -> list[CatalogueLine]:
    """The datasets of which a newer version became public last."""
    rows = _rows(program).filter(issued__lt=F("release__published_at"))
    return _lines(rows.order_by("-release__published_at", "release__dataset_id")[:most])


def line_of(program: Program, inventory_id: str) -> CatalogueLine | None:
    """One public dataset; None when it is not public."""
    row = _rows(program).filter(release__dataset__inventory_id=inventory_id).first()
    return None if row is None else _lines([row])[0]


def dictionary_of(program: Program, inventory_id: str) -> dict[str, Any] | None:
    """The approved columns of a public dataset: name, words for readers, type, meaning. None when it is not public."""
    row = _rows(program).filter(release__dataset__inventory_id=inventory_id).first()
    if row is None:
        return None
    return {
        "identifier": identifier_of(row.release.dataset),
        "title": row.record["name"],
        "row": row.record.get("row_label", ""),
        "primaryKey": row.record["row_identifier"],
        "fields": [
            {
                "name": column["field_name"],
                "title": column["name"],
                "type": _COLUMN_TYPES.get(column["type"], column["type"]),
                "description": column.get("description", ""),
            }
            for column in row.record["columns"]
        ],
    }


def _rows(program: Program) -> QuerySet[Any]:
    """One row for each public dataset, with `issued`; where it is on several portals, the first of its copies."""
    rows = publications_public([program])
    firsts = rows.order_by().values("release").annotate(first=Min("pk")).values("first")
    issued = (
        Release.objects.filter(dataset=OuterRef("release__dataset"), published_at__isnull=False)
        .order_by()
        .values("dataset")
        .annotate(first=Min("published_at"))
    )
    found: QuerySet[Any] = Publication.objects.filter(pk__in=firsts)
    return found.select_related("release__dataset__department", "release__dataset__program").annotate(
        issued=Subquery(issued.values("first"))
    )


def _lines(rows: Iterable[Any]) -> list[CatalogueLine]:
    """Lines with the other places of each dataset; one query more, however many they are."""
    found = list(rows)
    programs = {row.release.dataset.program for row in found}
    others = publications_public(programs).filter(release__in=[row.release_id for row in found])
    elsewhere: dict[int, list[tuple[str, str]]] = {}
    for other in others.exclude(pk__in=[row.pk for row in found]).select_related("asset"):
        url = other.receipt.get("public", {}).get("public_url", "")
        place = place_words(other.asset.portal, other.asset.domain)
        elsewhere.setdefault(other.release_id, []).append((place, url))
    return [_line(row, tuple(elsewhere.get(row.release_id, ()))) for row in found]


def _line(row: Any, elsewhere: tuple[tuple[str, str], ...]) -> CatalogueLine:
    dataset, record = row.release.dataset, row.record
    return CatalogueLine(
        identifier=identifier_of(dataset),
        title=record["name"],
        description=record["description"],
        category=record.get("category", ""),
        department=dataset.department.name,
        url=row.receipt.get("public", {}).get("public_url", ""),
        number=row.release.number,
        issued=row.issued,
        modified=row.release.published_at,
        elsewhere=elsewhere,
    )
