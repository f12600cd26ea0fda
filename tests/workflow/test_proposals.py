"""Proposals: the open data team asks a department for a dataset, and the department answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.workflow.test_requests import confirmed
from workflow.models import Dataset, DatasetProposal
from workflow.selectors.proposals import proposals_for, proposals_waiting_on
from workflow.services import proposals as services

pytestmark = pytest.mark.django_db


def propose(cast: Cast, **given: Any) -> DatasetProposal:
    arguments = {
        "department": cast.public_works,
        "title": "Pothole repairs",
        "why": "People ask for it every week.",
        "high_value": ["F"],
        "actor": cast["open_data_team"],
        **given,
    }
    return services.proposal_make(**arguments)


def told(message_id: str) -> set[str]:
    return {str(row.recipient) for row in OutgoingMessage.objects.filter(message_id=message_id)}


def text_of(response: Any) -> str:
    return str(response.content.decode())


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def test_a_proposal_is_asked_of_coordinator_and_approver_of_the_department(cast: Cast) -> None:
    row = propose(cast)
    assert told("proposal_made") == {str(cast.coordinator), str(cast.approver)}
    assert list(proposals_waiting_on(cast.coordinator)) == [row]
    assert list(proposals_waiting_on(cast.approver)) == [row]
    for other in (cast.steward, cast.other_coordinator, cast.cdo, cast.foreign_cdo):
        assert not proposals_waiting_on(other).exists()


def test_an_accepted_proposal_becomes_a_dataset_with_what_is_known_of_it(cast: Cast) -> None:
    row = propose(cast)
    dataset = services.proposal_accept(proposal=row, actor=cast.coordinator)
    assert (dataset.title, dataset.high_value, dataset.coordinator) == (
        "Pothole repairs",
        ["F"],
        cast.coordinator,
    )
    assert dataset.priority_comment == "People ask for it every week."
    assert dataset.current_release is not None
    row.refresh_from_db()
    assert (row.state, row.dataset) == ("accepted", dataset)
    assert told("proposal_answered") == {str(cast["open_data_team"])}


def test_declining_and_putting_off_need_a_reason(cast: Cast) -> None:
    row = propose(cast)
    with pytest.raises(ValidationError, match="Say why"):
        services.proposal_decline(proposal=row, reason=" ", actor=cast.coordinator)
    with pytest.raises(ValidationError, match="Say why"):
        services.proposal_defer(proposal=row, reason="", revisit_on=tomorrow(), actor=cast.coordinator)
    with pytest.raises(ValidationError, match="after today"):
        services.proposal_defer(
            proposal=row, reason="Busy.", revisit_on=timezone.localdate(), actor=cast.coordinator
        )
    row = services.proposal_decline(proposal=row, reason="The county holds it.", actor=cast.approver)
    letter = OutgoingMessage.objects.get(message_id="proposal_answered")
    assert letter.context["reason"] == "The county holds it."
    with pytest.raises(ValidationError, match="answered already"):
        services.proposal_accept(proposal=row, actor=cast.coordinator)


def test_a_proposal_put_off_comes_back_on_its_day(cast: Cast) -> None:
    row = propose(cast)
    services.proposal_defer(proposal=row, reason="Busy.", revisit_on=tomorrow(), actor=cast.coordinator)
    assert not proposals_waiting_on(cast.coordinator).exists()
    assert services.proposals_come_back() == 0
    then = timezone.now() + timedelta(days=1)
    assert services.proposals_come_back(now=then) == 1
    assert services.proposals_come_back(now=then) == 0
    assert told("proposal_back") == {str(cast.coordinator), str(cast.approver)}
    assert proposals_waiting_on(cast.coordinator).get() == row


def test_one_that_is_put_off_can_be_answered_before_its_day(cast: Cast) -> None:
    row = propose(cast)
    services.proposal_defer(proposal=row, reason="Busy.", revisit_on=tomorrow(), actor=cast.coordinator)
    assert services.proposal_accept(proposal=row, actor=cast.coordinator).title == "Pothole repairs"


def test_only_the_intake_proposes_and_only_the_department_answers(cast: Cast) -> None:
    for person in (cast.coordinator, cast.steward, cast.foreign_cdo, cast.portal_admin):
        with pytest.raises(PermissionDenied):
            propose(cast, actor=person)
    row = propose(cast)
    for person in (cast.steward, cast.cdo, cast["open_data_team"], cast.other_coordinator):
        with pytest.raises(PermissionDenied):
            services.proposal_accept(proposal=row, actor=person)
    assert not Dataset.objects.exists()


def test_a_request_that_is_proposed_is_in_work_and_follows_the_dataset(cast: Cast) -> None:
    request = confirmed(cast)
    row = propose(cast, request=request, answer="We asked Public Works.")
    request.refresh_from_db()
    assert (request.state, request.answer) == ("accepted", "We asked Public Works.")
    dataset = services.proposal_accept(proposal=row, actor=cast.coordinator)
    request.refresh_from_db()
    assert request.dataset == dataset


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "declined"},
        {"state": "deferred", "reason": "x"},
        {"state": "accepted"},
    ],
)
def test_the_database_holds_what_an_answer_needs(cast: Cast, fields: dict) -> None:
    row = propose(cast)
    answered = {"answered_by": cast.coordinator, "answered_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        DatasetProposal.objects.filter(pk=row.pk).update(**answered, **fields)


def test_people_of_another_department_or_program_do_not_find_it(cast: Cast, client: Client) -> None:
    row = propose(cast)
    for person in (cast.other_coordinator, cast.foreign_cdo):
        client.force_login(person)
        assert not proposals_for(person).exists()
        assert client.get(reverse("proposal", args=[row.pk])).status_code == 404
        assert client.post(reverse("proposal_answer", args=[row.pk, "accept"])).status_code == 404
    client.force_login(cast.steward)
    assert client.get(reverse("proposal", args=[row.pk])).status_code == 200
    assert client.post(reverse("proposal_answer", args=[row.pk, "accept"])).status_code == 403
    assert client.get(reverse("proposal_make")).status_code == 403


def test_a_proposal_is_made_and_answered_in_the_browser(cast: Cast, client: Client) -> None:
    client.force_login(cast["open_data_team"])
    request = confirmed(cast)
    url = f"{reverse('proposal_make')}?request={request.pk}"
    assert "Bicycle counts" in text_of(client.get(url))
    assert client.post(url, {"title": ""}).status_code == 422
    answers = {"department": cast.public_works.pk, "title": "Bicycle counts", "why": "Asked for."}
    assert "is proposed to Public Works" in text_of(client.post(url, answers, follow=True))
    row = DatasetProposal.objects.get()
    assert row.request == request

    client.force_login(cast.coordinator)
    page = text_of(client.get(reverse("proposal", args=[row.pk])))
    assert "Accept it into the inventory" in page
    late = client.post(
        reverse("proposal_answer", args=[row.pk, "defer"]), {"revisit_on": "2020-01-01", "reason": "x"}
    )
    assert late.status_code == 422
    assert "after today" in text_of(late)
    done = client.post(reverse("proposal_answer", args=[row.pk, "accept"]), follow=True)
    assert "is in the inventory as PUB0001" in text_of(done)
    again = client.post(reverse("proposal_answer", args=[row.pk, "accept"]), follow=True)
    assert "answered already" in text_of(again)


def test_the_list_can_be_narrowed(cast: Cast, client: Client) -> None:
    propose(cast)
    services.proposal_decline(
        proposal=propose(cast, title="Old maps"), reason="Not ours.", actor=cast.coordinator
    )
    client.force_login(cast.cdo)
    url = reverse("proposal_list")
    assert len(client.get(url).context["page"]) == 2
    assert [row.title for row in client.get(url, {"state": "waiting"}).context["page"]] == ["Pothole repairs"]
    assert "No proposal is in this state" in text_of(client.get(url, {"state": "accepted"}))
    assert len(client.get(url, {"state": "nonsense"}).context["page"]) == 2
