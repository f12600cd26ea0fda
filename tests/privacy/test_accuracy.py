"""Floors for how well columns and texts are told apart, on the part of the labelled tables that anybody may see.

`make bench NAME=accuracy` measures the whole of it, and the part that is held out.
"""

from __future__ import annotations

import pytest

from benchmarks.accuracy import ours
from benchmarks.accuracy.notes import notes
from benchmarks.accuracy.score import PATTERN, Verdicts, canonical, column_score, text_score
from benchmarks.accuracy.tables import Labelled, decoys, tables

IN_TEXT = ("SSN", "EMAIL", "PHONE", "CREDIT_CARD", "IP_ADDRESS", "VIN")


@pytest.fixture(scope="module")
def labelled() -> tuple[list[Labelled], Verdicts]:
    made = tables("tuned", rounds=1, rows=40)
    return made, ours.verdicts(made)


def test_columns_of_identifiers_are_told_by_pattern_and_check_digit(
    labelled: tuple[list[Labelled], Verdicts],
) -> None:
    score = column_score(*labelled, PATTERN)
    assert score.precision >= 0.95 and score.recall >= 0.95, score


def test_columns_of_names_of_people_are_told(labelled: tuple[list[Labelled], Verdicts]) -> None:
    score = column_score(*labelled, ("PERSON_NAME",))
    assert score.precision >= 0.95 and score.recall >= 0.9, score


def test_columns_that_identify_nobody_are_not_taken_for_identifiers() -> None:
    plain = decoys("tuned", rows=40)
    wrong = [
        name
        for said in ours.verdicts(plain)
        for name, entity in said.items()
        if canonical(entity) in (*PATTERN, "PERSON_NAME")
    ]
    assert len(wrong) <= 1, wrong


def test_identifiers_in_notes_are_found() -> None:
    written = notes("tuned", 200)
    score = text_score(written, ours.found_in([text for text, _ in written]), IN_TEXT)
    assert score.precision >= 0.98 and score.recall >= 0.9, score
