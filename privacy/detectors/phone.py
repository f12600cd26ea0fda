"""Telephone and fax numbers: North American ones, and others written with a plus."""

from __future__ import annotations

import polars as pl

from privacy.evidence import DASH, Detector, Pattern, fits_regex

_AREA = r"[2-9][0-9]{2}"
_SEPARATED = (
    rf"(?:\+?1[-. ]?)?(?:\({_AREA}\) ?|{_AREA}(?:{DASH}|[. /]))[2-9][0-9]{{2}}(?:{DASH}|[. ])[0-9]{{4}}"
)
_INTERNATIONAL = r"\+[1-9](?:[ .()\-]{0,2}[0-9]){7,14}"
_BARE = rf"1?{_AREA}[2-9][0-9]{{6}}"
_EXTENSION = r"(?:,? ?(?:x|ext\.?|extension) ?[0-9]{1,6})?"


def grade(matches: pl.Series) -> pl.Series:
    """Codes such as 911 are no area and no exchange; 555-01xx is kept for fiction and weighs less."""
    digits = matches.str.replace_all(r"[^0-9+]", "")
    national = digits.str.replace(r"^\+?1(\d{10})$", "${1}")
    frame = national.to_frame("d")
    american = pl.col("d").str.contains(r"^[0-9]{10}$")
    service = pl.col("d").str.contains(r"^[2-9]11|^[0-9]{3}[2-9]11|^(?:([2-9])00\d{0}0000000)$")
    repeated = pl.col("d").str.contains(r"^(?:2{10}|3{10}|4{10}|5{10}|6{10}|7{10}|8{10}|9{10})$")
    invented = pl.col("d").str.contains(r"^[0-9]{3}55501[0-9]{2}$")
    return frame.select(
        pl.when(american & (service | repeated)).then(0.0).when(american & invented).then(0.8).otherwise(1.0)
    ).to_series()


DETECTOR = Detector(
    name="phone",
    version=1,
    entity="PHONE",
    label="telephone number",
    group="direct",
    explanation="Ten digits as 3-3-4 with a possible area and exchange, or a plus and a country code.",
    headers=(
        "phone",
        "telephone",
        "mobile",
        "cell",
        "cell phone",
        "tel",
        "fax",
        "phone number",
        "mobile number",
    ),
    fits=fits_regex(
        rf"(?:{_SEPARATED}|{_INTERNATIONAL}|{_BARE}|[2-9][0-9]{{2}}{DASH}[0-9]{{4}}){_EXTENSION}"
    ),
    patterns=(
        Pattern("separated", _SEPARATED, 0.9, glue=r"[0-9A-Za-z_.\-+]"),
        Pattern("international", _INTERNATIONAL, 0.85, glue=r"[0-9A-Za-z_\-]"),
        Pattern("ten digits", _BARE, 0.35, bare=True),
    ),
    against=("parcel", "apn", "case", "docket", "permit", "plan", "model", "service"),
    grade=grade,
    grade_note="a number kept for fiction",
)
