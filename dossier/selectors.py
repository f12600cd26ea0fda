"""Reads of what is known about a release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from dossier.models import Dossier, Fact, FileRead, StoredFile


def facts(release_id: int) -> dict[str, Fact]:
    """Every fact of a release by kind, in one query."""
    return {fact.kind: fact for fact in Fact.objects.filter(release_id=release_id)}


def facts_of_many(release_ids: Iterable[int]) -> dict[int, dict[str, Fact]]:
    """Facts of several releases in one query: release id -> kind -> fact."""
    found: dict[int, dict[str, Fact]] = {pk: {} for pk in release_ids}
    for fact in Fact.objects.filter(release_id__in=list(found)):
        found[fact.release_id][fact.kind] = fact
    return found


def current_read(release_id: int) -> FileRead | None:
    """The newest upload that was read without errors: a later one that failed does not take its place."""
    reads = FileRead.objects.filter(release_id=release_id, columnar__isnull=False)
    return reads.select_related("raw", "raw__uploaded_by", "columnar").order_by("-id").first()


def current_file(release_id: int) -> StoredFile | None:
    """The raw file that this release is about; None before the first one has been read."""
    read = current_read(release_id)
    return read.raw if read else None


def current_columnar(release_id: int) -> StoredFile | None:
    """The columnar copy of the current file. Its `meta` holds columns, notes, profile and row fingerprint."""
    read = current_read(release_id)
    return read.columnar if read else None


def failed_read(release_id: int) -> FileRead | None:
    """The newest reading that ended with a fault of the file."""
    reads = FileRead.objects.filter(release_id=release_id).exclude(failed_code="")
    return reads.select_related("raw").order_by("-id").first()


def latest_read(release_id: int) -> FileRead | None:
    """The newest reading, whatever came of it: queued, running, done or failed."""
    reads = FileRead.objects.filter(release_id=release_id)
    return reads.select_related("raw", "raw__uploaded_by").order_by("-id").first()


class EventSubject(TypedDict):
    """What an audit event names, by the words of event_record."""

    release_id: int
    dataset_id: int
    program_id: int


def subject_of(release_id: int) -> EventSubject:
    """What an audit event about this release names."""
    found = Dossier.objects.values_list("release__dataset_id", "release__dataset__program_id")
    dataset_id, program_id = found.get(release_id=release_id)
    return {"release_id": release_id, "dataset_id": dataset_id, "program_id": program_id}
