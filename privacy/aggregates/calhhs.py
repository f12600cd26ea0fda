"""The publication score of a table of counts, as California Health and Human Services computes it.

Source: CalHHS Data De-Identification Guidelines, ed. 2, 4.2 to 4.4 (DOMAIN d4, exact). Screened first: where every
count is 0 or at least 11 and every denominator at least 20,000, no score is needed. Otherwise the points of the
variables are added, of each variable the highest; up to 12 the table may be shown unmasked. The score supports a
decision and never takes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NUMERATOR_LEAST = 11
DENOMINATOR_LEAST = 20_000
UNMASKED_MOST = 12
EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Variable:
    """Something by which a table is broken down, and how many points each way of doing so is worth."""

    code: str
    label: str
    options: tuple[Option, ...]
    asks: str = ""

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


def _options(*rows: tuple[str, str, int]) -> tuple[Option, ...]:
    return tuple(Option(*row) for row in rows)


# Points of a group by how many people it has in the area of the table.
_GROUPS = (
    ("over_4m", "Detailed: the smallest group has more than 4 million people", 1),
    ("300k_4m", "Detailed: the smallest group has 300,001 to 4 million people", 2),
    ("100k_300k", "Detailed: the smallest group has 100,001 to 300,000 people", 3),
    ("20k_100k", "Detailed: the smallest group has 20,001 to 100,000 people", 5),
    ("under_20k", "Detailed: the smallest group has 20,000 people or fewer", 7),
)

VARIABLES: tuple[Variable, ...] = (
    Variable(
        "age",
        "Age",
        _options(
            ("over_29", "Bands of 30 years or more", 1),
            ("11_29", "Bands of 11 to 29 years", 2),
            ("6_10", "Bands of 6 to 10 years", 3),
            ("3_5", "Bands of 3 to 5 years", 5),
            ("1_2", "Single years, or bands of 2", 7),
        ),
        "The narrowest band counts.",
    ),
    Variable(
        "race",
        "Race, or race and ethnicity",
        _options(
            ("main", "Five main groups", 2),
            ("more", "With American Indian, Pacific Islander or mixed", 3),
            *_GROUPS,
        ),
    ),
    Variable("ethnicity", "Ethnicity", _options(("hispanic", "Hispanic: yes or no", 1), *_GROUPS)),
    Variable("language", "Language", _options(("main", "English, Spanish, other", 1), *_GROUPS[1:])),
    Variable("sex", "Sex", _options(("main", "Male, female", 1))),
    Variable("orientation", "Sexual orientation", _options(("any", "Sexual orientation", 2))),
    Variable(
        "gender_identity",
        "Gender identity",
        _options(("three", "Three groups", 3), ("detailed", "More than three groups", 5)),
    ),
    Variable("intersex", "Intersex", _options(("any", "Intersex", 2))),
    Variable("immigration", "Immigration status", _options(("main", "Two or three groups", 1))),
    Variable(
        "insurance",
        "Members of an insurance",
        _options(
            ("over_2m", "More than 2 million members", -5),
            ("1m_2m", "1 to 2 million", -3),
            ("560k_1m", "560,001 to 1 million", -1),
            ("250k_560k", "250,001 to 560,000", 0),
            ("100k_250k", "100,001 to 250,000", 1),
            ("50k_100k", "50,001 to 100,000", 3),
            ("20k_50k", "20,001 to 50,000", 4),
            ("under_20k", "20,000 or fewer", 5),
        ),
    ),
    Variable(
        "means_tested",
        "People in a means-tested program",
        _options(
            ("over_10m", "More than 10 million", 0),
            ("4m_10m", "4 to 10 million", 1),
            ("300k_4m", "300,001 to 4 million", 2),
            ("100k_300k", "100,001 to 300,000", 3),
            ("20k_100k", "20,001 to 100,000", 5),
            ("under_20k", "20,000 or fewer", 7),
        ),
    ),
    Variable(
        "residence",
        "Where people live: people in the smallest area",
        _options(
            ("over_2m", "More than 2 million", -5),
            ("1m_2m", "1 to 2 million", -3),
            ("560k_1m", "560,001 to 1 million", -1),
            ("250k_560k", "250,001 to 560,000", 0),
            ("100k_250k", "100,001 to 250,000", 1),
            ("50k_100k", "50,001 to 100,000", 3),
            ("20k_50k", "20,001 to 50,000", 4),
            ("4k_20k", "4,001 to 20,000", 5),
            ("under_4k", "4,000 or fewer", 7),
        ),
    ),
    Variable(
        "service",
        "Where a service is given: people in the smallest area",
        _options(
            ("over_2m", "More than 2 million", -5),
            ("1m_2m", "1 to 2 million", -4),
            ("560k_1m", "560,001 to 1 million", -3),
            ("250k_560k", "250,001 to 560,000", -1),
            ("20k_250k", "20,001 to 250,000", 0),
            ("under_20k", "20,000 or fewer", 1),
            ("street", "A street address", 3),
            ("rural", "An address in the countryside", 5),
            ("frontier", "A frontier area", 7),
        ),
    ),
    Variable(
        "period",
        "Period",
        _options(
            ("5y", "Five years", -5),
            ("2y_4y", "Two to four years", -3),
            ("1y", "One year", 0),
            ("half", "Half a year", 3),
            ("quarter", "A quarter", 4),
            ("month", "A month or less", 5),
        ),
        "What one count covers.",
    ),
    Variable(
        "interactions",
        "Variables that depend on one another",
        _options(
            ("least_5", "Only events, time and population; at least 5 events", -5),
            ("least_3", "Only events, time and population; at least 3 events", -3),
            ("none", "None", 0),
            ("one", "One more variable", 1),
            ("two", "Two more variables", 2),
            ("three", "Three more variables or more", 4),
        ),
        "Count only variables that are shown stacked or depend on one another.",
    ),
    Variable(
        "other",
        "Another variable: people in its smallest group",
        _options(
            ("over_4m", "More than 4 million", 1),
            ("300k_4m", "300,001 to 4 million", 2),
            ("100k_300k", "100,001 to 300,000", 3),
            ("20k_100k", "20,001 to 100,000", 5),
            ("under_20k", "20,000 or fewer", 7),
        ),
        "Somebody who knows the matter looks at it too.",
    ),
)
BY_CODE = {variable.code: variable for variable in VARIABLES}
# Smallest count -> points; from the top.
_EVENT_POINTS = ((1_000, "1,000 or more", 2), (100, "100 to 999", 3), (11, "11 to 99", 5), (0, "under 11", 7))


@dataclass(frozen=True, slots=True)
class Scored:
    """The points of one variable and why."""

    variable: str
    label: str
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """`screened`: the table passed the screen, and the points decide nothing."""

    screened: bool
    scored: tuple[Scored, ...]

    @property
    def total(self) -> int:
        return sum(row.points for row in self.scored)

    @property
    def may_be_shown(self) -> bool:
        return self.screened or self.total <= UNMASKED_MOST

    def to_dict(self) -> dict[str, Any]:
        return {
            "screened": self.screened,
            "total": self.total,
            "may_be_shown": self.may_be_shown,
            "scored": [
                {"variable": row.variable, "label": row.label, "words": row.words, "points": row.points}
                for row in self.scored
            ],
        }


def choice_faults(choices: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with the ways of breaking down that somebody named, one sentence each."""
    faults = []
    for code, options in choices.items():
        variable = BY_CODE.get(code)
        if variable is None or any(variable.option(option) is None for option in options):
            faults.append("There is no such way of breaking a table down. Choose from the list.")
    return faults


