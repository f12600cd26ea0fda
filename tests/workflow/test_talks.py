"""Readiness talks (Durham ITP-5 IV.D.1): held before the inventory, and filling in its record."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossier.selectors import facts
from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.workflow.test_proposals import propose
from workflow.context import context_of
from workflow.gates.talk import readiness_talk_held
from workflow.models import ReadinessTalk
from workflow.services.datasets import dataset_register
from workflow.services.proposals import proposal_accept
from workflow.services.talks import facts_rebuild, talk_record

pytestmark = pytest.mark.django_db


def talk(cast: Cast, **given: Any) -> ReadinessTalk:
    arguments = {
        "held_on": timezone.localdate(),
        "with_whom": "Maria Lopez, data steward",
        "led_by": cast["open_data_team"],
        "notes": "The repairs are in the work order system, entered daily.",
        "actor": cast["open_data_team"],
        "fills": {
            "source_system": "Work orders",
            "accrual_periodicity": "daily",
            "steward": cast.steward,
            "description": "Repairs of potholes.",
        },
        **given,
    }
    return talk_record(**arguments)


def gate_of(dataset: Any, *, wanted: bool = True) -> Any:
    context = context_of(dataset.current_release.pk)
    context.profile = SimpleNamespace(order={"readiness_talk_before_inventory": wanted})  # type: ignore[assignment]
    return readiness_talk_held(context)


def test_a_talk_about_a_proposal_fills_in_the_record_when_it_is_accepted(cast: Cast) -> None:
    proposal = propose(cast)
    row = talk(cast, proposal=proposal)
    dataset = proposal_accept(proposal=proposal, actor=cast.coordinator)
    assert (dataset.source_system, dataset.accrual_periodicity) == ("Work orders", "daily")
    assert (dataset.steward, dataset.description) == (cast.steward, "Repairs of potholes.")
    row.refresh_from_db()
    assert row.dataset == dataset
    assert row.filled == ["accrual_periodicity", "description", "source_system", "steward"]
    fact = facts(dataset.current_release.pk)["readiness_talk"]
    assert fact.ok
    assert fact.data["held_on"] == row.held_on.isoformat()
    assert fact.data["with_whom"] == "Maria Lopez, data steward"
    assert gate_of(dataset).ok


def test_the_later_of_two_talks_has_the_last_word(cast: Cast) -> None:
    proposal = propose(cast)
    early = timezone.localdate() - timedelta(days=9)
    talk(cast, proposal=proposal, fills={"source_system": "New system", "title": "Potholes"})
    talk(cast, proposal=proposal, held_on=early, fills={"source_system": "Old system"})
    dataset = proposal_accept(proposal=proposal, actor=cast.coordinator)
    assert (dataset.source_system, dataset.title) == ("New system", "Potholes")


def test_a_talk_about_a_dataset_fills_in_what_nobody_wrote(cast: Cast) -> None:
    dataset = dataset_register(
        department=cast.public_works,
        actor=cast.coordinator,
        fields={"title": "Pothole repairs", "source_system": "Ledger"},
    )
    row = talk(cast, dataset=dataset)
    dataset.refresh_from_db()
    assert (dataset.source_system, dataset.accrual_periodicity) == ("Ledger", "daily")
    assert "source_system" not in row.filled
    assert gate_of(dataset).ok


def test_the_gate_asks_for_a_talk_only_where_the_program_does(cast: Cast) -> None:
    dataset = dataset_make(cast)
    refused = gate_of(dataset)
    assert "No readiness talk is recorded" in refused.unmet[0].text
    assert refused.unmet[0].who == "open_data_team"
    assert gate_of(dataset, wanted=False).ok


def test_the_fact_can_be_rebuilt_from_the_talks(cast: Cast) -> None:
    dataset = dataset_make(cast)
    talk(cast, dataset=dataset, held_on=timezone.localdate() - timedelta(days=3))
    newest = talk(cast, dataset=dataset)
    release = dataset.current_release.pk
    before = facts(release)["readiness_talk"]
    assert before.about == {"talk": newest.pk}
    facts_rebuild(release_id=release)
    after = facts(release)["readiness_talk"]
    assert (after.about, after.data, after.at) == (before.about, before.data, before.at)


def test_a_talk_is_recorded_after_it_was_held_and_about_something(cast: Cast) -> None:
    proposal = propose(cast)
    with pytest.raises(ValidationError, match="once it was held"):
        talk(cast, proposal=proposal, held_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(ValidationError, match="which dataset or proposal"):
        talk(cast)
    with pytest.raises(ValidationError):
        talk(cast, proposal=proposal, notes=" ")
    with pytest.raises(ValidationError, match="does not fill in licence"):
        talk(cast, proposal=proposal, fills={"licence": "x"})
    proposal_accept(proposal=proposal, actor=cast.coordinator)
    proposal.refresh_from_db()
    with pytest.raises(ValidationError, match="on its dataset"):
        talk(cast, proposal=proposal)


def test_the_database_wants_a_talk_to_be_about_something(cast: Cast) -> None:
    row = talk(cast, proposal=propose(cast))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadinessTalk.objects.filter(pk=row.pk).update(proposal=None)


def test_the_open_data_team_and_the_coordinator_record_talks(cast: Cast) -> None:
    proposal = propose(cast)
    for person in (cast["open_data_team"], cast.cdo, cast.coordinator):
        talk(cast, proposal=proposal, actor=person)
    for person in (cast.steward, cast.other_coordinator, cast.foreign_cdo):
        with pytest.raises(PermissionDenied):
            talk(cast, proposal=proposal, actor=person)


def test_a_talk_is_recorded_in_the_browser(cast: Cast, client: Client) -> None:
    proposal = propose(cast)
    url = reverse("proposal_talk", args=[proposal.pk])
    client.force_login(cast["open_data_team"])
    assert client.get(url).status_code == 200
    assert client.post(url, {"notes": ""}).status_code == 422
    answers = {
        "held_on": timezone.localdate().isoformat(),
        "led_by": cast["open_data_team"].pk,
        "with_whom": "Maria Lopez",
        "notes": "It is ready.",
        "source_system": "Work orders",
        "steward": cast.steward.pk,
    }
    page = client.post(url, answers, follow=True).content.decode()
    assert "The talk is recorded" in page
    assert "It fills in the record when the proposal is accepted" in page

    dataset = proposal_accept(proposal=proposal, actor=cast.coordinator)
    page = client.get(reverse("dataset_talks", args=[dataset.pk])).content.decode()
    assert "From this talk in the record: source system, steward" in page
    about = reverse("dataset_talk", args=[dataset.pk])
    assert "The talk is recorded" in client.post(about, answers, follow=True).content.decode()


def test_talks_of_another_department_are_not_found(cast: Cast, client: Client) -> None:
    proposal = propose(cast)
    dataset = dataset_make(cast)
    for person in (cast.other_coordinator, cast.foreign_cdo):
        client.force_login(person)
        assert client.get(reverse("proposal_talk", args=[proposal.pk])).status_code == 404
        assert client.get(reverse("dataset_talks", args=[dataset.pk])).status_code == 404
        assert client.get(reverse("dataset_talk", args=[dataset.pk])).status_code == 404
    client.force_login(cast.steward)
    assert client.get(reverse("dataset_talk", args=[dataset.pk])).status_code == 403
