"""The author's self-check is the reviewer's check: one engine, one result id on every page (M08)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from checklists.judging import judge, result_id
from checklists.selectors import answers_of, submission_of
from checklists.services import answer_save
from dossier.selectors import facts
from tests.cast import Cast
from tests.checklists.conftest import fill
from tests.factories.workflow import release_at
from workflow.models import Release
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def shown(client: Client, release: Release, checklist: str = "eligibility") -> str:
    page = client.get(reverse("release_checklist", args=[release.pk, checklist])).content.decode()
    found = re.search(r"data-result>([0-9a-f]{8})<", page)
    assert found is not None
    return found[1]


def test_author_and_reviewer_see_the_same_result(client: Client, release: Release, cast: Cast) -> None:
    fill(release)
    answer_save(
        release_id=release.pk, checklist="eligibility", item="ELI-02", value="no", actor=cast.coordinator
    )
    seen = set()
    for person in (cast.steward, cast["legal"], cast.cdo, cast["auditor"]):
        client.force_login(person)
        seen.add(shown(client, release))
    kept = facts(release.pk)["checklist.eligibility"].data["result"]
    assert seen == {kept[:8]}


def test_the_decision_page_shows_the_result_that_the_author_saw(client: Client, cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    fill(release)
    client.force_login(cast.coordinator)
    author = shown(client, release, "submission")
    client.force_login(cast.cdo)
    address = reverse("admin:workflow_approvalrequest_decide", args=[release.pk])
    type(cast.cdo).objects.filter(pk=cast.cdo.pk).update(is_staff=True)
    page = client.get(address).content.decode()
    assert f"(number {author})" in page


def test_the_id_names_text_answers_and_findings(release: Release, cast: Cast) -> None:
    fill(release)
    submission = submission_of(release.pk, "eligibility")
    assert submission is not None
    catalogue, answers = submission.version.catalogue, answers_of(submission)
    one = result_id(submission.version.digest, answers, judge(catalogue, answers))
    assert one == facts(release.pk)["checklist.eligibility"].data["result"]
    other = answers | {"ELI-01": "yes"}
    assert result_id(submission.version.digest, other, judge(catalogue, other)) != one
    assert result_id("another text", answers, judge(catalogue, answers)) != one


def test_every_autosave_answers_with_the_result_it_made(client: Client, release: Release, cast: Cast) -> None:
    fill(release)
    client.force_login(cast.coordinator)
    address = reverse("checklist_answer", args=[release.pk, "eligibility"])
    said = client.post(address, {"item": "ELI-01", "ELI-01": "yes"}).json()
    assert said["result"] == facts(release.pk)["checklist.eligibility"].data["result"]
    assert set(said["sections"].values()) - {""}
