"""Approved releases with a treated copy that waits for the public, and a worker that the test directs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from datafiles.table import Column, Table, write_columnar
from dossier.models import StoredFile
from dossier.storage import file_keep
from publishing.models import Publication
from publishing.services import facts_rebuild
from tests.cast import Cast
from tests.factories import workflow as factory
from workflow.models import Bundle, PublicationPlan, Release
from workflow.services.bundle_settle import bundle_settle
from workflow.services.bundles import bundle_add, bundle_make
from workflow.services.settle import release_settle

Goal, Reached, Status = Publication.Goal, Publication.Reached, Publication.Status
ROWS = 20


def copy_keep(release: Release, sha256: str, size: int, key: str) -> None:
    StoredFile.objects.create(
        release=release,
        kind=StoredFile.Kind.TREATED,
        sha256=sha256,
        size=size,
        name="permits.csv",
        storage_key=key,
    )


def approved(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, titles: Iterable[str], *, at: datetime | None = None
) -> list[Release]:
    """Approved releases, each with a real treated copy and a plan whose date has come, or comes `at`."""
    table = Table((Column("permit", "text"),), pl.DataFrame({"permit": [f"P-{n}" for n in range(ROWS)]}))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "treated.parquet"
        write_columnar(table, path)
        kept = file_keep(path)
    monkeypatch.setattr(factory, "TREATED", kept[0])
    releases = []
    for title in titles:
        release = factory.release_at("STAGED", cast, title=title)
        copy_keep(release, *kept)
        moment = at or timezone.now() - timedelta(hours=1)
        PublicationPlan.objects.update_or_create(release=release, defaults={"release_at": moment})
        releases.append(release)
    return releases


def bundled(cast: Cast, releases: Iterable[Release], **about: Any) -> Bundle:
    """A bundle of these releases whose moment has come."""
    words: dict[str, Any] = {
        "name": "Budget week",
        "reason": "They explain one another.",
        "release_at": timezone.now() - timedelta(minutes=5),
    }
    bundle = bundle_make(program=cast.program, actor=cast.coordinator, **words | about)
    for release in releases:
        bundle_add(bundle_id=bundle.pk, release_id=release.pk, actor=cast.coordinator)
    return bundle


def look(bundle: Bundle, releases: Iterable[Release], now: datetime | None = None) -> str:
    """What the nudges bring about: every release is settled, and the bundle."""
    for release in releases:
        release_settle(release_id=release.pk, now=now)
    state = bundle_settle(bundle_id=bundle.pk, now=now)
    for release in releases:
        release_settle(release_id=release.pk, now=now)
    return state


def newest(release: Release) -> Publication | None:
    return Publication.objects.filter(release=release).select_related("asset").first()


def pretend(release: Release, outcome: str = "ok") -> None:
    """One pass of a worker over the newest copy of a release, without a portal: "ok", "fails" or "dies".

    One that dies leaves the copy exposed and the row running, as kill -9 does.
    """
    row = newest(release)
    if row is None or not row.is_live:
        return
    if row.goal != Goal.PUBLIC:
        _private(row)
    else:
        _public(row, outcome)
    facts_rebuild(release.pk)


def _private(row: Publication) -> None:
    if row.asset.public_publication_id == row.pk:
        row.asset.public_publication = None
        row.asset.save()
    row.reached, row.status, row.failure = Reached.PRIVATE, Status.DONE, ""
    row.receipt = {"private": {"rows": ROWS}}
    row.save()


def _public(row: Publication, outcome: str) -> None:
    row.asset.public_publication = row
    row.asset.save()
    row.status = Status.RUNNING
    if outcome == "fails":
        row.status, row.failure = Status.DEAD, "The portal refused the key."
    elif outcome == "ok":
        row.status, row.reached = Status.DONE, Reached.PUBLIC
        row.receipt = row.receipt | {"public": {"rows": ROWS, "public_url": "http://portal/d/abcd-1234"}}
    row.save()


def exposed(release: Release) -> bool:
    """Is it visible to strangers? The marker is set before the portal is asked."""
    row = newest(release)
    return row is not None and row.asset.public_publication_id == row.pk
