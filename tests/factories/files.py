"""Files in a release, as if they had been uploaded and read."""

from __future__ import annotations

from pathlib import Path

from datafiles.table import write_columnar
from dossier.models import FileRead, StoredFile
from dossier.services import dossier_open
from dossier.storage import file_keep
from tests.privacy.samples import as_csv, as_table
from workflow.models import Release


def file_put(release: Release, columns: dict[str, list[str]], folder: Path) -> None:
    """Put a table into the release; its findings may then be decided. `folder` is for the copies on the way."""
    dossier_open(release_id=release.pk, parts=["file", "privacy"])
    raw_path, path = folder / "permits.csv", folder / "permits.parquet"
    raw_path.write_text(as_csv(columns))
    write_columnar(as_table(columns), path)
    raw = _keep(release, StoredFile.Kind.RAW, raw_path, {})
    columnar = _keep(release, StoredFile.Kind.COLUMNAR, path, {"raw_sha256": raw.sha256})
    FileRead.objects.create(release=release, raw=raw, columnar=columnar, status="done")


def _keep(release: Release, kind: str, path: Path, meta: dict[str, str]) -> StoredFile:
    sha256, size, key = file_keep(path)
    return StoredFile.objects.create(
        release=release, kind=kind, sha256=sha256, size=size, name=path.name, storage_key=key, meta=meta
    )
