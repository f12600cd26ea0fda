from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossier.models import StoredFile
from dossier.services_files import file_receive
from tests.cast import Cast, cast_create
from tests.factories.workflow import dataset_make
from tests.privacy.samples import as_csv, permits
from workflow.models import Release

PATIENCE = 90


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return cast_create()


@pytest.fixture
def release(cast: Cast) -> Release:
    return dataset_make(cast).releases.get()


@pytest.fixture
def hand_in(release: Release, cast: Cast) -> Callable[[int], StoredFile]:
    """Upload permits with personal data in them, as the steward does: reading and scan follow by themselves."""

    def uploading(rows: int) -> StoredFile:
        data = as_csv(permits(rows)).encode()
        upload = SimpleUploadedFile("permits.csv", data)
        return file_receive(release_id=release.pk, upload=upload, name="permits.csv", actor=cast.steward)

    return uploading
