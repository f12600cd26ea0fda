"""Individual taxpayer numbers (ITIN): like a Social Security number, beginning with 9 (IRS Publication 1915)."""

from __future__ import annotations

import polars as pl

from privacy.checksums import only_digits
from privacy.evidence import DASH, EDGE, Detector, Pattern, fits_regex

_NUMBER = rf"9[0-9]{{2}}(?:{DASH}| )?[5-9][0-9](?:{DASH}| )?[0-9]{{4}}"


def grade(matches: pl.Series) -> pl.Series:
    """The fourth and fifth digits are 50 to 65, 70 to 88, 90 to 92 or 94 to 99."""
    digits = only_digits(matches).str.tail(9)
    return digits.str.contains(r"^9[0-9]{2}(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])[0-9]{4}$").cast(
        pl.Float64
    )


DETECTOR = Detector(
    name="itin",
    version=1,
    entity="ITIN",
    label="individual taxpayer number (ITIN)",
    group="direct",
    explanation=(
        "Nine digits that begin with 9 and whose fourth and fifth digits the IRS gives out, under a name "
        "or word that says so."
    ),
    headers=("itin", "individual taxpayer", "individual taxpayer id"),
    fits=fits_regex(_NUMBER),
    patterns=(
        Pattern(
            "after the word", rf"(?i){EDGE}itin(?: (?:no\.?|number|is))?[ :#]{{0,3}}{_NUMBER}", 0.95, glue=""
        ),
    ),
    grade=grade,
)
