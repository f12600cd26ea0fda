"""The catalogue files: every item of the checklists is there and says what it must."""

from __future__ import annotations

import copy
import re

import pytest

from checklists.catalogue import CHECKLISTS, Catalogue, CatalogueError, current, digest_of, parse, read
from checklists.checks import LIST
from checklists.checks.score import DIMENSIONS
from checklists.judging import clashes_of, judge

# As many items as the sources list (their ids run from 01 on; an item may be asked in parts a, b, c).
ITEMS = {
    "inventory": ("INV", 20),
    "eligibility": ("ELI", 12),
    "readiness": ("RDY", 15),
    "submission": ("SUB", 10),
    "quality": ("QUA", 25),
    "legal": ("LEG", 12),
    "security": ("SEC", 16),
    "privacy": ("PRV", 24),
    "equity": ("EQU", 6),
    "metadata": ("MET", 12),
    "cdo": ("CDO", 10),
    "post": ("POST", 7),
    "retirement": ("RET", 9),
}
# A changed text is a new version: raise `version` in the file, and put its digest here.
VERSIONS = {
    "inventory": (3, "7a30fb058699"),
    "eligibility": (2, "1246de3bbc4f"),
    "readiness": (4, "01888e1a58ab"),
    "submission": (3, "4598a5c61f56"),
    "quality": (2, "c4b09b1148d7"),
    "legal": (1, "9a910c4d2f45"),
    "security": (1, "a880a7d80ba5"),
    "privacy": (3, "4c5356e7695e"),
    "equity": (1, "9471c8eea6d5"),
    "metadata": (2, "1a2bf79b9e3a"),
    "cdo": (1, "8652f3af61eb"),
    "post": (1, "b3f310375ebe"),
    "retirement": (1, "361c0d006116"),
}


@pytest.fixture(params=CHECKLISTS)
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return current(request.param)


def test_every_item_of_the_source_is_there_and_no_other(catalogue: Catalogue) -> None:
    prefix, count = ITEMS[catalogue.checklist]
    found = {re.sub(r"[a-z]$", "", item.id) for item in catalogue.items}
    assert found == {f"{prefix}-{number:02d}" for number in range(1, count + 1)}


def test_every_item_has_a_question_a_help_and_a_source(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        assert item.question.strip(), item.id
        assert item.help.strip().endswith((".", "!", "?")), item.id
        assert item.source.strip(), item.id


def test_what_can_stand_in_the_way_says_so_in_a_sentence_with_a_next_step(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        if item.blocks_on or item.blocks_without or item.warns_on:
            assert item.sentence.endswith("."), item.id
            assert len(item.sentence.split(". ")) > 1 or "," in item.sentence, item.id


def test_a_contradiction_says_why_and_what_to_do(catalogue: Catalogue) -> None:
    for row in catalogue.contradictions:
        assert row.sentence.endswith(".") and ". " in row.sentence, row.items


def test_good_answers_do_not_contradict_one_another(catalogue: Catalogue) -> None:
    answers = {item.id: item.good_answer() for item in catalogue.items if item.is_asked}
    assert clashes_of(catalogue, answers) == []


def test_a_good_answer_of_every_question_stands_in_nobodys_way(catalogue: Catalogue) -> None:
    answers = {item.id: item.good_answer() for item in catalogue.items if item.is_asked}
    judgement = judge(catalogue, answers)
    assert judgement.blocking == ()
    asked = {item.id for item in catalogue.items if item.is_asked}
    assert not asked & {remark.item for remark in judgement.open}


def test_a_changed_text_has_a_new_version(catalogue: Catalogue) -> None:
    digest = digest_of(read(catalogue.checklist))[:12]
    assert (catalogue.version, digest) == VERSIONS[catalogue.checklist]


def test_machine_items_and_checks_are_the_same_list() -> None:
    machine = {item.machine: item.id for item in current("quality").items if item.machine}
    assert machine == {check.name: check.item for check in LIST}


def test_every_dimension_of_the_score_is_shown() -> None:
    shown = {item.answers_from for item in current("quality").items if item.answers_from.startswith("score.")}
    assert shown == {f"score.{name}" for name in DIMENSIONS}


def test_department_approval_does_not_block_readiness() -> None:
    sign_off = current("submission").item("SUB-09")
    assert (sign_off.type, sign_off.stage, sign_off.answers_from) == ("sign", "QUALITY", "review.department")
    assert "SUB-09" not in {remark.item for remark in judge(current("submission"), {}).open}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "oracle"}, 'no type "oracle"'),
        ({"section": "nowhere"}, 'no section "nowhere"'),
        ({"help": ""}, '"help" is missing'),
        ({"colour": "red"}, '"colour" is not a part'),
        ({"blocks_on": ["maybe"]}, '"maybe" is none of its answers'),
        ({"sentence": ""}, "no sentence"),
        ({"when": {"item": "XXX-01", "is": "yes"}}, '"XXX-01", which is no item'),
        ({"when": {"item": "ELI-01", "is": "yes"}}, "looks at itself"),
        ({"answers_from": "thin air"}, '"thin air" is not a source'),
    ],
)
def test_a_faulty_item_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    content = copy.deepcopy(read("eligibility"))
    content["items"][0].update(change)
    with pytest.raises(CatalogueError) as error:
        parse(content)
    assert any(fault.startswith("ELI-01: ") and said in fault for fault in error.value.faults)


def test_two_items_of_one_id_are_refused() -> None:
    content = copy.deepcopy(read("eligibility"))
    content["items"].append(content["items"][0])
    with pytest.raises(CatalogueError, match="stands twice"):
        parse(content)


def test_any_changed_word_changes_the_digest() -> None:
    content = copy.deepcopy(read("eligibility"))
    before = digest_of(content)
    content["items"][0]["question"] += " "
    assert digest_of(content) != before
