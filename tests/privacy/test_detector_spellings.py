"""Names of columns and texts as people write them: in capitals, in pieces, abbreviated, in Spanish, in part."""

from __future__ import annotations

import random

import polars as pl
import pytest

from benchmarks.accuracy.values import npi, vin
from datafiles.table import Table
from privacy.evidence import glued_in, header_tokens, phrase_in
from privacy.scanner import ColumnResult, scan
from tests.privacy.samples import column

DICE = random.Random(43)
NINE = [str(DICE.randrange(101_000_000, 660_000_000)) for _ in range(40)]
FOUR = [str(DICE.randrange(1000, 9999)) for _ in range(40)]
BORN = [f"19{DICE.randrange(35, 99)}-0{DICE.randrange(1, 9)}-{DICE.randrange(10, 28)}" for _ in range(40)]
VINS = [vin(DICE).lower() for _ in range(40)]


def verdict(name: str, values: list[str | None]) -> ColumnResult:
    return scan(column(name, values)).columns[0]


SPELT = [
    ("SSN", "flag", "SS#", NINE),
    ("SSN", "flag", "S.S.N.", NINE),
    ("SSN", "flag", "seg social", NINE),
    ("SSN", "confirm", "EMPSSN", NINE),
    ("SSN", "confirm", "SSNTXT", NINE),
    ("SSN", "confirm", "soc", NINE),
    ("SSN", "flag", "last4_ssn", FOUR),
    ("SSN", "flag", "SSN_LAST_4", FOUR),
    ("SSN", "flag", "SSN (last four)", ["0042", "7", "519", *FOUR]),
    ("DATE_OF_BIRTH", "flag", "DoB", BORN),
    ("DATE_OF_BIRTH", "flag", "BDay", BORN),
    ("DATE_OF_BIRTH", "flag", "D.O.B.", BORN),
    ("DATE_OF_BIRTH", "flag", "bthdate", BORN),
    ("DATE_OF_BIRTH", "flag", "FECHA_NAC", BORN),
    ("DATE_OF_BIRTH", "confirm", "PTDOB", BORN),
    ("DATE_OF_BIRTH", "confirm", "DOBTXT", BORN),
    ("VIN", "flag", "unit", VINS),
]


@pytest.mark.parametrize(
    ("entity", "decision", "name", "values"), SPELT, ids=[f"{e}:{n}" for e, _, n, _ in SPELT]
)
def test_a_name_is_understood_however_it_is_spelt(
    entity: str, decision: str, name: str, values: list[str | None]
) -> None:
    result = verdict(name, values)
    assert (result.decision, entity) == (decision, result.hits[0].entity), result.explanation


def drawn(*pieces: str | range, count: int = 60) -> list[str | None]:
    """Values put together of fixed pieces and drawn numbers."""
    return [
        "".join(one if isinstance(one, str) else str(DICE.choice(one)) for one in pieces)
        for _ in range(count)
    ]


SHORT = [
    ("PERSON_NAME", "apPaterno", ["Garcia", "Lopez", "Ruiz", "Soto"]),
    ("PERSON_NAME", "materno", ["Garcia", "Lopez", "Ruiz", "Soto"]),
    ("LICENSE_PLATE", "placa", ["RFV607", "KTR113", "ABX952"]),
    ("LICENSE_PLATE", "LP", ["RFV6075", "KTR1139", "ABX9521"]),
    ("DRIVER_LICENSE", "licConducir", ["4417093", "5120938", "8133021"]),
    ("SEX", "gndr", ["M", "F", "X"]),
    ("SEX", "q3", ["M", "F", "X"]),
    ("ETHNICITY", "ethn", ["Hispanic", "Not Hispanic"]),
    ("BELIEF", "party_cd", ["D", "R", "U"]),
    ("BELIEF", "q4", ["DEM", "REP", "UNA"]),
    ("LANGUAGE", "immig_status", ["LPR", "Citizen", "DACA"]),
    ("LIFE", "vet_ind", ["Y", "N"]),
    ("LANGUAGE", "prim_lang", ["English", "Spanish"]),
    ("OCCUPATION", "HH_INC", ["41200", "18900", "77031"]),
    ("OCCUPATION", "ingreso_anual", ["41200", "18900", "77031"]),
    ("ETHNICITY", "tribal_affil", ["Lumbee", "Cherokee"]),
    ("COORDINATES", "x_coord", drawn("-78.", range(10_000, 99_999))),
    ("COORDINATES", "Y", drawn("35.", range(10_000, 99_999))),
    ("COORDINATES", "gps", drawn("35°", range(10, 59), "'12\"N 78°", range(10, 59), "'11\"W")),
    ("NPI", "rend_prov", [npi(DICE) for _ in range(40)]),
]


