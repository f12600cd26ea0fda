"""Vehicle identification numbers: 17 characters with a check digit in the ninth place (49 CFR 565)."""

from __future__ import annotations

import polars as pl

from privacy.checksums import vin
from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_CAPITALS = r"[A-HJ-NPR-Z0-9]{9}[A-HJ-NPR-TV-Y1-9][A-HJ-NPR-Z0-9]{3}[0-9]{4}"
# In capitals throughout, or in none.
_VIN = rf"{_CAPITALS}|{_CAPITALS.lower()}"


def grade(matches: pl.Series) -> pl.Series:
    """0 when the check digit does not fit or no letter is among the characters."""
    number = matches.str.to_uppercase().str.extract(r"([A-HJ-NPR-Z0-9]{17})$", 1).fill_null("")
    letters = number.str.contains(r"[A-Z]") & number.str.contains(r"[0-9]")
    return (letters & vin(number)).cast(pl.Float64)


DETECTOR = Detector(
    name="vin",
    version=3,
    entity="VIN",
    label="vehicle identification number",
    group="direct",
    explanation=(
        "17 characters without I, O and Q whose check digit fits; under a name that says so, any 17 of them."
    ),
    headers=(
        "vin",
        "vehicle identification number",
        "vehicle id number",
        "vehicle identification",
        "vin number",
        "vin no",
        "vehicle vin",
        "chassis number",
    ),
    fits=fits_regex(r"[A-HJ-NPR-Z0-9]{17}|[A-HJ-NPR-Z0-9]{8}[A-Z0-9*]{2,9}"),
    patterns=(
        Pattern("17 characters", _VIN, 0.9),
        Pattern(
            "after the word",
            rf"{EDGE}(?i:vin)(?i: (?:no\.?|number|is|#))*[ :#]{{0,3}}(?i:[A-HJ-NPR-Z0-9]{{17}})",
            0.9,
            glue="",
        ),
    ),
    glued=("vin",),
    types=("text",),
    grade=grade,
    by_chance=0.2,
)
