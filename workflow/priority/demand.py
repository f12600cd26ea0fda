"""Durham's considerations: public records requests, programmatic interests, public demand (ITP-5 IV.B.1)."""

from __future__ import annotations

from bisect import bisect_right
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
    count_of,
    number_words,
    points_of,
    thirds,
    weighted_sentence,
)

REQUESTS = Question(
    "records_requests",
    "Public records requests in the last 12 months",
    number=True,
    help="How many requests for public records asked for this data.",
)
INTEREST = Question(
    "interest",
    "Programmatic interest",
    choices=(
        ("0", "none"),
        ("1", "a colleague asked"),
        ("2", "a program would use it"),
        ("3", "a program depends on it"),
        ("4", "several programs depend on it"),
    ),
)
VOTES = Question(
    "votes",
    "Public demand: votes and wishes",
    number=True,
    help="Votes on requests for this data, wishes from surveys and meetings.",
    derived="votes",
)
# From this count on, one, two, three and four points.
_REQUEST_STEPS = (1, 3, 6, 12)
_VOTE_STEPS = (1, 5, 20, 50)
_MOST = 4


def judge(answers: Mapping[str, Any], weights: Mapping[str, float]) -> Score:
    """Each factor gives 0 to 4 points, weighted; the bands are thirds of what can be reached."""
    requests, votes = count_of(answers, "records_requests"), count_of(answers, "votes")
    given = (
        (REQUESTS, bisect_right(_REQUEST_STEPS, requests), f"{requests:,} requests"),
        (INTEREST, points_of(INTEREST, answers), answer_words(INTEREST, answers)),
        (VOTES, bisect_right(_VOTE_STEPS, votes), f"{votes:,} votes or wishes"),
    )
    factors = tuple(
        Factor(
            one.code,
            one.label,
            points,
            _MOST,
            weights[one.code],
            weighted_sentence(one.label, points, _MOST, weights[one.code], why),
        )
        for one, points, why in given
    )
    total = sum(factor.gives for factor in factors)
    most = sum(factor.most * factor.weight for factor in factors)
    band = thirds(total, most, (HIGH, MEDIUM, LOW))
    sentence = f"{number_words(total)} of {number_words(most)} points for demand: {band.label.lower()}."
    return Score(band, round(total, 4), factors, sentence)


DEMAND = Scale(
    code="demand",
    name="Demand",
    source="Durham ITP-5, IV.B.1",
    questions=(REQUESTS, INTEREST, VOTES),
    bands=(HIGH, MEDIUM, LOW),
    weighted=tuple((one.code, one.label) for one in (REQUESTS, INTEREST, VOTES)),
    judge=judge,
)
