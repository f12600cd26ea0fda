"""One table per detector: header, cell, what the scan of such a column must decide."""

from __future__ import annotations

import subprocess
import sys

import pytest

from privacy.detectors import DETECTORS, REGISTRY_VERSION, detector, detector_of, registry_version
from privacy.evidence import header_tokens, phrase_in
from privacy.scanner import ColumnResult, scan
from tests.privacy.samples import column

FILLER = [
    "paint",
    "timber",
    "roof tiles",
    "gravel",
    "nails",
    "cement",
    "glass",
    "pipes",
    "doors",
    "lamps",
] * 10


def verdict(name: str, values: list[str | None]) -> ColumnResult:
    return scan(column(name, values)).columns[0]


def among_others(value: str) -> ColumnResult:
    """One cell in a column of other things."""
    return verdict("item", [*FILLER, value])


def found(result: ColumnResult) -> dict[str, float]:
    return {hit.entity: hit.strength for hit in result.hits}


FOUND_IN_ONE_CELL = [
    ("SSN", "123-45-6788", "flag"),
    ("SSN", "SSN: 123-45-6788.", "flag"),
    ("SSN", "SSN123-45-6788", "flag"),
    ("SSN", "123 45 6788", "flag"),
    ("SSN", "123–45–6788", "flag"),
    ("SSN", "both 000-12-3456 and 123-45-6788", "flag"),
    ("SSN", "912-71-1234", "confirm"),  # a taxpayer or test number: lower, not dropped
    ("SSN", "number 123456788", "confirm"),
    ("SSN", "123-45-6788-01", "confirm"),  # an account, or a member of somebody's family
    ("SSN", "219-46-8813-220-46-8813", "confirm"),
    ("EMAIL", "write to ann.example+work@mail.example.org, please", "flag"),
    ("PHONE", "(213) 556-0173", "flag"),
    ("PHONE", "call 213-556-0173 before noon", "flag"),
    ("PHONE", "213.556.0173", "flag"),
    ("PHONE", "+1 213 556 0173", "flag"),
    ("PHONE", "+44 20 7946 0958", "flag"),
    ("CREDIT_CARD", "4111 1111 1111 1111", "flag"),
    ("CREDIT_CARD", "paid with 5500005555555559", "flag"),
    ("CREDIT_CARD", "3782-822463-10005", "flag"),
    ("IP_ADDRESS", "from 203.0.113.77", "flag"),
    ("IP_ADDRESS", "2001:db8:85a3:0:0:8a2e:370:7334", "flag"),
    ("IP_ADDRESS", "2001:db8::1", "flag"),
    ("IP_ADDRESS", "1.2.10.3", "confirm"),  # perhaps a version
    ("DATE_OF_BIRTH", "DOB: 04/12/1961", "flag"),
    ("DATE_OF_BIRTH", "born on 12 March 1961", "flag"),
]
NOT_FOUND = [
    ("SSN", "000-45-6788"),
    ("SSN", "666-45-6788"),
    ("SSN", "123-00-6788"),
    ("SSN", "123-45-0000"),
    ("SSN", "1123-45-67889"),
    ("EMAIL", "ann@localhost"),
    ("EMAIL", "@cityofriverbend"),
    ("PHONE", "123-456-7890"),
    ("PHONE", "213-911-0173x"),
    ("PHONE", "1.213.556.0173.5"),
    ("PHONE", "0.2135560173"),
    ("CREDIT_CARD", "4111 1111 1111 1112"),
    ("CREDIT_CARD", "0000 0000 0000 0000"),
    ("IP_ADDRESS", "1.2.840.10008.5.1.4"),  # a DICOM identifier
    ("IP_ADDRESS", "300.1.1.1"),
    ("IP_ADDRESS", "12:34:56"),
    ("DATE_OF_BIRTH", "04/12/1961"),
]


@pytest.mark.parametrize(("entity", "value", "decision"), FOUND_IN_ONE_CELL)
def test_one_cell_among_a_hundred_is_found(entity: str, value: str, decision: str) -> None:
    result = among_others(value)
    assert entity in found(result), result.explanation
    assert result.decision == decision
    hit = next(hit for hit in result.hits if hit.entity == entity)
    assert (hit.count, hit.rows) == (1, [101])


@pytest.mark.parametrize(("entity", "value"), NOT_FOUND)
def test_what_only_looks_alike_is_not_found(entity: str, value: str) -> None:
    assert entity not in found(among_others(value))


