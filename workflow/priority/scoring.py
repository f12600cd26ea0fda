"""CHHS scoring: seven factors, 31 points at most, and readiness from 0 to 5 beside them (DOMAIN a3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.priority.base import (
    HIGH,
    LOW,
    MEDIUM,
    Factor,
    Question,
    Scale,
    Score,
    answer_words,
    number_words,
    points_of,
    thirds,
    weighted_sentence,
)

_ZERO_TO_FIVE = (
    ("0", "none"),
    ("1", "very little"),
    ("2", "little"),
    ("3", "some"),
    ("4", "much"),
    ("5", "very much"),
)
INTEREST = Question("interest", "Interest of the public", choices=_ZERO_TO_FIVE)
SUPPORTS = Question(
    "supports",
    "Processes and goals it supports",
    choices=(
        ("0", "none"),
        ("1", "little internal interest"),
        ("2", "internal interest"),
        ("3", "a policy discussion that is known"),
        ("4", "a grant"),
        ("5", "a statute"),
    ),
)
YEARS = Question(
    "years",
    "Years it covers",
    choices=(("0", "one or less"), ("1", "2 to 4"), ("2", "5 to 9"), ("3", "10 or more")),
    derived="years",
)
GEOGRAPHY = Question(
    "geography",
    "Geography",
    choices=(
        ("0", "none"),
        ("1", "one county"),
        ("2", "a total for the state"),
        ("3", "several counties"),
        ("4", "by county"),
        ("5", "finer than the county, for the whole state"),
    ),
)
DATA_POINTS = Question(
    "data_points",
    "More than 5 rows of 2 columns",
    choices=(("no", "no"), ("yes", "yes")),
)
FREQUENCY = Question(
    "frequency",
    "How often it is really updated",
    choices=(
        ("0", "not updated"),
        ("1", "yearly or as needed"),
        ("2", "every quarter or half year"),
        ("3", "monthly"),
        ("4", "weekly or more often"),
    ),
    derived="frequency",
)
TIMELINESS = Question(
    "timeliness",
    "Age of the newest data",
    choices=(
        ("0", "more than 3 years"),
        ("1", "3 years"),
        ("2", "2 years"),
        ("3", "1 year"),
        ("4", "less than a year"),
    ),
    derived="timeliness",
)
READINESS = Question(
    "readiness",
    "Readiness",
    choices=(
        ("0", "not ready"),
        ("1", "1, far from it"),
        ("2", "2, much to do"),
        ("3", "3, half way"),
        ("4", "4, nearly"),
        ("5", "5, a CSV file and complete metadata"),
    ),
    help="Not part of the score: it says what can be published soon, and orders equal scores.",
)
COUNTED = (INTEREST, SUPPORTS, YEARS, GEOGRAPHY, DATA_POINTS, FREQUENCY, TIMELINESS)
_STEP = {"data_points": 5}  # its one step gives five points


def judge(answers: Mapping[str, Any], weights: Mapping[str, float]) -> Score:
    """The weighted sum of the factors; the bands are thirds of what can be reached."""
    factors = []
    for one in COUNTED:
        step = _STEP.get(one.code, 1)
        points, most = points_of(one, answers) * step, (len(one.choices) - 1) * step
        weight = weights[one.code]
        sentence = weighted_sentence(one.label, points, most, weight, answer_words(one, answers))
        factors.append(Factor(one.code, one.label, points, most, weight, sentence))
    total = sum(factor.gives for factor in factors)
    most_total = sum(factor.most * factor.weight for factor in factors)
    band = thirds(total, most_total, (HIGH, MEDIUM, LOW))
    readiness = points_of(READINESS, answers)
    ready = f"Readiness {readiness} of 5 ({answer_words(READINESS, answers)}), beside the score."
    factors.append(Factor("readiness", READINESS.label, readiness, 5, 0, ready))
    return Score(
        band,
        # Readiness orders equal sums and never outweighs a point of the sum.
        round(total + readiness / 1000, 4),
        tuple(factors),
        f"{number_words(total)} of {number_words(most_total)} points: {band.label.lower()}. {ready}",
    )


SCORING = Scale(
    code="scoring",
    name="Score of seven factors",
    source="California Health and Human Services, open data handbook",
    questions=(*COUNTED, READINESS),
    bands=(HIGH, MEDIUM, LOW),
    weighted=tuple((one.code, one.label) for one in COUNTED),
    judge=judge,
)
