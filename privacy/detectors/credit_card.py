"""Payment card numbers: an issuer's range, its length, and the Luhn check digit."""

from __future__ import annotations

import polars as pl

from privacy.evidence import Detector, Pattern, fits_regex

_LONGEST = 19
# Issuer ranges with their lengths (ISO/IEC 7812 as published by the issuers).
_ISSUED = (
    r"^(?:4[0-9]{12}(?:[0-9]{3}(?:[0-9]{3})?)?"
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}|35(?:2[89]|[3-8][0-9])[0-9]{12})$"
)
_FOURS = r"[0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{1,4}(?:[ \-][0-9]{1,3})?|3[0-9]{3}[ \-][0-9]{6}[ \-][0-9]{4,5}"
_PLAIN = r"[2-6][0-9]{12,18}"


def luhn(digits: pl.Expr) -> pl.Expr:
    """True where the check digit fits."""
    total = pl.lit(0, dtype=pl.Int32)
    for place in range(_LONGEST):
        digit = digits.str.slice(-place - 1, 1).cast(pl.Int32, strict=False)
        digit = pl.when(digits.str.len_bytes() > place).then(digit).otherwise(0)
        if place % 2:
            digit = digit * 2 - pl.when(digit > 4).then(9).otherwise(0)
        total = total + digit
    return total % 10 == 0


def grade(matches: pl.Series) -> pl.Series:
    """0 when no issuer gives such numbers or the check digit does not fit."""
    frame = matches.str.replace_all(r"[^0-9]", "").to_frame("d")
    repeated = pl.col("d").str.contains(r"^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$")
    real = pl.col("d").str.contains(_ISSUED) & ~repeated & luhn(pl.col("d"))
    return frame.select(pl.when(real).then(1.0).otherwise(0.0)).to_series()


DETECTOR = Detector(
    name="credit_card",
    version=1,
    entity="CREDIT_CARD",
    label="payment card number",
    group="direct",
    explanation="13 to 19 digits in an issuer's range whose check digit fits.",
    headers=(
        "credit card",
        "card number",
        "card no",
        "cc number",
        "cc num",
        "debit card",
        "pan",
        "cardholder number",
    ),
    # A spreadsheet may have turned it into 5.54563E+15.
    fits=fits_regex(rf"{_FOURS}|{_PLAIN}|[2-6](?:\.[0-9]+)?E\+1[2-8]"),
    patterns=(Pattern("in fours", _FOURS, 0.95), Pattern("digits", _PLAIN, 0.9)),
    types=("text", "integer", "decimal"),
    grade=grade,
    by_chance=0.2,
)
