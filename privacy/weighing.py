"""Where benefit and risk of a release stand: the newest ratings, what was measured since, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dossier.services import digest_of
from privacy.aggregates.small_cells import CellFindings
from privacy.assessment import PUBLISHING, Evidence, Rating, is_more_open, rate, suggested_success
from privacy.copy_inputs import check_of, inputs_of
from privacy.models import Assessment, AssessmentDecision, ColumnVerdict, Disposition
from privacy.selectors import PrivacyState, quasi_digest
from privacy.words_assessment import inside, level_words

Run = Assessment.Run
Group = ColumnVerdict.Group
_NOT_PERSONAL = Disposition.Decision.NOT_PERSONAL


@dataclass
class Weighing:
    """The newest rating of each run, the decision on the residual one, and what is measured now."""

    state: PrivacyState
    inherent: Assessment | None
    residual: Assessment | None
    decision: AssessmentDecision | None
    before: Evidence
    after: Evidence

    @property
    def is_begun(self) -> bool:
        return self.inherent is not None or self.residual is not None

    @property
    def inherent_holds(self) -> bool:
        return self.inherent is not None and self.inherent.evidence_digest == self.digest(Run.INHERENT)

    @property
    def residual_holds(self) -> bool:
        return self.residual is not None and self.residual.evidence_digest == self.digest(Run.RESIDUAL)

    @property
    def standing(self) -> AssessmentDecision | None:
        """The decision, while it speaks of the newest rating and of what is there."""
        if self.decision is None or self.residual is None or not self.residual_holds:
            return None
        return self.decision if self.decision.assessment_id == self.residual.pk else None

    def ended(self, today: date) -> AssessmentDecision | None:
        """The newest decision, where it is an override whose last day has passed."""
        last = self.decision
        return last if last is not None and last.until is not None and last.until < today else None

    def evidence(self, run: str) -> Evidence:
        return self.before if run == Run.INHERENT else self.after

    def snapshot(self, run: str) -> dict[str, Any]:
        """What is measured now, and of what: kept with a rating."""
        state = self.state
        about: dict[str, Any] = {"file": state.file_sha256, "asked": quasi_digest(_confirmed(state))}
        if run == Run.RESIDUAL:
            about["treated"] = _treated(state)
        return self.evidence(run).to_dict() | about

    def digest(self, run: str) -> str:
        return digest_of(self.snapshot(run))

    def rating_now(self, run: str) -> Rating | None:
        """The rating with the success that the measures of now stand for; None while it is not rated."""
        row = self.inherent if run == Run.INHERENT else self.residual
        if row is None:
            return None
        level, _ = suggested_success(self.evidence(run))
        return rate(replace(row.factors, success=level or row.success))

    @property
    def sentences(self) -> list[str]:
        """What is missing or no longer holds, in the order in which it is done; empty when it is decided."""
        if self.inherent is None:
            return ["Benefit and risk are not weighed yet. Rate the data as it was handed in."]
        if not self.inherent_holds:
            return [self._changed(self.inherent)]
        if self.residual is None:
            return ["The risk that is left is not rated yet. Rate the copy that will be published."]
        if not self.residual_holds:
            return [self._changed(self.residual)]
        if self.standing is None:
            return [
                "Benefit and risk are rated, and nobody has decided on them yet. Decide, with the reason."
            ]
        if self.standing.decision not in PUBLISHING:
            return [
                f"The privacy decision is “{self.standing}”. Treat the data further and rate it again, or return or "
                "reject the release with the reason."
            ]
        return []

    def _changed(self, row: Assessment) -> str:
        """Why a rating no longer holds, and what it would be with the measures of now."""
        what = "The file" if row.run == Run.INHERENT else "The copy that will be published"
        then, now = row.measured, self.evidence(row.run)
        said = f"{what} changed since its risk was rated"
        if then.k != now.k and then.k is not None and now.k is not None:
            said += f": k was {then.k:,} and is {now.k:,} now"
        rating = self.rating_now(row.run)
        if rating is not None and rating.risk != row.risk:
            was, would = inside(level_words(row.risk)), inside(level_words(rating.risk))
            said += f"{', so' if ':' in said else ':'} the risk, rated {was}, would be {would}"
        return f"{said}. Look at the measures and rate it again."


def weighing_of(state: PrivacyState) -> Weighing:
    """Where the weighing stands; two queries."""
    newest: dict[str, Assessment] = {}
    rows = Assessment.objects.filter(release_id=state.release_id).select_related("by").order_by("id")
    for row in rows:
        newest[row.run] = row
    decisions = AssessmentDecision.objects.filter(release_id=state.release_id).select_related("by")
    return Weighing(
        state=state,
        inherent=newest.get(Run.INHERENT),
        residual=newest.get(Run.RESIDUAL),
        decision=decisions.order_by("id").last() if newest else None,
        before=evidence_before(state),
        after=evidence_after(state),
    )


def evidence_before(state: PrivacyState) -> Evidence:
    """What the scan found in the file, and the groups in it before any remedy."""
    treatment = state.treatment
    measures = dict(getattr(treatment, "measures_before", None) or {}) if treatment else {}
    if not measures and treatment is not None and not state.recipe:
        measures = treatment.measures
    personal = [
        verdict
        for verdict in state.findings
        if verdict.column not in state.decided or state.decided[verdict.column].decision != _NOT_PERSONAL
    ]
    return Evidence(
        direct=_names(verdict for verdict in personal if verdict.names_people),
        free_text=_names(verdict for verdict in personal if verdict.group == Group.FREE_TEXT),
        quasi=tuple(_confirmed(state)),
        k=measures.get("k"),
        k_min=state.quasi.k_min if state.quasi else 1,
        is_measured=bool(measures) or (state.quasi is not None and not state.quasi.columns),
    )


def evidence_after(state: PrivacyState) -> Evidence:
    """What is left in the copy: columns kept with a reason, what the scan of the copy still found, its groups."""
    treatment = state.treatment
    left = [row["column"] for row in state.leftovers]
    measures = treatment.measures if treatment and state.is_treated else {}
    is_table, score, small = _cells(state)
    return Evidence(
        direct=tuple(dict.fromkeys([*state.identifiers_kept, *left])),
        free_text=_names(verdict for verdict in state.open if verdict.group == Group.FREE_TEXT),
        quasi=tuple(state.quasi_left),
        k=measures.get("k"),
        k_min=state.quasi.k_min if state.quasi else 1,
        is_measured=state.is_treated
        and (score is not None if is_table else bool(measures) or not state.quasi_left),
        psc=score,
        small_cells=small,
    )


def _cells(state: PrivacyState) -> tuple[bool, int | None, int | None]:
    """Whether a row of the copy is a cell of counts; its publication score and how many small cells show."""
    inputs = inputs_of(state)
    if inputs is None or inputs.shape is None:
        return False, None, None
    check = check_of(state.release_id, inputs)
    if check is None or check.checked_at is None or check.fault:
        return True, None, None
    shown = sum(found.cells for found in CellFindings.of_dict(check.cells).blocks)
    # A table that passes the screen needs no score (CalHHS, step 1).
    score = 0 if check.score["screened"] else int(check.score["total"])
    return True, score, shown


def is_override(proposed: str, decision: str) -> bool:
    """Whether a decision lets out what the program's matrix would not."""
    return decision in PUBLISHING and is_more_open(decision, proposed)


def _names(verdicts: Iterable[ColumnVerdict]) -> tuple[str, ...]:
    return tuple(verdict.column for verdict in verdicts)


def _confirmed(state: PrivacyState) -> list[str]:
    return list(state.quasi.columns) if state.quasi else []


def _treated(state: PrivacyState) -> str:
    return state.treatment.treated.sha256 if state.treatment and state.treatment.treated else ""
