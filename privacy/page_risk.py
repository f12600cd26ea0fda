"""The page Risk: what is measured, who could be singled out before and after the recipe, and by which columns.

Names of columns and counts only: no value of the file.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils import timezone

from privacy.hierarchies import class_table_loaded, is_for_pages
from privacy.models import ColumnVerdict, QuasiIdentifiers
from privacy.page import moving_part
from privacy.page_risk_charts import class_chart, column_chart, combination_chart
from privacy.page_risk_rows import measure_rows, sensitive_rows, unique_rows
from privacy.risk.profile import RiskProfile, profile_of
from privacy.risk.sentences import risk_sentences
from privacy.selectors import PrivacyState, class_table_of, state_of
from privacy.words import ENTITY_LABELS

Group = ColumnVerdict.Group
# Special uniques of more groups than this are left to the worker that makes the copy.
_MOST_CLASSES = 300_000
_KEPT_SECONDS = 24 * 3600
_FEW_COLUMNS = 12
# Entities that are sensitive by what they tell, whatever the scan makes of the column.
_TELLING = {"RACE", "ETHNICITY", "HEALTH", "BENEFITS", "JUSTICE", "CARE", "BELIEF", "LIFE"}


def risk_page(
    release_id: int, *, k_min: int, sentence: str = "", typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The context of the page. `typed` is a form that was refused for the reason in `sentence`."""
    state = state_of(release_id)
    before, after = measured_before(state, k_min), measured_after(state)
    return (
        moving_part(state)
        | _choices(state, typed)
        | {
            "k_min": state.quasi.k_min if state.quasi else k_min,
            "refused": sentence,
            "measure_columns": ["What is measured", "The file as it is", "The copy"],
            "counting": _is_counting(state) and before is None,
            "before": before,
            "after": after,
            "left_out": _left_out(state),
        }
        | _measured(state, before, after)
    )


def measured_before(state: PrivacyState, k_min: int) -> RiskProfile | None:
    """The profile of the file as it is: kept with the copy, or else measured on the counted groups."""
    treatment = state.treatment
    if treatment is not None and treatment.measures_before:
        return RiskProfile.of_dict(treatment.measures_before)
    row = class_table_of(state)
    if row is None or row.table is None:
        return None
    key = f"risk-before:{row.table.sha256}:{k_min}"
    kept = cache.get(key)
    if kept is not None:
        return RiskProfile.of_dict(kept)
    if not is_for_pages(state):
        return _of_worker(row.table.meta, k_min)
    table = class_table_loaded(state)
    if table is None:
        return None
    profile = profile_of(table, threshold=k_min, deep=len(table) <= _MOST_CLASSES)
    cache.set(key, profile.to_dict(), _KEPT_SECONDS)
    return profile


def _of_worker(meta: dict[str, Any], k_min: int) -> RiskProfile | None:
    """What the worker measured that counted very many groups; nothing after the threshold has changed."""
    profile = RiskProfile.of_dict(meta["profile"]) if "profile" in meta else None
    return profile if profile and profile.threshold == k_min else None


def measured_after(state: PrivacyState) -> RiskProfile | None:
    """The profile of the copy that will be published; None before it is made, or when nothing is measured."""
    treatment = state.treatment
    if treatment is None or not treatment.measures:
        return None
    return RiskProfile.of_dict(treatment.measures)


def quasi_summary(state: PrivacyState) -> dict[str, Any]:
    """For other pages: what is confirmed, and how many columns the scan suggests."""
    suggested = [verdict.column for verdict in state.verdicts if verdict.group == Group.QUASI]
    return {"confirmed": state.quasi, "suggested": suggested}


def _measured(state: PrivacyState, before: RiskProfile | None, after: RiskProfile | None) -> dict[str, Any]:
    quasi = state.quasi
    if quasi is None or not (before or after):
        return {"standing": None}
    return {
        "standing": _standing(state, quasi, after or before, is_copy=after is not None),
        "measures": measure_rows(before, after, quasi.k_min),
        "sensitive_measures": sensitive_rows(before, after),
        "unique_measures": unique_rows(before, after),
        "charts": [
            chart
            for chart in (
                class_chart(before, after),
                column_chart(before, after),
                combination_chart(before, after),
            )
            if chart
        ],
    }


