"""What all values of a column tell together: charts of accounts, versions and parcels are no identifiers."""

from __future__ import annotations

import random
from functools import partial

import polars as pl
import pytest

from benchmarks.accuracy import ours, published
from privacy.detectors import phone
from privacy.evidence import header_tokens, heads, phrase_in
from tests.privacy.samples import put_together, verdict

DICE = random.Random(31)
drawn = partial(put_together, DICE)

SSNS = drawn(range(101, 670), "-", range(10, 99), "-", range(1000, 9999))
# Book, page and number of an assessor's map, of any size: many were never given as Social Security numbers.
PARCELS = [
    f"{DICE.randrange(1000):03}-{DICE.randrange(100):02}-{DICE.randrange(10_000):04}" for _ in range(200)
]
# Typing errors and placeholders: 3 in 100 were never given.
TYPED_SSNS: list[str | None] = [
    *SSNS,
    *drawn(range(101, 670), "-", range(10, 99), "-", range(1000, 9999), count=37),
]
TYPED_SSNS += ["000-12-3456", "666-12-3456", "219-00-3456"]
PHONES = drawn("213-5", range(20, 99), "-", range(1000, 9999), count=85)
ONE_SSN, CALL = "SSN 219-09-9998", "call Jane Doe 213-555-8877"
NOT_WHAT_THEY_LOOK_LIKE = [
    ("budget_account", ["101-54-3200", "101-54-3210", "205-10-4400"] * 20),
    ("ledger string", drawn("101-5", range(10), "-3", range(100, 999))),
    ("reel", drawn("200-11-", range(1000, 9999))),
    ("parcel_no", PARCELS),
    ("apn", PARCELS),
    ("gl_string", drawn(range(101, 670), "-", range(10, 99), "-", range(1000, 9999), "-0", range(1, 9))),
    ("account_string", PARCELS),
    ("firmware", ["2.10.0.14", "1.8.22.3"] * 20),
    ("sec_ref", drawn(range(1, 30), ".", range(1, 60), ".", range(1, 20), ".", range(1, 9))),
    ("fw_ver", drawn(range(1, 9), ".", range(20), ".", range(20), ".", range(200))),
    ("img_rev", drawn(range(10, 99), ".", range(30), ".", range(99), ".", range(100, 250))),
    ("build", drawn(range(1, 12), ".0.", range(60), ".", range(100, 3000))),
    (
        "taxparcel",
        [f"{DICE.randrange(1000):03}-{DICE.randrange(1000):03}-{DICE.randrange(10_000):04}" for _ in SSNS],
    ),
    ("anomaly", drawn("+2.5", range(10_000_000, 99_999_999))),
    ("iso_place", drawn("+34.", range(1000, 9999), "-118.", range(1000, 9999))),
    ("acct_no", drawn("53", range(10), "00")),
    ("Accession Number", drawn("1978.", range(1, 40), ".", range(9))),
    ("PIN", drawn("13-24-200-0", range(10, 99), "-0000")),
    ("Mobile OS", ["iOS", "Android"] * 20),
    ("Email Domain", ["example.gov", "example.org"] * 20),
    ("Plates Renewed", drawn(range(100, 9000))),
    ("Ratio", ["3::4", "1::2"] * 20),
    ("Routing", ["AA > BB", "CC > DD"] * 20),
    ("Plate Expiry Date", ["202512", "202601"] * 20),
    ("DOB_RUN_DATE", ["01/02/2024", "03/04/2025"] * 20),
]


@pytest.mark.parametrize(
    ("name", "values"), NOT_WHAT_THEY_LOOK_LIKE, ids=[name for name, _ in NOT_WHAT_THEY_LOOK_LIKE]
)
def test_all_values_together_tell_that_a_column_holds_something_else(
    name: str, values: list[str | None]
) -> None:
    result = verdict(name, values)
    assert result.decision == "clear", result.explanation


