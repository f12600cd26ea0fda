"""What the Privacy tab shows, built from the state of a release; no writes, no values of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from privacy.models import ColumnVerdict, Disposition, Treatment
from privacy.remedies.recipe import REMEDIES
from privacy.risk.sentences import risk_sentences
from privacy.selectors import PrivacyState, history_of, remedies_for, state_of
from privacy.words import ENTITY_LABELS, KEEP_CHOICES, REMEDY_WORDS, summary_line

Group = ColumnVerdict.Group
_TONES = {"flag": "bad", "confirm": "warn", "clear": "good"}


@dataclass(frozen=True)
class Refusal:
    """A decision that was not taken, so that the form can be shown again as it was filled in."""

    sentence: str
    columns: tuple[str, ...] = ()
    choice: str = ""
    reason: str = ""
    where: str = ""


@dataclass
class Card:
    """One column with its finding, what was decided, and what may be."""

    verdict: ColumnVerdict
    disposition: Disposition | None
    reopened: Disposition | None
    tone: str
    what: str
    hits: list[dict[str, Any]] = field(default_factory=list)
    choices: list[tuple[str, str, str]] = field(default_factory=list)
    refusal: Refusal | None = None


def page_of(release_id: int, *, refusal: Refusal | None = None) -> dict[str, Any]:
    """The context of the tab and of its moving part."""
    state = state_of(release_id)
    cards = [_card(state, verdict, refusal) for verdict in state.verdicts]
    found = [card for card in cards if card.verdict.must_be_decided]
    return moving_part(state) | {
        "state": state,
        "summary": summary_line(state.scan.summary) if state.scan else "",
        "open_cards": [card for card in found if card.disposition is None],
        "decided_cards": [card for card in found if card.disposition is not None],
        "clear_cards": [card for card in cards if not card.verdict.must_be_decided],
        "unconfirmed_clear": [
            card.verdict.column for card in cards if not card.verdict.must_be_decided and not card.disposition
        ],
        "bulk_choices": [*KEEP_CHOICES, *_remedy_choices([Disposition.Remedy.DROP_COLUMN])],
        "quasi_choices": _quasi_choices(state),
        "risk": _risk(state),
        "history": history_of(release_id),
        "refusal": refusal,
        "clear_columns": ["Column", "Type", "Why", "Decision"],
        "history_columns": ["Column", "Decision", "Reason", "By", "When"],
        "remedies": [
            {"column": step["params"]["column"], "says": REMEDIES[step["remedy"]].SAYS}
            for step in state.recipe
        ],
    }


def moving_part(state: PrivacyState) -> dict[str, Any]:
    """What changes by itself while a worker is at it: the scan and the making of the copy."""
    scan, treatment = state.running, state.treatment
    making = treatment if treatment is not None and treatment.treated_at is None else None
    return {
        "state": state,
        "scanning": scan if scan and scan.is_live else None,
        "scan_stopped": scan if scan and not scan.is_live else None,
        "making": making if making and making.is_live else None,
        "making_stopped": making if making and making.status == Treatment.Status.DEAD else None,
    }


def is_moving(moving: dict[str, Any]) -> bool:
    return bool(moving["scanning"] or moving["making"])


def _card(state: PrivacyState, verdict: ColumnVerdict, refusal: Refusal | None) -> Card:
    mine = refusal if refusal and refusal.columns == (verdict.column,) else None
    return Card(
        verdict=verdict,
        disposition=state.decided.get(verdict.column),
        reopened=state.reopened.get(verdict.column),
        tone=_TONES[verdict.decision],
        what=ENTITY_LABELS.get(verdict.entity, ""),
        hits=[hit | {"label": ENTITY_LABELS.get(hit["entity"], hit["entity"])} for hit in verdict.hits],
        choices=[*KEEP_CHOICES, *_remedy_choices(remedies_for(verdict))],
        refusal=mine,
    )


def _remedy_choices(remedies: list[Any]) -> list[tuple[str, str, str]]:
    return [
        (f"remedy:{name}", Disposition.Remedy(name).label, REMEDY_WORDS[Disposition.Remedy(name)])
        for name in remedies
    ]


def _quasi_choices(state: PrivacyState) -> dict[str, list[dict[str, Any]]]:
    """Every column with a box: suggested ones first, ticked until somebody has said otherwise."""
    confirmed = set(state.quasi.columns) if state.quasi else None
    rows = []
    for verdict in state.verdicts:
        suggested = verdict.group == Group.QUASI
        ticked = suggested if confirmed is None else verdict.column in confirmed
        rows.append(
            {"column": verdict.column, "suggested": suggested, "ticked": ticked, "position": verdict.position}
        )
    return {
        "shown": [row for row in rows if row["suggested"] or row["ticked"]],
        "others": [row for row in rows if not (row["suggested"] or row["ticked"])],
    }


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
    return {
        "sentences": risk_sentences(measures, k_min=quasi.k_min, accepted=state.acceptance is not None),
        "ok": ok or state.acceptance is not None,
        "may_accept": not ok and state.acceptance is None,
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