WHOLE_COLUMNS = [
    ("SSN", "ssn", ["123-45-6788", "321-54-9876"]),
    ("SSN", "Applicant SSN", ["123456788", "321549876"]),
    ("SSN", "social_security_number", ["1234567", "32154987"]),  # a spreadsheet took the leading zeros
    ("SSN", "taxpayer_id", ["XXX-XX-6788", "XXX-XX-9876"]),
    ("EMAIL", "contactEmail", ["ann@a.example", "bo@b.example"]),
    ("PHONE", "fax", ["2135560173", "3235550111"]),
    ("PHONE", "phones", ["213-556-0173", "323-556-0111"]),
    ("CREDIT_CARD", "card_number", ["5.54563E+15", "4.11111E+15"]),  # damaged by a spreadsheet
    ("IP_ADDRESS", "client_ip", ["203.0.113.77", "203.0.113.78"]),
    ("DATE_OF_BIRTH", "DOB", ["04/12/1961", "05/01/1990"]),
    ("DATE_OF_BIRTH", "PatientDOB", ["1961-04-12", "1990-05-01"]),
    ("DATE_OF_BIRTH", "birth_date", ["19611208", "19900501"]),
    ("DATE_OF_BIRTH", "year of birth", ["1961", "1990"]),
    ("STREET_ADDRESS", "home_address", ["12 Main St", "4500 N Figueroa Street Apt 4"]),
    ("ZIP_CODE", "Zip Code", ["90012", "90013-1234"]),
    ("ZIP_CODE", "postal_code", ["2139", "2140"]),  # a spreadsheet took the leading zero
    ("PERSON_NAME", "OWNERNAME", ["GARCIA, MARIA", "SMITH, JOHN A", "JOHNSON, PATRICIA"]),
    ("PERSON_NAME", "last_name", ["Garcia", "Nkrumah", "Xiong"]),
    ("PERSON_NAME", "Employee", ["Maria Garcia", "John Smith", "Linda Jones"]),
    ("AGE", "age", ["34", "71"]),
    ("SEX", "gender", ["F", "M"]),
    ("RACE", "race", ["White", "Black or African American"]),
    ("ETHNICITY", "ethnicity", ["Hispanic or Latino", "Not Hispanic or Latino"]),
]


@pytest.mark.parametrize(("entity", "name", "values"), WHOLE_COLUMNS)
def test_name_and_values_together_are_flagged(entity: str, name: str, values: list[str | None]) -> None:
    result = verdict(name, values * 10)
    assert (result.entity, result.decision) == (entity, "flag"), result.explanation


def test_values_alone_are_enough_where_they_speak_for_themselves() -> None:
    people = ["Maria Garcia", "John Smith", "Linda Jones", "Robert Brown"] * 10
    assert (verdict("col_7", people).entity, verdict("col_7", people).decision) == ("PERSON_NAME", "flag")
    homes = ["12 Main St", "45 Oak Avenue", "7 W Elm Dr", "1820 Bay Road"] * 10
    assert (verdict("col_8", homes).entity, verdict("col_8", homes).decision) == ("STREET_ADDRESS", "flag")


def test_a_name_alone_asks_for_confirmation() -> None:
    assert verdict("ssn", ["on file", "missing"] * 5).decision == "confirm"
    assert verdict("ssn", [None, None]).decision == "confirm"


TRAPS = [
    ("population", ["331002651", "126476461", "212559417"]),
    ("population_share", ["0.331002651", "0.126476461"]),
    ("growth", ["213.5560173", "323.5560111"]),
    ("license_no", ["2135560173", "3235560111", "4155560111"]),
    ("Lost Passports", ["3", "14", "0"]),
    ("ssn_count", ["123456788", "321549876"]),
    ("phone_type", ["mobile", "home"]),
    ("email status", ["valid", "bounced"]),
    ("public_works_district", ["North", "South"]),
    ("Destination", ["Los Angeles", "San Francisco", "Virginia Beach", "Santa Rosa", "Carson City", "Paris"]),
    ("park_name", ["Martin Luther King Park", "John Muir Park"]),
    ("start_date", ["2019-04-12", "2020-05-01"]),
    ("stop_date", ["04/12/2019", "05/01/2020"]),
    ("term_start", ["1961-04-12", "1990-05-01"]),
    ("births", ["1961", "1990"]),
    ("acc_lat", ["0.1234567", "0.2234567"]),
    ("vendor", ["Acme Holdings LLC", "Smith & Sons Inc", "Bank of Riverbend"]),
    ("snomed", ["271737000", "840539006", "233604007"]),
    ("study_uid", ["1.2.840.10008.5.1", "1.2.840.10008.5.2"]),
    ("version", ["1.2.10", "1.2.11"]),
    ("average_age", ["n/a", "-"]),
    ("building_age", ["34", "71"]),
    ("postcode", ["SW1A 1AA", "M1 1AE"]),
]


