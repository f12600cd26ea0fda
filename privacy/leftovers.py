"""What is still found in a treated copy although nobody decided that it may stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from privacy.models import Disposition
from privacy.remedies.base import named_columns
from privacy.scanner import ColumnResult
from privacy.selectors import PrivacyState

# What may still look like itself after a remedy made it coarser, and is measured with the quasi-identifiers.
_COARSER = {"DATE_OF_BIRTH", "EVENT_DATE", "EVENT_TIME", "ZIP_CODE", "AGE", "GEOGRAPHY"}
_LEAVES = {"hundred_block": {"STREET_ADDRESS"}, "point_grid": {"COORDINATES"}}
_REDACTING = {"redact_matches", "redact_text"}


def leftovers(state: PrivacyState, columns: Iterable[ColumnResult]) -> list[dict[str, Any]]:
    """Findings in the treated copy that no decision covers: each with the sentence that says so.

    A column that was kept is covered while it looks as it did; a remedy must have removed what was flagged.
    Surrogates are drawn at random, so what they look like says nothing of anybody.
    """
    before = {verdict.column: verdict for verdict in state.verdicts}
    left = []
    for column in columns:
        known, disposition = before.get(column.name), state.decided.get(column.name)
        kept = disposition is None or disposition.decision != Disposition.Decision.REMEDY
        if kept and known is not None and column.evidence_digest == known.evidence_digest:
            continue
        if not still_found(column, state.recipe):
            continue
        what = ", ".join(sorted({hit.entity for hit in column.hits})) or (column.entity or column.group)
        left.append(
            {
                "column": column.name,
                "sentence": f"Column “{column.name}” still holds {what} in the copy. Choose another remedy for it.",
            }
        )
    return left


def still_found(column: ColumnResult, steps: Sequence[dict[str, Any]]) -> bool:
    """Whether what is flagged in a column of the copy is more than a coarser form of itself."""
    if column.decision != "flag":
        return False
    remedies = {step["remedy"] for step in steps if column.name in named_columns(step["params"])}
    if not remedies:
        return True
    if "pseudonym" in remedies:
        return False
    expected: set[str] = set().union(*(_LEAVES.get(name, set()) for name in remedies))
    if not remedies & _REDACTING:
        expected |= _COARSER
        if column.group in ("quasi", "sensitive") and column.entity:
            expected.add(column.entity)  # it still is one, in groups: that is measured, not found
    entities = {hit.entity for hit in column.hits} | ({column.entity} if column.entity else set())
    return bool(entities - expected) if entities else column.group == "direct"
