"""Los Angeles' tiers: passive, active and strategic publishing, and considerations from 1 to 5 (DOMAIN a3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.priority.base import (
    Band,
    Factor,
    Question,
    Scale,
    Score,
    number_words,
    points_of,
    weighted_sentence,
)

BANDS = (
    Band(
        "strategic", "Strategic", "Supports a strategic plan or policy; about one a quarter, with an event."
    ),
    Band("active", "Active", "Shared or asked for; about one a month, with legal and executive review."),
    Band("passive", "Passive", "Public already in some form and little work; about two a month."),
    Band("none", "No tier yet", "None of the tiers fits; answer the questions again when it changes."),
)
_NO_YES = (("no", "no"), ("yes", "yes"))
_SCORES = (
    ("0", "not considered"),
    ("1", "1, hardly"),
    ("2", "2, a little"),
    ("3", "3, somewhat"),
    ("4", "4, clearly"),
    ("5", "5, very much"),
)
CONDITIONS = (
    Question("strategy", "It supports a strategic plan or a policy", choices=_NO_YES),
    Question("requested", "It is often asked for", choices=_NO_YES),
    Question("shared", "Departments share it already", choices=_NO_YES),
    Question("public_already", "It is public already in some form", choices=_NO_YES),
    Question("no_personal", "It holds no personal data", choices=_NO_YES),
    Question("quick", "Publishing it takes less than a day of work", choices=_NO_YES),
)
CONSIDERATIONS = tuple(
    Question(code, label, choices=_SCORES)
    for code, label in (
        ("core", "It belongs to the core function of the department"),
        ("measure", "A headline measure is computed from it"),
        ("time_saved", "Publishing it saves staff time, for example records requests"),
        ("collected", "It is collected already"),
        ("across", "Other departments use it"),
        ("legacy", "It lets an old system retire"),
        ("quality_of_life", "It is used in policy on the quality of life"),
        ("better", "A business or a resident can do something better with it"),
        ("only_source", "The city is its only source"),
        ("engagement", "It invites people to take part"),
        ("economy", "It creates economic opportunity"),
        ("accountability", "It makes government accountable"),
    )
)


def judge(answers: Mapping[str, Any], weights: Mapping[str, float]) -> Score:
    """The highest tier whose conditions hold; the weighted mean of the considerations orders inside it."""
    yes = {one.code for one in CONDITIONS if answers.get(one.code) == "yes"}
    band, why = _tier(yes)
    factors = [Factor(one.code, one.label, 1, 1, 1, f"{one.label}.") for one in CONDITIONS if one.code in yes]
    total = weight_sum = 0.0
    for one in CONSIDERATIONS:
        points, weight = points_of(one, answers), weights[one.code]
        total, weight_sum = total + points * weight, weight_sum + weight
        if points:
            sentence = weighted_sentence(
                one.label, points, 5, weight, dict(_SCORES)[str(points)].split(", ")[-1]
            )
            factors.append(Factor(one.code, one.label, points, 5, weight, sentence))
    value = round(total / weight_sum, 4) if weight_sum else 0.0
    return Score(
        band,
        value,
        tuple(factors),
        f"{band.label}: {why} Its considerations average {number_words(value)} of 5, weighted.",
    )


def _tier(yes: set[str]) -> tuple[Band, str]:
    strategic, active, passive, none = BANDS
    if "strategy" in yes:
        return strategic, "it supports a strategic plan or policy."
    if yes & {"requested", "shared"}:
        words = [
            word
            for code, word in (("requested", "often asked for"), ("shared", "shared already"))
            if code in yes
        ]
        return active, f"it is {' and '.join(words)}."
    if {"public_already", "no_personal", "quick"} <= yes:
        return passive, "it is public in some form, holds no personal data and takes under a day."
    return none, "the conditions of no tier hold."


TIERS = Scale(
    code="tiers",
    name="Passive, active, strategic",
    source="Los Angeles open data playbook, which data to publish",
    questions=(*CONDITIONS, *CONSIDERATIONS),
    bands=BANDS,
    weighted=tuple((one.code, one.label) for one in CONSIDERATIONS),
    judge=judge,
)
