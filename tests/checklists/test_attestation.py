"""Attestation: who stands for which answers and which file."""

from __future__ import annotations

import pytest

from checklists.errors import AnswerRefused
from checklists.models import Attestation
from checklists.services import answer_save, checklist_attest
from dossier.selectors import facts
from dossier.services import fact_record
from tests.cast import Cast
from tests.checklists.conftest import RAW, file_give, fill
from workflow.context import context_of
from workflow.gates import submission_attested
from workflow.models import Release

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
