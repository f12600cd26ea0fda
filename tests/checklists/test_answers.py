"""Answers: asked once, judged in the transaction of the change, under the text they were given to."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from audit.models import AuditEvent
from checklists import catalogue as catalogue_module
from checklists import sources
from checklists.catalogue import Item, Option, files
from checklists.errors import AnswerRefused
from checklists.models import Answer, CatalogueVersion, Submission
from checklists.selectors import answers_of, items_to_answer, submission_of
from checklists.services import answer_save, answers_fill, answers_save, facts_rebuild, fill_is_due
from checklists.texts import text_of
from checklists.validation import clean
from dossier.errors import DossierFrozen
from dossier.models import Contribution, Fact
from dossier.selectors import facts
from dossier.services import dossier_open
from tests.cast import Cast
from tests.checklists.conftest import fill
from workflow.context import context_of
from workflow.models import Release, Review
from workflow.services.catalogue import answer_sources, catalogues_for
from workflow.services.datasets import dataset_change, release_open
from workflow.services.transitions import release_transition

pytestmark = pytest.mark.django_db


def save(release: Release, cast: Cast, item: str, value: Any, checklist: str = "eligibility") -> Any:
    return answer_save(
        release_id=release.pk, checklist=checklist, item=item, value=value, actor=cast.coordinator
    )


def fact(release: Release, kind: str) -> Fact:
    return facts(release.pk)[kind]


def answer_well(release: Release, cast: Cast, checklist: str) -> None:
    """Answer everything that is asked, until nothing more is."""
    for _ in range(4):
        values = {item.id: item.good_answer() for item in items_to_answer(release.pk, checklist)}
        answers_save(release_id=release.pk, checklist=checklist, values=values, actor=cast.coordinator)


def test_the_record_answers_the_inventory_checklist(release: Release) -> None:
    fill(release)
    held = fact(release, "checklist.inventory")
    assert held.ok, held.sentences
    submission = submission_of(release.pk, "inventory")
    assert submission is not None
    answers = answers_of(submission)
    assert answers["INV-03"] == "Building permits 2019-2026"
    assert answers["INV-05"] == "Maria Lopez"
    assert {answer.source for answer in submission.answers.all()} == {"filled"}


def test_what_the_record_lacks_is_said_in_the_items_own_words(release: Release, cast: Cast) -> None:
    dataset_change(dataset=release.dataset, actor=cast.coordinator, fields={"source_system": ""})
    fill(release)
    held = fact(release, "checklist.inventory")
    assert not held.ok
    assert held.sentences == [
        "Inventory checklist: The inventory record does not say which system the data comes from. "
        "Say it on the record."
    ]


def test_a_changed_record_changes_every_answer_it_gives(release: Release, cast: Cast) -> None:
    fill(release)
    dataset_change(dataset=release.dataset, actor=cast.coordinator, fields={"accrual_periodicity": "daily"})
    assert set(fill(release)) == {"inventory", "readiness", "submission"}
    for checklist, item in (("inventory", "INV-10"), ("readiness", "RDY-12"), ("submission", "SUB-02")):
        submission = submission_of(release.pk, checklist)
        assert submission is not None
        assert answers_of(submission)[item] == "daily"


def test_filling_twice_changes_nothing(release: Release) -> None:
    fill(release)
    fill(release)  # that the inventory checklist is complete is itself an answer
    before = {kind: (row.at, row.digest, row.data) for kind, row in facts(release.pk).items()}
    assert fill(release) == []
    assert {kind: (row.at, row.digest, row.data) for kind, row in facts(release.pk).items()} == before


def test_filling_is_due_until_it_is_done(release: Release) -> None:
    def due() -> bool:
        context = context_of(release.pk)
        return fill_is_due(
            facts=context.facts, texts=catalogues_for(context), sources=answer_sources(context)
        )

    assert due()
    fill(release)
    fill(release)
    assert not due()


def test_an_answer_that_the_record_owns_cannot_be_typed(release: Release, cast: Cast) -> None:
    fill(release)
    with pytest.raises(AnswerRefused, match="comes from the inventory record"):
        save(release, cast, "INV-03", "Another name", "inventory")


def test_a_blocking_answer_puts_the_items_own_sentence_into_the_fact(release: Release, cast: Cast) -> None:
    fill(release)
    answer_well(release, cast, "eligibility")
    assert fact(release, "checklist.eligibility").ok
    save(release, cast, "ELI-02", "no")
    held = fact(release, "checklist.eligibility")
    item = catalogue_module.current("eligibility").item("ELI-02")
    assert (held.ok, held.sentences) == (False, [item.sentence])


def test_not_sure_about_privacy_warns_and_does_not_block(release: Release, cast: Cast) -> None:
    fill(release)
    answer_well(release, cast, "eligibility")
    saved = save(release, cast, "ELI-05", "unsure")
    assert fact(release, "checklist.eligibility").ok
    assert "ELI-05" in {remark.item for remark in saved.judgement.warnings}


def test_a_follow_up_question_counts_only_when_it_is_asked(release: Release, cast: Cast) -> None:
    fill(release)
    before = save(release, cast, "ELI-09a", "no").judgement
    after = save(release, cast, "ELI-09a", "yes").judgement
    assert "ELI-09c" not in before.visible
    assert {"ELI-09b", "ELI-09c"} <= set(after.visible)
    assert "ELI-09c" in {remark.item for remark in after.open}


def test_many_open_questions_are_said_in_one_sentence(release: Release) -> None:
    fill(release)
    sentences = fact(release, "checklist.eligibility").sentences
    assert len(sentences) == 1
    assert sentences[0].startswith("Eligibility checklist: 9 questions must still be answered. The first is")


def test_answering_twice_is_one_answer_one_event_and_the_same_fact(release: Release, cast: Cast) -> None:
    fill(release)
    first = save(release, cast, "ELI-01", "yes")
    at = fact(release, "checklist.eligibility").at
    second = save(release, cast, "ELI-01", "yes")
    assert (first.changed, second.changed) == (["ELI-01"], [])
    assert Answer.objects.filter(item="ELI-01").count() == 1
    assert AuditEvent.objects.filter(action="checklists.answered").count() == 1
    assert fact(release, "checklist.eligibility").at == at


def test_an_answer_can_be_taken_back(release: Release, cast: Cast) -> None:
    fill(release)
    save(release, cast, "ELI-04b", "A plan.")
    save(release, cast, "ELI-04b", "  ")
    assert not Answer.objects.filter(item="ELI-04b").exists()


def test_who_answers_has_contributed_and_the_event_keeps_no_typed_words(release: Release, cast: Cast) -> None:
    fill(release)
    save(release, cast, "ELI-01", "yes")
    save(release, cast, "ELI-04b", "Ask Jane Doe in the cellar.")
    assert Contribution.objects.filter(release=release, user=cast.coordinator).exists()
    events = AuditEvent.objects.filter(action="checklists.answered").order_by("id")
    assert [event.data["chosen"] for event in events] == [{"ELI-01": "yes"}, {}]
    assert "Jane" not in str([event.data for event in events])


@pytest.mark.parametrize(
    ("checklist", "item", "value", "said"),
    [
        ("eligibility", "ELI-01", "perhaps", "none of the answers offered"),
        ("eligibility", "ELI-06", ["asked", "bribed"], "none of the answers offered"),
        ("eligibility", "ELI-09c", "x" * 301, "301 characters long; 300 fit"),
        ("readiness", "RDY-13a", "a few", "not a whole number"),
        ("readiness", "RDY-13a", "-1", "not a whole number"),
        ("readiness", "RDY-01b", "31/03/2026", "Write it like 2026-03-31"),
        ("readiness", "RDY-01b", "0026-03-31", "year of this date cannot be right"),
        ("quality", "QUA-06", "yes", "The machine answers this"),
        ("submission", "SUB-09", "yes", "department approval review"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_to_do(
    release: Release, cast: Cast, checklist: str, item: str, value: Any, said: str
) -> None:
    fill(release)
    with pytest.raises(AnswerRefused, match=said):
        save(release, cast, item, value, checklist)


@pytest.mark.parametrize(
    ("item", "value", "kept"),
    [
        ("RDY-13a", "1,200", 1200),
        ("RDY-13a", "0", 0),
        ("RDY-15", ["legal", "coordinator"], ["coordinator", "legal"]),
    ],
)
def test_answers_are_kept_in_one_form(release: Release, cast: Cast, item: str, value: Any, kept: Any) -> None:
    fill(release)
    save(release, cast, item, value, "readiness")
    assert Answer.objects.get(item=item).value == kept


def test_of_several_answers_the_good_ones_are_kept(release: Release, cast: Cast) -> None:
    fill(release)
    saved = answers_save(
        release_id=release.pk,
        checklist="eligibility",
        values={"ELI-01": "yes", "ELI-02": "perhaps"},
        actor=cast.coordinator,
    )
    assert saved.changed == ["ELI-01"]
    assert list(saved.refused) == ["ELI-02"]


def test_a_frozen_dossier_takes_no_answer(release: Release, cast: Cast) -> None:
    fill(release)
    dossier_open(release_id=release.pk, parts=["plan"])
    with pytest.raises(DossierFrozen, match="cannot be changed at this stage"):
        save(release, cast, "ELI-01", "yes")


def test_the_coordinator_must_be_among_those_who_were_asked(release: Release, cast: Cast) -> None:
    fill(release)
    blocked = save(release, cast, "RDY-15", ["legal"], "readiness")
    assert "RDY-15" in {remark.item for remark in blocked.judgement.blocking}


def test_department_approval_answers_its_item_and_leaves_the_signed_answers_alone(
    release: Release, cast: Cast
) -> None:
    fill(release)
    before = fact(release, "checklist.submission").about
    sources = answer_sources(context_of(release.pk)) | {
        f"review.{Review.Kind.DEPARTMENT}": {
            "verdict": "approved",
            "by": "Grace Okafor",
            "at": "2026-11-18T09:00:00+00:00",
        }
    }
    answers_fill(release_id=release.pk, sources=sources)
    answer = Answer.objects.get(submission__release=release, item="SUB-09")
    assert (answer.value["name"], answer.source) == ("Approved by Grace Okafor", "review")
    assert fact(release, "checklist.submission").about == before


# --- versions ---
@pytest.fixture
def new_text(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A call that replaces the text of a checklist by its next version."""

    def replace(checklist: str) -> None:
        content = copy.deepcopy(files.read(checklist))
        content["version"] += 1
        content["items"][0]["question"] = "Is it really yours?"
        monkeypatch.setattr(
            "checklists.texts.read", lambda name: content if name == checklist else files.read(name)
        )
        text_of.cache_clear()

    yield replace
    text_of.cache_clear()


