"""My work and the overview: what waits on a person besides releases, and who has to do with a dataset."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories.workflow import dataset_make
from tests.workflow.test_high_value import draft
from tests.workflow.test_joint import joint
from tests.workflow.test_proposals import propose, tomorrow
from tests.workflow.test_requests import ask, confirmed
from tests.workflow.test_talks import talk
from workflow.models import RequestVote
from workflow.selectors.errands import errands_of
from workflow.services.high_value import inventory_hand_in
from workflow.services.proposals import proposal_defer
from workflow.services.request_triage import request_accept
from workflow.services.sweeps import intake_sweep

pytestmark = pytest.mark.django_db


def test_each_errand_stands_in_the_work_of_whom_it_waits_on(cast: Cast, client: Client) -> None:
    confirmed(cast)
    propose(cast)
    dataset_make(cast, high_value=["A"])
    inventory_hand_in(inventory=draft(cast), actor=cast.coordinator)
    expected = {
        cast["open_data_team"]: ["Bicycle counts"],
        cast.coordinator: ["Pothole repairs"],
        cast.approver: ["Pothole repairs", "High-value data inventory 2026 of Public Works"],
        cast.steward: [],
        cast.other_coordinator: [],
        cast.foreign_cdo: [],
    }
    for person, titles in expected.items():
        assert [errand.title for errand in errands_of(person)] == titles
        client.force_login(person)
        page = client.get(reverse("my_work")).content.decode()
        assert ("besides releases" in page) is bool(titles)


def test_a_request_that_waits_too_long_is_overdue(cast: Cast) -> None:
    confirmed(cast)
    then = timezone.now() + timedelta(days=60)
    (errand,) = errands_of(cast.cdo, now=then)
    assert errand.is_late


def test_the_sweep_forgets_and_brings_back(cast: Cast) -> None:
    ask(cast)
    RequestVote.objects.update(confirm_until=timezone.now() - timedelta(hours=1))
    proposal_defer(proposal=propose(cast), reason="Busy.", revisit_on=tomorrow(), actor=cast.coordinator)
    assert intake_sweep() == (1, 0)
    assert intake_sweep(now=timezone.now() + timedelta(days=2)) == (0, 1)


def test_the_overview_says_who_has_to_do_with_the_dataset(cast: Cast, client: Client) -> None:
    dataset = joint(cast).dataset
    talk(cast, dataset=dataset)
    request_accept(request=confirmed(cast), dataset=dataset, actor=cast.cdo)
    client.force_login(cast.steward)
    page = client.get(reverse("release", args=[dataset.current_release.pk])).content.decode()
    assert "Public Works, Health" in page
    assert "led by Omar Haddad" in page
    assert "1 vote" in page


def test_a_stranger_finds_the_requests_from_every_page(client: Client, db: None) -> None:
    assert reverse("public_request_programs") in client.get(reverse("login")).content.decode()
