"""Columns as public portals publish them: what names nobody, what does, and what the columns say of one another."""

from __future__ import annotations

import random

import polars as pl
import pytest

from datafiles.table import Table
from privacy.evidence import header_tokens, phrase_in
from privacy.neighbours import holds_people
from privacy.scanner import ColumnResult, scan
from tests.privacy.samples import column

DICE = random.Random(20)


def verdict(name: str, values: list[str | None]) -> ColumnResult:
    return scan(column(name, values)).columns[0]


def table(**columns: list[str]) -> dict[str, ColumnResult]:
    rows = max(len(values) for values in columns.values())
    frame = pl.DataFrame({name: (values * rows)[:rows] for name, values in columns.items()})
    return {one.name: one for one in scan(Table.of(frame)).columns}


def numbers(low: int, high: int, count: int = 40) -> list[str]:
    return [str(DICE.randrange(low, high)) for _ in range(count)]


FIRST = [
    "Maria",
    "John",
    "Linda",
    "Robert",
    "Patricia",
    "James",
    "Grace",
    "Omar",
    "Siobhan",
    "Arjun",
    "Thu",
    "Bogdan",
]
LAST = [
    "Garcia",
    "Smith",
    "Jones",
    "Brown",
    "Nguyen",
    "Johnson",
    "Reed",
    "Patel",
    "Murphy",
    "Lopez",
    "Kim",
    "Cruz",
]

# Real names of columns and the shapes of their values, from the files of city portals.
NOBODY = [
    ("unique_key", numbers(10_000_000, 60_000_000)),
    ("complaint_type", ["Noise - Residential", "HEAT/HOT WATER", "Illegal Parking", "Blocked Driveway"]),
    ("agency_name", ["Department of Sanitation", "New York City Police Department"]),
    ("bbl", numbers(1_000_000_000, 5_000_000_000)),
    ("apn", ["5432-019-021", "5432-019-022", "4288-001-900"]),
    ("parcel_number", numbers(100_000_000, 999_999_999)),
    ("x_coordinate_state_plane_count", numbers(1, 9)),
    ("adopted_budget", numbers(100_000, 900_000_000)),
    ("fund_code", numbers(1000, 9999)),
    ("gl_account_number", ["100-2345-678901", "100-2345-678902"]),
    ("stop_name", ["Main St & 5th Ave", "Union Station", "Martin Luther King Jr Blvd / 2nd"]),
    ("route_short_name", ["720", "10", "A Line"]),
    ("species_common", ["Holly oak", "Cherry plum", "Jack pine", "London plane"]),
    ("trunk_diameter", numbers(1, 60)),
    ("hydrant_color", ["red", "yellow"]),
    ("offense_code_description", ["BURGLARY", "VANDALISM", "THEFT PLAIN"]),
    ("branch", ["Central Library", "Lincoln Heights", "John C. Fremont", "Robert Louis Stevenson"]),
    ("circulation", numbers(100, 90_000)),
    ("isbn", ["9783161484100", "9780306406157", "9781861972712"]),
    ("upc", ["036000291452", "012345678905"]),
    ("contract_number", ["C-123456789", "C-987654321"]),
    ("naics", numbers(111_110, 928_120)),
    ("cvv_term", ["2021", "2122", "2223"]),
    ("academic_year", ["1920", "2021", "2122"]),
    ("doi", ["10.1000/182", "10.1038/nphys1170"]),
    ("geojson_id", ["a1b2", "c3d4"]),
    ("acc_lon", ["0.1234567", "0.2234567"]),
    ("cell_phone_towers", numbers(1, 400)),
    ("passports_issued", numbers(10_000, 99_999)),
    ("birth_rate", ["12.4", "11.9"]),
    ("births_total", numbers(100, 900)),
    ("ages_total", numbers(100, 900)),
    ("car_race", ["Monaco", "Monza", "Spa"]),
    ("page_address", ["home", "about"]),
    ("street_type", ["ST", "AVE", "BLVD"]),
    ("email_opens", numbers(0, 400)),
    ("company_name", ["Acme Holdings LLC", "Johnson Controls Inc", "Wells Fargo Bank"]),
    ("hurricane", ["Katrina", "Andrew", "Maria", "Harvey"]),
    ("county_name", ["Washington", "Jefferson", "Franklin", "Jackson", "Lincoln"]),
    ("park", ["Griffith Park", "Echo Park", "Elysian Park"]),
    ("software_version", ["10.20.30.40", "10.20.31.2"]),
    ("snomed_ct", ["271737000", "840539006", "233604007"]),
    ("sop_instance_uid", ["1.2.840.113619.2.55.3.2831178227", "1.2.840.113619.2.55.3.2831178228"]),
    ("growth_rate", ["212.5550173", "323.5550111", "415.2671234"]),
    ("term_end", ["2023-06-30", "2024-06-30"]),
]