def test_an_answered_submission_keeps_its_old_text(
    release: Release, cast: Cast, new_text: Callable[[str], None]
) -> None:
    fill(release)
    save(release, cast, "ELI-01", "yes")
    new_text("eligibility")
    save(release, cast, "ELI-02", "yes")
    submission = submission_of(release.pk, "eligibility")
    assert submission is not None
    assert submission.version.catalogue.item("ELI-01").question == "Does this data belong to your department?"
    assert (
        fact(release, "checklist.eligibility").about["version"]
        == catalogue_module.current("eligibility").version
    )


def test_a_submission_that_nobody_has_answered_follows_the_new_text(
    release: Release, new_text: Callable[[str], None]
) -> None:
    fill(release)
    new_text("eligibility")
    fill(release)
    submission = submission_of(release.pk, "eligibility")
    assert submission is not None
    assert submission.version.catalogue.item("ELI-01").question == "Is it really yours?"
    assert CatalogueVersion.objects.filter(checklist="eligibility").count() == 2


def test_the_next_release_is_offered_the_answers_of_the_last(release: Release, cast: Cast) -> None:
    fill(release)
    answer_well(release, cast, "eligibility")
    release_transition(
        release_id=release.pk, name="withdraw", actor=cast.coordinator, reason="We begin anew."
    )
    following = release_open(dataset=release.dataset, actor=cast.coordinator)
    fill(following)
    submission = submission_of(following.pk, "eligibility")
    assert submission is not None
    carried = {answer.item: answer for answer in submission.answers.all()}
    assert carried["ELI-01"].value == "yes"
    assert carried["ELI-01"].source == Answer.Source.FILLED
    assert "ELI-10" not in carried  # whether this is the final version is asked each time
    save(following, cast, "ELI-01", "no")
    assert Answer.objects.get(submission=submission, item="ELI-01").source == Answer.Source.TYPED


