"""An override has a named officer, a reason and a last day; after it the privacy review is open again (M25)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import profile_current
from audit.models import AuditEvent
from dossier.services import fact_forget, fact_record
from notifications.models import OutgoingMessage
from privacy.models import RiskDecision
from tests.cast import Cast
from tests.factories.reviews import program_with
from tests.factories.workflow import FILE, TREATED, WEIGHED, portal_facts, release_at
from workflow import gates
from workflow.context import context_of
from workflow.gates.privacy import benefit_weighed, risk_allowed, screened_by_legal
from workflow.models import Dataset, Release
from workflow.selectors.errands import errands_of
from workflow.services.overrides import overrides_sweep
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - timedelta(days=1)


def accepted(release: Release, cast: Cast, until: date) -> RiskDecision:
    """What privacy records when somebody accepts k = 3 for the copy."""
    row = RiskDecision.objects.create(
        release=release,
        treated_sha256=TREATED,
        quasi_digest="z",
        k=3,
        k_min=5,
        reason="The street is what readers need.",
        until=until,
        by=cast.privacy_officer,
    )
    data = {"k": 3, "k_min": 5, "accepted": True, "accepted_until": until.isoformat()}
    measured(release, data)
    return row


def measured(release: Release, data: dict[str, Any]) -> None:
    about = {"treated": TREATED, "quasi": "z"}
    fact_record(release_id=release.pk, kind="risk", ok=True, about=about, data=data)


def weighed(release: Release, **data: Any) -> None:
    about = {"file": FILE, "treated": TREATED, "judged": "w"}
    fact_record(release_id=release.pk, kind="assessment", ok=True, about=about, data=WEIGHED | data)


def later(release: Release, days: int) -> Any:
    return context_of(release.pk, now=timezone.now() + timedelta(days=days))


def test_an_accepted_risk_holds_to_the_end_of_its_last_day_and_not_longer(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    accepted(release, cast, timezone.localdate())
    assert risk_allowed(later(release, 0)).ok
    [item] = risk_allowed(later(release, 2)).unmet
    assert item.text.startswith("The acceptance of k = 3 ended on")
    assert "the privacy review is open again" in item.text


def test_an_acceptance_that_names_no_day_does_not_hold(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    measured(release, {"k": 3, "k_min": 5, "accepted": True})
    assert not risk_allowed(context_of(release.pk)).ok


def test_the_threshold_is_that_of_the_class_which_the_data_has_now(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    measured(release, {"k": 7, "k_min": 5, "accepted": False})
    assert risk_allowed(context_of(release.pk)).ok
    Dataset.objects.filter(pk=release.dataset_id).update(classification="sensitive")
    [item] = risk_allowed(context_of(release.pk)).unmet
    assert "7 rows, and 11 are asked for" in item.text


def test_before_the_publication_an_ended_override_stands_in_the_way_and_the_officer_is_told_once(
    cast: Cast,
) -> None:
    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    assert not [item for item in gates.unmet("publish", context_of(release.pk)) if item.tab == "privacy"]
    accepted(release, cast, YESTERDAY)
    assert any("ended on" in item.text for item in gates.unmet("publish", context_of(release.pk)))
    assert overrides_sweep() == 1
    assert overrides_sweep() == 0
    letter = OutgoingMessage.objects.get(message_id="override_lapsed")
    assert letter.recipient == cast.privacy_officer
    assert AuditEvent.objects.filter(action="privacy.override_lapsed").count() == 1


def test_an_ended_override_of_public_data_waits_on_the_officer_until_it_is_decided_anew(
    client: Client, cast: Cast
) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    accepted(release, cast, YESTERDAY)
    assert not errands_of(cast.privacy_officer)
    overrides_sweep()
    [errand] = errands_of(cast.privacy_officer)
    assert "look again at the risk of public data" in errand.what
    assert errand.url == reverse("release_privacy", args=[release.pk])
    assert not errands_of(cast.foreign_cdo)
    accepted(release, cast, timezone.localdate() + timedelta(days=30))
    assert not errands_of(cast.privacy_officer)


def test_an_override_that_a_later_one_replaced_ends_in_silence(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    accepted(release, cast, YESTERDAY)
    accepted(release, cast, timezone.localdate() + timedelta(days=30))
    assert overrides_sweep() == 1
    assert not OutgoingMessage.objects.filter(message_id="override_lapsed").exists()


def test_a_decision_beyond_the_matrix_ends_with_its_day_too(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    weighed(release, proposed="limited", overrides=True, until=YESTERDAY.isoformat())
    [item] = benefit_weighed(context_of(release.pk)).unmet
    assert item.text.startswith("The decision to publish although the matrix proposes otherwise ended on")
    assert item in gates.unmet("publish", context_of(release.pk))
    weighed(release, proposed="limited", overrides=True, until=timezone.localdate().isoformat())
    assert benefit_weighed(context_of(release.pk)).ok


@pytest.mark.parametrize(
    ("weighed_when", "findings", "asked"),
    [("always", 0, True), ("when_personal", 1, True), ("when_personal", 0, False), ("never", 3, False)],
)
def test_the_program_says_when_benefit_and_risk_are_weighed(
    cast: Cast, weighed_when: str, findings: int, asked: bool
) -> None:
    program_with(cast, privacy={"k_min": 5, "k_min_sensitive": 11, "weighed": weighed_when})
    release = release_at(Stage.PRIVACY, cast)
    fact_forget(release_id=release.pk, kind="assessment")
    fact = release.facts.get(kind="scan")
    data = fact.data | {"findings": findings}
    fact_record(release_id=release.pk, kind="scan", ok=True, about=fact.about, data=data)
    result = benefit_weighed(context_of(release.pk))
    assert result.ok is not asked
    assert [item.text for item in result.unmet] == (
        ["Benefit and risk are not weighed yet. Rate the data as it was handed in."] if asked else []
    )


def test_a_copy_that_changed_since_is_rated_again(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    assert benefit_weighed(context_of(release.pk)).done == "Benefit and risk weighed: Publish"
    about = {"file": FILE, "treated": "0" * 64, "judged": "w"}
    fact_record(release_id=release.pk, kind="assessment", ok=True, about=about, data=WEIGHED)
    [item] = benefit_weighed(context_of(release.pk)).unmet
    assert "Rate it again" in item.text and item.tab == "weighing"


def test_who_drafted_the_rating_rates_again(cast: Cast) -> None:
    """San Francisco: the coordinator drafts the form, so the officer would prepare the release by rating it."""
    asked = profile_current(cast.program).content["checklists"] | {"PRIVACY": ["privacy"]}
    program_with(cast, drafts={"privacy": "coordinator"}, checklists=asked)
    release = release_at(Stage.PRIVACY, cast)
    weighed(release)
    about = {"file": FILE, "treated": "0" * 64, "judged": "w"}
    fact_record(release_id=release.pk, kind="assessment", ok=True, about=about, data=WEIGHED)
    [item] = benefit_weighed(context_of(release.pk)).unmet
    assert (item.who, "Rate it again" in item.text) == ("coordinator", True)


def test_where_risk_and_benefit_are_both_very_high_legal_decides_too(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    assert screened_by_legal(context_of(release.pk)).ok
    weighed(release, proposed="screen_legal", risk="very_high", benefit="very_high")
    [item] = screened_by_legal(context_of(release.pk)).unmet
    assert "Ask for the legal review" in item.text
    assert item in gates.unmet("approve", context_of(release.pk))
