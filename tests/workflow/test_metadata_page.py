"""The Metadata page: who writes, who reads, what is shown and what a refused value leads to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from tests.cast import Cast
from tests.factories.workflow import dataset_make, release_at
from workflow.models import ColumnDescription, Dataset, Release
from workflow.selectors.metadata import edition_of
from workflow.services.metadata import metadata_change
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

FORM = {
    "title": "Building permits",
    "description": "Permits that the inmates of no office issued.",
    "row_label": "Permit",
    "category": "",
    "keywords": "permits, housing, permits",
    "licence": "",
    "contact_email": "permits@example.gov",
    "attribution": "Public Works",
    "limitations": "Costs are estimates.",
    "citation": "",
    "related_documents": "https://www.example.gov/manual.pdf",
}


@pytest.fixture
def release(cast: Cast) -> Release:
    return dataset_make(cast, licence="").current_release


def url(release: Release) -> str:
    return reverse("release_metadata", args=[release.pk])


def words(response: Any) -> str:
    return str(response.content.decode())


def test_the_data_tab_leads_to_the_metadata(client: Client, cast: Cast, release: Release) -> None:
    client.force_login(cast.steward)
    assert url(release) in words(client.get(reverse("release_data", args=[release.pk])))


def test_the_page_has_the_programs_fields_filled_in_and_says_what_is_missing(
    client: Client, cast: Cast, release: Release
) -> None:
    client.force_login(cast.steward)
    page = words(client.get(url(release)))
    assert "Title (required)" in page and "Still required" in page
    assert 'href="#id_licence"' in page
    assert "Filled in from what the product knows." in page and "From the inventory record." in page
    assert "fields filled in" in page


def test_what_is_saved_is_kept_and_hints_stand_beside_it(
    client: Client, cast: Cast, release: Release
) -> None:
    client.force_login(cast.steward)
    category = release.profile.content["publication"]["categories"][0]
    answers = FORM | {"category": category, "licence": release.profile.content["licences"][0]["code"]}
    page = words(client.post(url(release), answers, follow=True))
    assert "The metadata is saved." in page and "Still required" not in page
    assert "You may want to write “people who are incarcerated” for “inmates”." in page
    dataset = Dataset.objects.get(pk=release.dataset_id)
    assert dataset.keywords == ["permits", "housing"]
    assert dataset.metadata == {
        "limitations": "Costs are estimates.",
        "related_documents": ["https://www.example.gov/manual.pdf"],
    }


def test_a_default_that_is_left_as_it_was_goes_on_following(
    client: Client, cast: Cast, release: Release
) -> None:
    client.force_login(cast.steward)
    client.post(url(release), FORM)
    assert "attribution" not in Dataset.objects.get(pk=release.dataset_id).metadata
    client.post(url(release), FORM | {"attribution": "Permit office"})
    assert Dataset.objects.get(pk=release.dataset_id).metadata["attribution"] == "Permit office"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"related_documents": "javascript:alert(1)"}, "not a link that readers can open"),
        ({"category": "Invented"}, "none of the values offered"),
        ({"title": ""}, "never without a title"),
        ({"update_method": "overwrite"}, "none of the values"),
    ],
)
def test_a_refused_value_is_shown_again_with_why(
    client: Client, cast: Cast, release: Release, answers: dict[str, str], said: str
) -> None:
    client.force_login(cast.steward)
    response = client.post(url(release), FORM | answers)
    page = words(response)
    assert response.status_code == 422
    assert 'class="error-summary"' in page and "Costs are estimates." in page
    assert said in page
    assert Dataset.objects.get(pk=release.dataset_id).metadata == {}


def test_two_who_write_at_once_lose_nothing(client: Client, cast: Cast, release: Release) -> None:
    client.force_login(cast.steward)
    seen = edition_of(release.dataset)
    metadata_change(release_id=release.pk, values={"limitations": "Theirs."}, actor=cast.coordinator)
    answers = FORM | {"edition": seen}
    response = client.post(url(release), answers)
    page = words(response)
    assert response.status_code == 409
    assert "Somebody else has saved the metadata" in page and "Limitations" in page
    assert "Costs are estimates." in page
    assert Dataset.objects.get(pk=release.dataset_id).metadata["limitations"] == "Theirs."
    again = FORM | {"edition": edition_of(Dataset.objects.get(pk=release.dataset_id))}
    assert client.post(url(release), again).status_code == 302
    assert Dataset.objects.get(pk=release.dataset_id).metadata["limitations"] == "Costs are estimates."


def test_a_filtered_view_of_a_column_that_the_data_does_not_have_is_told(
    client: Client, cast: Cast, release: Release
) -> None:
    metadata_change(
        release_id=release.pk,
        values={"filtered_views": ["Open: Status = Open", "Red: Colour = red"]},
        actor=cast.steward,
    )
    for name in ("STATUS", "Fee"):
        ColumnDescription.objects.create(
            distribution=release.dataset.distributions.get(), position=1, name=name
        )
    client.force_login(cast.steward)
    page = words(client.get(url(release)))
    assert "The data has no column “Colour”" in page
    assert "no column “Status”" not in page


def test_who_may_only_read_sees_values_and_no_form(client: Client, cast: Cast, release: Release) -> None:
    client.force_login(cast[Role.AUDITOR])
    page = words(client.get(url(release)))
    assert "Save the metadata" not in page and "permits@example.gov" in page
    assert client.post(url(release), FORM).status_code == 403


def test_reviewed_metadata_is_read_only(client: Client, cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.steward)
    assert "cannot be changed at this stage" in words(client.get(url(release)))
    page = words(client.post(url(release), FORM, follow=True))
    assert "returned for changes first" in page


def test_strangers_learn_nothing(client: Client, cast: Cast, release: Release) -> None:
    for stranger, status in ((cast.other_steward, 404), (cast.foreign_cdo, 404), (cast.outsider, 403)):
        client.force_login(stranger)
        assert client.get(url(release)).status_code in {403, status}
        assert client.post(url(release), FORM).status_code in {403, 404}