STILL_WHAT_THEY_ARE = [
    ("SSN", "q7", SSNS),
    ("SSN", "account", SSNS),
    ("IP_ADDRESS", "q8", drawn("10.", range(40), ".", range(99), ".", range(1, 255))),
    ("IP_ADDRESS", "node", ["10.0.0.1", "10.0.0.2"] * 20),
    ("PHONE", "work", drawn("213-55", range(10), "-", range(1000, 9999))),
    ("PHONE", "q9", drawn("+1.213555", range(1000, 9999))),
    ("BANK_ACCOUNT", "acct_no", drawn(range(10_000_000, 99_999_999))),
    ("PERSON_NAME", "Employee Nm", ["REED,ANN M", "PATEL,OMAR", "GARCIA,LUZ B"] * 20),
]


@pytest.mark.parametrize(
    ("entity", "name", "values"), STILL_WHAT_THEY_ARE, ids=[e + ":" + n for e, n, _ in STILL_WHAT_THEY_ARE]
)
def test_identifiers_under_names_that_tell_nothing_are_still_found(
    entity: str, name: str, values: list[str | None]
) -> None:
    result = verdict(name, values)
    assert result.entity == entity and result.decision != "clear", result.explanation


# Name and values that contradict each other, or what hides among things: never passed over.
NEVER_CLEAR = [
    ("SSN", "confirm", "pin", SSNS),
    ("SSN", "confirm", "map_ref", SSNS),
    ("SSN", "confirm", "parcel_no", SSNS),
    ("SSN", "confirm", "order_no", SSNS),
    ("SSN", "confirm", "Case No", TYPED_SSNS),
    ("SSN", "confirm", "PIN", TYPED_SSNS),
    ("SSN", "confirm", "Work ID", TYPED_SSNS),
    ("SSN", "confirm", "Client Account", TYPED_SSNS),
    ("SSN", "confirm", "pin", [*[f"{i}A" for i in range(100)], *SSNS]),
    ("SSN", "flag", "account_number", SSNS[:9]),
    ("SSN", "flag", "invoice_no", SSNS[:9]),
    ("SSN", "confirm", "apn", [*PARCELS, ONE_SSN]),
    ("SSN", "flag", "lot", [*[f"corner {i}" for i in range(600)], *PARCELS, ONE_SSN]),
    ("PHONE", "confirm", "code", PHONES),
    ("PHONE", "confirm", "reach_at", [*PHONES, *[f"000-000-{i:04}" for i in range(20)]]),
    ("PHONE", "flag", "details", [*PHONES, *["000-000-0000"] * 20]),
    ("PHONE", "flag", "project_contact", [*PHONES, *[CALL] * 9]),
    ("IP_ADDRESS", "flag", "value", ["1::2", "3::4", "8.8.4.200"] * 20),
    ("IP_ADDRESS", "flag", "value", ["1::2", "3::4", "2001:db8:85a3:8d3:1319:8a2e:370:7348"] * 20),
    ("IP_ADDRESS", "confirm", "server", ["12.34.56.78", "8.8.4.4", "24.13.5.99", "64.12.1.9"] * 20),
    ("BANK_ACCOUNT", "confirm", "account_number", drawn(range(1_000_000, 9_999_999))),
    ("BANK_ACCOUNT", "confirm", "acct_no", drawn(range(100_000, 999_999))),
    ("MEDICAL_RECORD", "confirm", "mrn_first_visit", drawn(range(1_000, 999_999))),
    ("DATE_OF_BIRTH", "confirm", "dob_permit", ["1980-01-02", "1975-03-04"] * 30),
    ("DATE_OF_BIRTH", "confirm", "dob_permit", ["01/02/1980", "03/04/1975"] * 30),
]


@pytest.mark.parametrize(
    ("entity", "decision", "name", "values"), NEVER_CLEAR, ids=[f"{e}:{n}" for e, _, n, _ in NEVER_CLEAR]
)
def test_what_may_identify_people_is_never_passed_over_for_what_the_name_or_the_others_are(
    entity: str, decision: str, name: str, values: list[str | None]
) -> None:
    result = verdict(name, values)
    assert result.decision == decision, result.explanation
    assert entity in {hit.entity for hit in result.hits}, result.explanation


