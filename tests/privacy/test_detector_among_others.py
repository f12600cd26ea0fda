"""One identifier among other values, numbers that words explain, and names of columns in other words."""

from __future__ import annotations

import random
from functools import partial

import polars as pl
import pytest

from privacy.detectors import detector_of
from privacy.finding import cells_of
from privacy.remedies.base import Context, changed_column
from privacy.remedies.registry import REMEDIES
from privacy.search import pattern_matches
from tests.privacy.samples import put_together, verdict

DICE = random.Random(57)
drawn = partial(put_together, DICE)

GIVEN, FAMILY = ("Maria", "John", "Linda", "Robert"), ("Garcia", "Smith", "Jones")
SMALL = drawn(range(1000, 99_999), count=200)
CODES = drawn("KX", range(1000, 9999), count=200)
SIGNS = ("219/46/8813", "219_46_8813", "219\t46\t8813", "219-46-8813", "219468813")


@pytest.mark.parametrize("name", ["ssn_or_id", "SS number", "soc", "EMPSSN", "notes", "RMKS"])
def test_one_bare_number_among_other_whole_numbers_is_asked_about_where_the_name_speaks_of_it(
    name: str,
) -> None:
    result = verdict(name, [*SMALL, "219468813"])
    assert result.decision == "confirm", result.explanation
    assert [(hit.entity, hit.rows) for hit in result.hits] == [("SSN", [201])]


@pytest.mark.parametrize("name", ["ref", "social_visits", "ssn_count", "case_no", "total"])
def test_one_bare_number_among_other_whole_numbers_says_nothing_under_any_other_name(name: str) -> None:
    assert not verdict(name, [*SMALL, "219468813"]).hits


@pytest.mark.parametrize("number", SIGNS, ids=[ascii(one) for one in SIGNS])
@pytest.mark.parametrize("word", ["SSN", "ssn:", "Social Security #", "soc# ", "Social\t", "seguro social"])
def test_after_its_word_a_number_is_found_whatever_stands_between_its_groups(word: str, number: str) -> None:
    result = verdict(
        "notes", [*["left a notice at the door of the shop"] * 40, f"gave {word} {number} today"]
    )
    assert [(hit.entity, hit.strength > 0.7) for hit in result.hits] == [("SSN", True)], result.explanation


@pytest.mark.parametrize("name", ["Maria Gonzalez", "GONZALEZ, MARIA", "Robert J. Jimenez", "José García"])
@pytest.mark.parametrize("values", [SMALL, CODES], ids=["numbers", "codes"])
def test_a_name_that_stands_alone_in_a_column_of_codes_is_asked_about(
    name: str, values: list[str | None]
) -> None:
    result = verdict("unit_cd", [*values, name])
    assert result.decision == "confirm", result.explanation
    assert [(hit.entity, hit.rows) for hit in result.hits] == [("PERSON_NAME", [201])]


@pytest.mark.parametrize("words", ["Grand Total", "San Jose", "Lincoln Park", "Not Applicable", "John Deere"])
def test_other_words_among_codes_are_nobody(words: str) -> None:
    assert verdict("unit_cd", [*CODES, words]).decision == "clear"


THINGS = [
    "permit 219468813 was closed",
    "Invoice no. 2135550177 was paid",
    "CAD 2135550177 cleared",
    "W/O 2135550177 done",
    "S/N: 219468813 replaced",
    "panel ver 4.12.0.3 installed",
    "see section 12.4.3.1 of the code",
]


@pytest.mark.parametrize("text", THINGS)
def test_a_number_that_the_word_before_explains_is_that_of_a_thing(text: str) -> None:
    found = [
        part
        for one in ("SSN", "PHONE", "IP_ADDRESS")
        for part in pattern_matches(cells_of(pl.Series("remarks", [text]), "text"), detector_of(one), "text")
        if not part.is_empty()
    ]
    assert not found


