"""Attestation: who stands for which answers and which file."""

from __future__ import annotations

import copy

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from checklists.catalogue import files
from checklists.errors import AnswerRefused
from checklists.models import Attestation
from checklists.selectors import attestations_of
from checklists.services import answer_save, checklist_attest
from checklists.texts import text_of
from dossier.selectors import facts
from dossier.services import fact_record
from tests.cast import Cast
from tests.checklists.conftest import RAW, file_give, fill
from tests.factories.workflow import release_at
from workflow.context import context_of
from workflow.gates import submission_attested
from workflow.models import Release
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(release: Release) -> Release:
    """Everything that the submission checklist asks for is there."""
    file_give(release)
    fact_record(
        release_id=release.pk,
        kind="metadata",
        ok=True,
        about={"metadata": "m", "file": RAW},
        data={"columns": 3, "described": 3},
    )
    fill(release)
    fill(release)
    return release


def attest(release: Release, cast: Cast) -> Attestation:
    return checklist_attest(release_id=release.pk, checklist="submission", actor=cast.coordinator)


def gate(release: Release) -> list[str]:
    return [unmet.text for unmet in submission_attested(context_of(release.pk)).unmet]


def test_the_attestation_names_signer_text_answers_and_file(ready: Release, cast: Cast) -> None:
    attestation = attest(ready, cast)
    known = facts(ready.pk)
    assert attestation.signer == cast.coordinator
    assert attestation.text.startswith("I have looked through this checklist")
    assert known["attestation"].about == {
        "answers": known["checklist.submission"].about["answers"],
        "file": RAW,
    }
    assert gate(ready) == []


def test_a_changed_answer_makes_the_attestation_stale(ready: Release, cast: Cast) -> None:
    attest(ready, cast)
    answer_save(
        release_id=ready.pk, checklist="submission", item="SUB-10a", value="Permits.", actor=cast.steward
    )
    assert gate(ready) == [
        "Answers changed after the coordinator attested the submission checklist. It must be attested again."
    ]
    attest(ready, cast)
    assert gate(ready) == []
    assert Attestation.objects.count() == 2


def test_attesting_the_same_answers_twice_is_one_attestation(ready: Release, cast: Cast) -> None:
    assert attest(ready, cast) == attest(ready, cast)
    assert Attestation.objects.count() == 1


def test_an_answer_of_the_machine_leaves_it_standing(ready: Release, cast: Cast) -> None:
    attest(ready, cast)
    fact_record(
        release_id=ready.pk,
        kind="metadata",
        ok=False,
        sentences=["Column “x” is not described."],
        about={"metadata": "n", "file": RAW},
        data={"columns": 3, "described": 2},
    )
    fill(ready)
    assert gate(ready) == []
    assert not facts(ready.pk)["checklist.submission"].ok


def test_what_is_not_complete_cannot_be_attested(release: Release, cast: Cast) -> None:
    fill(release)
    with pytest.raises(AnswerRefused, match="in the way of attesting"):
        attest(release, cast)
    assert not Attestation.objects.exists()


def test_a_checklist_without_a_text_to_sign_is_not_attested(ready: Release, cast: Cast) -> None:
    with pytest.raises(AnswerRefused, match="is not attested"):
        checklist_attest(release_id=ready.pk, checklist="readiness", actor=cast.coordinator)


def test_a_past_attestation_keeps_the_text_that_was_signed(ready: Release, cast: Cast) -> None:
    first = attest(ready, cast)
    row = first.submission.version
    row.content = row.content | {"attest": "Something else.", "attest_version": 2}
    row.save()
    answer_save(
        release_id=ready.pk, checklist="submission", item="SUB-10a", value="Trees.", actor=cast.steward
    )
    second = attest(ready, cast)
    first.refresh_from_db()
    assert first.text != second.text
    assert (first.text_version, second.text_version) == (1, 2)


def test_an_answer_changed_after_the_attestation_leaves_an_event(ready: Release, cast: Cast) -> None:
    attest(ready, cast)
    for value in ("Permits.", "Permits of all kinds."):
        answer_save(
            release_id=ready.pk, checklist="submission", item="SUB-10a", value=value, actor=cast.steward
        )
    event = AuditEvent.objects.get(action="checklists.attestation_outdated")
    assert (event.actor, event.data["signer"]) == (cast.steward, "Dana Reed")


def test_a_changed_text_does_not_alter_what_was_attested(
    ready: Release, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = attest(ready, cast)
    content = copy.deepcopy(files.read("submission"))
    content |= {"version": 99, "attest": "I swear.", "attest_version": 99}
    monkeypatch.setattr(
        "checklists.texts.read", lambda name: content if name == "submission" else files.read(name)
    )
    text_of.cache_clear()
    fill(ready)
    (kept,) = attestations_of(ready.pk)
    assert (kept.text, kept.text_version, kept.at) == (signed.text, signed.text_version, signed.at)
    assert kept.text.startswith("I have looked through this checklist")
    text_of.cache_clear()


def test_the_approvers_read_who_attested_which_text(ready: Release, cast: Cast, client: Client) -> None:
    attest(ready, cast)
    client.force_login(cast.approver)
    address = reverse("release_reviews", args=[ready.pk])
    page = client.get(address).content.decode()
    assert "Dana Reed attested the" in page and "version 1 of the text" in page
    assert "I have looked through this checklist" in page
    answer_save(
        release_id=ready.pk, checklist="submission", item="SUB-10a", value="Permits.", actor=cast.steward
    )
    assert "Changed since" in client.get(address).content.decode()


def test_the_approvers_statement_stands_apart_from_the_attestation(client: Client, cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.cdo)
    type(cast.cdo).objects.filter(pk=cast.cdo.pk).update(is_staff=True)
    for address in (
        reverse("release_reviews", args=[release.pk]),
        reverse("admin:workflow_approvalrequest_decide", args=[release.pk]),
    ):
        page = client.get(address).content.decode()
        assert "Grace Okafor approved for the department on" in page
        assert "apart from the attestation" in page
