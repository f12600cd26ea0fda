"""U.S. Social Security numbers, and taxpayer and test numbers of the same shape."""

from __future__ import annotations

import polars as pl

from privacy.checksums import only_digits
from privacy.evidence import (
    DASH,
    EDGE,
    NUMBERED,
    THING,
    Detector,
    Otherwise,
    Pattern,
    Reading,
    fits_regex,
    phrase_in,
)

_GAP = rf"(?: ?{DASH} ?|[ .])"
_SPACED = rf"[0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{4}}"
_LONGER = rf"[0-9]{{3}}{DASH}[0-9]{{2}}{DASH}[0-9]{{4}}(?:{DASH}[0-9]{{1,4}}){{1,3}}"
# After the word people put other signs between the groups as well.
_TOLD_GAP = rf"(?:{_GAP}|[/_\t])?"
_TOLD = (
    rf"(?i){EDGE}(?:ssn|ss ?#|ss no\.?|s\.s\.n\.?|soc\.? ?sec\.?|soc ?#|social(?: security)?|ssa"
    rf"|(?:numero de )?seguro social)(?: (?:no\.?|num|number|nr|#))?"
    rf"(?: is| was)?[ \t:#=-]{{0,3}}[0-9]{{3}}{_TOLD_GAP}[0-9]{{2}}{_TOLD_GAP}[0-9]{{4}}"
)
_LAST_FOUR = (
    rf"(?i){EDGE}(?:(?:ssn|s\.s\.n\.?|ss ?#|soc\.? ?sec\.?|social(?: security)?)"
    rf"(?: (?:no\.?|num|number|nr|#))?[ :,(]{{1,2}}(?:the )?(?:last (?:4|four)(?: digits)?|end(?:s|ing)?(?: in| with)?)"
    rf"|last (?:4|four)(?: digits)?(?: of)?(?: (?:his|her|their|the))? (?:ssn|ss ?#|social(?: security)?)"
    rf"(?: (?:no\.?|number))?)\)?(?: (?:is|are|was))?[ :#=-]{{1,3}}[0-9]{{4}}{EDGE}"
)
# In sentences a number after one of these is theirs.
_THINGS = (
    r"(?:(?i:apn|parcel|account|acct|a/c|fund|budget|gl|ledger|permit|invoice|case|docket|po|part|item|order|contract)"
    r"(?i: (?:no|num|number|nr|code|string))?\.?[ :#]{1,3})"
)
_PARCELS = ("parcel", "tax parcel", "apn", "folio", "pin", "assessor", "assessors", "map", "plat", "lot")
_SHAPED = rf"^\s*{_SPACED}\s*$"
# "INV-219-09-1234"; letters that begin as SSN, SOC, TIN and ITIN do may stand for the number of a person.
_LETTERED = rf"^\s*(?:[A-HJ-RU-Z][A-Z]|I[A-SU-Z]|S[A-NP-RT-Z]|T[A-HJ-Z])[A-Z]{{0,4}}-{_SPACED}\s*$"
_PLACEHOLDER = "^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"
# Groups 50 to 65, 70 to 88, 90 to 92 and 94 to 99: the tax office gives these after a 9.
_TAXPAYER = r"^9[0-9]{2}(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])"
_DIGITS = 9
_MOST, _SOME, _SEVERAL, _FEW, _ALIKE = 0.8, 0.2, 20, 10, 2
# Serials are given evenly; groups of one state were given in an order, and only some of them until 2011.
_REPEATED, _VARIED, _FEW_GROUPS = 0.5, 0.7, 0.35
# Of numbers put together by chance 7 in 100 were never given, with the usual spread; fewer are typing errors and
# placeholders among Social Security numbers.
_BY_CHANCE, _SPREAD, _NEVER_GIVEN, _NEVER_ONCE = 0.07, 3.0, 0.04, 3
_ROUND, _ROUND_FROM = 0.8, 3
_HIDDEN = rf"[x*#•]{{3}}{DASH}?[x*#•]{{2}}{DASH}?[0-9]{{4}}"


def grade(matches: pl.Series) -> pl.Series:
    """Area 000 and 666, group 00 and serial 0000 were never given; 9xx are ITINs or tests: lower, kept; so are
    those after a word for things that have numbers."""
    digits = only_digits(matches).str.slice(0, _DIGITS)
    frame = digits.to_frame("d").select(
        area=pl.col("d").str.slice(0, 3),
        group=pl.col("d").str.slice(3, 2),
        serial=pl.col("d").str.slice(5, 4),
    )
    impossible = (
        pl.col("area").is_in(["000", "666"]) | (pl.col("group") == "00") | (pl.col("serial") == "0000")
    )
    ninth = pl.col("area").str.starts_with("9")
    bare_thing = matches.str.contains(rf"^(?:{THING})[0-9]+$")
    # Of one of which only the end is told nothing is impossible.
    whole = digits.str.len_bytes() >= _DIGITS
    thing = matches.str.contains(rf"^{_THINGS}")
    return frame.select(
        pl.when(~whole)
        .then(1.0)
        .when(impossible | bare_thing)
        .then(0.0)
        .when(thing)
        .then(0.4)
        .when(ninth)
        .then(0.5)
        .otherwise(1.0)
    ).to_series()


