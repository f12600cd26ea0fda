"""Joint data: contributing departments see the dataset and sign; everybody else still does not know of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Department
from accounts.roles import Role
from notifications.models import OutgoingMessage
from tests.cast import Cast, _with_role
from tests.factories.workflow import dataset_make, release_at
from workflow.joint import sides_of, signing_departments
from workflow.models import ContributingDepartment, Dataset
from workflow.policies import is_visible
from workflow.selectors.datasets import datasets_for, releases_for
from workflow.services.joint import contributor_add, contributor_remove
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def joint(cast: Cast, *, must_sign: bool = True, dataset: Dataset | None = None) -> ContributingDepartment:
    return contributor_add(
        dataset=dataset or dataset_make(cast),
        department=cast.health,
        must_sign=must_sign,
        actor=cast.coordinator,
    )


def test_people_of_a_contributing_department_see_the_dataset_and_nobody_else(
    cast: Cast, client: Client
) -> None:
    parks = Department.objects.create(program=cast.program, name="Parks", code="PAR")
    stranger = _with_role("Pia Parker", Role.COORDINATOR, parks, cast.program)
    dataset = dataset_make(cast)
    other = dataset_make(cast, title="Another one of Public Works")
    page = reverse("release", args=[dataset.current_release.pk])
    client.force_login(cast.other_steward)
    assert client.get(page).status_code == 404
    assert not is_visible(cast.other_steward, dataset)

    joint(cast, dataset=dataset)
    assert client.get(page).status_code == 200
    assert list(datasets_for(cast.other_steward)) == [dataset]
    assert releases_for(cast.other_steward).get() == dataset.current_release
    assert is_visible(cast.other_steward, dataset)
    assert not is_visible(cast.other_steward, other)
    for person in (stranger, cast.foreign_cdo, cast.outsider):
        assert not is_visible(person, dataset)
        assert not datasets_for(person).exists()


def test_seeing_joint_data_is_not_working_on_it(cast: Cast, client: Client) -> None:
    dataset = joint(cast).dataset
    client.force_login(cast.other_coordinator)
    assert client.get(reverse("dataset_edit", args=[dataset.pk])).status_code == 403
    assert client.get(reverse("privacy_raw", args=[dataset.current_release.pk])).status_code == 403


def test_a_department_that_is_taken_out_sees_it_no_more(cast: Cast) -> None:
    row = joint(cast)
    contributor_remove(row=row, actor=cast.coordinator)
    assert not datasets_for(cast.other_steward).exists()


def test_owner_and_those_who_must_sign_sign(cast: Cast) -> None:
    row = joint(cast, must_sign=False)
    assert signing_departments(row.dataset) == [cast.public_works]
    again = joint(cast, dataset=row.dataset)
    assert again.pk == row.pk
    assert signing_departments(row.dataset) == [cast.public_works, cast.health]


def test_the_sides_of_a_dataset_are_those_of_all_its_departments(cast: Cast) -> None:
    row = joint(cast)
    assert sides_of(row.dataset) == set()
    Department.objects.filter(pk=cast.public_works.pk).update(side="city")
    assert sides_of(Dataset.objects.get(pk=row.dataset_id)) == {"city"}
    Department.objects.filter(pk=cast.health.pk).update(side="county")
    assert sides_of(Dataset.objects.get(pk=row.dataset_id)) == {"city", "county"}


def test_the_contributing_department_is_told(cast: Cast) -> None:
    joint(cast)
    letter = OutgoingMessage.objects.get(message_id="joint_added")
    assert letter.recipient == cast.other_coordinator
    assert letter.context["signs"] is True


def test_the_owner_and_other_programs_do_not_contribute(cast: Cast) -> None:
    dataset = dataset_make(cast)
    far = cast.other_program.departments.get()
    for department in (cast.public_works, far):
        with pytest.raises(ValidationError):
            contributor_add(dataset=dataset, department=department, must_sign=True, actor=cast.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        for _ in range(2):
            ContributingDepartment.objects.create(
                dataset=dataset, department=cast.health, added_by=cast.coordinator
            )


def test_only_the_owner_and_the_intake_say_who_contributes(cast: Cast) -> None:
    dataset = joint(cast).dataset
    for person in (cast.steward, cast.other_coordinator, cast.foreign_cdo):
        with pytest.raises(PermissionDenied):
            contributor_add(dataset=dataset, department=cast.health, must_sign=False, actor=person)


def test_a_signature_is_not_taken_out_while_a_release_is_decided(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    row = ContributingDepartment.objects.create(
        dataset=release.dataset, department=cast.health, added_by=cast.coordinator
    )
    with pytest.raises(ValidationError, match="is being decided"):
        contributor_remove(row=row, actor=cast.coordinator)
    ContributingDepartment.objects.filter(pk=row.pk).update(must_sign=False)
    row.refresh_from_db()
    contributor_remove(row=row, actor=cast.coordinator)


def test_departments_are_added_and_removed_in_the_browser(cast: Cast, client: Client) -> None:
    dataset = dataset_make(cast)
    url = reverse("dataset_departments", args=[dataset.pk])

    def text(response: Any) -> str:
        return str(response.content.decode())

    client.force_login(cast.coordinator)
    assert "owns it" in text(client.get(url))
    assert client.post(url, {"department": ""}).status_code == 422
    page = text(client.post(url, {"department": cast.health.pk, "must_sign": "on"}, follow=True))
    assert "Health contributes to this dataset" in page
    row = dataset.contributing.get()
    remove = reverse("contributor_remove", args=[dataset.pk, row.pk])
    client.force_login(cast.other_steward)
    assert "can change this" in text(client.get(url))
    assert client.post(url, {"department": cast.health.pk}).status_code == 403
    assert client.post(remove).status_code == 403
    client.force_login(cast.foreign_cdo)
    assert client.get(url).status_code == 404
    client.force_login(cast.coordinator)
    assert "no longer contributes" in text(client.post(remove, follow=True))
