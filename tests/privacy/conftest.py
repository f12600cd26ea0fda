from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from privacy.models import ClassTabulation, Scan, Treatment
from privacy.services import scan_request
from privacy.tasks import classes_run, scan_run, treatment_run
from tests.cast import Cast, cast_create
from tests.factories.files import file_put
from tests.factories.workflow import dataset_make
from tests.privacy.samples import permits
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
        file_put(release, columns or permits(), tmp_path)

    return uploading


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
