"""A release with its cast, its answers filled in, and a file that the machine can check."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from checklists.models import CheckRun
from checklists.services import answers_fill, checks_run
from datafiles.table import Table, write_columnar
from dossier.models import FileRead, StoredFile
from dossier.services import fact_record
from dossier.storage import file_keep
from tests.cast import Cast, cast_create
from tests.factories.workflow import dataset_make
from work.services import work_run
from workflow.context import context_of
from workflow.models import Release
from workflow.services.catalogue import answer_sources

RAW = "a" * 64
DECLARED = {
    name: {"description": f"What {name} means.", "type": "", "label": ""}
    for name in ("permit", "issued", "status")
}
ROWS = {
    "permit": ["P1", "P2", "P3", "P4"],
    "issued": ["2026-10-01", "1899-10-02", "2026-10-03", "2026-11-04"],
    "status": ["open", "closed", "open", "closed"],
}


@pytest.fixture
def cast() -> Cast:
    return cast_create()


@pytest.fixture
def release(cast: Cast) -> Release:
    return dataset_make(cast, custodian=cast["custodian"]).current_release


def fill(release: Release) -> list[str]:
    """What the conductor does when something has become known."""
    return answers_fill(release_id=release.pk, sources=answer_sources(context_of(release.pk)))


def file_give(release: Release, rows: dict[str, list[Any]] | None = None, *, sha256: str = RAW) -> StoredFile:
    """A file that was read: its columnar copy in private storage, and the fact."""
    table = Table.of(pl.DataFrame(rows or ROWS, schema_overrides=dict.fromkeys(rows or ROWS, pl.String)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "copy.parquet"
        write_columnar(table, path)
        digest, size, key = file_keep(path)
    common = {"release": release, "size": size, "storage_key": key}
    raw = StoredFile.objects.create(kind="raw", sha256=sha256, name="permits.csv", **common)
    columnar = StoredFile.objects.create(
        kind="columnar",
        sha256=digest,
        name="permits.parquet",
        meta={"raw_sha256": sha256, "rows": table.rows, "notes": []},
        **common,
    )
    FileRead.objects.create(release=release, raw=raw, columnar=columnar, status=FileRead.Status.DONE)
    fact_record(
        release_id=release.pk, kind="file", ok=True, about={"file": sha256}, data={"rows": table.rows}
    )
    return raw


def run_queued() -> None:
    """What the worker does."""
    for pk in CheckRun.objects.filter(status=CheckRun.Status.QUEUED).values_list("pk", flat=True):
        work_run(CheckRun, pk, checks_run)
