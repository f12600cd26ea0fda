"""Reads about the tables that are public already: their sketches, and the release that went before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, Q, QuerySet

from dossier.models import Fact, StoredFile
from dossier.services import digest_of
from privacy.models import ColumnVerdict, CopySketch
from privacy.mosaic import SketchColumn, kind_of
from privacy.sealing import derived_key

if TYPE_CHECKING:
    from privacy.selectors import PrivacyState

Group = ColumnVerdict.Group
_LINKING = (Group.DIRECT, Group.QUASI, Group.KEY)
_PUBLIC = "PUBLISHED"
_BEEN_PUBLIC = ("PUBLISHED", "SUPERSEDED", "RETRACTED", "RETIRED")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The copy that was public before; `is_lost` when there was one and it is not found."""

    copy: StoredFile | None = None
    is_lost: bool = False


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


def previous_copy(release_id: int, treated_sha256: str) -> Earlier:
    """The copy of the dataset that was public last before the present one (`treated_sha256`) of a release.

    It may be one of the release itself, which was taken back and is treated anew. What was public is read from what
    was recorded when it became so, never from what the station would say of that release today.
    """
    about = _release_of(release_id)
    model = apps.get_model("workflow", "Release")
    rows = model._default_manager.filter(
        Q(published_at__isnull=False) | Q(stage__in=_BEEN_PUBLIC), dataset_id=about["dataset_id"]
    )
    if about["stage"] in _BEEN_PUBLIC:
        # What became public after it says nothing of what was public before.
        rows = rows.exclude(published_at__gt=about["published_at"]) if about["published_at"] else rows
    newest_first = rows.order_by(F("published_at").desc(nulls_last=True), "-number")
    for pk, stage in newest_first.values_list("pk", "stage"):
        digests = published_digests(pk)
        others = [digest for digest in digests if pk != release_id or digest != treated_sha256]
        if pk == release_id and not others and (digests or stage == _PUBLIC):
            continue  # what was public of it is the present copy
        copy = treated_copy(pk, others[0]) if others else None
        return Earlier(copy, is_lost=copy is None)
    return Earlier()


def published_digests(release_id: int) -> list[str]:
    """The digests of the copies of a release that became public, the last one first: as the portal confirmed it,
    then as they were sketched at publication."""
    confirmed = Fact.objects.filter(release_id=release_id, kind="public_copy", ok=True).first()
    sketched = CopySketch.objects.filter(release_id=release_id).order_by("-id")
    found = [confirmed.about.get("treated", "")] if confirmed else []
    found += sketched.values_list("treated_sha256", flat=True)
    return list(dict.fromkeys(filter(None, found)))


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
    rows = model._default_manager.values("dataset_id", "stage", "published_at", "dataset__program_id")
    return dict(rows.get(pk=release_id))
