"""Reads about the tables that are public already: their sketches, and the release that went before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from dossier.models import Fact, StoredFile
from dossier.services import digest_of
from privacy.models import ColumnVerdict, CopySketch
from privacy.mosaic import SketchColumn, kind_of
from privacy.sealing import derived_key
from privacy.selectors import PrivacyState

Group = ColumnVerdict.Group
_LINKING = (Group.DIRECT, Group.QUASI, Group.KEY)
_PUBLIC = "PUBLISHED"
_BEEN_PUBLIC = ("PUBLISHED", "SUPERSEDED", "RETRACTED", "RETIRED")


def mosaic_key() -> bytes:
    """The secret with which values are hashed before they are sketched."""
    return derived_key("mosaic")


def mosaic_key_id() -> str:
    """Names the secret without telling it."""
    return digest_of(mosaic_key().hex())[:16]


def linking_columns(state: PrivacyState) -> list[SketchColumn]:
    """The columns by which somebody could link people: confirmed quasi-identifiers first, then keys and the like."""
    confirmed = set(state.quasi.columns) if state.quasi else set()
    told = [row for row in state.verdicts if row.column in confirmed or row.group in _LINKING]
    told.sort(key=lambda row: (row.column not in confirmed, row.position))
    return [SketchColumn(row.column, kind_of(row.column, row.entity, row.group)) for row in told]


def published_sketches(release_id: int) -> QuerySet[CopySketch]:
    """The finished sketches of the program's other datasets that are public now."""
    about = _release_of(release_id)
    return (
        CopySketch.objects.filter(
            kept_at__isnull=False,
            key_id=mosaic_key_id(),
            release__stage=_PUBLIC,
            release__dataset__program_id=about["dataset__program_id"],
        )
        .exclude(release__dataset_id=about["dataset_id"])
        .select_related("release__dataset")
    )


def catalogue_digest(sketches: Iterable[CopySketch]) -> str:
    """Names the published tables that a copy is compared with."""
    return digest_of(sorted([row.release_id, row.treated_sha256] for row in sketches))


def previous_copy(release_id: int) -> StoredFile | None:
    """The copy that the release before this one published; None for the first."""
    about = _release_of(release_id)
    before = Fact.objects.filter(
        kind="treated",
        release__dataset_id=about["dataset_id"],
        release__stage__in=_BEEN_PUBLIC,
        release__number__lt=about["number"],
    )
    last = before.order_by("-release__number").first()
    return treated_copy(last.release_id, last.data.get("sha256", "")) if last else None


def treated_copy(release_id: int, sha256: str) -> StoredFile | None:
    """The kept treated copy of a release by its digest."""
    kept = StoredFile.objects.filter(release_id=release_id, kind=StoredFile.Kind.TREATED, sha256=sha256)
    return kept.first()


def unsketched_releases() -> list[int]:
    """Public releases whose copy has not been asked to be sketched with the present secret."""
    model = apps.get_model("workflow", "Release")
    done = CopySketch.objects.filter(key_id=mosaic_key_id()).values("release_id")
    return list(
        model._default_manager.filter(stage=_PUBLIC).exclude(pk__in=done).values_list("pk", flat=True)
    )


def _release_of(release_id: int) -> dict[str, Any]:
    model = apps.get_model("workflow", "Release")
    rows = model._default_manager.values("dataset_id", "number", "dataset__program_id")
    return dict(rows.get(pk=release_id))