@pytest.mark.parametrize(("name", "values"), NOBODY, ids=[name for name, _ in NOBODY])
def test_public_columns_about_nobody_ask_nobody(name: str, values: list[str]) -> None:
    result = verdict(name, [*values] * 8)
    assert result.decision == "clear", result.explanation


SOMEBODY = [
    ("IBAN", "flag", "iban", ["DE89370400440532013000", "GB82WEST12345698765432"]),
    ("ROUTING_NUMBER", "flag", "aba_routing", ["021000021", "122105155"]),
    ("ROUTING_NUMBER", "flag", "Routing No", ["21000021", "122105155"]),
    ("BANK_ACCOUNT", "flag", "acct_no", ["12345678901", "2233445566"]),
    ("VIN", "flag", "VIN", ["1HGCM82633A004352", "1M8GDM9AXKP042788"]),
    ("VIN", "flag", "asset", ["1HGCM82633A004352", "1M8GDM9AXKP042788"]),
    ("NPI", "flag", "provider_npi", ["1234567893", "1245319599"]),
    ("HEALTH_PLAN", "flag", "mbi", ["1EG4-TE5-MK73", "1EG4TE5MK72"]),
    ("HEALTH_PLAN", "flag", "MedicaidNumber", ["AB12345C", "CD67890E"]),
    ("MEDICAL_RECORD", "flag", "MRN", ["00123456", "00987654"]),
    ("MAC_ADDRESS", "flag", "device", ["00:1A:2B:3C:4D:5E", "00-1A-2B-3C-4D-5F"]),
    ("DEVICE_ID", "flag", "imei", ["490154203237518", "356938035643809"]),
    ("DRIVER_LICENSE", "flag", "drivers_license", ["D1234567", "F123-4567-8901"]),
    ("DRIVER_LICENSE", "flag", "dl_no", ["12345678", "23456789"]),
    ("PASSPORT", "flag", "passport_no", ["512345678", "C01234567"]),
    ("LICENSE_PLATE", "flag", "plate_no", ["7ABC123", "8XYZ987"]),
    ("ITIN", "flag", "itin", ["912-71-1234", "944-82-4321"]),
    ("SSN", "flag", "ss_num", ["1234567", "32154987"]),
    ("DATE_OF_BIRTH", "flag", "birthdate", ["13234", "22011"]),
    ("DATE_OF_BIRTH", "flag", "DOB", ["19081209", "19900501"]),
    ("DATE_OF_BIRTH", "flag", "fecha de nacimiento", ["12/03/1961", "05/01/1990"]),
    ("STREET_ADDRESS", "flag", "mailing_addr", ["PO Box 123", "RR 2 Box 45", "12345 HWY 99"]),
    ("STREET_ADDRESS", "flag", "Home Address", ["123 1/2 W 4th St Apt 5", "N6345 County Road K"]),
    ("PERSON_NAME", "flag", "FName", ["Nadia", "Cole", "Cindy"]),
    ("PERSON_NAME", "flag", "OWNER1", ["ANDRADE JENNIFER & SCOTT", "LEE MARK A", "CRUZ ANA"]),
    ("PERSON_NAME", "flag", "Inspector", ["J. Smith", "A. Garcia", "T. Nguyen"]),
    ("PERSON_NAME", "flag", "complainant", ["Maria de la Cruz", "Jan van der Berg", "Seán O’Brien-Jones"]),
    ("PERSON_NAME", "flag", "attr_9", ["Dr. José García Jr.", "Mrs. Zoë Müller", "Linda Smith-Jones"]),
    ("PERSON_NAME", "flag", "Nombre", ["María", "José", "Guadalupe"]),
    ("ZIP_CODE", "flag", "ZIPCODE", ["90012", "90013.0"]),
    ("HEALTH", "flag", "icd10", ["E11.9", "I10", "F32.1"]),
    ("HEALTH", "confirm", "v17", ["E11.9", "I10.0", "F32.1"]),
    ("SECRET", "confirm", "password", ["hunter22", "letmein!"]),
    ("BIOMETRIC", "confirm", "mugshot", ["img/0001.jpg", "img/0002.jpg"]),
    ("URL_OF_PERSON", "confirm", "twitter", ["@someone", "@sometwo"]),
    ("EIN", "confirm", "EIN", ["95-1234567", "13-7654321"]),
    ("INFRASTRUCTURE", "confirm", "scada_node", ["PS-1", "PS-2"]),
    ("INFRASTRUCTURE", "confirm", "Hydrant ID", ["H1", "H2"]),
    ("PERSON_KEY", "confirm", "library_card_number", ["21234000123", "21234000124"]),
    ("GEOGRAPHY", "confirm", "geoid", ["06037206020", "060372060201"]),
]


