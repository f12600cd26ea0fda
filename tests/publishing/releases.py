"""Releases with a treated copy, the passes of a worker over them, and what the portal then holds."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone

from datafiles.table import Table, write_columnar
from dossier.models import StoredFile
from dossier.storage import file_keep
from publishing import encode
from publishing.models import Publication
from publishing.records import PortalRecord
from publishing.services import (
    permit_write,
    publication_request,
    publication_run,
    record_build,
    treated_columns,
)
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.publishing import samples
from tests.publishing.conftest import Orders
from work.services import work_run
from workflow.models import Release


class Prepared:
    """One release, its treated copy and its record."""

    def __init__(
        self, cast: Cast, table: Table | None = None, release: Release | None = None, key: str = ""
    ) -> None:
        self.release = release or dataset_make(cast, title=f"Permits {uuid.uuid4().hex[:6]}").current_release
        self.key = key or f"pub-{self.release.dataset.pk}-{uuid.uuid4().hex[:8]}"
        self.treat(table or samples.table(25))

    def treat(self, table: Table) -> None:
        """Put a treated copy into private storage and describe it."""
        self.table = table
        with TemporaryDirectory() as folder:
            path = Path(folder) / "treated.parquet"
            write_columnar(table, path)
            self.sha256, size, key = file_keep(path)
        StoredFile.objects.create(
            release=self.release,
            kind=StoredFile.Kind.TREATED,
            sha256=self.sha256,
            size=size,
            name="permits.csv",
            storage_key=key,
        )
        self.record = self.describe()

    def describe(self, **about: Any) -> PortalRecord:
        words = {"name": "Building permits", "description": "Permits for building", "external_key": self.key}
        return record_build(
            columns=treated_columns(release_id=self.release.pk, treated_sha256=self.sha256),
            descriptions={name: f"What {name} holds" for name in self.table.names},
            category="Housing",
            tags=["permits"],
            licence="CC0_10",
            contact_email="od@example.gov",
            **{**words, **about},
        )

    def allow(self, **changes: Any) -> None:
        about = {
            "release_id": self.release.pk,
            "treated_sha256": self.sha256,
            "record_digest": self.record.digest,
            "approvers": [{"kind": "cdo", "user": 1}],
            "expires_at": timezone.now() + timedelta(days=30),
        }
        permit_write(**{**about, **changes})

    def ask(self, goal: str) -> Publication:
        return publication_request(
            release_id=self.release.pk, record=self.record, treated_sha256=self.sha256, goal=goal
        )


def run(publication: Publication, *, now: bool = True) -> Publication:
    """One pass of a worker over the publication, due or not."""
    if now:
        Publication.objects.filter(pk=publication.pk).update(due_at=timezone.now())
    work_run(Publication, publication.pk, publication_run)
    publication.refresh_from_db()
    return publication


def run_to_the_end(publication: Publication, tries: int = 12) -> Publication:
    for _ in range(tries):
        if not run(publication).is_live:
            break
    return publication


def public(prepared: Prepared) -> Publication:
    """The way to the public: approved, copied, exposed, checked."""
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = run_to_the_end(prepared.ask("public"))
    assert publication.reached == "public", publication.error
    return publication


def seen_by_strangers(orders: Orders, publication: Publication) -> list[dict[str, Any]] | None:
    answer = orders.get(f"/resource/{publication.asset.remote_id}.json", signed=False)
    return answer.json() if answer.status_code == 200 else None


def one_equal_dataset(orders: Orders, prepared: Prepared) -> bool:
    """Exactly one dataset on the portal under our key, and its rows are those of the treated copy."""
    views = orders.assets(prepared.key)
    rows = orders.get(f"/resource/{views[0]['id']}.json?$limit=100000").json()
    expected = encode.table_fingerprint(encode.encode_table(prepared.table, prepared.record))
    return len(views) == 1 and encode.rows_fingerprint(rows, prepared.record) == expected
