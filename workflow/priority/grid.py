"""DataSF's grid: classification against demand gives P1 to P4 (DOMAIN a3, SF-WEB prioritization grid)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.priority.base import Band, Factor, Question, Scale, Score

BANDS = (
    Band("P1", "P1", "Published first."),
    Band("P2", "P2", "Scheduled; may need protective publishing."),
    Band("P3", "P3", "Not scheduled now."),
    Band("P4", "P4", "Last, and possibly for internal use only."),
)
# classification -> band by low, medium and high demand
TABLE: dict[str, tuple[str, str, str]] = {
    "public": ("P2", "P2", "P1"),
    "sensitive": ("P3", "P2", "P2"),
    "protected": ("P4", "P3", "P2"),
}
CLASSES = (("protected", "protected"), ("sensitive", "sensitive"), ("public", "public"))
DEMANDS = (("low", "low"), ("medium", "medium"), ("high", "high"))
QUESTIONS = (
    Question(
        "classification",
        "Classification of the raw data",
        choices=CLASSES,
        derived="classification",
        help="From the inventory record. What is not classified yet counts as protected.",
    ),
    Question(
        "demand",
        "Demand",
        choices=DEMANDS,
        help="How often people ask for it: requests, votes, records requests, colleagues.",
    ),
    Question(
        "historical_easy",
        "Historical and easy to publish",
        choices=(("no", "no"), ("yes", "yes")),
        help="Data that no longer changes and needs little work moves from P3 to P2.",
    ),
)


def judge(answers: Mapping[str, Any], weights: Mapping[str, float]) -> Score:
    """Look up the grid. It is a table, so it has no weights."""
    classes, demands = [code for code, _ in CLASSES], [code for code, _ in DEMANDS]
    held, demand = str(answers.get("classification")), str(answers.get("demand"))
    held = held if held in classes else "protected"
    demand = demand if demand in demands else "low"
    code = TABLE[held][demands.index(demand)]
    factors = [
        Factor("classification", "Classification", classes.index(held), 2, 1, f"The raw data is {held}."),
        Factor("demand", "Demand", demands.index(demand), 2, 1, f"The demand is {demand}."),
    ]
    if code == "P3" and answers.get("historical_easy") == "yes":
        code = "P2"
        sentence = "It is historical and easy to publish, which lifts P3 to P2."
        factors.append(Factor("historical_easy", "Historical and easy", 1, 1, 1, sentence))
    band = next(one for one in BANDS if one.code == code)
    value = float(len(BANDS) - BANDS.index(band))
    return Score(
        band,
        value,
        tuple(factors),
        f"The grid gives {code} to {held} data with {demand} demand. {band.meaning}",
    )


GRID = Scale(
    code="grid",
    name="Classification and demand",
    source="DataSF prioritization grid",
    questions=QUESTIONS,
    bands=BANDS,
    weighted=(),
    judge=judge,
)
