from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from dossier.models import FileRead, StoredFile
from dossier.selectors import latest_read
from dossier.services_files import file_receive
from dossier.tasks import file_read
from tests.cast import Cast, cast_create
from tests.factories.workflow import dataset_make
from workflow.models import Release

Receive = Callable[..., StoredFile]


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def release(cast: Cast) -> Release:
    """A new release of Public Works, in the inventory: its file may change."""
    return dataset_make(cast).releases.get()


@pytest.fixture
def receive(release: Release, cast: Cast) -> Receive:
    """Upload text or bytes as the steward."""

    def receiving(
        content: bytes | str = "id,name\n1,Ann\n2,Bo\n", name: str = "permits.csv", actor: User | None = None
    ) -> StoredFile:
        data = content.encode() if isinstance(content, str) else content
        return file_receive(
            release_id=release.pk,
            upload=SimpleUploadedFile(name, data),
            name=name,
            actor=actor or cast.steward,
        )

    return receiving


@pytest.fixture
def read_latest(release: Release) -> Callable[[], FileRead]:
    """Let the worker's task run the newest reading; returns how it ended."""

    def reading() -> FileRead:
        newest = latest_read(release.pk)
        assert newest is not None
        file_read(newest.pk)
        newest.refresh_from_db()
        return newest

    return reading
