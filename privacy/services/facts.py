"""What the station says of a release: its facts, from its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dossier.selectors import facts
from dossier.services import fact_forget, fact_record
from privacy.copy_state import told_of
from privacy.models import Treatment
from privacy.risk.sentences import risk_sentences
from privacy.selectors import PrivacyState, dispositions_digest, quasi_digest, state_of
from privacy.services.assessment_facts import accepted_words, assessment_write
from privacy.services.copy_requests import copy_check_request
from privacy.words import finding_sentence

KINDS = ("scan", "dispositions", "treated", "risk", "assessment")
_SHOWN = 3
NOBODY = "No column was confirmed that could single out a person."
CELLS = "A row of the copy is a cell of a table of counts: its cells are judged, not groups of rows."
UNCONFIRMED = "Which columns together could single out a person has not been confirmed."


@transaction.atomic
def facts_write(*, release_id: int, now: datetime | None = None) -> PrivacyState:
    """Write the facts from the rows as they are now; a fact that speaks of nothing any more is taken back.

    Call it in the transaction of the change. Returns the state that was written down.
    """
    state = state_of(release_id)
    if state.scan is None:
        for kind in KINDS:
            fact_forget(release_id=release_id, kind=kind)
        return state
    _write_scan(state)
    _write_dispositions(state, now)
    _write_treated(state, now)
    _write_risk(state, now)
    assessment_write(state, now)
    copy_check_request(state)
    return state


def facts_rebuild(*, release_id: int) -> None:
    """Recompute the facts of this station; changes nothing when they are right, their dates included."""
    known = facts(release_id)
    state = state_of(release_id)
    if state.scan is None:
        facts_write(release_id=release_id)
        return
    _write_scan(state)
    for kind, write in (
        ("dispositions", _write_dispositions),
        ("treated", _write_treated),
        ("risk", _write_risk),
        ("assessment", assessment_write),
    ):
        write(state, known[kind].at if kind in known else None)


def _write_scan(state: PrivacyState) -> None:
    scan = state.scan
    if scan is None:
        return
    fact_record(
        release_id=state.release_id,
        kind="scan",
        ok=True,
        about={"file": scan.file_sha256, "registry": scan.registry_version},
        data={"findings": len(state.findings), "open": len(state.open), "seconds": round(scan.seconds, 2)},
        # The fact is as old as the scan: decisions that change its count of open findings do not renew it.
        now=scan.scanned_at,
    )


def _write_dispositions(state: PrivacyState, now: datetime | None) -> None:
    sentences = [finding_sentence(verdict) for verdict in state.open[:_SHOWN]]
    more = len(state.open) - _SHOWN
    if more > 0:
        sentences.append(f"{more} more column{'s wait' if more > 1 else ' waits'} for a decision.")
    fact_record(
        release_id=state.release_id,
        kind="dispositions",
        ok=not state.open,
        sentences=sentences,
        about={
            "file": state.file_sha256,
            "registry": state.scan.registry_version if state.scan else "",
            "dispositions": dispositions_digest(state),
        },
        data={"findings": len(state.findings), "open": len(state.open), "kept": state.identifiers_kept},
        now=now,
    )


def _write_treated(state: PrivacyState, now: datetime | None) -> None:
    treatment = state.treatment
    about = {"file": state.file_sha256, "recipe": treatment.recipe_digest if treatment else None}
    data: dict[str, Any] = {}
    if treatment is None:
        sentences = ["The copy that will be published is made once every finding is decided."]
        data = {"by_system": True}
        if not state.open and state.quasi is None:
            sentences, data = [UNCONFIRMED], {}
    elif treatment.treated is None:
        stopped = treatment.status == Treatment.Status.DEAD
        sentences = [treatment.error if stopped else "The copy that will be published is being made."]
        data = {"by_system": not stopped}
    else:
        sentences = [left["sentence"] for left in state.leftovers]
        data = {"sha256": treatment.treated.sha256, "rows": treatment.rows, "columns": treatment.columns}
    fact_record(
        release_id=state.release_id,
        kind="treated",
        ok=not sentences,
        sentences=sentences,
        about=about,
        data=data,
        now=now,
    )


def _write_risk(state: PrivacyState, now: datetime | None) -> None:
    treatment, quasi = state.treatment, state.quasi
    left, told = state.quasi_left, told_of(state)
    data: dict[str, Any] = {"quasi": left, "k": None, "unique_rows": None, "rows": None}
    treated = treatment.treated.sha256 if treatment and treatment.treated else None
    ok, sentences = False, []
    if quasi is None:
        sentences = [UNCONFIRMED]
    elif told.is_table:
        ok, sentences = True, [CELLS]
    elif not left:
        ok, sentences = True, [NOBODY]
    elif treated is None or treatment is None or (measures := treatment.measured) is None:
        sentences = ["The risk is measured on the copy that will be published, which is not made yet."]
        data["by_system"] = True
    else:
        ok = measures.k >= quasi.k_min or state.acceptance is not None
        sentences = risk_sentences(
            measures,
            k_min=quasi.k_min,
            accepted=state.acceptance is not None,
            named_by=state.identifiers_kept,
        )
        data |= {"k": measures.k, "unique_rows": measures.unique_rows, "rows": measures.rows}
    ok, sentences = told.weighed(ok, sentences, accepted=state.acceptance is not None)
    if told.is_pending:
        data["by_system"] = True
    data |= {"k_min": quasi.k_min if quasi else None, **accepted_words(state.acceptance)}
    fact_record(
        release_id=state.release_id,
        kind="risk",
        ok=ok,
        sentences=sentences,
        about={"treated": treated, "quasi": quasi_digest(left)},
        data=data,
        now=now,
    )
