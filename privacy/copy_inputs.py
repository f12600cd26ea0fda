"""Reads of what the treated copy is measured by beside its own groups, and of the comparison that was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dossier.models import StoredFile
from dossier.services import digest_of
from privacy.catalogue import previous_copy
from privacy.models import AggregateShape, CopyCheck

if TYPE_CHECKING:
    from privacy.selectors import PrivacyState

_LOST = "lost"


@dataclass(frozen=True)
class CopyInputs:
    """What the copy is measured by: its columns and thresholds, its shape, and the release before.

    `is_previous_lost`: an earlier release is or was public, and its copy is not found.
    """

    treated: StoredFile
    quasi: list[str]
    k_min: int
    shape: AggregateShape | None
    previous: StoredFile | None
    is_previous_lost: bool = False

    @property
    def about(self) -> dict[str, Any]:
        previous = self.previous.sha256 if self.previous else None
        return {
            "quasi": sorted(self.quasi),
            "k_min": self.k_min,
            "shape": self.shape.pk if self.shape else None,
            "previous": _LOST if self.is_previous_lost else previous,
        }

    @property
    def digest(self) -> str:
        return digest_of(self.about)


def shape_of(release_id: int) -> AggregateShape | None:
    """What was said last of the rows of a release; None while nobody has."""
    return AggregateShape.objects.filter(release_id=release_id).select_related("by").order_by("-id").first()


def inputs_of(state: PrivacyState) -> CopyInputs | None:
    """What the present copy is measured by; None before it is made."""
    treatment, quasi = state.treatment, state.quasi
    if treatment is None or treatment.treated is None or quasi is None:
        return None
    shape = shape_of(state.release_id)
    earlier = previous_copy(state.release_id, treatment.treated.sha256)
    return CopyInputs(
        treated=treatment.treated,
        quasi=state.quasi_left,
        k_min=quasi.k_min,
        shape=shape if shape and shape.is_table else None,
        previous=earlier.copy,
        is_previous_lost=earlier.is_lost,
    )


def check_of(release_id: int, inputs: CopyInputs) -> CopyCheck | None:
    """The newest finished comparison of exactly this copy; else one that waits or runs; None without any."""
    rows = CopyCheck.objects.filter(
        release_id=release_id, treated_sha256=inputs.treated.sha256, about_digest=inputs.digest
    )
    finished = rows.filter(checked_at__isnull=False).order_by("-checked_at").first()
    return finished or rows.order_by("-id").first()


def accepted_digest(state: PrivacyState) -> str:
    """Names what somebody accepts who accepts the risk of the present copy: the copy, what it is measured by, and
    what the comparison with the release before found. Empty before there is a copy."""
    inputs = inputs_of(state)
    if inputs is None:
        return ""
    check = check_of(state.release_id, inputs)
    found = check.differences if check is not None and check.checked_at is not None else None
    # What waits for its comparison and what has nothing to be compared with are alike until it has ended.
    return digest_of([inputs.treated.sha256, inputs.about, found or {}])
