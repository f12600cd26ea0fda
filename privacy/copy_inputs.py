"""Reads of what the treated copy is measured by beside its own groups, and of the comparison that was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from dossier.models import StoredFile
from dossier.selectors import facts
from dossier.services import digest_of
from privacy.catalogue import previous_copy, published_digests
from privacy.models import AggregateShape, CopyCheck, RiskDecision

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


def is_present(state: PrivacyState, treated_sha256: str) -> bool:
    """Whether the present copy of the station is that one."""
    treated = state.treatment.treated if state.treatment is not None else None
    return treated is not None and treated.sha256 == treated_sha256


def acceptance_of_public(release_id: int) -> RiskDecision | None:
    """What was accepted last of a copy that is public: of the one that the fact names or, where the station says
    nothing of it today, of those that were published. What was accepted of another copy is none of it."""
    risk = facts(release_id).get("risk")
    named = risk.about.get("treated") if risk is not None else None
    copies = [named] if named else published_digests(release_id)
    return RiskDecision.objects.filter(release_id=release_id, treated_sha256__in=copies).last()


def ended_acceptance(state: PrivacyState, day: date) -> RiskDecision | None:
    """What was accepted of a public copy and does not hold any more on `day`: its last day has passed, or it does not
    cover what is measured now. None while it holds, and where nothing was accepted."""
    last = acceptance_of_public(state.release_id)
    if last is None:
        return None
    is_open = is_present(state, last.treated_sha256) and state.acceptance is None
    return last if is_open or not last.holds_on(day) else None
