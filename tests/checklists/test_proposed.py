"""What the approved extract-transform-load record answers is filled in for people, who may say otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from checklists.catalogue import current
from checklists.models import Answer
from checklists.places import origin_of
from checklists.selectors import answers_of, items_to_answer, submission_of
from checklists.services import answer_save, fill_is_due
from publishing.models import EtlRecord
from publishing.services.etl import EtlTerms, etl_decide, etl_propose
from tests.cast import Cast
from tests.checklists.conftest import fill
from workflow.context import context_of
from workflow.models import Release
from workflow.services.catalogue import answer_sources, catalogues_for

pytestmark = pytest.mark.django_db

QUESTION = "RDY-11"


def approved(release: Release, cast: Cast) -> EtlRecord:
    terms = EtlTerms(
        source="url",
        config={"url": "https://data.example.gov/permits.csv"},
        extraction="The nightly export.",
        transformation="Nothing is changed.",
        method="replace",
        frequency="daily",
    )
    record = etl_propose(dataset_id=release.dataset_id, terms=terms, actor=cast.steward)
    assert answer_of(release) is None, "what is only proposed answers nothing"
    return etl_decide(
        record_id=record.pk, approve=True, digest=record.digest, actor=cast[Role.DEPARTMENT_APPROVER]
    )


def answer_of(release: Release) -> Answer | None:
    fill(release)
    submission = submission_of(release.pk, "readiness")
    assert submission is not None
    return submission.answers.filter(item=QUESTION).first()


def test_the_approval_of_the_record_answers_it_and_the_page_says_where_from(
    release: Release, cast: Cast, client: Client
) -> None:
    assert answer_of(release) is None
    approved(release, cast)
    context = context_of(release.pk)
    assert fill_is_due(facts=context.facts, texts=catalogues_for(context), sources=answer_sources(context)), (
        "the conductor sees that there is something to fill in"
    )
    answer = answer_of(release)
    assert answer is not None
    assert (answer.value, answer.source, answer.by) == ("yes", Answer.Source.FILLED, None)
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_checklist", args=[release.pk, "readiness"])).content.decode()
    line = page.split(f'id="item-{QUESTION}"')[1].split('id="item-')[0]
    assert "From the extract-transform-load record of the dataset, which the department approved." in line
    assert reverse("dataset_source", args=[release.dataset_id]) in line
    # What was filled in goes with its ground.
    EtlRecord.objects.update(state=EtlRecord.State.REPLACED)
    assert answer_of(release) is None


def test_who_confirms_what_was_filled_in_has_answered_it(release: Release, cast: Cast) -> None:
    approved(release, cast)
    assert answer_of(release) is not None
    say: dict[str, Any] = {
        "release_id": release.pk,
        "checklist": "readiness",
        "item": QUESTION,
        "actor": cast.coordinator,
    }
    assert answer_save(**say, value="yes").changed == [QUESTION]
    event = AuditEvent.objects.filter(action="checklists.answered").get()
    assert (event.actor, event.data["chosen"]) == (cast.coordinator, {QUESTION: "yes"})
    assert answer_save(**say, value="yes").changed == []
    EtlRecord.objects.update(state=EtlRecord.State.REPLACED)
    answer = answer_of(release)
    assert answer is not None
    assert (answer.value, answer.source, answer.by) == ("yes", Answer.Source.TYPED, cast.coordinator)


def test_what_a_person_cleared_is_not_filled_in_again(release: Release, cast: Cast, client: Client) -> None:
    approved(release, cast)
    assert answer_of(release) is not None
    say: dict[str, Any] = {
        "release_id": release.pk,
        "checklist": "readiness",
        "item": QUESTION,
        "actor": cast.coordinator,
    }
    assert answer_save(**say, value=None).changed == [QUESTION]
    fill(release)
    submission = submission_of(release.pk, "readiness")
    assert submission is not None
    assert QUESTION not in answers_of(submission)
    assert answer_save(**say, value="").changed == []
    assert QUESTION in [item.id for item in items_to_answer(release.pk, "readiness")]
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_checklist", args=[release.pk, "readiness"])).content.decode()
    line = page.split(f'id="item-{QUESTION}"')[1].split('id="item-')[0]
    assert "Answered by" not in line
    assert "From the extract-transform-load record" not in line
    assert answer_save(**say, value="no").changed == [QUESTION]


def test_a_source_without_words_of_its_own_is_told_all_the_same() -> None:
    item = next(one for one in current("readiness").items if one.id == QUESTION)
    answer = Answer(item=QUESTION, value="yes", source=Answer.Source.FILLED)
    told = origin_of(replace(item, proposed_from="dataset.title"), answer)
    assert told == "Filled in from what is known. Check that it holds for this release."


def test_what_a_person_answers_stands(release: Release, cast: Cast) -> None:
    fill(release)
    answer_save(
        release_id=release.pk, checklist="readiness", item=QUESTION, value="no", actor=cast.coordinator
    )
    record = EtlRecord(
        dataset_id=release.dataset_id,
        version=1,
        state=EtlRecord.State.APPROVED,
        source="upload",
        method="replace",
        frequency="by_hand",
        digest="d",
        proposed_by=cast.steward,
        decided_by=cast.approver,
    )
    record.save()
    answer = answer_of(release)
    assert answer is not None
    assert (answer.value, answer.source, answer.by) == ("no", Answer.Source.TYPED, cast.coordinator)