def test_rebuilding_the_facts_changes_nothing(release: Release, cast: Cast) -> None:
    fill(release)
    answer_well(release, cast, "eligibility")
    before = {
        kind: (row.ok, row.sentences, row.about, row.data, row.at) for kind, row in facts(release.pk).items()
    }
    facts_rebuild(release_id=release.pk)
    assert before == {
        kind: (row.ok, row.sentences, row.about, row.data, row.at) for kind, row in facts(release.pk).items()
    }


def test_a_fact_without_its_rows_is_forgotten_by_the_rebuild(release: Release) -> None:
    fill(release)
    Submission.objects.filter(checklist="quality").delete()
    facts_rebuild(release_id=release.pk)
    assert "checklist.quality" not in facts(release.pk)


def test_none_of_these_stands_alone(release: Release) -> None:
    options = (("none", "None"), ("tax", "Taxes"))
    item = Item("A", "a", "Which laws?", "Help.", "multi", "us", options=tuple(Option(*o) for o in options))
    assert clean(item, ["none"]) == ["none"]
    with pytest.raises(AnswerRefused, match="“None” and another answer are both ticked"):
        clean(item, ["none", "tax"])


def test_an_answer_of_another_checklist_is_taken_over_and_not_asked_again(
    release: Release, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = copy.deepcopy(files.read("readiness"))
    first = next(item for item in content["items"] if item["type"] == "yn")
    first["answers_from"] = "item.eligibility/ELI-01"
    monkeypatch.setattr(
        "checklists.texts.read", lambda name: content if name == "readiness" else files.read(name)
    )
    names = (*sources._names_used(), "item.eligibility/ELI-01")
    monkeypatch.setattr("checklists.sources._names_used", lambda: names)
    sources.shared_items.cache_clear()
    text_of.cache_clear()
    try:
        fill(release)
        save(release, cast, "ELI-01", "yes")
        fill(release)
        submission = submission_of(release.pk, "readiness")
        assert submission is not None
        assert answers_of(submission)[first["id"]] == "yes"
        with pytest.raises(AnswerRefused, match="answered in another checklist"):
            save(release, cast, first["id"], "no", "readiness")
    finally:
        sources.shared_items.cache_clear()
        text_of.cache_clear()
