"""What is still found in a treated copy although nobody decided that it may stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from privacy.models import ColumnVerdict
from privacy.remedies.recipe import Change, step_changes
from privacy.scanner import ColumnResult
from privacy.selectors import KEPT, REMEDIED, PrivacyState

Group = ColumnVerdict.Group

# What may still look like itself after a remedy made it coarser, and is measured with the quasi-identifiers.
_COARSER = {"DATE_OF_BIRTH", "EVENT_DATE", "EVENT_TIME", "ZIP_CODE", "AGE", "GEOGRAPHY"}
_LEAVES = {"hundred_block": {"STREET_ADDRESS"}, "point_grid": {"COORDINATES"}}
_REDACTING = {"redact_matches", "redact_text"}
# A column that looks as it did was remedied when at least this share of its cells are others now.
_MOST = 0.5
# What only writes values shorter or coarser tells people apart as before while so many distinct values are left.
_COARSENING = {
    "truncate_text",
    "generalise",
    "age_bands",
    "bands",
    "round_numbers",
    "top_bottom",
    "k_anonymise",
}
_AS_MANY = 0.8
# What may be left of a date in any table (HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C)), as ZIP codes of three digits.
_YEARS = (None, "year", "decade")


def leftovers(
    state: PrivacyState,
    columns: Iterable[ColumnResult],
    *,
    changed: Mapping[str, Change],
    measured: Collection[str],
) -> list[dict[str, Any]]:
    """What would be left in the treated copy of each column, were it decided one way or the other.

    The same copy serves while decisions change, so both are said: `decided` is KEPT or REMEDIED, and
    PrivacyState.leftovers has those of the decisions in force. A column that is kept is covered while it holds no
    more than it did; a remedy must have removed what was flagged, and of what tells people apart it must not leave
    about as many distinct values. `changed` is how far the recipe changed each column; `measured` are the
    quasi-identifiers whose risk is measured on the copy.
    """
    before = {verdict.column: verdict for verdict in state.verdicts}
    left = []
    for column in columns:
        known = before.get(column.name)
        found = _still_found(column, state.recipe)
        is_covered = known is not None and _is_covered(column, known, state.recipe)
        sentences = {KEPT: "" if is_covered else found, REMEDIED: found}
        if known is not None:
            is_measured = column.name in measured and not known.names_people
            change = changed.get(column.name, Change())
            if _looks_as_before(column, known):
                is_changed = change.share >= _MOST
                sentences[REMEDIED] = "" if is_measured else found if is_changed else _unchanged(column)
            if not is_measured and _tells_apart(column, known, change, state.recipe):
                sentences[REMEDIED] = sentences[REMEDIED] or _unchanged_apart(column)
        left += [
            {"column": column.name, "decided": decided, "sentence": sentence}
            for decided, sentence in sentences.items()
            if sentence
        ]
    return left


def _unchanged(column: ColumnResult) -> str:
    return (
        f"The recipe leaves “{column.name}” nearly as it was: what was found in it is still there. "
        "Choose a remedy that changes it, or record why it may stay."
    )


def _unchanged_apart(column: ColumnResult) -> str:
    return (
        f"The recipe leaves about as many different values in “{column.name}” as before, so it still tells people "
        "apart. Choose a remedy that makes it coarser or removes it, or record why it may stay."
    )


def _tells_apart(
    column: ColumnResult, known: ColumnVerdict, change: Change, steps: Sequence[dict[str, Any]]
) -> bool:
    """Whether a column by which people are told apart was only written shorter or coarser and still does so, whatever
    the scan makes of what is left of it. In free text it is not the whole text that names somebody."""
    is_telling = known.names_people or known.group in (Group.QUASI, Group.KEY)
    named = [step for step in steps if column.name in step_changes(step)]
    return (
        is_telling
        and known.group != Group.FREE_TEXT
        and any(_only_coarsens(step) for step in named)
        and all(step["remedy"] != "pseudonym" for step in named)
        and change.distinct >= _AS_MANY
    )


def _only_coarsens(step: dict[str, Any]) -> bool:
    if step["remedy"] == "generalise_date":
        return step["params"].get("to") not in _YEARS
    return step["remedy"] in _COARSENING


def _still_found(column: ColumnResult, steps: Sequence[dict[str, Any]]) -> str:
    if column.decision != ColumnVerdict.Decision.FLAG or not _is_more(column, steps):
        return ""
    what = ", ".join(sorted({hit.entity for hit in column.hits})) or (column.entity or column.group)
    return f"Column “{column.name}” still holds {what} in the copy. Choose another remedy for it."


def still_to_decide(column: ColumnResult, steps: Sequence[dict[str, Any]], change: Change) -> bool:
    """Whether somebody must still decide on a column of the copy: a recipe that left it as it was helps nothing."""
    if column.decision == ColumnVerdict.Decision.CLEAR:
        return False
    return not change.share or _is_more(column, steps)


def _is_more(column: ColumnResult, steps: Sequence[dict[str, Any]]) -> bool:
    """Whether what is found in a column of the copy is more than a coarser form of itself."""
    remedies = {step["remedy"] for step in steps if column.name in step_changes(step)}
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


def _looks_as_before(column: ColumnResult, known: ColumnVerdict) -> bool:
    """It is to be decided still, is what it was, and holds all that was found in it, though maybe in fewer cells."""
    return (
        column.decision != ColumnVerdict.Decision.CLEAR
        and (column.group, column.entity or "", column.decision)
        == (known.group, known.entity, known.decision)
        and {hit.entity for hit in column.hits} >= set(known.entities)
    )


def _is_covered(column: ColumnResult, known: ColumnVerdict, steps: Sequence[dict[str, Any]]) -> bool:
    """Whether what was said of a kept column speaks of the copy: the evidence is the same or, where rows went and
    no step changed the column, a part of it."""
    if column.evidence_digest == known.evidence_digest:
        return True
    if not known.must_be_decided or any(column.name in step_changes(step) for step in steps):
        return False
    counts = {hit["entity"]: hit["count"] for hit in known.hits}
    if any(hit.count > counts.get(hit.entity, 0) for hit in column.hits):
        return False
    return bool(column.hits) or (column.group, column.entity or "") == (known.group, known.entity)
