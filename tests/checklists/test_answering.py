"""Who answers a checklist, at which stage, and until when."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.profiles import digest_of
from checklists.models import Answer
from checklists.services import answers_fill
from dossier.models import Contribution
from tests.cast import Cast
from tests.checklists.conftest import fill
from tests.factories.workflow import release_at
from workflow.answering import check_checklist, may_answer, stage_is_open
from workflow.context import context_of
from workflow.models import Release
from workflow.services.catalogue import answer_sources
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
PLACES = {
    "INVENTORY": ["inventory", "eligibility"],
    "READINESS": ["readiness", "submission"],
    "QUALITY": ["quality"],
    "PRIVACY": ["legal", "security", "privacy"],
    "CDO_REVIEW": ["cdo"],
    "PUBLISHED": ["post", "retirement"],
}


def widen(cast: Cast) -> Cast:
    row = cast.program.profiles.get()
    content = row.content | {"checklists": PLACES}
    type(row).objects.filter(pk=row.pk).update(content=content, digest=digest_of(content))
    return cast


@pytest.fixture
def wide(cast: Cast) -> Cast:
    """The program puts checklists at every stage."""
    return widen(cast)


@pytest.mark.parametrize(
    ("stage", "open_now"),
    [
        (Stage.READINESS, {"eligibility", "submission", "quality", "privacy", "cdo", "post"}),
        (Stage.QUALITY, {"eligibility", "submission", "quality", "privacy", "cdo", "post"}),
    ],
)
def test_what_is_prepared_stays_open_while_it_is_prepared(
    wide: Cast, stage: Stage, open_now: set[str]
) -> None:
    context = context_of(release_at(stage, wide).pk)
    assert {name for name in open_now if stage_is_open(context, name)} == open_now


@pytest.mark.parametrize(
    ("here", "open_now"),
    [
        ("PRIVACY", {"legal", "security", "privacy", "cdo", "post", "retirement"}),
        ("CDO_REVIEW", {"cdo", "post", "retirement"}),
        ("STAGED", {"cdo", "post", "retirement"}),
        ("PUBLISHED", {"post", "retirement"}),
        ("RETIRED", set()),
    ],
)
def test_a_checklist_whose_stage_is_over_is_frozen(wide: Cast, here: str, open_now: set[str]) -> None:
    context = context_of(release_at(Stage.INVENTORY, wide).pk)
    context.release.__dict__["stage"] = here
    every = {name for names in PLACES.values() for name in names}
    assert {name for name in every if stage_is_open(context, name)} == open_now


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        ("steward", {"eligibility", "submission", "quality", "legal", "security", "privacy"}),
        ("privacy_officer", {"legal", "security", "privacy"}),
        ("cdo", {"cdo", "retirement"}),
        (
            "coordinator",
            {"eligibility", "submission", "quality", "legal", "security", "privacy", "post", "retirement"},
        ),
        ("auditor", set()),
        ("department_approver", set()),
    ],
)
def test_each_checklist_is_answered_by_whoever_it_is_for(wide: Cast, role: str, answers: set[str]) -> None:
    context = context_of(release_at(Stage.INVENTORY, wide).pk)
    every = {name for names in PLACES.values() for name in names} - {"inventory", "readiness"}
    assert {name for name in every if may_answer(wide[role], name, context)} == answers


def test_nobody_of_another_program_answers(wide: Cast) -> None:
    context = context_of(release_at(Stage.INVENTORY, wide).pk)
    with pytest.raises(PermissionDenied, match="not part of your program"):
        check_checklist(wide.foreign_cdo, "eligibility", context)


def at_privacy(cast: Cast) -> Release:
    release = release_at(Stage.PRIVACY, cast)
    fill(release)
    return release


def test_whoever_judges_by_a_checklist_does_not_prepare_the_release(wide: Cast, client: Client) -> None:
    release = at_privacy(wide)
    client.force_login(wide.privacy_officer)
    address = reverse("checklist_answer", args=[release.pk, "legal"])
    assert client.post(address, {"item": "LEG-01", "LEG-01": "no"}).status_code == 200
    assert Answer.objects.get(item="LEG-01").by == wide.privacy_officer
    assert not Contribution.objects.filter(release=release, user=wide.privacy_officer).exists()
    client.force_login(wide["open_data_team"])
    assert client.post(address, {"item": "LEG-02", "LEG-02": "no"}).status_code == 200
    assert Contribution.objects.filter(release=release, user=wide["open_data_team"]).exists()


def test_an_earlier_checklist_takes_no_answer_on_any_path(wide: Cast, client: Client) -> None:
    release = at_privacy(wide)
    client.force_login(wide.coordinator)
    one = client.post(
        reverse("checklist_answer", args=[release.pk, "eligibility"]), {"item": "ELI-01", "ELI-01": "yes"}
    )
    assert one.status_code == 409
    assert "The stage of this checklist is over" in one.json()["refused"]
    address = reverse("release_checklist", args=[release.pk, "eligibility"])
    page = client.post(address, {"ELI-01": "yes"}, follow=True).content.decode()
    assert "The stage of this checklist is over" in page
    assert "cannot be changed at this stage" in page and 'name="ELI-01"' not in page
    attest = reverse("checklist_attest", args=[release.pk, "submission"])
    assert "is over" in client.post(attest, {"confirm": "yes"}, follow=True).content.decode()
    assert not Answer.objects.filter(item="ELI-01", source="typed").exists()


def test_the_page_says_who_answers(wide: Cast, client: Client) -> None:
    release = at_privacy(wide)
    client.force_login(wide["auditor"])
    page = client.get(reverse("release_checklist", args=[release.pk, "cdo"])).content.decode()
    assert "It is answered by the" in page and "CDO" in page


def test_every_checklist_of_every_stage_is_filled_and_opens(wide: Cast, client: Client) -> None:
    release = at_privacy(wide)
    client.force_login(wide.coordinator)
    for names in PLACES.values():
        for name in names:
            assert client.get(reverse("release_checklist", args=[release.pk, name])).status_code == 200
    sources = answer_sources(context_of(release.pk))
    while answers_fill(release_id=release.pk, sources=sources):
        sources = answer_sources(context_of(release.pk))


def test_after_publication_only_what_belongs_there_is_filled(cast: Cast, client: Client) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    wide = widen(cast)
    fill(release)
    before = {row.item: row.value for row in Answer.objects.filter(submission__checklist="inventory")}
    type(release.dataset).objects.filter(pk=release.dataset_id).update(
        title="A new name for the next release"
    )
    client.force_login(wide.coordinator)
    page = client.get(reverse("release_checklist", args=[release.pk, "post"]))
    assert page.status_code == 200 and "data-autosave" in page.content.decode()
    after = {row.item: row.value for row in Answer.objects.filter(submission__checklist="inventory")}
    assert before == after
