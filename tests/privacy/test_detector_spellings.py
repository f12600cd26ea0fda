"""Names of columns and texts as people write them: in capitals, in pieces, abbreviated, in Spanish, in part."""

from __future__ import annotations

import random

import pytest

from benchmarks.accuracy.values import vin
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


OF_OTHERS = [
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
