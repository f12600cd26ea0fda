"""What drift calls for: nothing, privacy, or the full review. Plain rules over what was measured, one sentence each.

The bounds are those that the approval set (publishing.PermitBounds), frozen from the program's profile of that day;
which review each kind of drift calls for is the profile's of the refresh. Sources: ARCHITECTURE 4; FEATURES M38;
Connecticut's guidelines (step 2: privacy is read again when identifiers exist and the structure, or the method of
aggregation, changed).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.profiles import Updates
from checklists.selectors import errors_of, latest_run
from datafiles.drift import Drift, Shift
from publishing.models import PermitBounds
from workflow.context import ReleaseContext
from workflow.models import Refresh

Decision = Refresh.Decision
_ORDER = (Decision.PUBLISH, Decision.PRIVACY, Decision.FULL)
_REVIEWS = {"none": Decision.PUBLISH, "privacy": Decision.PRIVACY, "full": Decision.FULL}
_NAMED = 3
_DICTIONARY = "schema_matches_dictionary"
# Facts of the privacy station: where one does not hold, privacy decides.
_PRIVACY_FACTS = ("dispositions", "treated", "risk")


@dataclass(frozen=True)
class Reason:
    """One thing beyond the bounds, and the review it calls for."""

    review: str
    text: str

    def to_dict(self) -> dict[str, str]:
        return {"review": self.review, "text": self.text}


def reasons_of(
    context: ReleaseContext, refresh: Refresh, drift: Drift, bounds: PermitBounds | None
) -> list[Reason]:
    """Everything that the refresh changes beyond what was approved, the most pressing first; empty when nothing."""
    updates = context.profile.updates
    found = [
        *_structure(drift, bounds, updates),
        *_amount(drift, bounds),
        *_spread(drift, bounds, updates),
        *_method(context, refresh, updates),
        *_repeated(refresh),
        *_checks(context, drift),
        *_privacy(context),
    ]
    beyond = [reason for reason in found if reason.review != Decision.PUBLISH]
    return sorted(beyond, key=lambda reason: -_ORDER.index(Decision(reason.review)))


def decision_of(reasons: Sequence[Reason]) -> str:
    """The review that all of them together call for."""
    return max((Decision(one.review) for one in reasons), key=_ORDER.index, default=Decision.PUBLISH)


def holds_identifiers(context: ReleaseContext) -> bool:
    """Whether the data holds what identifies people, directly or together (Connecticut)."""
    return bool(context.data("scan", "findings") or context.data("risk", "quasi"))


def _review(updates: Updates, drift: str) -> str:
    return _REVIEWS[updates.review_for(drift)]


def _structure(drift: Drift, bounds: PermitBounds | None, updates: Updates) -> list[Reason]:
    structure, new = _review(updates, "structure"), _review(updates, "new_column")
    found = [
        Reason(structure, f"The column “{before}” is called “{now}” now.") for before, now in drift.renamed
    ]
    found += [Reason(structure, f"The column “{name}” is missing.") for name in drift.vanished]
    found += [
        Reason(structure, f"The column “{name}” holds {_a(now)} now; it held {_a(before)}.")
        for name, before, now in drift.retyped
    ]
    for name in drift.added:
        filled = "" if name in drift.added_nullable else ", filled in every row,"
        found.append(Reason(new, f"The column “{name}”{filled} is new."))
    return found + _crept(drift, bounds, structure)


def _crept(drift: Drift, bounds: PermitBounds | None, review: str) -> list[Reason]:
    """The public release itself may have drifted from what its permit says: then nobody approved its columns."""
    if bounds is None or not bounds.columns or not drift.has_same_columns:
        return []
    approved = {column["name"]: column["type"] for column in bounds.columns}
    present = {row.name: row.type for row in drift.columns}
    if approved == present:
        return []
    return [Reason(review, "The columns are not those that the approval covers.")]


def _a(kind: str) -> str:
    words = {"text": "text", "integer": "whole numbers", "decimal": "decimal numbers", "boolean": "yes or no"}
    return words.get(kind, f"{kind.replace('datetime', 'date and time')} values")


def _amount(drift: Drift, bounds: PermitBounds | None) -> list[Reason]:
    limits = bounds.limits if bounds else {}
    more = drift.more_rows * 100
    if more > limits.get("rows_more", 0):
        return [_rows(limits, f"{more:.0f} % more rows", limits.get("rows_more", 0))]
    if -more > limits.get("rows_fewer", 0):
        return [_rows(limits, f"{-more:.0f} % fewer rows", limits.get("rows_fewer", 0))]
    return []


def _rows(limits: dict[str, Any], what: str, most: int) -> Reason:
    return Reason(
        _REVIEWS[limits.get("rows_review", "full")],
        f"The table has {what} than what is public; the approval covers up to {most} %.",
    )


def _spread(drift: Drift, bounds: PermitBounds | None, updates: Updates) -> list[Reason]:
    limits = bounds.limits if bounds else {}
    review = _review(updates, "spread")
    emptier = [
        row for row in drift.columns if abs(row.empty_now - row.empty_before) * 100 > limits.get("emptier", 0)
    ]
    moved = [row for row in drift.columns if row.counts and row.shift > limits.get(_limit(row), 0.0)]
    found = []
    if emptier:
        worst = max(emptier, key=lambda row: abs(row.empty_now - row.empty_before))
        found.append(
            Reason(
                review,
                f"{_columns(emptier)}: {worst.empty_before * 100:.0f} % of “{worst.name}” was empty, "
                f"{worst.empty_now * 100:.0f} % is now.",
            )
        )
    if moved:
        found.append(Reason(review, f"{_columns(moved)}: the values are spread further apart than approved."))
    return found


def _limit(row: Shift) -> str:
    return "variation" if row.measure == "tv" else "psi"


def _columns(rows: Sequence[Shift]) -> str:
    names = ", ".join(f"“{row.name}”" for row in rows[:_NAMED])
    return names + (f" and {len(rows) - _NAMED} more columns" if len(rows) > _NAMED else "")


def _method(context: ReleaseContext, refresh: Refresh, updates: Updates) -> list[Reason]:
    if not refresh.method_changed:
        return []
    if updates.method_with_identifiers and not holds_identifiers(context):
        return []
    text = "The structure of the data, or the way it is put together or aggregated, changed."
    return [Reason(_review(updates, "method"), text)]


def _repeated(refresh: Refresh) -> list[Reason]:
    if refresh.method != Refresh.Method.APPEND or not refresh.repeated_rows:
        return []
    count = refresh.repeated_rows
    rows = "row of the new file is" if count == 1 else "rows of the new file are"
    return [
        Reason(
            Decision.FULL, f"{count:,} {rows} public already, so appending the file would repeat what stands."
        )
    ]


def _checks(context: ReleaseContext, drift: Drift) -> list[Reason]:
    """Errors of the machine checks; that new columns are not described yet is asked where they are judged."""
    fact = context.facts.get("quality_checks")
    run = latest_run(context.release.pk)
    if fact is None or fact.ok or run is None:
        return []
    new = {*drift.added, *(now for _, now in drift.renamed)}
    rows = [
        row
        for row in errors_of(run)
        if not (row.check_name == _DICTIONARY and (row.column in new or row.is_whole))
    ]
    return [Reason(Decision.FULL, row.sentence) for row in rows[:_NAMED]]


def _privacy(context: ReleaseContext) -> list[Reason]:
    texts: list[str] = []
    for kind in _PRIVACY_FACTS:
        fact = context.facts.get(kind)
        if fact is not None and not fact.ok:
            texts += _shown(fact.sentences)
            # What comes later waits for it and says nothing of its own.
            break
    return [Reason(Decision.PRIVACY, text) for text in texts]


def _shown(sentences: Iterable[str]) -> list[str]:
    return list(sentences)[:_NAMED]