def test_placeholders_in_a_long_column_hide_no_telephone_numbers() -> None:
    """Beyond what is kept of a column its values are judged by a sample of cells, in which placeholders repeat."""
    phones = [f"213-{200 + i // 100 % 800}-{i * 37 % 10_000:04}" for i in range(60_000)]
    result = verdict("details", [*phones, *["000-000-0000"] * 12_000])
    assert (result.entity, result.decision) == ("PHONE", "flag"), result.explanation


def test_one_number_told_in_words_is_found_beyond_the_cells_that_judge_a_long_column() -> None:
    parcels = [f"{100 + i % 41}-{10 + i % 31}-{1 + i % 400:04}" for i in range(150_000)]
    parcels[77_777] = ONE_SSN
    result = verdict("apn", parcels)
    assert result.decision == "confirm"
    assert [(hit.entity, hit.rows) for hit in result.hits] == [("SSN", [77_778])]


def test_the_number_of_an_inmate_is_asked_about() -> None:
    assert verdict("doc_number", drawn(range(100_000, 999_999))).decision == "confirm"
    assert verdict("document_number", drawn("2024-0", range(100_000, 999_999))).decision == "clear"


def test_one_identifier_among_things_is_found() -> None:
    parcels = [f"12-345-{number:03}" for number in range(60)]
    assert verdict("parcel_no", [*parcels, "123-45-6788"]).decision == "confirm"
    assert verdict("version", [*["1.2.10.3", "2.0.11.0"] * 20, "203.0.113.77"]).decision == "confirm"


def test_columns_as_portals_publish_them_are_not_taken_for_identifiers() -> None:
    """Every second table of them; `make bench NAME=accuracy` takes all."""
    made = published.tables(rows=60)[::2]
    assert sum(len(one.labels) for one in made) >= 250
    assert published.wrong(made, ours.verdicts(made)) == []


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("Employee Nm", "employee name"),
        ("SURNM", "surname"),
        ("DRV_LIC_NBR", "driver license number"),
        ("DLNUMBER", "dl number"),
    ],
)
def test_abbreviated_words_of_a_header_are_read(name: str, phrase: str) -> None:
    assert phrase_in(header_tokens(name), (phrase,)) is not None


def test_a_word_that_follows_may_make_a_name_one_of_something_else() -> None:
    assert heads(header_tokens("Phone (Home) 2"), "phone")
    assert not heads(header_tokens("Email Domain"), "email")


def test_a_telephone_number_weighs_the_same_in_a_batch_of_any_size() -> None:
    numbers = pl.Series(["+34.052235", "+44 20 7946 0958", "+49 1", "213-556-0173"])
    alone = phone.grade(numbers).to_list()
    assert phone.grade(pl.concat([numbers] * 2_000)).to_list() == alone * 2_000
    assert alone == [0.0, 1.0, 0.5, 1.0]


NAMES_IN_NOTES = [
    ("Met Jamal Eriksson on site", True),
    ("per Mr. Chaudhry, gate was locked", True),
    ("Crew returned from Golden Gate Park before noon", False),
    ("Graffiti at Martin Luther King Blvd and Washington Ave", False),
    ("near Abraham Lincoln High School", False),
]


@pytest.mark.parametrize(("text", "there"), NAMES_IN_NOTES, ids=[text for text, _ in NAMES_IN_NOTES])
def test_names_are_told_inside_runs_of_capitals_and_places_are_none(text: str, there: bool) -> None:
    assert ("PERSON_NAME" in ours.found_in([text, "the pipe under the road was mended today"])[0]) is there


def test_what_follows_a_word_for_things_weighs_less_than_a_social_security_number() -> None:
    assert "SSN" not in ours.found_in(["please charge it to account 101-54-3200 this month"])[0]
    assert "SSN" in ours.found_in(["please note his social is 101-54-3200 this month"])[0]
