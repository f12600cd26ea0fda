"""Payment card numbers: an issuer's range, its length, and the Luhn check digit."""

from __future__ import annotations

import polars as pl

from privacy.checksums import luhn, only_digits
from privacy.evidence import EDGE, Detector, Pattern, fits_regex

# Issuer ranges with their lengths (ISO/IEC 7812 as published by the issuers).
_ISSUED = (
    r"^(?:4[0-9]{12}(?:[0-9]{3}(?:[0-9]{3})?)?"
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-59]|[689][0-9])[0-9]{11,16}"
    r"|6(?:011|4[4-9][0-9]|5[0-9]{2}|22[0-9])[0-9]{12}(?:[0-9]{3})?|(?:5018|5020|5038|58[0-9]{2}|6304"
    r"|67[0-9]{2})[0-9]{8,15}"
    r"|(?:1800|2131)[0-9]{11}|35(?:2[89]|[3-8][0-9])[0-9]{12})$"
)
_FOURS = (
    r"[0-9]{4}[ \-.][0-9]{4}[ \-.][0-9]{4}[ \-.][0-9]{1,4}(?:[ \-.][0-9]{1,3})?"
    r"|3[0-9]{3}[ \-.][0-9]{6}[ \-.][0-9]{4,5}"
)
_PLAIN = r"[1-6][0-9]{11,18}"


def grade(matches: pl.Series) -> pl.Series:
    """0 when no issuer gives such numbers or the check digit does not fit."""
    digits = only_digits(matches)
    repeated = digits.str.contains(r"^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$")
    return (digits.str.contains(_ISSUED) & ~repeated & luhn(digits)).cast(pl.Float64)


DETECTOR = Detector(
    name="credit_card",
    version=2,
    entity="CREDIT_CARD",
    label="payment card number",
    group="direct",
    explanation="12 to 19 digits in an issuer's range whose check digit fits.",
    headers=(
        *("credit card", "card number", "card no", "card num", "cc number", "cc num", "cc no", "ccn"),
        *("debit card", "pan", "cardholder number", "payment card", "visa number", "creditcard"),
        *("credit card number",),
    ),
    # A spreadsheet may have turned it into 5.54563E+15; a masked one ends in its last digits.
    fits=fits_regex(
        rf"{_FOURS}|{_PLAIN}|[1-6](?:\.[0-9]+)?E\+1[1-8]|(?:[x*#•]{{2,4}}[ -]?){{1,4}}[0-9]{{4}}"
        rf"|[1-6][0-9]{{11,18}}\.0"
    ),
    patterns=(
        Pattern("in fours", _FOURS, 0.95),
        Pattern("digits", _PLAIN, 0.9),
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:card|visa|mastercard|amex)(?: (?:number|no\.?|num|is"
            rf"|ending in))*[ :#]{{0,3}}[0-9](?:[ -]?[0-9]){{11,18}}",
            0.95,
            glue="",
            prose_only=True,
        ),
    ),
    against=(
        *("library", "score", "report", "green", "id", "type", "punch", "business", "patron", "member"),
        *("insurance",),
    ),
    types=("text", "integer", "decimal"),
    grade=grade,
    by_chance=0.2,
)
