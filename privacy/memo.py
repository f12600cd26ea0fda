"""The decision memo for the public record: what was decided of benefit and risk, and why.

It holds no value of the file, masked or not, and names nobody: officers appear by their role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.profiles.privacy import PrivacyRules
from privacy.assessment import FACTORS
from privacy.models import Assessment
from privacy.page_risk_rows import NOTHING, Says, of, percent, said_of, under
from privacy.remedies.recipe import REMEDIES
from privacy.risk.parts import Sensitive
from privacy.risk.profile import RiskProfile
from privacy.selectors import PrivacyState
from privacy.weighing import weighing_of
from privacy.words_assessment import FACTOR_WORDS, LEVEL_WORDS, OUTCOME_WORDS

Line = dict[str, str]
# Factors of the benefit, of the harm and of its likelihood, in the order of the memo.
_RESULTS = (
    ("benefit", "Benefit"),
    ("impact", "Impact"),
    ("likelihood", "Likelihood of harm"),
    ("risk", "Risk"),
)


def memo_of(state: PrivacyState, rules: PrivacyRules) -> dict[str, Any]:
    """The context of the memo: ratings side by side, remedies in words, measures, the decision and its overrides."""
    weighing = weighing_of(state)
    standing = weighing.standing
    return {
        "weighing": weighing,
        "decision": standing,
        "proposed_words": OUTCOME_WORDS.get(standing.proposed, "") if standing else "",
        "sentences": weighing.sentences,
        "rows": _rows(weighing.inherent, weighing.residual),
        "reasons": _reasons(weighing.residual or weighing.inherent),
        "remedies": remedies_in_words(state),
        "measures": _measures(state),
        "scan": state.scan,
        "found": len(state.findings),
        "columns": len(state.columns),
        "acceptance": state.acceptance,
        "why_no_quasi": state.quasi.reason if state.quasi else "",
        "k_min": state.quasi.k_min if state.quasi else rules.k_min,
    }


def remedies_in_words(state: PrivacyState) -> list[str]:
    """The recipe in force, a sentence for each step."""
    return [REMEDIES[step["remedy"]].says(step["params"]) for step in state.recipe]


def _rows(before: Assessment | None, after: Assessment | None) -> list[dict[str, Any]]:
    names = [(name, FACTOR_WORDS[name].label) for name in FACTORS]
    return [
        {
            "label": label,
            "before": _level(before, name),
            "after": _level(after, name),
            "is_result": name not in FACTORS,
        }
        for name, label in (*names, *_RESULTS)
    ]


def _level(row: Assessment | None, name: str) -> str:
    return LEVEL_WORDS[getattr(row, name)] if row else "not rated"


def _reasons(row: Assessment | None) -> list[dict[str, str]]:
    if row is None:
        return []
    return [
        {
            "label": FACTOR_WORDS[name].label,
            "step": f"{LEVEL_WORDS[getattr(row, name)]}: {FACTOR_WORDS[name].anchors[getattr(row, name)]}",
            "why": row.reasons.get(name, ""),
        }
        for name in FACTORS
    ]


def _measures(state: PrivacyState) -> dict[str, Any] | None:
    """What was measured in the file and in the copy: counts and names of columns only. None before there is a copy."""
    treatment, quasi = state.treatment, state.quasi
    if treatment is None or not state.is_treated:
        return None
    before, after = treatment.measured_before, treatment.measured
    return {
        "rows": treatment.rows,
        "columns": len(treatment.columns),
        "kept": len(state.identifiers_kept),
        "quasi": list(quasi.columns) if quasi else [],
        "quasi_left": state.quasi_left,
        "sensitive": list(quasi.sensitive) if quasi else [],
        "lines": [
            *_group_lines(before, after, quasi.k_min if quasi else 1),
            *_sensitive_lines(before, after),
        ],
        "explains_l": bool((after and after.sensitive) or (before and before.sensitive)),
    }


def _group_lines(before: RiskProfile | None, after: RiskProfile | None, k_min: int) -> list[Line]:
    """k, rows that stand alone and rows in small groups, before and after."""
    said: list[tuple[str, Says]] = [
        ("Smallest group of rows that look alike (k)", lambda one: f"{one.k:,}"),
        ("Rows that stand alone", lambda one: of(one.unique_rows, one.rows)),
        ("Rows in groups under 11", lambda one: of(one.rows_under_11, one.rows)),
        ("Highest risk for somebody known to be in the data", lambda one: percent(one.prosecutor_max)),
    ]
    if k_min not in (1, 11):
        said.insert(2, (f"Rows in groups under {k_min:,}", lambda one: under(one, k_min)))
    if before is None and after is None:
        return []
    return [
        {"label": label, "before": said_of(before, says), "after": said_of(after, says)}
        for label, says in said
    ]


def _sensitive_lines(before: RiskProfile | None, after: RiskProfile | None) -> list[Line]:
    """l, t and the rows of which the value is certain, for each sensitive column that is left or was there."""
    columns = dict.fromkeys(one.column for profile in (before, after) if profile for one in profile.sensitive)
    said: list[tuple[str, Callable[[Sensitive, int], str]]] = [
        ("fewest different values in a group (l)", lambda one, rows: f"{one.l:,}"),
        ("largest distance of a group from the whole (t)", lambda one, rows: f"{one.t:.2f}"),
        ("rows of which the value is certain", lambda one, rows: of(one.certain_rows, rows)),
    ]

    def cell(profile: RiskProfile | None, column: str, says: Callable[[Sensitive, int], str]) -> str:
        found = next((one for one in profile.sensitive if one.column == column), None) if profile else None
        return says(found, profile.rows) if found and profile else NOTHING

    return [
        {
            "label": f"{column}: {label}",
            "before": cell(before, column, says),
            "after": cell(after, column, says),
        }
        for column in columns
        for label, says in said
    ]
