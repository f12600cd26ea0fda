"""Plain-language hints: what they find, that they find it where they say, and that nothing upsets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.language import MOST, copies_name, hints_for
from workflow.language_words import PERSON_FIRST, PLAINER

KINDS = ("title", "text", "column", "none")


def said(kind: str, text: str, *, name: str = "") -> str:
    return " ".join(hint.sentence for hint in hints_for(kind, text, name=name))


def test_there_are_enough_pairs_to_be_of_use() -> None:
    assert len(PERSON_FIRST) >= 25 and len(PLAINER) >= 25
    assert not set(PERSON_FIRST) & set(PLAINER)


def test_inmate_is_flagged_with_the_person_first() -> None:
    (hint,) = hints_for("text", "One row for each inmate of the county jail.")
    assert hint.found == "inmate"
    assert hint.sentence == "You may want to write “person who is incarcerated” for “inmate”."
    assert "person-centered" in hint.source


def test_a_program_for_people_is_not_mistaken_for_them() -> None:
    assert "older adults" in said("text", "Meals for the elderly.")
    assert hints_for("text", "Meals of the elderly nutrition program.") == ()


def test_office_words_get_a_plainer_one() -> None:
    assert "“under” for “Pursuant  to”" in said("text", "Pursuant  to the ordinance, permits are listed.")


@pytest.mark.parametrize("text", ["The non-inmate count.", "Teammates and subminorities."])
def test_a_word_inside_another_word_is_left_alone(text: str) -> None:
    assert hints_for("text", text) == ()


def test_an_acronym_is_flagged_once_and_not_when_it_is_explained() -> None:
    assert said("text", "Kept by the DPW. The DPW updates it.").count("DPW") == 1
    assert hints_for("text", "Kept by the Department of Public Works (DPW). DPW updates it.") == ()
    assert hints_for("text", "DPW (Department of Public Works) keeps it.") == ()
    assert hints_for("text", "ZIP codes of the USA, as CSV.") == ()


def test_a_year_belongs_into_the_period_not_into_the_title() -> None:
    (hint,) = hints_for("title", "Building permits 2019-2026")
    assert hint.found == "2019-2026"
    assert hints_for("text", "Permits since 2019.") == ()


def test_capitals_are_said_once() -> None:
    (hint,) = hints_for("text", "ALL PERMITS OF THE CITY")
    assert "small letters" in hint.sentence
    (hint,) = hints_for("text", "Please note: DO NOT ADD these numbers.")
    assert hint.found == "DO NOT ADD"


@pytest.mark.parametrize(
    ("name", "description"),
    [("issue_date", "Issue date"), ("issue_date", "The issue-date."), ("Status", "status")],
)
def test_a_description_that_copies_the_name_of_its_column_is_flagged(name: str, description: str) -> None:
    assert copies_name(name, description)
    assert "repeats the name" in said("column", description, name=name)


def test_a_description_that_says_more_is_fine() -> None:
    assert hints_for("column", "Day on which the permit was issued.", name="issue_date") == ()
    assert not copies_name("", "") and not copies_name("x", "")


STRANGE = ["DPW", "(DPW)", "2024", "NO", "\n", "é", "\u017fubsequently", "\u0130nmate", "\u212a"]
WORDS = st.sampled_from([*PERSON_FIRST, *PLAINER, *STRANGE])
TEXTS = st.one_of(st.text(), st.lists(WORDS | st.text(max_size=8), max_size=40).map(" ".join))


@given(st.sampled_from(KINDS), TEXTS, st.text(max_size=20))
def test_every_hint_stands_where_it_says_and_none_overlaps(kind: str, text: str, name: str) -> None:
    hints = hints_for(kind, text, name=name)
    assert len(hints) <= MOST
    end = 0
    for hint in hints:
        assert end <= hint.start < hint.end <= len(text)
        assert text[hint.start : hint.end] == hint.found
        assert hint.sentence.startswith("You may want to ") and hint.source
        end = hint.end


@given(TEXTS)
def test_the_same_text_gets_the_same_hints(text: str) -> None:
    assert hints_for("text", text) == hints_for("text", text)


@given(st.sampled_from(sorted(PERSON_FIRST)), st.sampled_from(["{}.", "The {}", "a {} and b"]))
def test_every_pair_is_found_in_a_sentence(word: str, sentence: str) -> None:
    text = sentence.format(word)
    assert any(hint.found.lower() in word or word in hint.found.lower() for hint in hints_for("text", text))
