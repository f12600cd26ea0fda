"""What a set of answers amounts to: which questions are asked, what stands in the way, what is worth a word.

Plain Python: the page, the autosave, the fact and the tests all judge by this one function.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checklists.catalogue import Catalogue, Contradiction, Item
from checklists.conditions import holds, is_answered

# Beyond this many, open questions are said in one sentence.
_NAMED_EACH = 3


@dataclass(frozen=True)
class Remark:
    """What one item says about its answer."""

    item: str
    sentence: str


@dataclass(frozen=True)
class Judgement:
    """`blocking` are answers that stand in the way, `open` required questions without one."""

    visible: tuple[str, ...]
    answered: int
    total: int
    blocking: tuple[Remark, ...]
    open: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    # Answers that cannot both be true: the items of each, with the sentence that names them.
    clashes: tuple[tuple[tuple[str, ...], str], ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.blocking and not self.open


def judge(catalogue: Catalogue, answers: Mapping[str, Any]) -> Judgement:
    """Judge answers (item id -> value). Items of a machine or an approval are judged at their own gate."""
    asked = [item for item in catalogue.items if holds(item.when, answers)]
    counted = [item for item in asked if is_counted(item)]
    blocking: list[Remark] = []
    unanswered: list[Remark] = []
    warnings: list[Remark] = []
    for item in counted:
        value = answers.get(item.id)
        if not is_answered(value):
            if item.is_required:
                unanswered.append(Remark(item.id, item.missing or f"“{item.question}” is not answered."))
            elif item.missing:
                warnings.append(Remark(item.id, item.missing))
        elif stands_in_the_way(item, value):
            (blocking if item.is_required else warnings).append(Remark(item.id, item.sentence))
        elif _touches(item.warns_on, value):
            warnings.append(Remark(item.id, item.sentence))
    clashes = clashes_of(catalogue, answers)
    blocking += [Remark(row.items[-1], clash_sentence(catalogue, row, answers)) for row in clashes]
    return Judgement(
        visible=tuple(item.id for item in asked),
        answered=sum(is_answered(answers.get(item.id)) for item in counted),
        total=len(counted),
        blocking=tuple(blocking),
        open=tuple(unanswered),
        warnings=tuple(warnings),
        clashes=tuple((row.items, clash_sentence(catalogue, row, answers)) for row in clashes),
    )


def clashes_of(catalogue: Catalogue, answers: Mapping[str, Any]) -> list[Contradiction]:
    """The contradictions that these answers hold. Answers to questions that are not asked now do not count."""
    found = []
    for row in catalogue.contradictions:
        asked = all(holds(catalogue.item(one).when, answers) for one in row.items)
        if asked and holds(row.when, answers):
            found.append(row)
    return found


def clash_sentence(catalogue: Catalogue, row: Contradiction, answers: Mapping[str, Any]) -> str:
    """Names each question with its answer, then why they cannot both be true and what to do."""
    said = []
    for one in row.items:
        item = catalogue.item(one)
        value = answers.get(one)
        words = f"is answered “{item.label_of(value)}”" if is_answered(value) else "is not answered"
        said.append(f"“{item.question}” {words}")
    return f"{' and '.join(said)}. {row.sentence}"


def result_id(content_digest: str, answers: Mapping[str, Any], judgement: Judgement) -> str:
    """Names one check result: the text, the answers, and what was found. Equal for author and reviewer (M08)."""
    found = {
        "text": content_digest,
        "answers": dict(answers),
        "visible": judgement.visible,
        "blocking": [[row.item, row.sentence] for row in judgement.blocking],
        "open": [[row.item, row.sentence] for row in judgement.open],
        "warnings": [[row.item, row.sentence] for row in judgement.warnings],
    }
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sentences(catalogue: Catalogue, judgement: Judgement) -> list[str]:
    """What stands in the way of the gate: the items' own sentences, open questions gathered when many."""
    said = [remark.sentence for remark in judgement.blocking]
    if len(judgement.open) <= _NAMED_EACH:
        return said + [f"{catalogue.title}: {remark.sentence}" for remark in judgement.open]
    first = catalogue.item(judgement.open[0].item).question
    return [
        *said,
        f"{catalogue.title}: {len(judgement.open)} questions must still be answered. The first is “{first}”",
    ]


def stands_in_the_way(item: Item, value: Any) -> bool:
    """Does this answer block?"""
    return _touches(item.blocks_on, value) or any(
        wanted not in (value if isinstance(value, list) else [value]) for wanted in item.blocks_without
    )


def is_counted(item: Item) -> bool:
    """Part of "11 of 14 answered": not what a machine counts or somebody signs elsewhere."""
    return not item.machine and item.type != "sign" and not item.answers_from.startswith("score.")


def signed_for(catalogue: Catalogue, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a signature covers: what people said and what the record says.

    What a machine, a fact or a review answers is left out; it changes by itself and has gates of its own.
    """
    covered = ("dataset.", "item.", "previous")
    return {
        item.id: answers[item.id]
        for item in catalogue.items
        if item.id in answers
        and holds(item.when, answers)
        and (item.is_asked or item.answers_from.startswith(covered))
    }


def _touches(values: tuple[str, ...], answer: Any) -> bool:
    return any(one in values for one in (answer if isinstance(answer, list) else [answer]))
