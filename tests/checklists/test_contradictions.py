"""Answers that cannot both be true are refused, with both questions named; nothing is half saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checklists.catalogue import files
from checklists.errors import AnswerRefused
from checklists.models import Answer
from checklists.selectors import answers_of, submission_of
from checklists.services import answer_save, answers_save
from checklists.services.facts import checklist_fact
from checklists.texts import text_of
from dossier.selectors import facts
from tests.cast import Cast
from tests.checklists.conftest import fill
from workflow.models import Release

pytestmark = pytest.mark.django_db
SENTENCE = "A fee and a licence that forbids fees cannot go together. Correct one of them."


@pytest.fixture(autouse=True)
def contradiction(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """ELI-01 "yes" and ELI-02 "no" contradict each other; so do ELI-03 and the filled title of INV."""
    content = copy.deepcopy(files.read("eligibility"))
    content["contradictions"] = [
        {
            "items": ["ELI-01", "ELI-02"],
            "when": {"all": [{"item": "ELI-01", "is": "yes"}, {"item": "ELI-02", "is": "no"}]},
            "sentence": SENTENCE,
        }
    ]
    monkeypatch.setattr(
        "checklists.texts.read", lambda name: content if name == "eligibility" else files.read(name)
    )
    text_of.cache_clear()
    yield
    text_of.cache_clear()


def save(release: Release, cast: Cast, item: str, value: Any) -> Any:
    return answer_save(
        release_id=release.pk, checklist="eligibility", item=item, value=value, actor=cast.coordinator
    )


def held(release: Release) -> dict[str, Any]:
    submission = submission_of(release.pk, "eligibility")
    assert submission is not None
    return {
        item: value
        for item, value in answers_of(submission).items()
        if item in ("ELI-01", "ELI-02", "ELI-03")
    }


def test_a_contradicting_answer_is_refused_and_names_both_questions(release: Release, cast: Cast) -> None:
    fill(release)
    save(release, cast, "ELI-01", "yes")
    with pytest.raises(AnswerRefused) as refusal:
        save(release, cast, "ELI-02", "no")
    said = refusal.value.sentence
    assert "“Does this data belong to your department?” is answered “Yes”" in said
    assert "is answered “No”" in said and said.endswith(SENTENCE)
    assert held(release) == {"ELI-01": "yes"}


def test_of_a_page_with_a_contradiction_neither_answer_is_kept_and_the_others_are(
    release: Release, cast: Cast
) -> None:
    fill(release)
    saved = answers_save(
        release_id=release.pk,
        checklist="eligibility",
        values={"ELI-01": "yes", "ELI-02": "no", "ELI-03": "yes"},
        actor=cast.coordinator,
    )
    assert saved.changed == ["ELI-03"]
    assert set(saved.refused) == {"ELI-01", "ELI-02"}
    assert held(release) == {"ELI-03": "yes"}


def test_two_answers_that_change_together_are_judged_together(release: Release, cast: Cast) -> None:
    fill(release)
    answers_save(
        release_id=release.pk,
        checklist="eligibility",
        values={"ELI-01": "no", "ELI-02": "no"},
        actor=cast.coordinator,
    )
    saved = answers_save(
        release_id=release.pk,
        checklist="eligibility",
        values={"ELI-01": "yes", "ELI-02": "yes"},
        actor=cast.coordinator,
    )
    assert saved.refused == {}
    assert held(release) == {"ELI-01": "yes", "ELI-02": "yes"}


def test_an_unrelated_answer_is_taken_beside_a_contradiction_that_is_there(
    release: Release, cast: Cast
) -> None:
    fill(release)
    save(release, cast, "ELI-01", "yes")
    submission = submission_of(release.pk, "eligibility")
    Answer.objects.create(submission=submission, item="ELI-02", value="no", source="filled")
    checklist_fact(release_id=release.pk, checklist="eligibility")
    saved = save(release, cast, "ELI-03", "yes")
    assert saved.changed == ["ELI-03"]


def test_a_contradiction_with_an_answer_of_the_machine_stands_in_the_way(
    release: Release, cast: Cast
) -> None:
    fill(release)
    save(release, cast, "ELI-01", "yes")
    submission = submission_of(release.pk, "eligibility")
    Answer.objects.create(submission=submission, item="ELI-02", value="no", source="filled")
    judgement = checklist_fact(release_id=release.pk, checklist="eligibility")
    assert not judgement.is_complete
    assert any(SENTENCE in sentence for sentence in facts(release.pk)["checklist.eligibility"].sentences)


def test_the_refused_answer_stays_in_its_field_with_the_sentence(
    client: Client, release: Release, cast: Cast
) -> None:
    fill(release)
    client.force_login(cast.coordinator)
    address = reverse("release_checklist", args=[release.pk, "eligibility"])
    answer = client.post(address, {"ELI-01": "yes", "ELI-02": "no"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(SENTENCE) >= 2
    assert 'name="ELI-02" value="no"' in page.replace("\n", " ") or "checked" in page
    assert held(release) == {}


def test_the_autosave_answers_with_the_sentence(client: Client, release: Release, cast: Cast) -> None:
    fill(release)
    save(release, cast, "ELI-01", "yes")
    client.force_login(cast.coordinator)
    address = reverse("checklist_answer", args=[release.pk, "eligibility"])
    answer = client.post(address, {"item": "ELI-02", "ELI-02": "no"})
    assert answer.status_code == 422
    assert answer.json()["refused"].endswith(SENTENCE)
