"""Precision, recall and F1 of whoever labels columns or texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.accuracy.tables import Labelled

# Identifiers that a pattern or a check digit tells.
PATTERN = (
    "SSN", "EMAIL", "PHONE", "CREDIT_CARD", "IP_ADDRESS", "MAC_ADDRESS", "IBAN", "VIN", "NPI", "ROUTING_NUMBER",
)  # fmt: skip
# Close enough to count as the same.
_SAME = {"ITIN": "SSN", "DEVICE_ID": "MAC_ADDRESS", "ETHNICITY": "RACE"}

Verdicts = list[dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right, wrong and missed, and what follows from them; 1 where there was nothing to find."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.2f} R {self.recall:.2f} F1 {self.f1:.2f}"


def canonical(entity: str | None) -> str | None:
    return _SAME.get(entity, entity) if entity else None


def column_score(tables: Iterable[Labelled], verdicts: Verdicts, entities: Iterable[str]) -> Score:
    """Over columns that are one of `entities`, or were said to be. A wrong one of them is wrong and missed."""
    right = wrong = missed = 0
    wanted = set(entities)
    for table, said in zip(tables, verdicts, strict=True):
        for name, label in table.labels.items():
            guess = canonical(said.get(name))
            right += label in wanted and guess == label
            missed += label in wanted and guess != label
            wrong += guess in wanted and guess != label
    return Score(right, wrong, missed)


def text_score(
    texts: Iterable[tuple[str, set[str]]], found: Iterable[set[str]], entities: Iterable[str]
) -> Score:
    """Over pairs of text and entity."""
    right = wrong = missed = 0
    wanted = set(entities)
    for (_, planted), said in zip(texts, found, strict=True):
        there = {canonical(one) for one in said} & wanted
        right += len(there & planted)
        wrong += len(there - planted)
        missed += len((planted & wanted) - there)
    return Score(right, wrong, missed)