def otherwise(column: Reading) -> Otherwise | None:
    """Parcels, and numbers of accounts and things, by a name that says so and by values that contradict a Social
    Security number. With one of both alone a person must look; a few values say nothing."""
    if column.share(column.values.str.contains(_LETTERED)) >= _MOST:
        named = phrase_in(column.tokens, NUMBERED) is not None
        return Otherwise("letters before each, as numbers of things have", 1, sure=named)
    shaped = column.values.str.contains(_SHAPED)
    share = column.share(shaped)
    parcels = phrase_in(column.tokens, _PARCELS)
    if share < (_SOME if parcels else _MOST) or share * column.filled < _SEVERAL:
        return None
    digits = only_digits(column.values.filter(shaped)).unique()
    # Written where there is no number: they say nothing of the others.
    digits = digits.filter(~digits.str.contains(_PLACEHOLDER))
    alike = _alike(digits)
    if parcels or phrase_in(column.tokens, NUMBERED):
        why = alike or _contradicted(digits)
        return Otherwise(why or "the name speaks of numbers of things", 0, sure=why is not None)
    return Otherwise(alike, 0, sure=False) if alike else None


def _alike(digits: pl.Series) -> str | None:
    """How numbers are alike, whatever the column is called."""
    serials, groups = _spread(digits.str.slice(5), 9_999), _spread(digits.str.slice(3, 2), 99)
    if len(digits) >= _FEW and serials < _REPEATED and groups < _REPEATED:
        return "few different groups and serials, as in a chart of accounts"
    if len(digits) >= _SEVERAL and digits.str.slice(0, 5).n_unique() <= _ALIKE:
        return "nearly all begin alike, as numbers of things do that are counted up"
    return None


def _contradicted(digits: pl.Series) -> str | None:
    """What speaks against Social Security numbers, which are spread over all groups and serials."""
    if len(digits) >= _ROUND_FROM and float(digits.str.ends_with("0").mean() or 0) >= _ROUND:  # type: ignore[arg-type]
        return "round numbers, as in a chart of accounts"
    if len(digits) >= _FEW and (
        _spread(digits.str.slice(5), 9_999) < _VARIED or _spread(digits.str.slice(3, 2), 99) < _FEW_GROUPS
    ):
        return "few different groups or serials, as numbers of things have"
    never = ((grade(digits) < 1) & ~digits.str.contains(_TAXPAYER)).sum()
    if len(digits) >= _SEVERAL and never >= _as_many_as_chance(len(digits)):
        return "many of them were never given"
    return None


def _as_many_as_chance(count: int) -> float:
    """How many of so many numbers, put together by chance, were never given at least."""
    expected = _BY_CHANCE * count
    likely = expected - _SPREAD * (expected * (1 - _BY_CHANCE)) ** 0.5
    return max(_NEVER_ONCE, _NEVER_GIVEN * count, likely)


def _spread(parts: pl.Series, possible: int) -> float:
    """How many different parts there are, of as many as chance would give."""
    expected = possible * (1 - (1 - 1 / possible) ** len(parts))
    return parts.n_unique() / expected if expected else 1.0


DETECTOR = Detector(
    name="ssn",
    version=6,
    entity="SSN",
    label="Social Security number",
    group="direct",
    explanation=(
        "Nine digits as 3-2-4 whose area, group and serial can exist; numbers beginning with 9 weigh less."
    ),
    headers=(
        *("ssn", "social security", "social security number", "social security no", "soc sec"),
        *("soc sec no", "ssno", "taxpayer id", "tax id", "tin", "social", "ss number", "ss no"),
        *("ss num", "socsec", "ssnum", "social sec", "taxpayer number", "tax identification number"),
        *("taxpayer identification number", "social insurance number", "seguro social", "seg social"),
        *("seg soc", "soc num", "social num"),
    ),
    hints=("soc", "ss"),
    glued=("ssn",),
    ending=fits_regex(r"[0-9]{1,4}(?:\.0)?|[x*#•]{1,9}[0-9]{4}"),
    # Without its leading zero, or with the first five digits hidden, it still is one.
    fits=fits_regex(rf"{_SPACED}|[0-9]{{7,9}}(?:\.0)?|{_HIDDEN}|[0-9]\.[0-9]+E\+0?8"),
    patterns=(
        # Letters may touch it ("SSN123-45-6789"); digits, dots and hyphens may not.
        Pattern("separated", rf"{_THINGS}?{_SPACED}", 0.95, glue=r"[0-9.\-]"),
        # With more behind it may be an account; one among others may be a person's, with a number of theirs.
        Pattern("with more behind", _LONGER, 0.4, glue=r"[0-9.\-]", bare=True),
        Pattern("nine digits", r"[0-9]{9}", 0.4, bare=True, before=THING),
        Pattern("after the word", _TOLD, 0.95, glue=""),
        Pattern("last four after the word", _LAST_FOUR, 0.75, glue=""),
        Pattern("hidden but for four", rf"(?i){_HIDDEN}", 0.75, glue=""),
    ),
    against=(
        *("parcel", "apn", "case", "docket", "permit", "phone", "zip", "media", "work", "worker"),
        *("network", "studies", "service", "services", "club", "distance", "distancing", "benefits"),
        *("beneficiaries", "payments", "score", "vulnerability", "index", "income", "recipients"),
        *("sciences", "science", "class", "impact", "enterprise"),
    ),
    grade=grade,
    otherwise=otherwise,
    shapes=(_SHAPED, _LETTERED),
    grade_note="begins with 9 (a taxpayer or test number), or follows a word such as account or parcel",
)
