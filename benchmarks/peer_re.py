"""The peer that everybody writes first: Python's re, a pattern for each entity, on every cell of a CSV.

It looks for what our detectors look for inside cells, one pattern each, with the same check digits and lists of
names. The patterns are short ones, as found in handbooks: ours take in more ways of writing, which costs more.
"""

from __future__ import annotations

import csv
import ipaddress
import itertools
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from privacy.lexicon import given_set, surname_set

Check = Callable[[str], bool]
_VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ0123456789",
        [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)],
        strict=True,
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def luhn(text: str) -> bool:
    odd, even = digits(text)[-1::-2], digits(text)[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(int(sign) * 2, 10)) for sign in even)) % 10 == 0


def given(text: str) -> bool:
    """Area, group and serial of a Social Security number can exist."""
    number = digits(text)[-9:]
    return number[:3] not in ("000", "666") and number[3:5] != "00" and number[5:] != "0000"


def mod97(text: str) -> bool:
    plain = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def routing(text: str) -> bool:
    return (
        sum(int(sign) * weight for sign, weight in zip(digits(text)[-9:], (3, 7, 1) * 3, strict=True)) % 10
        == 0
    )


def vin(text: str) -> bool:
    rest = sum(_VIN_VALUES[sign] * weight for sign, weight in zip(text, _VIN_WEIGHTS, strict=True)) % 11
    return text[8] == ("X" if rest == 10 else str(rest))


def npi(text: str) -> bool:
    return luhn("80840" + digits(text)[-10:])


def address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def known(text: str) -> bool:
    words = text.upper().split()
    return words[0] in given_set() and words[-1] in surname_set()


def anything(text: str) -> bool:
    return True


# One for each entity that our detectors search for inside cells.
PATTERNS: dict[str, tuple[str, Check]] = {
    "SSN": (r"\b\d{3}[- .]\d{2}[- .]\d{4}\b|(?i:\bssn\D{0,4})\d{9}\b", given),
    "ITIN": (r"\b9\d{2}[- ][5-9]\d[- ]\d{4}\b", anything),
    "EIN": (r"(?i:\bEIN\D{0,4})\d{2}-?\d{7}\b", anything),
    "CREDIT_CARD": (
        r"\b[3-6]\d{3}[- ]?\d{4}[- ]?\d{4}[- ]?\d{1,7}\b|\b3[47]\d{2}[- ]?\d{6}[- ]?\d{5}\b",
        luhn,
    ),
    "IBAN": (r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", mod97),
    "ROUTING_NUMBER": (r"(?i:\b(?:routing|aba|rtn)\D{0,10})\d{9}\b", routing),
    "BANK_ACCOUNT": (r"(?i:\b(?:acct|account)\D{0,8})\d{5,17}\b", anything),
    "EMAIL": (r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b", anything),
    "PHONE": (
        r"(?:\+?1[-. ])?\(?\b[2-9]\d{2}\)?[-. ][2-9]\d{2}[-. ]\d{4}\b|\+\d{1,3}(?:[ -]?\d){7,12}\b",
        anything,
    ),
    "IP_ADDRESS": (r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b", address),
    "MAC_ADDRESS": (r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b", anything),
    "DEVICE_ID": (r"(?i:\bimei\D{0,4})\d{15}\b", luhn),
    "VIN": (r"\b[A-HJ-NPR-Z0-9]{17}\b", vin),
    "HEALTH_PLAN": (r"\b[1-9][A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d{2}\b", anything),
    "NPI": (r"(?i:\bnpi\D{0,4})[12]\d{9}\b", npi),
    "MEDICAL_RECORD": (r"(?i:\b(?:mrn|medical record)\D{0,10})[A-Z0-9-]*\d{5,10}\b", anything),
    "DRIVER_LICENSE": (r"(?i:\b(?:dl|driver'?s? licen[sc]e|cdl)\D{0,6})[A-Z0-9]{6,14}\b", anything),
    "PASSPORT": (r"(?i:\bpassport\D{0,6})[A-Z]?\d{8,9}\b", anything),
    "LICENSE_PLATE": (r"(?i:\b(?:plate|license plate)\D{0,6})[A-Z0-9]{2,4}[- ]?[A-Z0-9]{2,5}\b", anything),
    "SECRET": (r"(?i:\b(?:password|passwd|pwd|api[ _-]?key)\s?[:=]\s?)\S{4,}|\bAKIA[0-9A-Z]{16}\b", anything),
    "DATE_OF_BIRTH": (
        r"(?i:\b(?:dob|born|date of birth)\D{0,6})(?:\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4})",
        anything,
    ),
    "STREET_ADDRESS": (
        r"\b\d{1,6} (?:[A-Z][A-Za-z'.]+ ){1,3}(?:St|Street|Ave|Avenue|Blvd|Rd|Road|Dr|Drive|Ln|Lane|Ct|Court|Pl|Way)\b",
        anything,
    ),
    "PERSON_NAME": (r"\b[A-Z][a-z'-]+ (?:[A-Z]\. )?[A-Z][a-z'-]+\b", known),
    "URL_OF_PERSON": (r"(?i:\b(?:facebook|instagram|twitter|linkedin|tiktok)\.com/)\S+", anything),
    "HEALTH": (
        r"(?i:\b(?:icd(?:-?10)?|dx|diagnosis)\W{0,4})[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?\b",
        anything,
    ),
}


def search(path: Path, rows: int) -> Counter[str]:
    """Read the first rows and search each of their cells with every pattern; how many finds hold."""
    compiled = [(entity, re.compile(pattern), check) for entity, (pattern, check) in PATTERNS.items()]
    found: Counter[str] = Counter()
    with path.open(newline="") as lines:
        for row in itertools.islice(csv.reader(lines), 1, rows + 1):
            for cell in row:
                for entity, pattern, check in compiled:
                    for match in pattern.finditer(cell):
                        if check(match.group()):
                            found[entity] += 1
    return found
