"""What reviewers read of how a release differs from what is public: rows, columns, values and description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.profiles import Profile
from datafiles.drift_score import drift_score
from workflow.context import ReleaseContext
from workflow.describing import Change
from workflow.metadata import refusal_of
from workflow.models import Refresh, Release
from workflow.refreshing import comparison_of, is_measuring, refresh_of
from workflow.selectors.refresh import DriftRow, drift_of, drift_rows, newly_found

# So many fields of a description are looked at besides its columns: what the score takes as the whole.
_FIELDS = 12


@dataclass(frozen=True)
class AgainstPublic:
    """The comparison as pages show it. `sentence` is empty while the files are not compared yet."""

    base: Release
    sentence: str
    score: int | None
    rows: Sequence[DriftRow]
    report: dict[str, Any]
    found: Sequence[str]
    changes: Sequence[Change]
    is_refresh: bool
    error: str
    warning: str


def against_public(context: ReleaseContext, changes: Sequence[Change]) -> AgainstPublic | None:
    """The comparison of an open release with what is public; None where nothing is, or it is being measured.

    `changes` are those of the description (workflow.services.describing).
    """
    base = context.dataset.public_release
    if base is None or not context.release.is_open or is_measuring(context):
        return None
    item, refresh = comparison_of(context), refresh_of(context)
    is_measured = item is not None and bool(item.sentence)
    drift = drift_of(item) if item is not None and "rows_now" in item.report else None
    share = min(1.0, len({change.field for change in changes}) / _FIELDS)
    return AgainstPublic(
        base=item.base if item else base,
        sentence=item.sentence if item else "",
        score=drift_score(drift, share) if is_measured and drift else None,
        rows=drift_rows(item),
        report=item.report if item else {},
        found=newly_found(item),
        changes=changes,
        is_refresh=refresh is not None,
        error=item.error if item and item.status == Refresh.Status.DEAD else "",
        warning="" if refresh else replacing_warning(context.profile),
    )


def replacing_warning(profile: Profile) -> str:
    """What to think of before a release replaces the public table where the program does not replace; else empty."""
    methods = profile.updates.methods
    if not methods or Refresh.Method.REPLACE in methods:
        return ""
    return (
        f"{refusal_of(profile, Refresh.Method.REPLACE)} A release that is prepared anew puts its file in the place "
        "of the whole public table. To hand in new or changed rows, refresh the dataset instead."
    )