def _standing(
    state: PrivacyState, quasi: QuasiIdentifiers, profile: RiskProfile | None, *, is_copy: bool
) -> dict[str, Any] | None:
    """Whether the program's threshold holds, of the copy or, before it is made, of the file."""
    if profile is None:
        return None
    holds = profile.k >= quasi.k_min or not profile.rows
    accepted = state.acceptance if is_copy and not holds else None
    lapsed = accepted is not None and not accepted.holds_on(timezone.localdate())
    return {
        "holds": holds,
        "is_copy": is_copy,
        "accepted": accepted,
        "has_lapsed": lapsed,
        "sentences": _sentences(
            profile,
            quasi.k_min,
            is_copy=is_copy,
            accepted=accepted is not None and not lapsed,
            named_by=state.identifiers_kept if is_copy else [],
        ),
    }


def _sentences(
    profile: RiskProfile, k_min: int, *, is_copy: bool, accepted: bool, named_by: list[str]
) -> list[str]:
    """The first says where people stand; the second, of a file as it is, what is still to be done."""
    sentences = risk_sentences(profile, k_min=k_min, accepted=accepted, named_by=named_by)
    if is_copy or profile.k >= k_min or not profile.rows:
        return sentences
    return [
        sentences[0],
        f"So it is in the file as it is. This program asks for groups of at least {k_min:,} in the copy: "
        "the recipe makes columns coarser until that holds.",
    ]


def _is_counting(state: PrivacyState) -> bool:
    row = class_table_of(state)
    return row is not None and row.table is None and row.is_live


def _left_out(state: PrivacyState) -> list[str]:
    """Confirmed columns that the recipe takes out of the copy, so that they are measured before only."""
    left = set(state.quasi_left)
    return [name for name in (state.quasi.columns if state.quasi else []) if name not in left]


def _choices(state: PrivacyState, typed: dict[str, Any] | None) -> dict[str, Any]:
    """Every column with its boxes: what the scan suggests first, ticked until somebody has said otherwise."""
    chosen = typed or _confirmed(state)
    rows = [_row(verdict, chosen) for verdict in state.verdicts]
    first = [row for row in rows if row["suggested"] or row["quasi"] or row["sensitive"]]
    others = [row for row in rows if row not in first]
    numbers = [verdict.column for verdict in state.verdicts if verdict.type in ("integer", "decimal")]
    return {
        "choice_columns": ["Column", "What the scan says", "Could single out", "Sensitive"],
        "first_choices": first,
        "other_choices": others,
        "few_others": len(others) <= _FEW_COLUMNS,
        "weight_choices": numbers,
        "weights": (chosen or {}).get("weights", ""),
    }


def _confirmed(state: PrivacyState) -> dict[str, Any] | None:
    if state.quasi is None:
        return None
    return {
        "quasi": state.quasi.columns,
        "sensitive": state.quasi.sensitive,
        "weights": state.quasi.weights,
    }


def _row(verdict: ColumnVerdict, chosen: dict[str, Any] | None) -> dict[str, Any]:
    is_quasi = verdict.group == Group.QUASI
    is_sensitive = not is_quasi and (verdict.group == Group.SENSITIVE or verdict.entity in _TELLING)
    return {
        "column": verdict.column,
        "position": verdict.position,
        "what": ENTITY_LABELS.get(verdict.entity, ""),
        "group": verdict.get_group_display(),
        "why": verdict.explanation,
        "suggested": is_quasi or is_sensitive,
        "quasi": is_quasi if chosen is None else verdict.column in chosen["quasi"],
        "sensitive": is_sensitive if chosen is None else verdict.column in chosen["sensitive"],
    }
