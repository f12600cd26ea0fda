"""What the privacy officer judges: benefit against risk, before and after the remedies, and the decision on it.

Rows are only added. Sources: DataSF release toolkit (four factors, form reviewed with staff), NIST SP 800-30
rev. 1 (G-5, I-2), Seattle open data policy 4.I (decision with rationale, for the public record); DOMAIN d1 to d3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.profiles.privacy import PrivacyRules
from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import contribution_record, dossier_lock
from privacy.assessment import FACTORS, LEVELS, PUBLISHING, Factors, propose, rate
from privacy.errors import AssessmentRefused
from privacy.models import Assessment, AssessmentDecision
from privacy.selectors import state_of
from privacy.services.assessment_facts import decided_words
from privacy.services.facts import facts_write
from privacy.services.overrides import NOTHING_ENDED, check_until, fact_renew
from privacy.weighing import Weighing, is_override, weighing_of
from privacy.words_assessment import DECISIONS, FACTOR_WORDS, inside, level_words

if TYPE_CHECKING:
    from accounts.models import User

Run = Assessment.Run
SHORTEST_RATIONALE = 30


@transaction.atomic
def assessment_rate(
    *,
    release_id: int,
    run: str,
    factors: Mapping[str, str],
    reasons: Mapping[str, str],
    rules: PrivacyRules,
    actor: User,
    now: datetime | None = None,
) -> Assessment:
    """Rate one run: every factor on the five steps, each with why. Returns the row with what follows from it.

    `rules` are the program's (its matrix proposes). Raises AssessmentRefused with a sentence for each factor
    that is missing, and DossierFrozen.
    """
    dossier_lock(release_id=release_id, part="privacy")
    weighing = weighing_of(state_of(release_id))
    _check_run(weighing, run)
    judged, words = _judged(factors, reasons)
    if run == Run.RESIDUAL:
        _check_residual(weighing, judged)
    rating = rate(judged)
    row = Assessment.objects.create(
        release_id=release_id,
        run=run,
        **judged.to_dict(),
        reasons=words,
        **rating.to_dict(),
        evidence=weighing.snapshot(run),
        evidence_digest=weighing.digest(run),
        proposed=propose(rules.matrix, rules.after_remedies, rating, is_residual=run == Run.RESIDUAL),
        by=actor,
        at=now or timezone.now(),
    )
    data = {"run": row.get_run_display().lower(), "risk": row.risk, "benefit": row.benefit}
    event_record(
        action="privacy.risk_rated", actor=actor, subject=row, data=data, now=now, **subject_of(release_id)
    )
    _settle(release_id, actor, "privacy rating", now)
    return row


@transaction.atomic
def assessment_decide(
    *,
    release_id: int,
    decision: str,
    rationale: str,
    public_summary: str,
    rules: PrivacyRules,
    actor: User,
    conditions: str = "",
    until: date | None = None,
    stops: tuple[str, ...] = (),
    is_public: bool = False,
    now: datetime | None = None,
) -> AssessmentDecision:
    """Decide on the residual rating that stands. `stops` are the rules outside the matrix that forbid publishing.

    A decision more open than the matrix proposes is an override and needs a last day (M25). `is_public`: the data
    is out already and an override that ended is decided anew, on the rating that it rests on; nothing else is
    rewritten then, and nothing of the dossier changes. Raises AssessmentRefused with a sentence per field, and
    DossierFrozen.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part=None if is_public else "privacy")
    weighing = weighing_of(state_of(release_id))
    holds = weighing.residual_holds and weighing.inherent_holds
    ended = _ended(weighing, now) if is_public else None
    residual = ended.assessment if ended is not None and not holds else weighing.residual
    if residual is None or (not holds and ended is None):
        raise AssessmentRefused({"decision": weighing.sentences[0]})
    proposed = propose(rules.matrix, rules.after_remedies, residual.rating, is_residual=True)
    overrides = is_override(proposed, decision)
    faults = _decision_faults(decision, rationale, public_summary, conditions, stops)
    if overrides and (fault := check_until(until, now, rules.override_days)):
        faults["until"] = fault
    if faults:
        raise AssessmentRefused(faults)
    row = AssessmentDecision.objects.create(
        release_id=release_id,
        assessment=residual,
        proposed=proposed,
        decision=decision,
        is_override=overrides,
        until=until if overrides else None,
        rationale=_plain(rationale),
        conditions=_plain(conditions) if decision == "conditions" else "",
        public_summary=_plain(public_summary),
        by=actor,
        at=now,
    )
    event_record(
        action="privacy.benefit_weighed",
        actor=actor,
        subject=row,
        data={
            "decision": row.get_decision_display().lower(),
            "proposed": row.get_proposed_display().lower(),
            "risk": residual.risk,
            "benefit": residual.benefit,
            "until": until.isoformat() if overrides and until else "",
        },
        note=row.rationale,
        now=now,
        **subject_of(release_id),
    )
    if not is_public:
        _settle(release_id, actor, "privacy assessment", now)
    elif holds:
        facts_write(release_id=release_id, now=now)
    else:
        fact_renew(release_id=release_id, kind="assessment", data=decided_words(row), now=now)
    return row


