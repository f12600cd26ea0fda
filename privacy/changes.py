"""What is found in a column now, against what was found when somebody decided it: in words, for the reopened."""

from __future__ import annotations

from collections.abc import Iterable

from privacy.models import ColumnVerdict, Disposition
from privacy.words import ENTITY_LABELS


def verdicts_before(release_id: int, reopened: Iterable[Disposition]) -> dict[str, ColumnVerdict]:
    """By column: the verdict of an earlier scan that the decision was made on, where it is still kept."""
    wanted = {(row.column, row.evidence_digest) for row in reopened}
    if not wanted:
        return {}
    rows = ColumnVerdict.objects.filter(
        scan__release_id=release_id,
        column__in={column for column, _ in wanted},
        evidence_digest__in={digest for _, digest in wanted},
    )
    return {row.column: row for row in rows if (row.column, row.evidence_digest) in wanted}


def what_changed(before: ColumnVerdict | None, now: ColumnVerdict) -> list[str]:
    """The differences, one sentence each. No values of the file: what, in how many cells."""
    if before is None:
        return ["What was found then is not kept any more, so it cannot be set beside what is found now."]
    said = []
    if (before.group, before.entity) != (now.group, now.entity):
        said.append(f"The column looked like: {_what(before)}. Now it looks like: {_what(now)}.")
    then, today = _counts(before), _counts(now)
    for entity in dict.fromkeys([*then, *today]):
        sentence = _counted(ENTITY_LABELS.get(entity, entity), then.get(entity), today.get(entity))
        if sentence:
            said.append(sentence)
    if before.decision != now.decision:
        said.append(
            f"It was marked “{before.get_decision_display()}” and is now “{now.get_decision_display()}”."
        )
    if not said and now.hits:
        return ["As many cells were found as then, but they do not hold what was found then."]
    if not said and now.group == ColumnVerdict.Group.FREE_TEXT:
        return ["Its texts are not those that were read then. Somebody must read them."]
    return said or ["The detectors weigh it differently now; see why below."]


def _what(verdict: ColumnVerdict) -> str:
    label = ENTITY_LABELS.get(verdict.entity, "")
    return f"{verdict.get_group_display().lower()}{f' ({label})' if label else ''}"


def _counts(verdict: ColumnVerdict) -> dict[str, int]:
    return {hit["entity"]: hit["count"] for hit in verdict.hits}


def _counted(label: str, then: int | None, now: int | None) -> str:
    if then == now:
        return ""
    what = label[:1].upper() + label[1:]
    if then is None and now is not None:
        return f"{what}: found in {_cells(now)} now, in none then."
    if now is None and then is not None:
        return f"{what}: no longer found; {_cells(then)} then."
    return f"{what}: {_cells(then or 0)} then, {_cells(now or 0)} now."


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"