@pytest.mark.parametrize(("name", "values"), TRAPS)
def test_traps_are_not_taken_for_people(name: str, values: list[str | None]) -> None:
    result = verdict(name, values * 20)
    assert result.decision != "flag", result.explanation
    assert result.group not in ("direct",) or result.decision == "confirm"


CLEAR = [name for name, _ in TRAPS if name not in ("postcode",)]


@pytest.mark.parametrize("name", CLEAR)
def test_traps_ask_nobody_anything(name: str) -> None:
    values = dict(TRAPS)[name]
    assert verdict(name, values * 20).decision == "clear"


def test_names_of_organisations_do_not_hide_the_people_among_them() -> None:
    owners = ["ACME HOLDINGS LLC"] * 6 + ["GARCIA, MARIA", "SMITH, JOHN A"]
    result = verdict("OWNERNAME", owners)
    assert result.decision == "flag"
    assert result.hits[0].count == 2


def test_null_markers_count_as_nothing() -> None:
    values: list[str | None] = ["N/A", "-", "unknown", None, "213-556-0173"]
    result = verdict("phone", values)
    assert result.hits[0].share == 1.0


def test_an_address_of_a_site_is_to_be_confirmed() -> None:
    result = verdict("site_address", ["12 Main St", "45 Oak Avenue"] * 10)
    assert (result.entity, result.decision) == ("STREET_ADDRESS", "confirm")


def test_parcel_numbers_that_could_all_be_ssns_and_one_among_others_are_to_be_confirmed() -> None:
    assert verdict("parcel_no", ["123-45-6788", "321-54-9876"] * 10).decision == "confirm"
    others = [f"12-345-{number:03}" for number in range(60)]
    assert verdict("parcel_no", [*others, "123-45-6788"]).decision == "confirm"


def test_numbers_that_pass_the_card_check_by_chance_are_not_flagged() -> None:
    numbers: list[str | None] = [str(4_000_000_000_000_000 + 7 * i) for i in range(400)]
    assert verdict("meter_reading_key", numbers).decision != "flag"


def test_people_named_in_free_text_are_to_be_confirmed() -> None:
    text: list[str | None] = [f"The inspector spoke with the tenant about pipe {i} today" for i in range(50)]
    text.append("The inspector spoke with Linda Johnson about the roof")
    result = verdict("comments", text)
    assert "PERSON_NAME" in found(result)
    assert (result.group, result.decision) == ("free_text", "confirm")


def test_a_key_of_the_rows_is_told_from_a_key_of_a_person() -> None:
    keys: list[str | None] = [f"K-{i}" for i in range(50)]
    assert verdict("objectid", keys).group == "key"
    result = verdict("employee_id", keys)
    assert (result.group, result.entity, result.decision) == ("direct", "PERSON_KEY", "confirm")


@pytest.mark.parametrize(
    ("header", "tokens"),
    [
        ("PatientDOB", ("patient", "dob")),
        ("e-mail_address", ("e", "mail", "address")),
        ("zip5", ("zip", "5")),
        ("SSNLast4", ("ssn", "last", "4")),
    ],
)
def test_a_header_is_read_by_its_words(header: str, tokens: tuple[str, ...]) -> None:
    assert header_tokens(header) == tokens


def test_words_of_a_header_are_whole_never_parts() -> None:
    assert phrase_in(header_tokens("public"), ("lic",)) is None
    assert phrase_in(header_tokens("telephone"), ("phone",)) is None
    assert phrase_in(header_tokens("zipline"), ("zip",)) is None


def test_the_registry_version_changes_with_every_detector() -> None:
    assert registry_version(DETECTORS) == REGISTRY_VERSION
    assert registry_version(DETECTORS[:-1]) != REGISTRY_VERSION


def test_names_and_entities_are_told_apart() -> None:
    assert len({one.name for one in DETECTORS}) == len({one.entity for one in DETECTORS}) == len(DETECTORS)


def test_an_unknown_detector_is_an_error_never_skipped() -> None:
    with pytest.raises(LookupError, match="There is no detector 'retina'"):
        detector("retina")
    with pytest.raises(LookupError):
        detector_of("RETINA")


def test_detectors_do_not_need_django() -> None:
    code = "import sys, privacy.scanner, privacy.remedies.recipe; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
