"""What changes from one recipe to another, in words, and the small moves by which a recipe is edited."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from privacy.remedies.base import named_columns
from privacy.remedies.recipe import step_says

Step = dict[str, Any]
_ROWS = "drop_rows"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a comparison: `kind` is Added, Removed or Moved."""

    kind: str
    says: str


def changes(before: Sequence[Step], after: Sequence[Step]) -> list[Change]:
    """What the second recipe does that the first does not, and the other way round."""
    old, new = [_text(step) for step in before], [_text(step) for step in after]
    gone: list[int] = []
    come: list[int] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            gone += range(a, b)
            come += range(c, d)
    found = []
    for at in come:
        twin = next((one for one in gone if old[one] == new[at]), None)
        if twin is not None:
            gone.remove(twin)
        found.append(Change("Added" if twin is None else "Moved", says(after[at])))
    return [*(Change("Removed", says(before[at])) for at in gone), *found]


def says(step: Step) -> str:
    """A step in one sentence; one that is not understood any more says so."""
    try:
        return step_says(step)
    except (KeyError, TypeError, IndexError, ValueError, LookupError):
        return f"A step that is not understood any more ({step.get('remedy', 'without a name')})."


def put(steps: Sequence[Step], step: Step, number: int | None) -> list[Step]:
    """The recipe with the step in the place of step `number` (from 1), or at the end."""
    if number is None or not 1 <= number <= len(steps):
        return [*steps, step]
    return [*steps[: number - 1], step, *steps[number:]]


def removed(steps: Sequence[Step], number: int) -> list[Step]:
    """The recipe without step `number`."""
    return [step for at, step in enumerate(steps, start=1) if at != number]


def moved(steps: Sequence[Step], number: int, by: int) -> list[Step]:
    """The recipe with step `number` one place up (-1) or down (1), if there is room."""
    kept, to = list(steps), number + by
    if 1 <= number <= len(kept) and 1 <= to <= len(kept):
        kept[number - 1], kept[to - 1] = kept[to - 1], kept[number - 1]
    return kept


def gives_way(step: Step, proposal: Step) -> bool:
    """Whether a step makes room for a proposal of the search: one of its kind, or one that changes a column of it
    alone. A step that leaves rows out stays: it says which rows are measured, not how coarse a column is."""
    named = named_columns(step["params"])
    changes_one = len(named) == 1 and named[0] in proposal["params"]["columns"] and step["remedy"] != _ROWS
    return changes_one or step["remedy"] == proposal["remedy"]


def with_proposal(steps: Sequence[Step], proposal: Step) -> list[Step]:
    """The recipe after a proposal was taken over: what gives way is gone, and the proposal stands at the end."""
    return [*(step for step in steps if not gives_way(step, proposal)), proposal]


def _text(step: Step) -> str:
    return json.dumps(step, sort_keys=True, ensure_ascii=False)