UNITS = ["Apt 3", "Unit 12-C", "#4B", "Ste. 200", "Bldg 2, Apt 7", "2nd floor"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_redacted_with_its_address(unit: str) -> None:
    series = pl.Series("remarks", [f"She lives at 12 Oak St, {unit} since May", "nothing here at all today"])
    step = {"column": "remarks", "entities": ["STREET_ADDRESS"]}
    after = changed_column(series, REMEDIES["redact_text"], step, Context()).to_list()
    assert after == ["She lives at [redacted STREET ADDRESS] since May", "nothing here at all today"]


def test_what_follows_an_address_and_is_no_unit_stays() -> None:
    series = pl.Series("remarks", ["The pipe at 12 Oak St unit was broken for a week"])
    step = {"column": "remarks", "entities": ["STREET_ADDRESS"]}
    after = changed_column(series, REMEDIES["redact_text"], step, Context()).to_list()
    assert after == ["The pipe at [redacted STREET ADDRESS] unit was broken for a week"]


NAMED = [
    ("PERSON_KEY", "stu_nbr", drawn(range(1_000_000, 9_999_999))),
    ("PERSON_KEY", "stu_id", drawn(range(1_000_000, 9_999_999))),
    ("PERSON_KEY", "StudNo", drawn(range(1_000_000, 9_999_999))),
    ("EIN", "Payee TIN", drawn("47-", range(1_000_000, 9_999_999))),
    ("EIN", "tax_id", drawn("20-", range(1_000_000, 9_999_999))),
    ("LICENSE_PLATE", "TAG", drawn(range(1, 9), "KLM", range(100, 999))),
    ("BANK_ACCOUNT", "numero_cuenta", drawn(range(10_000_000, 99_999_999))),
    ("MEDICAL_RECORD", "num_expediente", drawn(range(1_000_000, 9_999_999))),
    ("PERSON_NAME", "status", [f"{given} {family}" for given in GIVEN for family in FAMILY]),
]


@pytest.mark.parametrize(("entity", "name", "values"), NAMED, ids=[name for _, name, _ in NAMED])
def test_other_words_for_a_column_are_understood(entity: str, name: str, values: list[str | None]) -> None:
    result = verdict(name, values)
    assert result.decision != "clear", result.explanation
    assert entity in {result.entity, *(hit.entity for hit in result.hits)}, result.explanation


NOBODY = [
    ("TAG", drawn("AST-", range(10_000, 99_999))),
    ("asset_tag", drawn("KLM", range(100, 999))),
    ("invoice_no", drawn("INV-", range(101, 665), "-", range(10, 99), "-", range(1000, 9999))),
    ("ST_NM", ["Madison Forges", "Kimberly Shoals", "Jackson Fields", "Carol Islands"] * 10),
    ("tin_content", drawn(range(1, 90), ".", range(10, 99))),
    ("stu_count", drawn(range(10, 900))),
]


@pytest.mark.parametrize(("name", "values"), NOBODY, ids=[name for name, _ in NOBODY])
def test_things_with_such_numbers_and_names_ask_nobody(name: str, values: list[str | None]) -> None:
    result = verdict(name, values)
    assert (result.decision, result.hits) == ("clear", []), result.explanation


def test_letters_before_each_number_leave_a_question_where_the_name_says_nothing() -> None:
    result = verdict("ref", drawn("EMP-", range(101, 665), "-", range(10, 99), "-", range(1000, 9999)))
    assert result.decision == "confirm" and result.hits[0].entity == "SSN", result.explanation


@pytest.mark.parametrize("name", ["SchNm", "SCHL_NAME", "HospNm"])
def test_schools_and_hospitals_named_after_people_are_asked_about_and_not_taken_for_people(name: str) -> None:
    values = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    assert verdict(name, [*values] * 4).decision == "confirm"
    assert verdict("StuNm", [*values] * 4).decision == "flag"
