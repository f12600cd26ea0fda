"""A dataset's own public page: what it is while it is public, and what stays of it when it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Program
from publishing.models import Publication
from workflow.models import Dataset, Retirement, Retraction
from workflow.selectors.catalogue_lines import CatalogueLine, line_of
from workflow.selectors.retirement import (
    PublicRetirement,
    is_of_public,
    more_time_because,
    page_address,
    public_retirement,
)

PUBLIC, NOTICE, RETIRED, WITHDRAWN = "public", "notice", "retired", "withdrawn"


@dataclass(frozen=True)
class PublicPage:
    """What strangers read about a dataset at its own address. `state` says which part of it holds."""

    state: str
    title: str
    dataset: Dataset
    line: CatalogueLine | None = None
    retirement: PublicRetirement | None = None
    more_time: str = ""
    withdrawn_text: str = ""
    withdrawn_at: datetime | None = None

    @property
    def is_gone(self) -> bool:
        return self.state == RETIRED

    @property
    def takes_objections(self) -> bool:
        """The notice of a retirement runs, also of what was taken back in an emergency before."""
        return self.retirement is not None and not self.is_gone


def public_page_of(program: Program, inventory_id: str) -> PublicPage | None:
    """The page of a dataset that is or was public; None for every other."""
    dataset = (
        Dataset.objects.filter(program=program, inventory_id=inventory_id)
        .select_related("program", "department")
        .first()
    )
    if dataset is None:
        return None
    line = line_of(program, inventory_id)
    notice = _last(dataset)
    if line is not None:
        shown = (
            public_retirement(notice, line.title)
            if notice and notice.state == Retirement.State.NOTICE
            else None
        )
        because = more_time_because(notice) if notice and shown else ""
        return PublicPage(
            NOTICE if shown else PUBLIC, line.title, dataset, line=line, retirement=shown, more_time=because
        )
    title = _approved_titles([dataset.pk]).get(dataset.pk, dataset.title)
    gone = notice if notice is not None and notice.state == Retirement.State.RETIRED else None
    # Also after it was reinstated: until it is public again, readers are told the same.
    retraction = Retraction.objects.filter(release__dataset=dataset).first()
    if retraction is not None and (gone is None or _later(retraction, gone)):
        told = notice if notice is not None and notice.state == Retirement.State.NOTICE else None
        return PublicPage(
            WITHDRAWN,
            title,
            dataset,
            retirement=public_retirement(told, title) if told else None,
            more_time=more_time_because(told) if told else "",
            withdrawn_text=retraction.public_text,
            withdrawn_at=retraction.started_at,
        )
    return PublicPage(RETIRED, title, dataset, retirement=public_retirement(gone, title)) if gone else None


def _later(retraction: Retraction, gone: Retirement) -> bool:
    return gone.ended_at is not None and retraction.started_at > gone.ended_at


def removals_of(program: Program) -> list[PublicRetirement]:
    """What left the catalogue or is about to, the newest first: the list that Connecticut and New York publish."""
    rows = list(
        Retirement.objects.filter(
            dataset__program=program, state__in=(Retirement.State.NOTICE, Retirement.State.RETIRED)
        )
        .select_related("dataset__program", "dataset__department", "successor__program")
        .prefetch_related("objections", "dataset__releases")
        .order_by("-decided_at", "-pk")
    )
    rows = [row for row in rows if _is_told(row)]
    titles = _approved_titles({row.dataset_id for row in rows})
    return [public_retirement(row, titles.get(row.dataset_id, row.dataset.title)) for row in rows]


def lines_removed(program: Program, most: int) -> list[CatalogueLine]:
    """The same as lines of the feed of changes: announced, and gone."""
    found = []
    for row in removals_of(program)[:most]:
        at = row.ended if row.is_gone else row.begun
        if at is None:
            continue
        words = "Retired" if row.is_gone else "To be retired"
        found.append(
            CatalogueLine(
                identifier=f"{row.url}#{row.state}",
                title=f"{words}: {row.title}",
                description=row.reason,
                category="",
                department=row.department,
                url=row.url,
                number=0,
                issued=at,
                modified=at,
            )
        )
    return found


def endings_edition(programs: Iterable[Program]) -> list[list[Any]]:
    """What of the feeds changes by retirements alone, for the digest that they are kept under."""
    rows = Retirement.objects.filter(
        dataset__program__in=list(programs), state__in=(Retirement.State.NOTICE, Retirement.State.RETIRED)
    ).order_by("pk")
    return [[str(value) for value in row] for row in rows.values_list("pk", "state", "ends_at", "reason")]


def _last(dataset: Dataset) -> Retirement | None:
    rows = dataset.retirements.filter(state__in=(Retirement.State.NOTICE, Retirement.State.RETIRED))
    rows = rows.select_related("dataset__program", "dataset__department", "successor__program")
    return next((row for row in rows.prefetch_related("objections") if _is_told(row)), None)


def _is_told(row: Retirement) -> bool:
    """Readers are not told of the end of data that a corrected release has replaced, as that one stays."""
    return row.state == Retirement.State.RETIRED or is_of_public(row)


def _approved_titles(dataset_ids: Iterable[int]) -> dict[int, str]:
    """The title that each dataset had in public last."""
    rows = Publication.objects.filter(release__dataset__in=list(dataset_ids)).order_by("requested_at", "pk")
    rows = rows.filter(release__published_at__isnull=False)
    return {
        pk: record.get("name", "")
        for pk, record in rows.values_list("release__dataset_id", "record")
        if record
    }


__all__ = ["PublicPage", "endings_edition", "lines_removed", "page_address", "public_page_of", "removals_of"]
