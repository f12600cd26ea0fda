"""Telephone and fax numbers: North American ones, others written with a plus, and any after a word that says so."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
import polars as pl

from privacy.checksums import only_digits
from privacy.evidence import DASH, EDGE, THING, Detector, Otherwise, Pattern, Reading, fits_regex, phrase_in

_AREA = r"[2-9][0-9]{2}"
_MORE = r"(?:,? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6})?"
_SEPARATED = (
    rf"(?:\+?1[-. ]?|001[-. ])?(?:\({_AREA}\)(?: ?{DASH} ?| )?|{_AREA}(?: ?{DASH} ?"
    rf"|[. /]))[2-9][0-9]{{2}}(?: ?{DASH} ?|[. ])[0-9]{{4}}"
    rf"{_MORE}"
)
_INTERNATIONAL = r"(?:\+|\(\+)[1-9](?:[ .()/\-]{0,2}[0-9]){7,14}"
_BARE = rf"1?{_AREA}[2-9][0-9]{{6}}"
_WORD = (
    r"(?i:phone|telephone|tel|cell|cellphone|mobile|fax|call|calling|called|text|texted|whatsapp|ring"
    r"|dial|reach|hotline|ph|callback|call back|my number|my no\.|cel|celular|telefono|tel[eé]fono)"
)
_TOLD = (
    rf"{EDGE}{_WORD}(?i:\.| (?:no|num|number|him|her|me|us|them|it|to|back|on|at|is|was"
    rf"|#)\.?){{0,4}}[ :#-]{{0,3}}"
    r"(?:\+|00)?\(?[0-9](?:[ .()/\-]{0,2}[0-9]){6,14}"
)
_EXTENSION = r"(?:,? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6})?"
_DECIMAL = r"^\+[0-9]{1,3}\.[0-9]+(?:[-+][0-9]{1,3}\.[0-9]+)?$"
_FRACTION = r"^\s*[-+]?[0-9]{0,3}\.[0-9]+\s*$"
_SHAPED = r"^\s*[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}\s*$"
_NUMBERED = (
    *(
        "parcel",
        "tax parcel",
        "apn",
        "folio",
        "budget",
        "fund",
        "ledger",
        "gl",
        "permit",
        "invoice",
        "voucher",
        "docket",
        "case",
    ),
    *(
        "project",
        "job",
        "bid",
        "lot",
        "map",
        "plat",
        "contract",
        "order",
        "asset",
        "serial",
        "part",
        "item",
        "code",
        "string",
        "commodity",
    ),
)
_PLACEHOLDER = "^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"
_MOST, _SOME, _FEW, _IMPOSSIBLE = 0.8, 0.5, 20, 0.15
_BEGIN = r"^(?:\+?1[-. ]?|001[-. ])?\(?"
_GAP = rf"\)?(?: ?{DASH} ?|[ ./])?"
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
    with a plus must be possible in its country, and is a fraction otherwise if it is written as one."""
    frame = matches.to_frame("m").with_columns(possible=_possible(matches))
    return frame.select(
        pl.when(
            pl.col("m").str.contains(_NOT_GIVEN)
            | pl.col("m").str.contains(rf"^(?:{THING})[0-9]")
            | (~pl.col("possible") & pl.col("m").str.contains(_DECIMAL))
        )
        .then(0.0)
        .when(pl.col("m").str.contains(rf"{_BEGIN}[0-9]{{3}}{_GAP}555{_GAP}01[0-9]{{2}}"))
        .then(0.8)
        .when(pl.col("possible"))
        .then(1.0)
        .otherwise(0.5)
    ).to_series()


def _possible(numbers: pl.Series) -> pl.Series:
    """False for a number with a plus whose country has no numbers of that length."""
    plus = numbers.str.contains(r"^\(?\+")
    if not plus.any():
        return ~plus
    digits = only_digits(numbers.str.replace("(0)", "", literal=True))
    kinds = digits.str.slice(0, 3) + ":" + digits.str.len_bytes().cast(pl.String)
    known = {kind: _has_length(*kind.split(":")) for kind in kinds.filter(plus).unique()}
    return ~plus | kinds.is_in([kind for kind, possible in known.items() if possible])


@lru_cache(maxsize=2048)
def _has_length(beginning: str, length: str) -> bool:
    """Whether numbers of the country whose code they begin with can have so many digits, its code included."""
    for size in (1, 2, 3):
        code = int(beginning[:size])
        if regions := phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code):
            plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0])
            return bool(
                plan and plan.general_desc and int(length) - size in plan.general_desc.possible_length
            )
    return False


def otherwise(column: Reading) -> Otherwise | None:
    """Parcels and other things, by a name that says so and numbers of which many begin as no telephone number does.
    With one of both alone a person must look."""
    if column.share(column.values.str.contains(_FRACTION)) >= _MOST:
        # "+1.2135550173" is how registries write telephone numbers; then all of them are possible.
        told = grade(column.values.str.strip_chars()) > 0
        possible = column.share(told & column.values.str.contains("+", literal=True))
        return None if possible >= _MOST else Otherwise("fractions", 1, sure=possible < _SOME)
    shaped = column.values.str.contains(_SHAPED)
    if column.share(shaped) < _MOST:
        return None
    numbers = column.values.filter(shaped).unique()
    # Written where there is no number: they say nothing of the others.
    numbers = numbers.filter(~only_digits(numbers).str.contains(_PLACEHOLDER))
    if len(numbers) < _FEW:
        return None
    named = phrase_in(column.tokens, _NUMBERED)
    impossible = numbers.str.contains(r"^\s*(?:[01]|[0-9]{3}[-. ][01])")
    if float(impossible.mean() or 0) >= _IMPOSSIBLE:  # type: ignore[arg-type]
        return Otherwise("many of them begin as no telephone number does", 0, sure=named is not None)
    return Otherwise("the name speaks of numbers of things", 0, sure=False) if named else None


DETECTOR = Detector(
    name="phone",
    version=6,
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
        Pattern("ten digits", _BARE, 0.35, bare=True, before=THING),
        Pattern("after the word", _TOLD, 0.8, glue="", prose_only=True),
    ),
    against=(
        *("parcel", "apn", "case", "docket", "permit", "plan", "model", "service", "line", "lines"),
        *("tower", "towers", "population", "cells", "battery", "fuel", "solar", "blood", "stem"),
        *("culture", "grid", "block", "usage", "subscriptions", "subscribers", "internet", "booth"),
        *("id", "os", "homes", "app", "stage", "level", "range", "ph level"),
    ),
    grade=grade,
    otherwise=otherwise,
    shapes=(_SHAPED, _FRACTION),
    grade_note="a number kept for fiction, or one that its country's plan does not know",
)
