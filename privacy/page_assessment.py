"""What the page Benefit and risk shows: ratings before and after side by side, the matrix, the forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.profiles.privacy import PrivacyRules
from privacy.assessment import (
    FACTORS,
    LEVELS,
    OVERALL_LIKELIHOOD,
    PUBLISHING,
    RISK,
    Evidence,
    Table,
    propose,
    suggested_success,
)
from privacy.models import Assessment, AssessmentDecision
from privacy.selectors import PrivacyState
from privacy.weighing import Weighing, weighing_of
from privacy.words_assessment import (
    DECISIONS,
    FACTOR_WORDS,
    LEVEL_NUMBERS,
    LEVEL_WORDS,
    OUTCOME_HELP,
    OUTCOME_SHORT,
    OUTCOME_WORDS,
)

Run = Assessment.Run
_RESULTS = (("benefit", "Benefit"), ("impact", "Impact"), ("likelihood", "Likelihood"), ("risk", "Risk"))
Line = dict[str, Any]
_UNCONFIRMED = "the columns are not confirmed yet"


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused, with the sentence for each field."""

    form: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


def page_of(
    state: PrivacyState,
    rules: PrivacyRules,
    *,
    typed: Typed | None = None,
    stops: list[str] | None = None,
    is_public: bool = False,
) -> dict[str, Any]:
    """The context of the page. Of public data (`is_public`) an override that ended is decided anew on its rating."""
    weighing, typed = weighing_of(state), typed or Typed()
    residual = weighing.residual if weighing.residual_holds else None
    ended = weighing.ended(timezone.localdate()) if is_public else None
    if residual is None and ended is not None:
        residual = ended.assessment
    proposed = (
        propose(rules.matrix, rules.after_remedies, residual.rating, is_residual=True) if residual else ""
    )
    return {
        "state": state,
        "weighing": weighing,
        "sentences": weighing.sentences,
        "stops": stops or [],
        "ratings": _ratings(weighing),
        "measures": _measures(weighing),
        "matrix": _matrix(weighing, rules),
        "levels": list(LEVEL_WORDS.values()),
        "scales": [(words, LEVEL_NUMBERS[level]) for level, words in LEVEL_WORDS.items()],
        "tables": [
            _shown("G-5", "How likely harm is", "an attempt", "its success", OVERALL_LIKELIHOOD),
            _shown("I-2", "Risk and benefit", "likelihood", "impact or value", RISK),
        ],
        "forms": [_form(weighing, run, rules, typed) for run in (Run.INHERENT, Run.RESIDUAL)],
        "residual_waits": not state.is_treated or not weighing.inherent_holds,
        "has_ended": ended is not None,
        "proposed": proposed,
        "proposed_words": OUTCOME_WORDS.get(proposed, ""),
        "proposed_help": OUTCOME_HELP.get(proposed, ""),
        "decisions": [(key, OUTCOME_WORDS[key], OUTCOME_HELP[key]) for key in DECISIONS],
        "publishing": PUBLISHING,
        "typed": typed if typed.form == "decide" else Typed(),
        "override_days": rules.override_days,
        "history": history_of(state.release_id),
    }


def history_of(release_id: int) -> list[Line]:
    """Every rating and decision, newest first."""
    rows: list[Any] = [
        *Assessment.objects.filter(release_id=release_id).select_related("by"),
        *AssessmentDecision.objects.filter(release_id=release_id).select_related("by"),
    ]
    rows.sort(key=lambda row: row.at, reverse=True)
    return [
        {"what": _what(row), "by": row.by, "at": row.at, "why": getattr(row, "rationale", "")} for row in rows
    ]


def _what(row: Assessment | AssessmentDecision) -> str:
    if isinstance(row, Assessment):
        risk, benefit = LEVEL_WORDS[row.risk].lower(), LEVEL_WORDS[row.benefit].lower()
        return f"{row.get_run_display()}: risk {risk}, benefit {benefit}"
    return f"Decided: {row}"


def _ratings(weighing: Weighing) -> list[Line]:
    """A line for each factor and each result: before and after."""
    lines: list[Line] = [
        {
            "label": FACTOR_WORDS[name].label,
            "before": _cell(weighing.inherent, name),
            "after": _cell(weighing.residual, name),
        }
        for name in FACTORS
    ]
    for name, label in _RESULTS:
        cells = {"before": _cell(weighing.inherent, name), "after": _cell(weighing.residual, name)}
        lines.append({"label": label, "is_result": True, **cells})
    return lines


def _cell(row: Assessment | None, name: str) -> Line | None:
    if row is None:
        return None
    level = getattr(row, name)
    words = FACTOR_WORDS.get(name)
    return {
        "word": LEVEL_WORDS[level],
        "anchor": words.anchors[level] if words else "",
        "why": row.reasons.get(name, ""),
    }


