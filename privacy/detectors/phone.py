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
    rf"{EDGE}{_WORD}(?i:\.| (?:no|num|number|him|her|me|us|them|it|to|back|on|at|is|was"
    rf"|#)\.?){{0,4}}[ :#-]{{0,3}}"
    r"(?:\+|00)?\(?[0-9](?:[ .()/\-]{0,2}[0-9]){6,14}"
)
_EXTENSION = r"(?:,? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6})?"
_CHECKED = 3_000
_BEGIN = r"^(?:\+?1[-. ]?|001[-. ])?\(?"
_GAP = rf"\)?(?:{DASH}|[ ./])?"
# Ten digits that no North American line has: services such as 911, and one digit throughout.
_NOT_GIVEN = (
    rf"{_BEGIN}(?:[2-9]11{_GAP}[2-9][0-9]{{2}}{_GAP}[0-9]{{4}}(?:[^0-9]|$)"
    rf"|[0-9]{{3}}{_GAP}[2-9]11{_GAP}[0-9]{{4}}(?:[^0-9]|$)"
    rf"|(?:222{_GAP}222{_GAP}2222|333{_GAP}333{_GAP}3333|444{_GAP}444{_GAP}4444|555{_GAP}555{_GAP}5555"
    rf"|666{_GAP}666{_GAP}6666"
    rf"|777{_GAP}777{_GAP}7777|888{_GAP}888{_GAP}8888|999{_GAP}999{_GAP}9999)$)"
)


def grade(matches: pl.Series) -> pl.Series:
    """Codes such as 911 are no area and no exchange; 555-01xx is kept for fiction and weighs less; a number
    with a plus must be possible in its country."""
    frame = matches.to_frame("m").with_columns(possible=_possible(matches))
    return frame.select(
        pl.when(pl.col("m").str.contains(_NOT_GIVEN))
        .then(0.0)
        .when(pl.col("m").str.contains(rf"{_BEGIN}[0-9]{{3}}{_GAP}555{_GAP}01[0-9]{{2}}"))
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
        *("mobil", "mobiltelefon", "handynummer", "telefonnummer", "tlf", "phone", "telephone"),
        *("mobile", "cell", "cell phone", "tel", "fax", "phone number", "mobile number", "ph"),
        *("phone no", "phone num", "ph no", "ph number", "tel no", "tel number", "telephone number"),
        *("cell no", "phn", "cell number", "cellphone", "home phone", "work phone", "daytime phone"),
        *("evening phone", "contact number", "contact no", "telefono", "telefon", "celular", "movil"),
        *("handy", "fax number", "fax no", "whatsapp", "sms", "voicemail", "landline", "callback"),
        *("callback number", "emergency number", "phone 1", "phone 2"),
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
