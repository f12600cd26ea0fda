"""Telephone and fax numbers: North American ones, others written with a plus, and any after a word that says so."""

from __future__ import annotations

import phonenumbers
import polars as pl

from privacy.evidence import DASH, EDGE, Detector, Pattern, fits_regex

_AREA = r"[2-9][0-9]{2}"
_MORE = r"(?:,? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6})?"
_SEPARATED = (
    rf"(?:\+?1[-. ]?|001[-. ])?(?:\({_AREA}\)(?:{DASH}| )?|{_AREA}(?:{DASH}"
    rf"|[. /]))[2-9][0-9]{{2}}(?:{DASH}|[. ])[0-9]{{4}}"
    rf"{_MORE}"
)
_INTERNATIONAL = r"(?:\+|\(\+)[1-9](?:[ .()/\-]{0,2}[0-9]){7,14}"
_BARE = rf"1?{_AREA}[2-9][0-9]{{6}}"
_WORD = (
    r"(?i:phone|telephone|tel|cell|cellphone|mobile|fax|call|calling|called|text|texted|whatsapp|ring"
    r"|dial|reach|hotline|ph)"
)
_TOLD = (
    rf"{EDGE}{_WORD}(?i:\.| (?:no|num|number|him|her|me|us|them|back|on|at|is|was|#)\.?){{0,4}}[ :#-]{{0,3}}"
    r"(?:\+|00)?\(?[0-9](?:[ .()/\-]{0,2}[0-9]){6,14}"
)
_EXTENSION = r"(?:,? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6})?"
_CHECKED = 3_000


def grade(matches: pl.Series) -> pl.Series:
    """Codes such as 911 are no area and no exchange; 555-01xx is kept for fiction and weighs less; a number
    with a plus must be possible in its country."""
    digits = matches.str.replace(r"(?i)[,]? ?(?:x|ext\.?|extension) ?[0-9]{1,6}$", "").str.replace_all(
        r"[^0-9+]", ""
    )
    national = digits.str.replace(r"^(?:\+?1|001)(\d{10})$", "${1}")
    frame = national.to_frame("d").with_columns(possible=_possible(national))
    american = pl.col("d").str.contains(r"^[0-9]{10}$")
    service = pl.col("d").str.contains(r"^[2-9]11|^[0-9]{3}[2-9]11|^[2-9]000000000$")
    repeated = pl.col("d").str.contains(r"^(?:2{10}|3{10}|4{10}|5{10}|6{10}|7{10}|8{10}|9{10})$")
    invented = pl.col("d").str.contains(r"^[0-9]{3}55501[0-9]{2}$")
    return frame.select(
        pl.when(american & (service | repeated))
        .then(0.0)
        .when(american & invented)
        .then(0.8)
        .when(pl.col("possible"))
        .then(1.0)
        .otherwise(0.5)
    ).to_series()


def _possible(numbers: pl.Series) -> pl.Series:
    """False for a number with a plus that no country's plan allows; long columns are judged by their pattern."""
    if len(numbers) > _CHECKED:
        return pl.repeat(value=True, n=len(numbers), eager=True)
    return pl.Series([not text.startswith("+") or _is_possible(text) for text in numbers], dtype=pl.Boolean)


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


DETECTOR = Detector(
    name="phone",
    version=2,
    entity="PHONE",
    label="telephone number",
    group="direct",
    explanation=(
        "Ten digits as 3-3-4 with a possible area and exchange, a plus and a country code, or digits "
        "after “call”."
    ),
    headers=(
        *("phone", "telephone", "mobile", "cell", "cell phone", "tel", "fax", "phone number"),
        *("mobile number", "ph", "phone no", "phone num", "ph no", "ph number", "tel no", "tel number"),
        *("telephone number", "cell no", "phn", "cell number", "cellphone", "home phone", "work phone"),
        *("daytime phone", "evening phone", "contact number", "contact no", "telefono", "telefon"),
        *("celular", "movil", "handy", "fax number", "fax no", "whatsapp", "sms", "voicemail"),
        *("landline", "callback", "callback number", "emergency number", "phone 1", "phone 2"),
    ),
    fits=fits_regex(
        rf"(?:{_SEPARATED}|{_INTERNATIONAL}|{_BARE}(?:\.0)?|[2-9][0-9]{{2}}[-. ][0-9]{{4}}"
        rf"|[2-9]\.[0-9]+E\+0?9"
        rf"|\+?\(?0?[0-9](?:[ .()/\-]{{0,2}}[0-9]){{6,14}}){_EXTENSION}"
    ),
    patterns=(
        Pattern("separated", _SEPARATED, 0.9, glue=r"[0-9A-Za-z_.\-+]"),
        Pattern("international", _INTERNATIONAL, 0.85, glue=r"[0-9A-Za-z_\-]"),
        Pattern("ten digits", _BARE, 0.35, bare=True),
        Pattern("after the word", _TOLD, 0.8, glue="", prose_only=True),
    ),
    against=(
        *("parcel", "apn", "case", "docket", "permit", "plan", "model", "service", "line", "lines"),
        *("tower", "towers", "population", "cells", "battery", "fuel", "solar", "blood", "stem"),
        *("culture", "grid", "block", "usage", "subscriptions", "subscribers", "internet", "booth"),
        *("homes", "app", "stage", "level", "range", "ph level"),
    ),
    grade=grade,
    grade_note="a number kept for fiction, or one that its country's plan does not know",
)