def score(
    *, smallest_count: int | None, smallest_denominator: int | None, choices: Mapping[str, Sequence[str]]
) -> Score:
    """Score a table. `smallest_count` is the smallest that is not 0, None when every count is 0.

    `choices` names for each variable (VARIABLES) how the table is broken down; of several the highest counts.
    Without a denominator the screen is not passed.
    """
    no_small_count = smallest_count is None or smallest_count >= NUMERATOR_LEAST
    screened = (
        no_small_count and smallest_denominator is not None and smallest_denominator >= DENOMINATOR_LEAST
    )
    rows = [_events(smallest_count)]
    for variable in VARIABLES:
        known = [option for code in choices.get(variable.code, ()) if (option := variable.option(code))]
        if known:
            highest = max(known, key=lambda option: option.points)
            rows.append(Scored(variable.code, variable.label, highest.words, highest.points))
    return Score(screened, tuple(rows))


def _events(smallest: int | None) -> Scored:
    number = _EVENT_POINTS[0][0] if smallest is None else smallest
    words, points = next((words, points) for least, words, points in _EVENT_POINTS if number >= least)
    shown = "Every count is 0" if smallest is None else f"The smallest count is {words}"
    return Scored(EVENTS, "Events in the smallest cell", shown, points)


def score_sentences(result: Score) -> list[str]:
    """What the score means."""
    if result.screened:
        return [
            f"Every count is 0 or at least {NUMERATOR_LEAST}, and every denominator at least "
            f"{DENOMINATOR_LEAST:,}: the table passes the first screen."
        ]
    if result.may_be_shown:
        return [
            f"The publication score is {result.total}. Up to {UNMASKED_MOST} a table may be shown unmasked; "
            "the score supports the decision and does not take it."
        ]
    return [
        f"The publication score is {result.total}, more than {UNMASKED_MOST}. Hide small cells, use coarser or "
        "fewer variables or longer periods, or record what makes the risk smaller."
    ]
