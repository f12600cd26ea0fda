"""Benefit against risk as rows and facts: rated by a person, stale when the measures change, refused without a why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.profiles.privacy import PrivacyRules
from audit.models import AuditEvent
from dossier.errors import DossierFrozen
from dossier.selectors import facts
from dossier.services import dossier_open
from privacy.errors import AssessmentRefused, DispositionRefused
from privacy.memo import memo_of
from privacy.models import Assessment, AssessmentDecision, RiskDecision
from privacy.selectors import state_of
from privacy.services import (
    assessment_decide,
    assessment_rate,
    facts_rebuild,
    quasi_confirm,
    risk_accept,
)
from privacy.weighing import weighing_of
from tests.cast import Cast
from tests.privacy.samples import SOON, SSN
from tests.privacy.test_decisions import WHY, decide_all, dispose
from workflow.models import Release

RULES = PrivacyRules(k_min=5, k_min_sensitive=11)
STEPS = {
    "value": "high",
    "value_likelihood": "high",
    "expectation": "moderate",
    "harm_person": "moderate",
    "harm_organisation": "low",
    "attempt": "moderate",
}
RATIONALE = "Builders and the press need it, and what is left tells of no single person."


def rated(release: Release, cast: Cast, run: str, success: str, **steps: str) -> Assessment:
    factors = STEPS | {"success": success} | steps
    return assessment_rate(
        release_id=release.pk,
        run=run,
        factors=factors,
        reasons=dict.fromkeys(factors, "As the office knows its permits."),
        rules=RULES,
        actor=cast.privacy_officer,
    )


def decided(release: Release, cast: Cast, decision: str = "open", **words: Any) -> AssessmentDecision:
    given = {"rationale": RATIONALE, "public_summary": "Personal details were removed."} | words
    return assessment_decide(
        release_id=release.pk, decision=decision, rules=RULES, actor=cast.privacy_officer, **given
    )


@pytest.fixture
def treated(scanned: Release, cast: Cast, work: Callable[[], None]) -> Release:
    """Every finding decided, the copy made; by the number of the permit and sex everybody stands alone."""
    decide_all(scanned, cast, quasi=["permit_no", "sex"], k_min=5)
    work()
    return scanned


def test_a_rating_keeps_what_was_judged_what_follows_and_what_was_measured(
    treated: Release, cast: Cast
) -> None:
    row = rated(treated, cast, "inherent", "very_high")
    assert (row.benefit, row.impact, row.likelihood, row.risk) == ("high", "moderate", "high", "moderate")
    assert row.proposed == "deidentify"
    assert row.evidence["direct"] == ["contractor_phone", "remarks"]
    assert row.evidence["free_text"] == ["remarks"]
    assert row.evidence["k_min"] == 5 and row.evidence["file"]
    after = rated(treated, cast, "residual", "very_high")
    assert after.evidence["k"] == 1 and after.evidence["treated"]
    assert after.proposed == "conditions"
    assert [event.action for event in AuditEvent.objects.filter(action="privacy.risk_rated")] == [
        "privacy.risk_rated"
    ] * 2


def test_the_fact_says_step_by_step_what_is_missing(treated: Release, cast: Cast) -> None:
    assert "assessment" not in facts(treated.pk)
    rated(treated, cast, "inherent", "very_high")
    assert facts(treated.pk)["assessment"].sentences == [
        "The risk that is left is not rated yet. Rate the copy that will be published."
    ]
    rated(treated, cast, "residual", "low")
    assert "nobody has decided" in facts(treated.pk)["assessment"].sentences[0]
    decided(treated, cast, "limited")
    assert "“Limited access only”" in facts(treated.pk)["assessment"].sentences[0]
    decided(treated, cast, "open")
    fact = facts(treated.pk)["assessment"]
    assert fact.ok and not fact.sentences
    assert fact.data["decision"] == "open" and fact.data["risk"] == "low"
    assert fact.data["success_before"] == "very_high" and fact.data["success"] == "low"


def test_the_rating_is_stale_as_soon_as_a_measure_changes_and_says_what_it_would_be(
    treated: Release, cast: Cast, work: Callable[[], None]
) -> None:
    # M27: rating recomputed when metric changes.
    rated(treated, cast, "inherent", "very_high", attempt="very_high", harm_person="high")
    rated(treated, cast, "residual", "very_high", attempt="very_high", harm_person="high")
    decided(treated, cast, "open", until=SOON)
    assert facts(treated.pk)["assessment"].ok
    dispose(treated, cast, "permit_no", "remedy", "drop_column")
    work()
    weighing = weighing_of(state_of(treated.pk))
    assert weighing.after.k and weighing.after.k > 1
    assert not weighing.residual_holds
    fact = facts(treated.pk)["assessment"]
    assert not fact.ok
    assert fact.sentences[0].startswith("The copy that will be published changed since its risk was rated")
    assert f"k was 1 and is {weighing.after.k} now" in fact.sentences[0]
    now = weighing.rating_now("residual")
    assert now is not None and now.risk != "high"
    assert fact.sentences[0].endswith("Look at the measures and rate it again.")
    rated(treated, cast, "residual", "low")
    decided(treated, cast, "open")
    assert facts(treated.pk)["assessment"].ok


def test_while_the_measures_are_worse_than_rated_the_worse_risk_counts(
    treated: Release, cast: Cast, work: Callable[[], None]
) -> None:
    dispose(treated, cast, "permit_no", "remedy", "drop_column")
    work()
    rated(treated, cast, "inherent", "very_high", harm_person="high", attempt="high")
    rated(treated, cast, "residual", "low", harm_person="high", attempt="high")
    assert facts(treated.pk)["assessment"].data["risk"] == "moderate"
    dispose(treated, cast, "permit_no", "accept")
    work()
    assert facts(treated.pk)["assessment"].data["risk"] == "high"


def test_a_rating_is_refused_while_a_step_or_its_reason_is_missing(treated: Release, cast: Cast) -> None:
    for factors, reasons, sentence in (
        ({"value": ""}, {}, "Value: choose one of the five steps."),
        ({"value": "enormous"}, {}, "Value: choose one of the five steps."),
        ({}, {"attempt": "  "}, "Likelihood of an attempt: say in a few words why it is this step."),
    ):
        given = STEPS | {"success": "low"} | factors
        with pytest.raises(AssessmentRefused) as refused:
            assessment_rate(
                release_id=treated.pk,
                run="inherent",
                factors=given,
                reasons=dict.fromkeys(given, "why") | reasons,
                rules=RULES,
                actor=cast.privacy_officer,
            )
        assert refused.value.sentence == sentence
    assert not Assessment.objects.exists()
    # The copy is rated after the file, and never as easier to recognize.
    with pytest.raises(AssessmentRefused, match="Rate the data as it was handed in"):
        rated(treated, cast, "residual", "low")
    rated(treated, cast, "inherent", "low")
    with pytest.raises(AssessmentRefused, match="no remedy makes it easier"):
        rated(treated, cast, "residual", "high")
    dossier_open(release_id=treated.pk, parts=["plan"])
    with pytest.raises(DossierFrozen):
        rated(treated, cast, "inherent", "very_high")


def test_without_a_copy_there_is_nothing_left_to_rate(scanned: Release, cast: Cast) -> None:
    rated(scanned, cast, "inherent", "very_high")
    with pytest.raises(AssessmentRefused, match="is not made yet"):
        rated(scanned, cast, "residual", "low")


def test_a_decision_more_open_than_the_matrix_needs_a_last_day(treated: Release, cast: Cast) -> None:
    rated(treated, cast, "inherent", "very_high")
    assert rated(treated, cast, "residual", "very_high").proposed == "conditions"
    with pytest.raises(AssessmentRefused, match="Name the last day"):
        decided(treated, cast, "open")
    with pytest.raises(AssessmentRefused, match="a day to come"):
        decided(treated, cast, "open", until=timezone.localdate())
    with pytest.raises(AssessmentRefused, match="nothing is accepted for longer"):
        decided(treated, cast, "open", until=timezone.localdate() + timedelta(days=366))
    row = decided(treated, cast, "open", until=SOON)
    assert row.is_override and row.until == SOON
    assert facts(treated.pk)["assessment"].data["overrides"]
    # As proposed, with its conditions, nothing is overridden.
    row = decided(treated, cast, "conditions", conditions="No joining with other data.", until=SOON)
    assert not row.is_override and row.until is None


def test_a_decision_is_refused_with_a_sentence_for_what_is_missing(treated: Release, cast: Cast) -> None:
    rated(treated, cast, "inherent", "very_high")
    rated(treated, cast, "residual", "low")
    refusals: list[tuple[str, dict[str, Any], str]] = [
        ("", {}, "decision"),
        ("screen", {}, "decision"),
        ("open", {"rationale": "because"}, "rationale"),
        ("open", {"public_summary": " "}, "public_summary"),
        ("conditions", {"conditions": ""}, "conditions"),
        ("open", {"stops": ("HIPAA covers the data.",)}, "decision"),
    ]
    for decision, words, field in refusals:
        with pytest.raises(AssessmentRefused) as refused:
            decided(treated, cast, decision, **words)
        assert list(refused.value.faults) == [field]
    assert not AssessmentDecision.objects.exists()


def test_a_risk_is_accepted_until_a_day(treated: Release, cast: Cast) -> None:
    def accept(until: Any) -> RiskDecision:
        return risk_accept(
            release_id=treated.pk, reason=WHY, until=until, actor=cast.privacy_officer, most_days=30
        )

    for until, sentence in (
        (None, "Name the last day"),
        (timezone.localdate(), "a day to come"),
        (timezone.localdate() + timedelta(days=31), "nothing is accepted for longer"),
    ):
        with pytest.raises(DispositionRefused, match=sentence):
            accept(until)
    row = accept(timezone.localdate() + timedelta(days=30))
    assert facts(treated.pk)["risk"].data["accepted_until"] == row.until.isoformat()
    assert row.holds_on(row.until) and not row.holds_on(row.until + timedelta(days=1))


def test_the_memo_tells_the_decision_and_holds_no_value_and_no_name(treated: Release, cast: Cast) -> None:
    rated(treated, cast, "inherent", "very_high")
    rated(treated, cast, "residual", "low")
    decided(treated, cast)
    memo = memo_of(state_of(treated.pk), RULES)
    assert memo["decision"].rationale == RATIONALE and not memo["sentences"]
    [risk] = [row for row in memo["rows"] if row["label"] == "Risk"]
    assert (risk["before"], risk["after"]) == ("Moderate", "Low")
    assert any("contractor_phone" in says for says in memo["remedies"])
    assert memo["measures"]["lines"][0]["after"] == "1"
    said = repr(
        {key: value for key, value in memo.items() if key not in ("weighing", "decision", "acceptance")}
    )
    assert SSN not in said and "*" not in said and cast.privacy_officer.full_name not in said
    # A rebuild of the facts changes nothing.
    before = {kind: (fact.ok, fact.digest, fact.data, fact.at) for kind, fact in facts(treated.pk).items()}
    facts_rebuild(release_id=treated.pk)
    after = {kind: (fact.ok, fact.digest, fact.data, fact.at) for kind, fact in facts(treated.pk).items()}
    assert after == before
    # A decision speaks of one rating only.
    rated(treated, cast, "residual", "low", value="very_low")
    assert "nobody has decided" in facts(treated.pk)["assessment"].sentences[0]


def test_confirming_other_columns_asks_for_the_rating_again(
    treated: Release, cast: Cast, work: Callable[[], None]
) -> None:
    rated(treated, cast, "inherent", "very_high")
    assert weighing_of(state_of(treated.pk)).inherent_holds
    quasi_confirm(release_id=treated.pk, columns=["sex"], k_min=5, actor=cast.privacy_officer)
    work()
    weighing = weighing_of(state_of(treated.pk))
    assert not weighing.inherent_holds
    assert weighing.sentences[0].startswith("The file changed since its risk was rated")
