"""Reads of where refreshed data come from: records, fetches, and how an automated refresh stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from publishing.models import EtlRecord, Fetch, RefreshState, SourceHost
from publishing.sources import KINDS

# The parts of a record that are compared from version to version, and what a person calls them.
PARTS = {
    "source": "Source",
    "config": "Where it is",
    "extraction": "Extraction",
    "columns": "Columns",
    "transformation": "Transformation",
    "method": "Load",
    "frequency": "Schedule",
    "hour": "Hour",
}
LAST_FETCHES = 10


def record_in_force(dataset_id: int) -> EtlRecord | None:
    """The approved record by which a dataset is refreshed."""
    return _records(dataset_id).filter(state=EtlRecord.State.APPROVED).first()


def record_proposed(dataset_id: int) -> EtlRecord | None:
    """The version that waits for the department."""
    return _records(dataset_id).filter(state=EtlRecord.State.PROPOSED).first()


def fetches_waiting(dataset_id: int | None = None) -> list[Fetch]:
    """Files that were fetched and that no release has taken, as the next releases shall take them.

    Of whole tables only the newest of each dataset; of new and of changed rows every one, oldest first. Only what
    the record in force brought, and nothing while a proposed version says that fetching pauses.
    """
    paused = EtlRecord.objects.filter(state=EtlRecord.State.PROPOSED, meanwhile=EtlRecord.Meanwhile.PAUSES)
    rows = Fetch.objects.filter(
        outcome=Fetch.Outcome.NEW,
        taken_at=None,
        file_deleted_at=None,
        record__state=EtlRecord.State.APPROVED,
    ).exclude(dataset_id__in=paused.values("dataset_id"))
    if dataset_id is not None:
        rows = rows.filter(dataset_id=dataset_id)
    found: dict[int, list[Fetch]] = {}
    for row in rows.select_related("record").order_by("pk"):
        known = found.setdefault(row.dataset_id, [])
        if row.record.method == EtlRecord.Method.REPLACE:
            known.clear()
        known.append(row)
    return [row for rows_of_one in found.values() for row in rows_of_one]


def last_looks(dataset_ids: Iterable[int]) -> dict[int, datetime]:
    """When the source of each dataset was last read, where all that it gave is public already; one query.

    A dataset of which something that was fetched did not become public is left out, and so is one that no source
    brings: what is public there may be older than what there is.
    """
    of_dataset = Fetch.objects.filter(dataset=OuterRef("dataset")).order_by("-pk")
    read = of_dataset.filter(outcome__in=(Fetch.Outcome.NEW, Fetch.Outcome.SAME))
    rows = RefreshState.objects.filter(dataset__in=list(dataset_ids)).annotate(
        stage=Subquery(of_dataset.filter(outcome=Fetch.Outcome.NEW).values("release__stage")[:1]),
        read_at=Subquery(read.values("fetched_at")[:1]),
    )
    return dict(rows.filter(stage__in=_WAS_PUBLIC).values_list("dataset_id", "read_at"))


_WAS_PUBLIC = ("PUBLISHED", "SUPERSEDED")


def state_of(dataset_id: int) -> RefreshState | None:
    return RefreshState.objects.filter(dataset_id=dataset_id).first()


def is_paused(dataset_id: int) -> bool:
    """True while a proposed version waits that said that nothing is fetched until it is approved."""
    waiting = record_proposed(dataset_id)
    return waiting is not None and waiting.meanwhile == EtlRecord.Meanwhile.PAUSES


def host_rests_until(host: str, *, now: datetime | None = None) -> datetime | None:
    """Until when nobody asks this host, after failures in a row; None when it may be asked."""
    row = SourceHost.objects.filter(host=host, resting_until__gt=now or timezone.now()).first()
    return row.resting_until if row else None


@dataclass(frozen=True)
class VersionView:
    """One version for the page: what it says, and what it changed of the one before it."""

    record: EtlRecord
    source_words: str
    changed: list[str]


def versions_of(dataset_id: int) -> list[VersionView]:
    """Every version, newest first, each compared with the one that was in force before it."""
    rows = list(_records(dataset_id))
    views = []
    for number, row in enumerate(rows):
        before = next((old for old in rows[number + 1 :] if old.state in _WAS_IN_FORCE), None)
        views.append(VersionView(row, words_of(row), _changed(before, row)))
    return views


_WAS_IN_FORCE = (EtlRecord.State.APPROVED, EtlRecord.State.REPLACED)


def words_of(record: EtlRecord) -> str:
    """The source of a record in one line."""
    source = KINDS[record.source]
    return source.words(record.config)


def lines_of(record: EtlRecord) -> list[tuple[str, str]]:
    """What a record says, part by part, in words."""
    source = KINDS[record.source]
    config = [
        (one.label, str(record.config[one.name])) for one in source.fields if record.config.get(one.name)
    ]
    at = (
        ""
        if record.frequency in (EtlRecord.Frequency.BY_HAND, EtlRecord.Frequency.HOURLY)
        else (f", at {record.hour}:00")
    )
    return [
        ("Source", source.label),
        *config,
        ("Extraction", record.extraction),
        ("Columns", ", ".join(record.columns) or "Those of the last release"),
        ("Transformation", record.transformation),
        ("Load", record.get_method_display()),
        ("Schedule", f"{record.get_frequency_display()}{at}"),
    ]


def refresh_page(dataset_id: int, *, now: datetime | None = None) -> dict[str, Any]:
    """What the refresh page shows of one dataset."""
    in_force, waiting = record_in_force(dataset_id), record_proposed(dataset_id)
    state = state_of(dataset_id)
    fetches = list(
        Fetch.objects.filter(dataset_id=dataset_id).select_related("asked_by", "record")[:LAST_FETCHES]
    )
    host = KINDS[in_force.source].host(in_force.config) if in_force else ""
    return {
        "record": in_force,
        "record_lines": lines_of(in_force) if in_force else [],
        "waiting": waiting,
        "waiting_lines": lines_of(waiting) if waiting else [],
        "waiting_changed": next(iter(versions_of(dataset_id)), None) if waiting else None,
        "versions": versions_of(dataset_id),
        "state": state,
        "fetches": fetches,
        "live": next((one for one in fetches if one.is_live), None),
        "is_fetched": in_force is not None and in_force.source != "upload",
        "paused": is_paused(dataset_id),
        "host": host,
        "host_rests_until": host_rests_until(host, now=now) if host else None,
    }


def _records(dataset_id: int) -> Any:
    rows = EtlRecord.objects.filter(dataset_id=dataset_id)
    return rows.select_related("proposed_by", "decided_by")


def _changed(before: EtlRecord | None, after: EtlRecord) -> list[str]:
    """The parts that differ, by name; empty for a first version."""
    if before is None:
        return []
    return [label for name, label in PARTS.items() if getattr(before, name) != getattr(after, name)]
