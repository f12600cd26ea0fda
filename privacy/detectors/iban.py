"""International bank account numbers, by their check digits (mod 97)."""

from __future__ import annotations

import polars as pl

from privacy.checksums import mod97
from privacy.evidence import Detector, Pattern, fits_regex

_IBAN = r"[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?"


def grade(matches: pl.Series) -> pl.Series:
    """0 when the check digits do not fit."""
    return mod97(matches).cast(pl.Float64)


DETECTOR = Detector(
    name="iban",
    version=1,
    entity="IBAN",
    label="bank account number (IBAN)",
    group="direct",
    explanation="A country, two check digits that fit, and 11 to 30 characters.",
    headers=("iban", "iban number", "iban no"),
    fits=fits_regex(_IBAN),
    patterns=(Pattern("iban", _IBAN, 0.95, glue=r"[0-9A-Za-z_\-]"),),
    types=("text",),
    grade=grade,
    by_chance=0.05,
)