def _ended(weighing: Weighing, now: datetime) -> AssessmentDecision:
    """The override of public data that has ended. Raises AssessmentRefused when none has."""
    last = weighing.ended(timezone.localdate(now))
    if last is None:
        raise AssessmentRefused({"decision": NOTHING_ENDED})
    return last


def _check_run(weighing: Weighing, run: str) -> None:
    if run not in Run.values:
        raise AssessmentRefused({"run": "Choose which form of the data is rated."})
    if not weighing.state.is_scan_current:
        raise AssessmentRefused({"run": "The file is still to be scanned. Rate it once the scan has ended."})
    if run == Run.RESIDUAL and not weighing.state.is_treated:
        sentence = (
            "The copy that will be published is not made yet. Decide every finding, then rate what is left."
        )
        raise AssessmentRefused({"run": sentence})
    if run == Run.RESIDUAL and not weighing.inherent_holds:
        raise AssessmentRefused({"run": weighing.sentences[0]})


def _judged(factors: Mapping[str, str], reasons: Mapping[str, str]) -> tuple[Factors, dict[str, str]]:
    faults, words = {}, {}
    for name in FACTORS:
        label = FACTOR_WORDS[name].label
        words[name] = _plain(reasons.get(name, ""))
        if factors.get(name) not in LEVELS:
            faults[name] = f"{label}: choose one of the five steps."
        elif not words[name]:
            faults[name] = f"{label}: say in a few words why it is this step."
    if faults:
        raise AssessmentRefused(faults)
    return Factors(**{name: factors[name] for name in FACTORS}), words


def _check_residual(weighing: Weighing, judged: Factors) -> None:
    """A remedy never makes it easier to recognize people than the file did."""
    before = weighing.inherent
    if before is not None and LEVELS.index(judged.success) > LEVELS.index(before.success):
        was = inside(level_words(before.success))
        raise AssessmentRefused(
            {
                "success": f"Likelihood of success: before the remedies it was rated {was}, and no remedy makes it "
                "easier to recognize people. Rate the file as it was handed in again, or choose another step."
            }
        )


def _decision_faults(
    decision: str, rationale: str, public_summary: str, conditions: str, stops: tuple[str, ...]
) -> dict[str, str]:
    faults = {}
    if decision not in DECISIONS:
        faults["decision"] = "Choose what is decided."
    elif decision in PUBLISHING and stops:
        faults["decision"] = f"It may not be published, whatever the matrix says. {stops[0]}"
    if len(_plain(rationale)) < SHORTEST_RATIONALE:
        faults["rationale"] = (
            f"Say why, in at least {SHORTEST_RATIONALE} characters: somebody must be able to defend it in a year."
        )
    if not _plain(public_summary):
        faults["public_summary"] = "Say it in a sentence for the public; it stands in the memo."
    if decision == "conditions" and not _plain(conditions):
        faults["conditions"] = "Name the conditions that hold as long as it is public."
    return faults


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


def _settle(release_id: int, actor: User, what: str, now: datetime | None) -> None:
    contribution_record(release_id=release_id, user=actor, what=what, now=now)
    facts_write(release_id=release_id, now=now)
