"""The decision memo for the public record: what was decided of benefit and risk, and why.

It holds no value of the file, masked or not, and names nobody: officers appear by their role.
"""

from __future__ import annotations

from typing import Any

from accounts.profiles.privacy import PrivacyRules
from privacy.assessment import FACTORS
from privacy.models import Assessment
from privacy.remedies.recipe import REMEDIES
from privacy.selectors import PrivacyState
from privacy.weighing import weighing_of
from privacy.words_assessment import FACTOR_WORDS, LEVEL_WORDS, OUTCOME_WORDS

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
        "acceptance": state.acceptance,
        "why_no_quasi": state.quasi.reason if state.quasi else "",
        "k_min": state.quasi.k_min if state.quasi else rules.k_min,
    }


def remedies_in_words(state: PrivacyState) -> list[str]:
    """The recipe in force, a sentence for each step."""
    return [REMEDIES[step["remedy"]].says(step["params"]) for step in state.recipe]


def _rows(before: Assessment | None, after: Assessment | None) -> list[dict[str, str]]:
    names = [(name, FACTOR_WORDS[name].label) for name in FACTORS]
    return [
        {"label": label, "before": _level(before, name), "after": _level(after, name)}
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
    """What was measured on the copy: counts only."""
    treatment = state.treatment
    if treatment is None or not state.is_treated:
        return None
    return {
        "k": treatment.measures.get("k"),
        "unique_rows": treatment.measures.get("unique_rows"),
        "rows": treatment.rows,
        "columns": len(treatment.columns),
        "quasi": len(state.quasi_left),
        "kept": len(state.identifiers_kept),
    }
