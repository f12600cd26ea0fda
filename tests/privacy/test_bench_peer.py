"""The peer of `make bench` that is written with Python's re does the work that it is compared for."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.peer_re import PATTERNS, search
from privacy.detectors import DETECTORS

FOUND = {
    "SSN": ("123-45-6788", "000-45-6788"),
    "ITIN": ("912-78-1234", "912-48-1234"),
    "EIN": ("EIN 95-1234567", "95-1234567"),
    "CREDIT_CARD": ("4111 1111 1111 1111", "4111 1111 1111 1112"),
    "IBAN": ("DE89 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
    "ROUTING_NUMBER": ("routing 021000021", "routing 021000022"),
    "BANK_ACCOUNT": ("acct 1234567", "1234567"),
    "EMAIL": ("ann@mail.example", "ann at home"),
    "PHONE": ("(213) 556-0173", "113 056-0173"),
    "IP_ADDRESS": ("10.0.0.7", "10.0.0.700"),
    "MAC_ADDRESS": ("00:1B:44:11:3A:B7", "00:1B:44"),
    "DEVICE_ID": ("IMEI 490154203237518", "IMEI 490154203237519"),
    "VIN": ("1HGCM82633A004352", "1HGCM82643A004352"),
    "HEALTH_PLAN": ("1EG4-TE5-MK73", "0EG4-TE5-MK73"),
    "NPI": ("NPI 1234567893", "NPI 1234567894"),
    "MEDICAL_RECORD": ("MRN 1234567", "1234567"),
    "DRIVER_LICENSE": ("DL D1234567", "D1234567"),
    "PASSPORT": ("passport C12345678", "C12345678"),
    "LICENSE_PLATE": ("plate 7ABC123", "7ABC123"),
    "SECRET": ("password: hunter22", "the password"),
    "DATE_OF_BIRTH": ("born 1980-02-03", "1980-02-03"),
    "STREET_ADDRESS": ("44 Oak St", "Oak St"),
    "PERSON_NAME": ("Maria Garcia", "Open Permit"),
    "URL_OF_PERSON": ("facebook.com/ann.lee", "facebook.com"),
    "HEALTH": ("ICD-10 E11.9", "E11.9"),
}


def test_it_looks_for_every_entity_that_ours_looks_for_inside_cells() -> None:
    assert set(PATTERNS) == {one.entity for one in DETECTORS if one.patterns} == set(FOUND)


def test_it_finds_one_of_each_and_its_validators_turn_down_what_cannot_be(tmp_path: Path) -> None:
    for entity, (right, wrong) in FOUND.items():
        path = tmp_path / f"{entity}.csv"
        with path.open("w", newline="") as lines:
            csv.writer(lines).writerows([["one", "two"], [right, wrong]])
        assert search(path, 10)[entity] == 1, entity
