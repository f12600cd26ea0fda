"""The text that a release is asked: catalogue, rules of the program, additions of the department."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.profiles import ItemRule
from checklists.catalogue import CHECKLISTS, CatalogueError, compose, parse, read, weakening
from checklists.catalogue.composing import STRENGTH
from checklists.judging import judge

BASE: dict[str, Any] = {
    "checklist": "small",
    "version": 1,
    "title": "Small checklist",
    "sections": [{"key": "a", "title": "A"}],
    "items": [
        {
            "id": "A-1",
            "section": "a",
            "question": "Is it yours?",
            "help": "Say so.",
            "type": "yn",
            "source": "us",
            "severity": "blocks",
            "blocks_on": ["no"],
            "sentence": "It is not yours. Ask the owner.",
        },
        {
            "id": "A-2",
            "section": "a",
            "question": "Whose is it?",
            "help": "A name.",
            "type": "text",
            "source": "us",
            "when": {"item": "A-1", "is": "no"},
        },
        {
            "id": "A-3",
            "section": "a",
            "question": "Is it old?",
            "help": "Years.",
            "type": "yn",
            "source": "us",
            "severity": "warns",
            "warns_on": ["yes"],
            "sentence": "It is old. Say why it is published now.",
        },
    ],
    "contradictions": [
        {
            "items": ["A-1", "A-3"],
            "when": {"all": [{"item": "A-1", "is": "no"}, {"item": "A-3", "is": "yes"}]},
            "sentence": "What is not yours you cannot know to be old. Correct one of them.",
        }
    ],
}
OWN = {
    "id": "DEP-1",
    "section": "department",
    "question": "Does the mayor know?",
    "help": "Ask.",
    "type": "yn",
    "source": "us",
}


def composed(rules: dict[str, ItemRule] | None = None, additions: Any = ()) -> Any:
    return parse(compose(BASE, rules or {}, additions))


def test_without_rules_the_text_is_the_catalogues_own() -> None:
    assert compose(BASE, {}) == BASE


def test_composing_leaves_its_ingredients_alone() -> None:
    before = repr(BASE)
    compose(BASE, {"A-1": ItemRule(severity="warns", law="Rule 3")}, [{"item": OWN}])
    assert repr(BASE) == before


def test_a_program_leaves_an_item_out_and_what_leans_on_it_is_never_asked() -> None:
    catalogue = composed({"A-1": ItemRule(asked=False)})
    assert [item.id for item in catalogue.items] == ["A-2", "A-3"]
    assert catalogue.removed == ("A-1",)
    assert catalogue.contradictions == ()
    assert judge(catalogue, {"A-1": "no"}).visible == ("A-2", "A-3")
    assert judge(catalogue, {}).visible == ("A-3",)


def test_a_program_names_the_law_of_an_item() -> None:
    assert composed({"A-3": ItemRule(law="Rule 3")}).item("A-3").law == "Rule 3"


def test_a_program_softens_an_item_and_its_bad_answer_warns() -> None:
    catalogue = composed({"A-1": ItemRule(severity="warns")})
    judgement = judge(catalogue, {"A-1": "no"})
    assert judgement.blocking == ()
    assert [remark.item for remark in judgement.warnings] == ["A-1"]


def test_a_program_hardens_an_item_and_it_must_be_answered() -> None:
    catalogue = composed({"A-3": ItemRule(severity="blocks")})
    assert {remark.item for remark in judge(catalogue, {"A-1": "yes"}).open} == {"A-3"}
    assert [remark.item for remark in judge(catalogue, {"A-1": "yes", "A-3": "yes"}).blocking] == ["A-3"]


def test_a_program_names_the_bad_answers_of_an_item_that_has_none() -> None:
    catalogue = composed({"A-3": ItemRule(severity="warns", on=("no",))})
    judgement = judge(catalogue, {"A-1": "yes", "A-3": "no"})
    assert judgement.blocking == ()
    assert [remark.item for remark in judgement.warnings] == ["A-3"]
    with pytest.raises(CatalogueError):
        composed({"A-3": ItemRule(severity="warns", on=("perhaps",))})


def test_a_program_lets_an_item_inform_only() -> None:
    judgement = judge(composed({"A-1": ItemRule(severity="informs")}), {"A-1": "no", "A-2": "Parks"})
    assert (judgement.blocking, judgement.warnings) == ((), ())


def test_a_department_adds_a_question_in_a_section_of_its_own() -> None:
    catalogue = composed(additions=[{"item": OWN}])
    assert catalogue.items[-1].id == "DEP-1"
    assert catalogue.sections[-1].title == "What your department asks"


def test_a_department_hardens_and_never_softens() -> None:
    hardened = composed(additions=[{"harden": "A-3", "severity": "blocks"}])
    assert hardened.item("A-3").severity == "blocks"
    softened = composed(additions=[{"harden": "A-1", "severity": "informs"}])
    assert softened.item("A-1").severity == "blocks"


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ({"harden": "A-1", "severity": "informs"}, "never softer"),
        ({"harden": "A-1", "severity": "blocks"}, "never softer"),
        ({"harden": "A-9", "severity": "blocks"}, "asks no such question"),
        ({"item": OWN | {"id": "A-1"}}, "does not replace them"),
        ({"item": OWN}, ""),
        ({"harden": "A-3", "severity": "blocks"}, ""),
    ],
)
def test_an_addition_that_would_weaken_is_refused_in_words(addition: dict[str, Any], said: str) -> None:
    sentence = weakening(BASE, addition)
    assert said in sentence if said else sentence == ""


_RULES = st.builds(
    ItemRule,
    asked=st.booleans(),
    severity=st.sampled_from(["", "informs", "warns", "blocks"]),
    law=st.sampled_from(["", "Rule 3"]),
)


@given(data=st.data(), checklist=st.sampled_from(CHECKLISTS))
def test_whatever_programs_and_departments_say_the_text_can_be_asked(data: Any, checklist: str) -> None:
    base = read(checklist)
    ids = [item["id"] for item in base["items"]]
    rules = data.draw(st.dictionaries(st.sampled_from(ids), _RULES, max_size=6))
    left = [one for one in ids if one not in rules or rules[one].asked]
    program = {item["id"]: item for item in compose(base, rules)["items"]}
    additions = data.draw(
        st.lists(
            st.builds(
                lambda one, severity: {"harden": one, "severity": severity},
                st.sampled_from(ids),
                st.sampled_from(list(STRENGTH)),
            ),
            max_size=4,
        )
    )
    if not left:
        return
    catalogue = parse(compose(base, rules, additions))
    assert [item.id for item in catalogue.items] == left
    for item in catalogue.items:
        assert STRENGTH[item.severity] >= STRENGTH[program[item.id].get("severity", "informs")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"items": ["A-1", "A-9"], "when": {"item": "A-1", "is": "no"}, "sentence": "No."},
            '"A-9" is no item',
        ),
        ({"items": ["A-1"], "when": {"item": "A-1", "is": "no"}, "sentence": "No."}, "fewer than two items"),
        (
            {"items": ["A-1", "A-3"], "when": {"item": "A-1", "is": "no"}, "sentence": "No."},
            "other items than",
        ),
        ({"items": ["A-1", "A-3"], "when": {"item": "A-1"}, "sentence": "No."}, "must name one item"),
        ({"items": ["A-1", "A-3"], "when": {"item": "A-1", "is": "no"}}, '"sentence" is missing'),
    ],
)
def test_a_faulty_contradiction_is_named_with_its_place(row: dict[str, Any], said: str) -> None:
    with pytest.raises(CatalogueError, match="Contradiction 1: ") as refusal:
        parse(BASE | {"contradictions": [row]})
    assert said in str(refusal.value)


def test_an_answer_of_another_checklist_is_named_in_full() -> None:
    good = BASE | {
        "items": [BASE["items"][0] | {"answers_from": "item.readiness/RDY-01a"}, *BASE["items"][1:]]
    }
    assert parse(good).item("A-1").is_owned_elsewhere
    with pytest.raises(CatalogueError, match="not a source of answers"):
        parse(BASE | {"items": [BASE["items"][0] | {"answers_from": "item.readiness"}, *BASE["items"][1:]]})