def _measures(weighing: Weighing) -> list[Line]:
    before, after = weighing.before, weighing.after
    return [
        {"label": "Smallest group (k)", "before": _k(before), "after": _k(after)},
        {"label": "Smallest group asked for", "before": _asked(before), "after": _asked(after)},
        {
            "label": "Columns that identify people directly",
            "before": len(before.direct),
            "after": len(after.direct),
        },
        {
            "label": "Columns of free text that nobody has read",
            "before": len(before.free_text),
            "after": len(after.free_text),
        },
        {
            "label": "Columns that together could single somebody out",
            "before": len(before.quasi) if _is_confirmed(before) else _UNCONFIRMED,
            "after": len(after.quasi) if _is_confirmed(after) else _UNCONFIRMED,
        },
        *_cells(after),
    ]


def _cells(after: Evidence) -> list[Line]:
    """Where the copy is a table of counts: its score and its small cells."""
    if after.psc is None:
        return []
    return [
        {"label": "Publication score (CalHHS)", "before": "not scored", "after": after.psc},
        {"label": "Small cells that show", "before": "not counted", "after": after.small_cells},
    ]


def _is_confirmed(evidence: Evidence) -> bool:
    """False while nobody has confirmed the columns that are measured: no threshold is written down then."""
    return evidence.k_min > 1


def _asked(evidence: Evidence) -> str:
    return f"{evidence.k_min:,}" if _is_confirmed(evidence) else _UNCONFIRMED


def _k(evidence: Evidence) -> str:
    if not evidence.is_measured:
        return "not measured"
    return f"{evidence.k:,}" if evidence.k is not None else "nobody can be singled out"


def _matrix(weighing: Weighing, rules: PrivacyRules) -> list[Line]:
    """The program's matrix with the cells in which the present ratings stand."""
    here: dict[tuple[str, str], list[str]] = {}
    for row, words in ((weighing.inherent, "before"), (weighing.residual, "after")):
        if row is not None:
            here.setdefault((row.risk, row.benefit), []).append(words)
    return [
        {
            "risk": LEVEL_WORDS[risk],
            "cells": [
                {
                    "word": OUTCOME_SHORT[rules.matrix[risk][column]],
                    "after_remedies": _then(rules, risk, column),
                    "tone": _TONES[rules.matrix[risk][column]],
                    "here": " and ".join(here.get((risk, benefit), ())),
                }
                for column, benefit in enumerate(LEVELS)
            ],
        }
        for risk in reversed(LEVELS)
    ]


_TONES = {
    "open": "good",
    "conditions": "good",
    "deidentify": "warn",
    "limited": "warn",
    "screen": "info",
    "screen_legal": "info",
    "do_not_publish": "bad",
}


def _then(rules: PrivacyRules, risk: str, column: int) -> str:
    is_starred = rules.matrix[risk][column] == "deidentify"
    return OUTCOME_SHORT[rules.after_remedies[column]] if is_starred else ""


def _shown(name: str, title: str, rows: str, columns: str, table: Table) -> Line:
    return {
        "name": name,
        "title": title,
        "rows_are": rows,
        "columns_are": columns,
        "rows": [
            (LEVEL_WORDS[row], [LEVEL_WORDS[table[row][column]] for column in LEVELS])
            for row in reversed(LEVELS)
        ],
    }


def _form(weighing: Weighing, run: str, rules: PrivacyRules, typed: Typed) -> Line:
    """One form with what was chosen before, what the last release said, and what was measured."""
    mine = typed if typed.form == run else Typed()
    suggested, why = suggested_success(weighing.evidence(run), psc_max=rules.psc_max)
    row = weighing.inherent if run == Run.INHERENT else weighing.residual
    holds = weighing.inherent_holds if run == Run.INHERENT else weighing.residual_holds
    base = row or weighing.inherent or _last_release(weighing.state.release_id)
    chosen = {name: getattr(base, name) for name in FACTORS} if base else {}
    reasons = dict(base.reasons) if base else {}
    if suggested and not holds:
        chosen["success"], reasons["success"] = suggested, why
    return {
        "run": run,
        "title": Run(run).label,
        "is_open": bool(mine.faults) or not holds,
        "is_done": holds,
        "is_carried": row is None and base is not None,
        "suggested": LEVEL_WORDS.get(suggested, ""),
        "why": why,
        "faults": list(mine.faults.values()),
        "factors": [
            {
                "name": name,
                "words": FACTOR_WORDS[name],
                "steps": [
                    {
                        "level": level,
                        "word": LEVEL_WORDS[level],
                        "anchor": FACTOR_WORDS[name].anchors[level],
                        "is_chosen": mine.values.get(name, chosen.get(name)) == level,
                        "is_suggested": name == "success" and level == suggested,
                    }
                    for level in LEVELS
                ],
                "reason": mine.values.get(f"why_{name}", reasons.get(name, "")),
                "fault": mine.faults.get(name, ""),
            }
            for name in FACTORS
        ],
    }


def _last_release(release_id: int) -> Assessment | None:
    """What was judged of the last release of the same dataset: a proposal, as in checklists."""
    rows = Assessment.objects.filter(
        release__dataset__releases=release_id, run=Run.RESIDUAL, release_id__lt=release_id
    )
    return rows.order_by("release_id", "id").last()
