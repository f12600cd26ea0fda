"""Datasets that are truly public: through the door, and with the copy on the portal that publishing keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dossier.services import fact_record
from publishing.models import Permit, PortalAsset, Publication
from tests.cast import Cast
from tests.factories.workflow import TREATED, dataset_make
from workflow.context import context_of
from workflow.models import Dataset, Release
from workflow.services.catalogue import described_of, record_for
from workflow.stages import Stage


def published(
    cast: Cast, *, at: datetime | None = None, described: dict[str, Any] | None = None, **fields: Any
) -> Release:
    """A published release whose copy was verified from outside, put there past the door, which takes its time.

    `described` is added to what was approved.
    """
    release = dataset_make(cast, **fields).current_release
    stage_put(release, Stage.PUBLISHED, at or timezone.now())
    columns = [{"name": "permit", "type": "text"}]
    for kind, data in (
        ("treated", {"sha256": TREATED, "columns": columns}),
        ("quality_checks", {"score": 1}),
    ):
        fact_record(release_id=release.pk, kind=kind, ok=True, about={"file": "f"}, data=data)
    Permit.objects.create(
        release=release,
        treated_sha256=TREATED,
        record_digest="d" * 64,
        described=described_of(release.dataset) | (described or {}),
        expires_at=timezone.now() + timedelta(days=365),
    )
    copy_public(release)
    return Release.objects.select_related("dataset__program", "dataset__department").get(pk=release.pk)


def stage_put(release: Release, stage: Stage, at: datetime) -> None:
    """Put a release into a stage without a move, published on that day."""
    QuerySet(Release).filter(pk=release.pk).update(stage=str(stage), published_at=at)


def earlier_version(release: Release, at: datetime) -> None:
    """The dataset was public before, in a version that this one replaced."""
    Release.objects.filter(pk=release.pk).update(number=2)
    QuerySet(Release).bulk_create([_twin(release, number=1, stage=str(Stage.SUPERSEDED), published_at=at)])


def copy_public(release: Release, **record: Any) -> Publication:
    """The copy of a published release on the portal; `record` changes what was approved of it."""
    remote = f"abcd-{release.pk:04d}"
    asset, _ = PortalAsset.objects.get_or_create(
        dataset_id=release.dataset_id, domain="data.example.gov", defaults={"remote_id": remote}
    )
    about = record_for(context_of(release.pk)).as_json() | record
    host = "https://data.example.gov"
    publication = Publication.objects.create(
        release=release,
        asset=asset,
        treated_sha256=TREATED,
        record=about,
        record_digest=f"{release.pk:064d}",
        goal=Publication.Goal.PUBLIC,
        reached=Publication.Reached.PUBLIC,
        status=Publication.Status.DONE,
        permit=Permit.objects.get(release=release, revoked_at=None),
        receipt={
            "public": {
                "remote_id": asset.remote_id,
                "public_url": f"{host}/d/{asset.remote_id}",
                "query_url": f"{host}/resource/{asset.remote_id}.json",
            }
        },
    )
    asset.public_publication = publication
    asset.save(update_fields=["public_publication"])
    return publication


def copy_edit(release: Release, **record: Any) -> None:
    """Change what the approved record of a public copy says, as awkward data would have it."""
    copy = Publication.objects.get(release=release)
    copy.record = copy.record | record
    copy.save(update_fields=["record"])


def copies_many(release: Release, number: int) -> None:
    """So many more public datasets like that of `release`, made in bulk and past the door."""
    permit, copy = release.permits.get(), Publication.objects.select_related("asset").get(release=release)
    numbers = range(1, number + 1)
    datasets = Dataset.objects.bulk_create(
        [_twin(release.dataset, inventory_id=f"X{count:05d}", title=f"Copy {count}") for count in numbers]
    )
    releases: list[Release] = QuerySet(Release).bulk_create(
        [_twin(release, dataset_id=row.pk) for row in datasets]
    )
    permits = Permit.objects.bulk_create([_twin(permit, release_id=row.pk) for row in releases])
    assets = PortalAsset.objects.bulk_create(
        [
            _twin(copy.asset, dataset_id=row.pk, remote_id=f"x-{row.pk}", public_publication_id=None)
            for row in datasets
        ]
    )
    copies = Publication.objects.bulk_create(
        [
            _twin(
                copy,
                release_id=of.pk,
                permit_id=allowed.pk,
                asset_id=place.pk,
                record=copy.record | {"name": row.title},
            )
            for row, of, allowed, place in zip(datasets, releases, permits, assets, strict=True)
        ]
    )
    for place, made in zip(assets, copies, strict=True):
        place.public_publication = made
    PortalAsset.objects.bulk_update(assets, ["public_publication"], batch_size=500)


def _twin(row: Any, **changes: Any) -> Any:
    """A new row with the values of this one."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    return type(row)(**{**values, **changes})
