from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from datafiles.table import write_columnar
from dossier.models import FileRead, StoredFile
from dossier.services import dossier_open
from dossier.storage import file_keep
from privacy.models import ClassTabulation, Scan, Treatment
from privacy.services import scan_request
from privacy.tasks import classes_run, scan_run, treatment_run
from tests.cast import Cast, cast_create
from tests.factories.workflow import dataset_make
from tests.privacy.samples import as_csv, as_table, permits
from workflow.models import Release


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def release(cast: Cast) -> Release:
    return dataset_make(cast).releases.get()


@pytest.fixture
def upload(release: Release, tmp_path: Path) -> Callable[..., None]:
    """Put a table into the release as if it had been uploaded and read; findings may then be decided."""

    def uploading(columns: dict[str, list[str]] | None = None) -> None:
        dossier_open(release_id=release.pk, parts=["file", "privacy"])
        columns = columns or permits()
        raw_path, path = tmp_path / "permits.csv", tmp_path / "permits.parquet"
        raw_path.write_text(as_csv(columns))
        write_columnar(as_table(columns), path)
        raw = _keep(release, StoredFile.Kind.RAW, raw_path, {})
        columnar = _keep(release, StoredFile.Kind.COLUMNAR, path, {"raw_sha256": raw.sha256})
        FileRead.objects.create(release=release, raw=raw, columnar=columnar, status="done")

    return uploading


def _keep(release: Release, kind: str, path: Path, meta: dict[str, str]) -> StoredFile:
    sha256, size, key = file_keep(path)
    return StoredFile.objects.create(
        release=release, kind=kind, sha256=sha256, size=size, name=path.name, storage_key=key, meta=meta
    )


@pytest.fixture
def work(release: Release) -> Callable[[], None]:
    """Let the worker do all that waits at this station."""

    def working() -> None:
        for scan in Scan.objects.filter(status="queued"):
            scan_run(scan.pk)
        for table in ClassTabulation.objects.filter(status="queued"):
            classes_run(table.pk)
        for treatment in Treatment.objects.filter(status="queued"):
            treatment_run(treatment.pk)

    return working


@pytest.fixture
def scanned(release: Release, upload: Callable[..., None], work: Callable[[], None]) -> Release:
    """A release whose file (tests.privacy.samples.permits) has been scanned."""
    upload()
    scan_request(release_id=release.pk)
    work()
    return release
