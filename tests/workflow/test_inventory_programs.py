"""The inventory under the rules of the four real programs: record, classes, levels, priority, openness."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.selectors import profile_current, profile_for
from dossier.selectors import facts
from tests.cast import PROGRAMS_DIR, Cast
from tests.factories.workflow import RECORD, dataset_make
from workflow.models import Dataset, DatasetRequest, RequestVote
from workflow.priority import SCALES
from workflow.services.inventory_export import inventory_export
from workflow.services.inventory_import import inventory_plan, inventory_receive
from workflow.services.priority import priority_score

pytestmark = pytest.mark.django_db
PROGRAMS = ("los_angeles", "san_francisco", "connecticut", "durham", "default")


def adopt(cast: Cast, code: str) -> None:
    content = tomllib.loads((PROGRAMS_DIR / f"{code}.toml").read_text("utf-8"))
    version = profile_current(cast.program).version + 1
    ProgramProfile.objects.create(
        program=cast.program, version=version, content=content, digest=digest_of(content)
    )


def page_of(response: Any) -> str:
    return str(response.content.decode())


def sentences_of(dataset: Dataset) -> list[str]:
    return facts(dataset.current_release.pk)["inventory_record"].sentences


@pytest.mark.parametrize("code", PROGRAMS)
def test_the_weights_of_a_profile_are_factors_of_its_scale(code: str, cast: Cast) -> None:
    adopt(cast, code)
    profile = profile_for(cast.program)
    factors = {factor for factor, _ in SCALES[profile.inventory.priority].weighted}
    assert set(profile.inventory.weights) <= factors


@pytest.mark.parametrize("code", PROGRAMS)
def test_every_page_of_the_inventory_opens_under_every_profile(code: str, cast: Cast, client: Client) -> None:
    adopt(cast, code)
    dataset = dataset_make(cast)
    client.force_login(cast.cdo)
    for name in ("dataset_priority", "dataset_withhold", "dataset_edit"):
        assert client.get(reverse(name, args=[dataset.pk])).status_code == 200
    for name in ("dataset_list", "inventory", "priority_list", "priority_weights", "dataset_register"):
        assert client.get(reverse(name)).status_code == 200
    client.post(reverse("dataset_priority", args=[dataset.pk]), {"demand": "high", "strategy": "yes"})
    assert dataset.priority_scores.exists()


@pytest.mark.parametrize("code", PROGRAMS)
def test_an_export_comes_back_unchanged_under_every_profile(code: str, cast: Cast) -> None:
    adopt(cast, code)
    profile = profile_for(cast.program)
    for choice in profile.classifications:
        dataset_make(cast, title=f"Of class {choice.code}", classification=choice.code, high_value=["A"])
    if profile.security_levels:
        Dataset.objects.update(security_level=profile.security_levels[0].code)
    file = inventory_export(
        program=cast.program, department=cast.public_works, audience="full", form="xlsx", actor=cast.cdo
    )
    row = inventory_receive(
        department=cast.public_works,
        upload=SimpleUploadedFile(file.name, file.body),
        name=file.name,
        actor=cast.cdo,
    )
    plan = inventory_plan(row=row, viewer=cast.cdo)
    assert plan.counts == {"unchanged": len(profile.classifications)}


def test_a_protected_class_names_its_ground_and_the_class_of_what_is_published(
    cast: Cast, client: Client
) -> None:
    adopt(cast, "san_francisco")
    client.force_login(cast.coordinator)
    answers = RECORD | {
        "keywords": "a",
        "department": cast.public_works.pk,
        "licence": "",
        "category": "",
        "classification": "protected",
    }
    page = page_of(client.post(reverse("dataset_register"), answers))
    assert "“Protected” needs its ground" in page
    answers |= {"classification_ground": "CCPA", "output_classification": "public"}
    assert "say why what is published may be" in page_of(client.post(reverse("dataset_register"), answers))
    assert (
        client.post(reverse("dataset_register"), answers | {"output_classification": "protected"}).status_code
        == 422
    )
    typed = {"output_ground": "The number 219-09-9998 goes."}
    page = page_of(client.post(reverse("dataset_register"), answers | typed))
    assert "This looks like a" in page and not Dataset.objects.exists()
    done = client.post(reverse("dataset_register"), answers | {"output_ground": "Names go."})
    assert done.status_code == 302
    dataset = Dataset.objects.get()
    client.post(reverse("dataset_edit", args=[dataset.pk]), answers | typed)
    dataset.refresh_from_db()
    assert dataset.output_ground == "Names go."
    page = page_of(client.get(reverse("release", args=[dataset.current_release.pk])))
    assert "Public: Names go." in page
    assert "needs the program&#x27;s release toolkit" in page


def test_what_a_record_says_of_its_classes_must_be_possible(cast: Cast) -> None:
    adopt(cast, "los_angeles")
    dataset = dataset_make(
        cast, classification="sensitive", output_classification="protected", security_level="none_such"
    )
    words = " ".join(sentences_of(dataset))
    assert "“Sensitive” needs its ground" in words
    assert "“Protected” data is not published as it is" in words
    assert "The security level is none of this program's" in words


def test_los_angeles_asks_for_a_security_level_and_its_reason(cast: Cast, client: Client) -> None:
    adopt(cast, "los_angeles")
    levels = profile_for(cast.program).security_levels
    client.force_login(cast.coordinator)
    url = reverse("dataset_register")
    assert levels[1].label in page_of(client.get(url))
    answers = {"title": "Cameras", "department": cast.public_works.pk, "security_level": levels[1].code}
    assert "needs its reason" in page_of(client.post(url, answers))
    assert client.post(url, answers | {"security_level_reason": "Shared by agreement."}).status_code == 302
    assert Dataset.objects.get().security_level == levels[1].code


def test_a_program_without_levels_does_not_ask_for_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    assert "security_level" not in page_of(client.get(reverse("dataset_register")))


def test_durham_wants_a_ground_for_what_it_never_publishes(cast: Cast, client: Client) -> None:
    adopt(cast, "durham")
    dataset = dataset_make(cast, classification="protected", classification_ground="NCGS 132-1.10")
    client.force_login(cast.coordinator)
    url = reverse("release", args=[dataset.current_release.pk])
    assert "is to be withheld on a recorded ground" in page_of(client.get(url))
    answers = {"kind": "forbidden", "ground": "personal", "citation": "NCGS 132-1.10"}
    client.post(reverse("dataset_withhold", args=[dataset.pk]), answers)
    assert "is to be withheld on a recorded ground" not in page_of(client.get(url))


def test_votes_of_the_public_count_in_durhams_priority(cast: Cast) -> None:
    adopt(cast, "durham")
    dataset = dataset_make(cast)
    wish = DatasetRequest.objects.create(
        program=cast.program, title="Permits", purpose="To build.", state="new", dataset=dataset
    )
    for number in range(5):
        RequestVote.objects.create(request=wish, voter=f"voter-{number}", confirmed_at=timezone.now())
    RequestVote.objects.create(request=wish, email_hash="x", token_hash="waits", confirm_until=timezone.now())
    row = priority_score(dataset=dataset, answers={"records_requests": 3}, actor=cast.coordinator)
    assert row.inputs == {"records_requests": 3, "votes": 5}
    assert row.value == 4.0
    RequestVote.objects.create(request=wish, voter="one more", confirmed_at=timezone.now())
    assert priority_score(dataset=dataset, answers=row.inputs, actor=cast.cdo).inputs["votes"] == 6


def test_a_record_that_ticks_no_criterion_is_told_that_it_counts_low(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    answers = {"title": "Crashes 2025", "department": cast.public_works.pk}
    page = page_of(client.post(reverse("dataset_register"), answers, follow=True))
    assert "No high-value criterion is ticked" in page
    assert "The title names a year (2025)" in page


@pytest.mark.parametrize("code", ["los_angeles", "san_francisco", "durham"])
def test_connecticuts_marks_of_high_value_data_are_not_asked_of_other_programs(
    cast: Cast, client: Client, code: str
) -> None:
    adopt(cast, code)
    client.force_login(cast.coordinator)
    assert "High-value" not in page_of(client.get(reverse("dataset_register")))
    answers = {"title": "Crashes", "department": cast.public_works.pk}
    page = page_of(client.post(reverse("dataset_register"), answers, follow=True))
    assert "is in the inventory" in page
    assert "high-value" not in page.lower()


def test_connecticut_asks_for_the_marks_and_names_the_law(cast: Cast, client: Client) -> None:
    adopt(cast, "connecticut")
    client.force_login(cast.coordinator)
    assert "C.G.S. 4-67o: high-value data, A to H" in page_of(client.get(reverse("dataset_register")))
