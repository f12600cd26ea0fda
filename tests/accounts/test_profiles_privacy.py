"""The privacy part of a profile: thresholds, the occasion of the weighing, and a matrix without holes."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from typing import Any

import pytest

from accounts.profiles import faults_of, parse
from accounts.profiles.privacy import AFTER_REMEDIES, MATRIX
from accounts.services import PROGRAMS_DIR

CONTENT = tomllib.loads((PROGRAMS_DIR / "default.toml").read_text("utf-8"))
MATRIX_ROWS = {risk: list(row) for risk, row in MATRIX.items()}


def with_privacy(**parts: Any) -> dict[str, Any]:
    content = deepcopy(CONTENT)
    content["privacy"] |= parts
    return content


def changed(risk: str, benefit: int, outcome: str) -> dict[str, list[str]]:
    rows = deepcopy(MATRIX_ROWS)
    rows[risk][benefit] = outcome
    return rows


def test_a_program_that_says_nothing_has_the_product_s_own_rules() -> None:
    content = with_privacy()
    content["privacy"] = {"k_min": 4, "k_min_sensitive": 9}
    rules = parse(content).privacy
    assert (rules.weighed, rules.psc_max, rules.override_days) == ("when_personal", 12, 365)
    assert rules.matrix == MATRIX and rules.after_remedies == AFTER_REMEDIES


def test_a_class_may_have_a_threshold_of_its_own() -> None:
    profile = parse(with_privacy(k_min_by_class={"protected": 20}))
    found = {code: profile.k_min(classification=code) for code in ("public", "sensitive", "protected")}
    assert found == {"public": 5, "sensitive": 11, "protected": 20}


@pytest.mark.parametrize(
    ("privacy", "fault"),
    [
        ({"k_min_by_class": {"secret": 20}}, '"secret" is not a classification of this program'),
        ({"weighed": "sometimes"}, '"sometimes" is not an occasion'),
        ({"override_days": 0}, "0 must be a whole number from 1"),
        ({"matrix": {"low": MATRIX_ROWS["low"]}}, "this risk is missing"),
        ({"matrix": MATRIX_ROWS | {"low": ["open"] * 4}}, "the list needs 5 entries"),
        ({"matrix": MATRIX_ROWS | {"low": ["open"] * 6}}, "it holds 6 outcomes; there must be five"),
        ({"matrix": changed("low", 2, "perhaps")}, '"perhaps" is not an outcome'),
        ({"matrix": changed("very_high", 3, "open")}, "more risk would be treated more openly than less"),
        ({"matrix": changed("low", 4, "screen")}, "more benefit would be treated less openly than less"),
        ({"after_remedies": ["deidentify"] * 5}, "deidentify is no end"),
        ({"after_remedies": ["open"] * 6}, "it holds 6 outcomes"),
    ],
)
def test_a_matrix_with_a_hole_or_a_step_back_is_refused(privacy: dict[str, Any], fault: str) -> None:
    assert fault in " ".join(faults_of(with_privacy(**privacy)))


def test_a_program_with_the_privacy_checklist_weighs_benefit_and_risk() -> None:
    content = with_privacy(weighed="never")
    assert not faults_of(content)
    content["checklists"]["PRIVACY"] = ["privacy"]
    assert "the privacy checklist rests on benefit and risk" in " ".join(faults_of(content))
