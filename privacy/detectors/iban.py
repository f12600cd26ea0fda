"""International bank account numbers, by their check digits (mod 97)."""

from __future__ import annotations

import polars as pl

from privacy.checksums import mod97
from privacy.evidence import Detector, Pattern, fits_regex

# Countries and how long their numbers are (SWIFT, IBAN registry).
_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FK", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}
_IBAN = r"[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?"


def grade(matches: pl.Series) -> pl.Series:
    """0 when the check digits do not fit, or no country has numbers of that length."""
    plain = matches.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    lengths = plain.str.slice(0, 2).replace_strict(_LENGTHS, default=0, return_dtype=pl.UInt32)
    return ((lengths == plain.str.len_bytes()) & mod97(plain)).cast(pl.Float64)


DETECTOR = Detector(
    name="iban",
    version=2,
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