@pytest.mark.parametrize(
    ("entity", "decision", "name", "values"), SOMEBODY, ids=[f"{e}:{n}" for e, _, n, _ in SOMEBODY]
)
def test_columns_about_somebody_are_told(entity: str, decision: str, name: str, values: list[str]) -> None:
    result = verdict(name, [*values] * 10)
    assert (result.entity, result.decision) == (entity, decision), result.explanation
    assert all(value not in str(result.to_dict()) for value in values if len(value) > 4)


TEXTS = [
    ("EMAIL", "write to john at example dot org please"),
    ("EMAIL", "reach her: ann.smith [at] example (dot) com"),
    ("PHONE", "the number (213)555-1234x12 was given"),
    ("PHONE", "please call 0171 123 4567 after five"),
    ("SSN", "SSN: 123456788 was typed by mistake"),
    ("SSN", "his social is 123 45 6788"),
    ("DATE_OF_BIRTH", "the tenant, DOB 3/4/61, moved out"),
    ("BANK_ACCOUNT", "refund to acct # 123456789012 today"),
    ("DRIVER_LICENSE", "driver's license D1234567 was shown"),
    ("PASSPORT", "passport no 512345678 was shown"),
    ("LICENSE_PLATE", "a blue car, license plate 7ABC123, blocks the road"),
    ("MEDICAL_RECORD", "see MRN 00123456 for the history"),
    ("HEALTH_PLAN", "Medicare 1EG4-TE5-MK73 was billed"),
    ("SECRET", "the password: hunter22 still works"),
    ("NPI", "provider NPI 1234567893 billed twice"),
    ("ROUTING_NUMBER", "routing number 021000021 on the check"),
    ("PERSON_NAME", "spoke with Mr Garcia about the fence"),
    ("PERSON_NAME", "contact John Smith at the front desk"),
    ("PERSON_NAME", "my name is Maria Lopez and I live here"),
    ("STREET_ADDRESS", "the dog lives at 1234 Elm Street behind the shop"),
    ("URL_OF_PERSON", "see https://www.linkedin.com/in/someone-here for her work"),
]
FILLER = [
    "The crew came in the morning and looked at the pipe under the road",
    "Nothing was found on site today",
]


