"""What the Privacy tab shows, built from the state of a release; no writes, no values of the file."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from privacy.copy_inputs import ended_acceptance
from privacy.filters import Filters
from privacy.models import ColumnVerdict, Treatment
from privacy.page_findings import Refusal, findings_of
from privacy.remedies.recipe import REMEDIES
from privacy.risk.sentences import risk_sentences
from privacy.selectors import PrivacyState, history_of, state_of
from privacy.words import summary_line
from work.models import WorkItem

Group = ColumnVerdict.Group
# So many of the reasons given before are offered again.
_REASONS = 4


def page_of(
    release_id: int, *, filters: Filters | None = None, refusal: Refusal | None = None
) -> dict[str, Any]:
    """The context of the tab and of its moving part."""
    state, history = state_of(release_id), history_of(release_id)
    return (
        moving_part(state)
        | findings_of(state, filters or Filters(), refusal)
        | {
            "summary": summary_line(state.scan.summary) if state.scan else "",
            "quasi_suggested": [one.column for one in state.verdicts if one.group == Group.QUASI],
            "risk": _risk(state),
            "ended": _ended(state),
            "history": history,
            "earlier_reasons": list(dict.fromkeys(row.reason for row in history if not row.takes_back_id))[
                :_REASONS
            ],
            "clear_columns": ["Column", "Type", "Why", "Decision"],
            "history_columns": ["Column", "Decision", "Reason", "By", "When"],
            "remedies": [REMEDIES[step["remedy"]].says(step["params"]) for step in state.recipe],
        }
    )


def moving_part(state: PrivacyState) -> dict[str, Any]:
    """What changes by itself while a worker is at it: the scan and the making of the copy."""
    scan, treatment = state.running, state.treatment
    making = treatment if treatment is not None and treatment.treated_at is None else None
    return {
        "state": state,
        "scanning": scan if scan and scan.is_live else None,
        "is_silent": _is_silent(scan) or _is_silent(making),
        "scan_stopped": scan if scan and not scan.is_live else None,
        "making": making if making and making.is_live else None,
        "making_stopped": making if making and making.status == Treatment.Status.DEAD else None,
    }


def _is_silent(item: WorkItem | None) -> bool:
    """Its worker has not been heard of for longer than it may be: it was killed, or the machine went down."""
    return bool(item and item.is_live and item.lease_until and item.lease_until < timezone.now())


def is_moving(moving: dict[str, Any]) -> bool:
    return bool(moving["scanning"] or moving["making"])


def _ended(state: PrivacyState) -> str:
    """What was accepted of public data and holds no longer, in words: it is accepted anew. Empty when nothing is."""
    today = timezone.localdate()
    last = ended_acceptance(state, today)
    if last is None:
        return ""
    if last.holds_on(today):
        return f"{last}. That does not cover what is measured now."
    return f"{last}. That ended on {date_format(last.until, 'j M Y')}."


def _risk(state: PrivacyState) -> dict[str, Any] | None:
    """The measures of the present copy in words, and the sizes of its groups."""
    treatment, quasi = state.treatment, state.quasi
    if treatment is None or treatment.treated is None or quasi is None:
        return None
    measures = treatment.measured
    if measures is None:
        return {
            "sentences": ["No column was confirmed that could single out a person."],
            "bands": [],
            "ok": True,
        }
    ok = measures.k >= quasi.k_min
    has_lapsed = state.acceptance is not None and not state.acceptance.holds_on(timezone.localdate())
    return {
        "sentences": risk_sentences(
            measures,
            k_min=quasi.k_min,
            accepted=state.acceptance is not None,
            named_by=state.identifiers_kept,
        ),
        "ok": ok or (state.acceptance is not None and not has_lapsed),
        "may_accept": not ok and (state.acceptance is None or has_lapsed),
        "has_lapsed": not ok and has_lapsed,
        "measures": measures,
        "bands": [
            {"label": _band(low, high), "rows": rows, "groups": groups, "of": measures.rows}
            for low, high, rows, groups in measures.class_sizes
        ],
    }


def _band(low: int, high: int | None) -> str:
    if low == high:
        return "1 row: stands alone"
    return f"{low} to {high} rows" if high else f"{low} rows or more"
