"""What every priority scale is made of: questions, bands, weighted factors, and a score that explains itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Most that one weight may be: a factor may count ten times, not drown all the others for ever.
WEIGHT_MAX = 10.0


@dataclass(frozen=True)
class Question:
    """One thing that the scale asks about a dataset. Choices from the least to the most urgent.

    `number` asks for a count instead. `derived` names what of the inventory record answers it, if anything.
    """

    code: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    number: bool = False
    help: str = ""
    derived: str = ""


@dataclass(frozen=True)
class Band:
    """A step of the scale, for people: "P1", "Strategic", "High". The first band of a scale comes first."""

    code: str
    label: str
    meaning: str


@dataclass(frozen=True)
class Factor:
    """What one answer gave: points of most, times its weight, and the sentence that says so."""

    code: str
    label: str
    points: float
    most: float
    weight: float
    sentence: str

    @property
    def gives(self) -> float:
        return self.points * self.weight


@dataclass(frozen=True)
class Score:
    """The outcome: the band, a value that orders inside it, and why."""

    band: Band
    value: float
    factors: tuple[Factor, ...]
    sentence: str


@dataclass(frozen=True)
class Scale:
    """One way to rank datasets. `weighted` are the factors whose weight a program may set."""

    code: str
    name: str
    source: str
    questions: tuple[Question, ...]
    bands: tuple[Band, ...]
    weighted: tuple[tuple[str, str], ...]
    judge: Callable[[Mapping[str, Any], Mapping[str, float]], Score] = field(repr=False)

    def weights(self, chosen: Mapping[str, Any]) -> dict[str, float]:
        """The weight of every factor: the chosen one where it is a sensible number, else 1."""
        return {code: _weight(chosen.get(code, 1.0)) for code, _ in self.weighted}

    def score(self, answers: Mapping[str, Any], chosen: Mapping[str, Any]) -> Score:
        """The score of these answers under these weights. The same in gives the same out."""
        return self.judge(answers, self.weights(chosen))

    def missing(self, answers: Mapping[str, Any]) -> list[Question]:
        """Questions without an answer; each counts as the least until it has one."""
        return [one for one in self.questions if answers.get(one.code) in (None, "")]

    def band(self, code: str) -> Band | None:
        return next((band for band in self.bands if band.code == code), None)

    def place(self, code: str) -> int:
        """The place of a band, 0 first; behind all others when the scale does not know it."""
        codes = [band.code for band in self.bands]
        return codes.index(code) if code in codes else len(codes)


def points_of(question: Question, answers: Mapping[str, Any]) -> int:
    """The place of the chosen answer, 0 for the least; no answer counts as the least."""
    codes = [code for code, _ in question.choices]
    answer = answers.get(question.code)
    return codes.index(answer) if answer in codes else 0


def answer_words(question: Question, answers: Mapping[str, Any]) -> str:
    """The chosen answer as words inside a sentence: "5, a CSV file" without its number."""
    chosen = str(answers.get(question.code, ""))
    words = dict(question.choices).get(chosen, "").removeprefix(f"{chosen}, ")
    return words or "not answered, which counts as the least"


def count_of(answers: Mapping[str, Any], code: str) -> int:
    """A count that was typed: whole, not below zero."""
    try:
        return max(0, int(answers.get(code) or 0))
    except (TypeError, ValueError):
        return 0


def number_words(value: float) -> str:
    """3.0 -> "3", 2.5 -> "2.5"."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def thirds(value: float, most: float, bands: tuple[Band, Band, Band]) -> Band:
    """High from two thirds of what can be reached, medium from one third, low below."""
    share = value / most if most else 0.0
    return bands[0] if share >= 2 / 3 else bands[1] if share >= 1 / 3 else bands[2]


def weighted_sentence(label: str, points: float, most: float, weight: float, why: str) -> str:
    """ "Public interest: 4 of 5 (often asked for), counted 2 times, gives 8."."""
    counted = "" if weight == 1 else f", counted {number_words(weight)} times"
    return (
        f"{label}: {number_words(points)} of {number_words(most)} ({why}){counted}, "
        f"gives {number_words(points * weight)}."
    )


def _weight(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 1.0
    return min(WEIGHT_MAX, number) if number >= 0 else 1.0  # not a number compares with nothing: 1


HIGH = Band("high", "High", "Begin with these.")
MEDIUM = Band("medium", "Medium", "Plan them after the high ones.")
LOW = Band("low", "Low", "Leave them until there is time or somebody asks.")
