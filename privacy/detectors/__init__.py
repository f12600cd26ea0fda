"""The detectors: an explicit list, one per file, independent of one another.

REGISTRY_VERSION names the list and the version of each; a scan made under another one is stale.
"""

from __future__ import annotations

import hashlib

from privacy.detectors import (
    credit_card,
    date_of_birth,
    email,
    ip_address,
    person_name,
    phone,
    ssn,
    street_address,
    zip_code,
)
from privacy.evidence import Detector

# In the order in which a tie between two is settled: the more telling one first.
DETECTORS: tuple[Detector, ...] = (
    ssn.DETECTOR,
    credit_card.DETECTOR,
    email.DETECTOR,
    phone.DETECTOR,
    ip_address.DETECTOR,
    date_of_birth.DETECTOR,
    street_address.DETECTOR,
    person_name.DETECTOR,
    zip_code.DETECTOR,
)
# What else judges a scan: raise it when the scanner, the verdicts or the vocabulary change their judgement.
SCANNER_VERSION = 1


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


def detector_of(entity: str) -> Detector:
    """The detector that finds `entity`. Raises LookupError."""
    for one in DETECTORS:
        if one.entity == entity:
            return one
    raise LookupError(f"No detector finds {entity!r}.")
