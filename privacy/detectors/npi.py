"""National Provider Identifiers of people and organisations in health care."""

from __future__ import annotations

import polars as pl

from privacy.checksums import npi, only_digits
from privacy.evidence import EDGE, Detector, Pattern


def fits(values: pl.Series) -> pl.Series:
    """Ten digits that begin with 1 or 2 and whose check digit fits."""
    return values.str.contains(r"^\s*[12][0-9]{9}\s*$") & npi(only_digits(values))


def grade(matches: pl.Series) -> pl.Series:
    """0 when the check digit does not fit."""
    return npi(only_digits(matches).str.tail(10)).cast(pl.Float64)


DETECTOR = Detector(
    name="npi",
    version=2,
    entity="NPI",
    label="provider number (NPI)",
    group="direct",
    explanation=(
        "Ten digits whose check digit fits, under a name or word that says so; providers' numbers are public."
    ),
    headers=("npi", "npi number", "national provider identifier", "provider npi", "national provider id"),
    fits=fits,
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}npi(?: (?:no\.?|number|is))?[ :#]{{0,3}}[12][0-9]{{9}}",
            0.85,
            glue="",
        ),
    ),
    grade=grade,
    enough=0.4,
    # One in ten numbers has the check digit by chance; hardly a column has.
    alone=0.95,
    valued="confirm",
    by_chance=0.2,
)
