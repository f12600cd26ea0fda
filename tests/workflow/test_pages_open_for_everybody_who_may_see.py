"""Every page of a release, at every stage, for the people who may see it and those who may not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.workflow import dataset_make, release_at
from workflow.stages import MOVES, Stage

pytestmark = pytest.mark.django_db
TABS = ["release", "release_reviews", "release_plan", "release_history"]


@pytest.mark.parametrize("stage", list(Stage))
def test_every_tab_opens_at_every_stage(stage: Stage, cast: Cast, client: Client) -> None:
    release = release_at(stage, cast)
    client.force_login(cast.cdo)
    for name in TABS:
        response = client.get(reverse(name, args=[release.pk]))
        assert response.status_code == 200, name
        page = response.content.decode()
        assert page.count("<h1>") == 1
        assert release.get_stage_display() in page


@pytest.mark.parametrize("name", TABS)
def test_a_person_of_another_program_gets_the_page_that_does_not_exist(
    name: str, cast: Cast, client: Client
) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.foreign_cdo)
    assert client.get(reverse(name, args=[release.pk])).status_code == 404


def test_a_steward_of_another_department_does_not_learn_of_the_dataset(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.other_steward)
    assert client.get(reverse("dataset", args=[release.dataset_id])).status_code == 404
    assert "Building permits" not in client.get(reverse("dataset_list")).content.decode()


def test_somebody_without_a_role_gets_a_refusal_in_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.outsider)
    assert client.get(reverse("my_work")).status_code == 403


def test_a_dataset_leads_to_its_current_release(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    client.force_login(cast.steward)
    response = client.get(reverse("dataset", args=[dataset.pk]))
    assert response.headers["Location"] == reverse("release", args=[dataset.current_release.pk])


@pytest.mark.parametrize("move", list(MOVES))
def test_looking_at_a_move_never_makes_it(move: str, cast: Cast, client: Client) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.cdo)
    client.get(reverse("release_move", args=[release.pk, move]))
    release = type(release).objects.get(pk=release.pk)
    assert (release.stage, release.held_at) == (Stage.CDO_REVIEW, None)


def test_the_home_page_is_my_work(cast: Cast, client: Client) -> None:
    client.force_login(cast.steward)
    assert client.get("/").headers["Location"] == reverse("my_work")


def test_what_is_in_the_way_is_drawn_anew_after_something_was_saved(cast: Cast, client: Client) -> None:
    release = release_at(Stage.READINESS, cast)
    client.force_login(cast.steward)
    whole = client.get(reverse("release_data", args=[release.pk])).content.decode()
    part = client.get(reverse("release_standing", args=[release.pk, "data"])).content.decode()
    assert "<h1" not in part
    assert 'id="in-the-way" hx-swap-oob="true"' in part
    assert whole.count("<strong>Next:") == part.count("<strong>Next:") == 1
    assert whole.count("notice--warn") == part.count("notice--warn")
    assert client.get(reverse("release_standing", args=[release.pk, "kitchen"])).status_code == 404


def test_how_it_stands_is_not_shown_to_another_program(cast: Cast, client: Client) -> None:
    release = release_at(Stage.QUALITY, cast)
    client.force_login(cast.foreign_cdo)
    assert client.get(reverse("release_standing", args=[release.pk, "data"])).status_code == 404