@pytest.mark.parametrize(("entity", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_free_text_gives_away_what_stands_in_it(entity: str, text: str) -> None:
    result = verdict("remarks", [*FILLER * 25, text])
    hits = {hit.entity: hit for hit in result.hits}
    assert entity in hits, result.explanation
    assert hits[entity].rows == [51]


HARMLESS = [
    "Permit B-2019-00123 expired, see section 12.4.3 of the code",
    "Invoice 20190412-0031 for $1,234.56 was paid on 04/12/2019",
    "Parcel 123-456-789 lot 7 was merged with parcel 456-789-012",
    "Open from 10:30 to 12:45 in room 2045, 1,200 visitors in 2018-2019",
    "ISBN 978-3-16-148410-0 was returned to Echo Park",
    "The bus stops at 3rd and Western every 10 minutes on Sunday Morning",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_in_sentences_are_not_taken_for_people(text: str) -> None:
    result = verdict("remarks", [*FILLER * 25, text])
    assert not result.hits, result.explanation


def test_a_code_of_its_own_in_every_row_stands_for_a_person_where_the_table_holds_people() -> None:
    codes = [f"2123400{i:04}" for i in range(60)]
    beside_people = table(patron_no=codes, birth_year=["1961", "1990", "1975"], zip=["90012", "90013"])
    key = beside_people["patron_no"]
    assert (key.entity, key.decision) == ("PERSON_KEY", "confirm")
    barcode = table(barcode=codes, dob=["1961-04-12", "1990-05-01"])["barcode"]
    assert (barcode.group, barcode.entity, barcode.decision) == ("key", "PERSON_KEY", "confirm")
    assert "A person must look" in barcode.explanation


@pytest.mark.parametrize("name", ["case_number", "CASE NO", "Docket Nbr", "case_id"])
def test_a_case_of_its_own_in_every_row_stands_for_the_person_it_is_about(name: str) -> None:
    codes = [f"24-{i:05}" for i in range(60)]
    result = table(**{name: codes, "dob": ["1961-04-12", "1990-05-01"], "sex": ["F", "M"]})[name]
    assert (result.entity, result.decision) == ("PERSON_KEY", "confirm"), result.explanation


@pytest.mark.parametrize("name", ["objectid", "row_id", "permit_no", "check_number", "cusip", "id"])
def test_a_plain_key_of_rows_stays_clear_beside_people(name: str) -> None:
    codes = [f"P-{i:05}" for i in range(60)]
    result = table(**{name: codes, "dob": ["1961-04-12", "1990-05-01"], "sex": ["F", "M"]})[name]
    assert (result.group, result.decision) == ("key", "clear")


def test_a_code_of_its_own_in_every_row_stays_clear_where_nobody_is() -> None:
    codes = [f"2123400{i:04}" for i in range(60)]
    result = table(barcode=codes, title=["Moby Dick", "Emma"], branch=["Central", "North"])["barcode"]
    assert (result.group, result.decision) == ("key", "clear")


def test_half_names_side_by_side_vouch_for_each_other() -> None:
    columns = table(col_1=FIRST * 3, col_2=LAST * 3)
    assert {one.decision for one in columns.values()} == {"flag"}
    assert {one.entity for one in columns.values()} == {"PERSON_NAME"}


def test_an_address_in_a_table_of_places_is_to_be_confirmed_and_beside_people_flagged() -> None:
    addresses = ["12 Main St", "45 Oak Avenue", "1820 Bay Road"] * 10
    libraries = table(library=["Central", "North", "East"] * 10, address=addresses, phone=["213-556-0173"])
    assert libraries["address"].decision == "confirm"
    patients = table(clinic=["Central", "North"] * 15, address=addresses, dob=["1961-04-12", "1990-05-01"])
    assert patients["address"].decision == "flag"


def test_coordinates_say_how_exact_they_are_and_whom_they_are_beside() -> None:
    exact = [f"34.{DICE.randrange(100_000, 999_999)}" for _ in range(30)]
    trees = table(latitude=exact, species=["Holly oak", "Jack pine"])["latitude"]
    assert trees.decision == "confirm" and "less than a metre" in trees.explanation
    rough = table(lat=["34.12", "34.19", "35.11"] * 10)["lat"]
    assert "1,113 metres" in rough.explanation
    home = table(home_lat=exact)["home_lat"]
    assert (home.group, home.decision) == ("direct", "flag")
    assert table(lat=exact, age=["34", "71"])["lat"].decision == "flag"


def test_birth_date_sex_and_zip_say_what_they_are_worth_together() -> None:
    columns = table(dob=["1961-04-12", "1990-05-01"], sex=["F", "M"], zip=["90012", "90013"])
    assert all("single out most people" in one.explanation for one in columns.values())


def test_places_of_business_are_no_people() -> None:
    columns = table(business=["Acme LLC"] * 20, phone=["213-556-0173"] * 20, email=["info@acme.example"] * 20)
    assert not holds_people(list(columns.values()))


def test_one_number_hidden_among_chance_is_never_hidden_by_its_number_alone() -> None:
    result = verdict("notes", [*FILLER * 400, "Paid with 4111 1111 1111 1111 at the desk"])
    assert [hit.entity for hit in result.hits] == ["CREDIT_CARD"]
    assert result.decision == "flag"


def test_headers_are_read_without_accents() -> None:
    assert header_tokens("Teléfono") == ("telefono",)
    assert phrase_in(header_tokens("Año de nacimiento"), ("nacimiento",)) is not None
