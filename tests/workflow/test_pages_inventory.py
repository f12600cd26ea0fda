"""The inventory: finding datasets, registering one, changing its record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import RECORD, dataset_make, release_at
from workflow.models import Dataset
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
LIST = "/datasets/"
ANSWERS: dict[str, Any] = {
    **RECORD,
    "title": "Hydrant inspections",
    "keywords": "fire, water, fire",
    "high_value": ["A", "F"],
    "licence": "PUBLIC_DOMAIN",
}


def page_of(response: Any) -> str:
    return str(response.content.decode())


def titles(client: Client, **filters: Any) -> list[str]:
    return [row.title for row in client.get(LIST, filters).context["page"]]


def test_the_list_is_searched_and_filtered(cast: Cast, client: Client) -> None:
    release_at(Stage.QUALITY, cast, title="Street trees")
    release_at(Stage.PUBLISHED, cast, title="Library visits")
    dataset_make(cast, title="Clinic hours", department=cast.health, steward=None, coordinator=None)
    client.force_login(cast.cdo)
    assert titles(client, q="street TREES") == ["Street trees"]
    assert titles(client, q="PUB0002") == ["Library visits"]
    assert titles(client, stage=Stage.QUALITY) == ["Street trees"]
    assert titles(client, department=cast.health.pk) == ["Clinic hours"]
    assert titles(client, openness="public") == ["Library visits"]
    assert titles(client, classification="protected") == []
    assert set(titles(client, steward=cast.steward.pk)) == {"Street trees", "Library visits"}
    assert "No dataset fits" in page_of(client.get(LIST, {"q": "zebra"}))


def test_the_list_is_sorted_both_ways_and_bad_answers_count_as_none(cast: Cast, client: Client) -> None:
    for title in ("Beta", "Alpha", "Gamma"):
        dataset_make(cast, title=title)
    client.force_login(cast.cdo)
    assert titles(client, sort="title") == ["Alpha", "Beta", "Gamma"]
    assert titles(client, sort="-title") == ["Gamma", "Beta", "Alpha"]
    for sort in ("stage", "-stage", "since", "-due", "id", "department", "password", "-"):
        assert len(titles(client, sort=sort)) == 3
    assert len(titles(client, department="x", stage="nonsense", page="99")) == 3


def test_a_dataset_is_public_while_its_next_release_is_on_its_way(cast: Cast, client: Client) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    client.force_login(cast.coordinator)
    opened = client.post(reverse("dataset_open_release", args=[release.dataset_id]))
    assert opened.status_code == 302
    page = page_of(client.get(LIST))
    assert "Public now" in page
    assert "Inventory" in page
    again = client.post(reverse("dataset_open_release", args=[release.dataset_id]), follow=True)
    assert "A release of this dataset is open already." in page_of(again)


def test_a_long_inventory_is_shown_25_at_a_time_with_the_same_questions(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.cdo)
    dataset_make(cast, title="Dataset 0")
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(1, 31):
        dataset_make(cast, title=f"Dataset {number}")
    with django_assert_max_num_queries(len(few)):
        response = client.get(LIST)
    assert len(response.context["page"]) == 25
    assert "31 datasets" in page_of(response)
    assert len(titles(client, page=2)) == 6


def test_only_who_may_register_sees_the_button_and_the_page(cast: Cast, client: Client) -> None:
    url = reverse("dataset_register")
    for person, allowed in ((cast.coordinator, True), (cast.cdo, True), (cast.steward, False)):
        client.force_login(person)
        assert (url in page_of(client.get(LIST))) is allowed
        assert client.get(url).status_code == (200 if allowed else 403)
        posted = client.post(url, ANSWERS | {"department": cast.health.pk, "title": ""})
        assert posted.status_code == (422 if allowed else 403)


def test_a_coordinator_registers_a_dataset(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    answers = ANSWERS | {"department": cast.public_works.pk, "steward": cast.steward.pk}
    response = client.post(reverse("dataset_register"), answers)
    dataset = Dataset.objects.get(title="Hydrant inspections")
    assert response.headers["Location"] == reverse("dataset", args=[dataset.pk])
    assert dataset.inventory_id == "PUB0001"
    assert dataset.keywords == ["fire", "water"]
    assert dataset.high_value == ["A", "F"]
    assert dataset.steward == cast.steward
    assert dataset.current_release.stage == Stage.INVENTORY


def test_a_name_and_a_department_are_enough_to_begin(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    client.post(reverse("dataset_register"), {"title": "Just a name", "department": cast.public_works.pk})
    assert Dataset.objects.get().title == "Just a name"


def test_a_department_of_somebody_else_is_not_a_choice(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    answers = ANSWERS | {"department": cast.health.pk}
    assert client.post(reverse("dataset_register"), answers).status_code == 422
    assert not Dataset.objects.exists()


def test_a_steward_without_an_account_is_invited_by_a_letter(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    invited = {"invite_email": "New.Person@example.gov", "invite_name": "New Person"}
    client.post(reverse("dataset_register"), ANSWERS | {"department": cast.public_works.pk} | invited)
    person = User.objects.get(email="new.person@example.gov")
    assert Dataset.objects.get().steward == person
    letter = OutgoingMessage.objects.get(message_id="invited")
    assert letter.recipient == person
    assert client.get(letter.path).status_code in (200, 302)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"invite_email": "new@example.gov"}, "Say the name of the person you invite"),
        ({"invite_email": "new@example.gov", "invite_name": "N", "steward": "S"}, "not both"),
        ({"coverage_start": "2026-02-01", "coverage_end": "2026-01-01"}, "ends before it begins"),
        ({"source_rows": "12"}, "on which day the source counted"),
        ({"classification": "protected"}, "needs its ground"),
        ({"steward": "other"}, "Select a valid choice"),
    ],
)
def test_a_wrong_answer_is_said_at_its_field_and_nothing_is_kept(
    wrong: dict[str, str], sentence: str, cast: Cast, client: Client
) -> None:
    people = {"S": str(cast.steward.pk), "other": str(cast.other_steward.pk)}
    wrong = {name: people.get(value, value) for name, value in wrong.items()}
    client.force_login(cast.coordinator)
    answers = ANSWERS | {"department": cast.public_works.pk} | wrong
    response = client.post(reverse("dataset_register"), answers)
    assert response.status_code == 422
    assert sentence in page_of(response)
    assert not Dataset.objects.exists()
    assert not User.objects.filter(email="new@example.gov").exists()


def test_a_steward_must_hold_the_role_in_the_chosen_department(cast: Cast, client: Client) -> None:
    client.force_login(cast.cdo)
    answers = ANSWERS | {"department": cast.public_works.pk, "steward": cast.other_steward.pk}
    response = client.post(reverse("dataset_register"), answers)
    assert "Hugo Brandt is not a data steward in Public Works." in page_of(response)


def test_a_similar_title_is_a_warning_not_a_refusal(cast: Cast, client: Client) -> None:
    dataset_make(cast, title="Hydrant inspection")
    client.force_login(cast.coordinator)
    response = client.post(
        reverse("dataset_register"), ANSWERS | {"department": cast.public_works.pk}, follow=True
    )
    assert Dataset.objects.count() == 2
    assert "The inventory holds something similar already" in page_of(response)


def test_the_record_is_changed_and_says_so_in_the_history(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    client.force_login(cast.steward)
    url = reverse("dataset_edit", args=[dataset.pk])
    assert "invite_email" not in page_of(client.get(url))
    answers = ANSWERS | {"steward": cast.steward.pk, "coordinator": cast.coordinator.pk}
    assert client.post(url, answers).status_code == 302
    dataset.refresh_from_db()
    assert dataset.title == "Hydrant inspections"
    history = client.get(reverse("release_history", args=[dataset.current_release.pk]))
    assert "Maria Lopez changed the inventory record" in page_of(history)


def test_what_was_reviewed_cannot_be_changed_after_the_fact(cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.coordinator)
    answers = ANSWERS | {"steward": cast.steward.pk, "coordinator": cast.coordinator.pk}
    response = client.post(reverse("dataset_edit", args=[release.dataset_id]), answers)
    assert "cannot be changed at this stage" in page_of(response)
    assert Dataset.objects.get().title == RECORD["title"]


def test_a_dataset_rests_as_not_for_release_only_with_a_reason(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    client.force_login(cast.coordinator)
    url = reverse("dataset_not_for_release", args=[dataset.pk])
    assert client.post(url, {"reason": "  "}).status_code == 422
    client.post(url, {"reason": "Protected by state law."})
    release = reverse("release", args=[dataset.current_release.pk])
    assert "Protected by state law." in page_of(client.get(release))
    assert "Not for release" in page_of(client.get(LIST))


def test_readiness_may_begin_later_and_then_the_dataset_rests_no_more(cast: Cast, client: Client) -> None:
    release = release_at(Stage.INVENTORY, cast)
    client.force_login(cast.coordinator)
    client.post(reverse("dataset_not_for_release", args=[release.dataset_id]), {"reason": "Not yet."})
    client.post(reverse("release_move", args=[release.pk, "begin_readiness"]))
    assert Dataset.objects.get().stage == Stage.READINESS
    assert Dataset.objects.get().not_for_release_reason == ""
    assert "Not yet." in page_of(client.get(reverse("release_history", args=[release.pk])))


def test_an_auditor_may_read_the_record_but_not_change_it(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    client.force_login(cast["auditor"])
    assert "Edit the record" not in page_of(client.get(reverse("release", args=[dataset.current_release.pk])))
    assert client.get(reverse("dataset_edit", args=[dataset.pk])).status_code == 403
    assert client.post(reverse("dataset_edit", args=[dataset.pk]), ANSWERS).status_code == 403
