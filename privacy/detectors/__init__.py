"""The detectors: an explicit list, one per file, independent of one another.

REGISTRY_VERSION names the list and the version of each; a scan made under another one is stale.
"""

from __future__ import annotations

import hashlib

from privacy.detectors import (
    bank_account,
    biometric,
    coordinates,
    credit_card,
    date_of_birth,
    device_id,
    diagnosis,
    driver_license,
    ein,
    email,
    health_plan,
    iban,
    ip_address,
    itin,
    license_plate,
    mac_address,
    medical_record,
    npi,
    passport,
    person_name,
    phone,
    routing_number,
    secret,
    ssn,
    street_address,
    url_of_person,
    vin,
    zip_code,
)
from privacy.evidence import Detector

# In the order in which a tie between two is settled: the more telling one first.
DETECTORS: tuple[Detector, ...] = (
    ssn.DETECTOR,
    itin.DETECTOR,
    ein.DETECTOR,
    credit_card.DETECTOR,
    iban.DETECTOR,
    routing_number.DETECTOR,
    bank_account.DETECTOR,
    email.DETECTOR,
    phone.DETECTOR,
    ip_address.DETECTOR,
    mac_address.DETECTOR,
    device_id.DETECTOR,
    vin.DETECTOR,
    health_plan.DETECTOR,
    npi.DETECTOR,
    medical_record.DETECTOR,
    driver_license.DETECTOR,
    passport.DETECTOR,
    license_plate.DETECTOR,
    secret.DETECTOR,
    date_of_birth.DETECTOR,
    coordinates.DETECTOR,
    street_address.DETECTOR,
    person_name.DETECTOR,
    zip_code.DETECTOR,
    url_of_person.DETECTOR,
    biometric.DETECTOR,
    diagnosis.DETECTOR,
)
# What else judges a scan: raise it when the scanner, the verdicts or the vocabulary change their judgement.
SCANNER_VERSION = 8


def registry_version(detectors: tuple[Detector, ...]) -> str:
    """ "9 detectors, 1a2b3c4d": changes with every name and version."""
    text = ",".join([f"scanner:{SCANNER_VERSION}", *(f"{one.name}:{one.version}" for one in detectors)])
    return f"{len(detectors)}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


REGISTRY_VERSION: str = registry_version(DETECTORS)


def detector(name: str) -> Detector:
    """The detector called `name`. Raises LookupError: an unknown name is a mistake, never skipped."""
    for one in DETECTORS:
        if one.name == name:
            return one
    raise LookupError(f"There is no detector {name!r}. There are: {', '.join(d.name for d in DETECTORS)}.")


def is_direct(entity: str) -> bool:
    """Whether what is found identifies a person by itself."""
    return any(one.entity == entity and one.group == "direct" for one in DETECTORS)


def detector_of(entity: str) -> Detector:
    """The detector that finds `entity`. Raises LookupError."""
    for one in DETECTORS:
        if one.entity == entity:
            return one
    raise LookupError(f"No detector finds {entity!r}.")
