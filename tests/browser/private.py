"""A release whose file was scanned and measured, with a recipe in two versions and a copy."""

from __future__ import annotations

import tempfile
from pathlib import Path

from datafiles.table import write_columnar
from dossier.models import FileRead, StoredFile
from dossier.services import dossier_open
from dossier.storage import file_keep
from privacy.models import ClassTabulation, Scan, Treatment
from privacy.services import findings_dispose, quasi_confirm, recipe_save, scan_request
from privacy.tasks import classes_run, scan_run, treatment_run
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import as_csv, as_table, permits
from workflow.models import Release

WHY = "Readers do not need more than this."
DROP = {"remedy": "drop_column", "params": {"column": "contractor_phone"}}
ZIP = {"remedy": "generalise_zip", "params": {"column": "zip"}}


def private_make(cast: Cast) -> Release:
    """Scan, columns to measure, recipe, decisions and copy, as the officer and the worker make them."""
    release = release_at("PRIVACY", cast, title="Inspections")
    _upload(release)
    scan_request(release_id=release.pk)
    _work()
    officer = cast.privacy_officer
    quasi_confirm(
        release_id=release.pk, columns=["zip", "sex"], sensitive=["status"], k_min=20, actor=officer
    )
    for number, steps in enumerate(([DROP], [DROP, ZIP])):
        recipe_save(release_id=release.pk, steps=steps, note=WHY, actor=officer, expected_number=number)
    findings_dispose(
        release_id=release.pk, columns=["sex", "remarks"], decision="accept", reason=WHY, actor=officer
    )
    _work()
    return release


def _upload(release: Release) -> None:
    dossier_open(release_id=release.pk, parts=["file", "privacy"])
    with tempfile.TemporaryDirectory() as folder:
        raw_path, path = Path(folder) / "permits.csv", Path(folder) / "permits.parquet"
        raw_path.write_text(as_csv(permits()))
        write_columnar(as_table(permits()), path)
        raw = _keep(release, StoredFile.Kind.RAW, raw_path, {})
        columnar = _keep(release, StoredFile.Kind.COLUMNAR, path, {"raw_sha256": raw.sha256})
    FileRead.objects.create(release=release, raw=raw, columnar=columnar, status="done")


def _keep(release: Release, kind: str, path: Path, meta: dict[str, str]) -> StoredFile:
    sha256, size, key = file_keep(path)
    return StoredFile.objects.create(
        release=release, kind=kind, sha256=sha256, size=size, name=path.name, storage_key=key, meta=meta
    )


def _work() -> None:
    """Let the worker do all that waits at this station."""
    for kind, run in ((Scan, scan_run), (ClassTabulation, classes_run), (Treatment, treatment_run)):
        for item in kind.objects.filter(status="queued"):
            run(item.pk)