@pytest.mark.parametrize(("entity", "name", "values"), SHORT, ids=[f"{e}:{n}" for e, n, _ in SHORT])
def test_a_short_or_spanish_name_or_the_values_tell_what_a_column_is(
    entity: str, name: str, values: list[str | None]
) -> None:
    result = verdict(name, values * (60 // len(values)))
    assert result.entity == entity and result.decision != "clear", result.explanation


def test_exact_degrees_beside_people_show_where_they_live() -> None:
    places = drawn("-78.", range(10_000, 99_999))
    frame = pl.DataFrame({"X": places, "dob": (BORN * 2)[:60]})
    found = scan(Table.of(frame)).columns[0]
    assert (found.entity, found.decision) == ("COORDINATES", "flag"), found.explanation


OF_OTHERS = [
    ("x", drawn("0.", range(10_000, 99_999))),  # a measurement
    ("x", drawn(range(600_000, 700_000), ".1234")),
    ("Y", drawn("-", range(10, 80), ".", range(10_000, 99_999))),
    ("shift", ["M", "T", "W", "F"] * 15),
    ("barcode", drawn("4", range(10**14, 10**15), count=400)),
    ("soc", [f"{DICE.randrange(11, 53)}-{DICE.randrange(1000, 9999)}" for _ in range(40)]),  # occupations
    ("dobrundate", ["2024-01-02", "2025-03-04"] * 20),  # a Department of Buildings
    ("vineyard", ["North slope", "South slope"] * 20),
    ("ssn_count", FOUR),
    ("unit", [f"{value[:8]}{DICE.randrange(10)}{value[9:]}"[:16] for value in VINS]),
]


@pytest.mark.parametrize(("name", "values"), OF_OTHERS, ids=[name for name, _ in OF_OTHERS])
def test_a_name_that_only_begins_or_ends_alike_asks_nobody(name: str, values: list[str | None]) -> None:
    result = verdict(name, values)
    assert result.decision == "clear", result.explanation


IN_TEXT = [
    ("SSN", "Her SSN last four 8813 was read to the clerk at the window"),
    ("SSN", "the clerk took her ssn ending in 8813 and gave her the form"),
    ("SSN", "last 4 of social: 0813 given over the telephone by her son"),
    ("DATE_OF_BIRTH", "Ann, b. 10/31/1944, was taken to the hospital by the crew"),
    ("DATE_OF_BIRTH", "nacido el 15/01/1997 según la licencia que mostró en la ventanilla"),
    ("DATE_OF_BIRTH", "paciente con f. nac. 15/01/1997 llegó a la clínica esta mañana"),
    ("LICENSE_PLATE", "a gray Honda with NC tag RFV-6075 is parked on the lawn again"),
    ("VIN", f"the crew towed the vehicle {VINS[0]} from the city lot at night"),
]


@pytest.mark.parametrize(("entity", "text"), IN_TEXT, ids=[text[:30] for _, text in IN_TEXT])
def test_texts_tell_it_in_other_words(entity: str, text: str) -> None:
    result = verdict(
        "remarks", [*[f"Crew {i} closed the ticket and left a tag at the door" for i in range(50)], text]
    )
    assert [(hit.entity, hit.rows) for hit in result.hits] == [(entity, [51])], result.explanation


def test_a_short_word_is_read_from_the_pieces_that_capitals_make_of_it() -> None:
    assert phrase_in(header_tokens("DoB"), ("dob",)) == ("do b", ())
    assert phrase_in(header_tokens("first_aid"), ("firstaid",)) is None


def test_a_word_written_together_with_another_is_told_by_where_it_stands() -> None:
    assert glued_in(header_tokens("EMPSSN"), ("ssn",)) == ("empssn", True)
    assert glued_in(header_tokens("DOBTXT"), ("dob",)) == ("dobtxt", False)
    assert glued_in(header_tokens("adobe"), ("dob",)) is None


def test_few_values_that_look_like_names_in_many_rows_are_a_list_to_ask_about() -> None:
    subdivisions: list[str | None] = [
        "Heather Glen",
        "Taylor Ross",
        "Logan Grant",
        "Amber Woods",
        "Paige Scott",
    ]
    assert verdict("subdiv", subdivisions * 80).decision == "confirm"


def test_a_street_named_after_somebody_is_no_person_however_long_its_name() -> None:
    texts: list[str | None] = [
        f"Repaved Martin Luther King Jr Parkway from Fayetteville Road to the marker {i}" for i in range(60)
    ]
    assert not verdict("notes", texts).hits


def test_areas_whose_numbers_pass_a_check_digit_by_chance_hold_no_cards() -> None:
    result = verdict("GEOID20", drawn("370630", range(10_000, 99_999), range(1000, 4999), count=400))
    assert (result.entity, result.hits) == ("GEOGRAPHY", []), result.explanation
