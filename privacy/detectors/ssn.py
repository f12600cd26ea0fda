"""U.S. Social Security numbers, and taxpayer and test numbers of the same shape."""

from __future__ import annotations

import polars as pl

from privacy.checksums import only_digits
from privacy.evidence import DASH, EDGE, NUMBERED, Detector, Pattern, Reading, fits_regex, phrase_in

_GAP = rf"(?:{DASH}|[ .])"
_SPACED = rf"[0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{4}}"
_TOLD = (
    rf"(?i){EDGE}(?:ssn|ss ?#|ss no\.?|s\.s\.n\.?|soc\.? ?sec\.?|social(?: security)?|ssa)(?: (?:no\.?"
    rf"|num|number|nr|#))?"
    rf"(?: is| was)?[ :#=-]{{0,3}}[0-9]{{3}}{_GAP}?[0-9]{{2}}{_GAP}?[0-9]{{4}}"
)
# In sentences a number after one of these is theirs.
_THINGS = (
    r"(?:(?i:apn|parcel|account|acct|a/c|fund|budget|gl|ledger|permit|invoice|case|docket|po|part|item|order|contract)"
    r"(?i: (?:no|num|number|nr|code|string))?\.?[ :#]{1,3})"
)
_PARCELS = ("parcel", "apn", "folio", "pin", "assessor", "assessors", "map", "plat", "lot")
_MOST, _SOME, _FEW, _REPEATED, _VARIED, _NEVER_GIVEN = 0.8, 0.2, 10, 0.5, 0.7, 0.04
_SEVERAL, _ALIKE = 20, 2
_HIDDEN = rf"[x*#•]{{3}}{DASH}?[x*#•]{{2}}{DASH}?[0-9]{{4}}"


def grade(matches: pl.Series) -> pl.Series:
    """Area 000 and 666, group 00 and serial 0000 were never given; 9xx are ITINs or tests: lower, kept; so are
    those after a word for things that have numbers."""
    digits = only_digits(matches).str.tail(9)
    frame = digits.to_frame("d").select(
        area=pl.col("d").str.slice(0, 3),
        group=pl.col("d").str.slice(3, 2),
        serial=pl.col("d").str.slice(5, 4),
    )
    impossible = (
        pl.col("area").is_in(["000", "666"]) | (pl.col("group") == "00") | (pl.col("serial") == "0000")
    )
    ninth = pl.col("area").str.starts_with("9")
    thing = matches.str.contains(rf"^{_THINGS}")
    return frame.select(
        pl.when(impossible).then(0.0).when(thing).then(0.4).when(ninth).then(0.5).otherwise(1.0)
    ).to_series()


def otherwise(column: Reading) -> str | None:
    """Parcels, and numbers of accounts and things under a name that says so: their last parts repeat, or many of
    them were never given as Social Security numbers, which are spread over all groups and serials."""
    shaped = column.values.filter(column.values.str.contains(rf"^\s*{_SPACED}\s*$"))
    share = len(shaped) / max(1, len(column.values))
    if share >= _SOME and phrase_in(column.tokens, _PARCELS):
        return "a parcel number has the same shape"
    if share < _MOST:
        return None
    digits = only_digits(shaped)
    serials, groups = _spread(digits.str.slice(5), 9_999), _spread(digits.str.slice(3, 2), 99)
    if len(digits) >= _FEW and serials < _REPEATED and groups < _REPEATED:
        return "few different groups and serials, as in a chart of accounts"
    if len(digits) >= _SEVERAL and digits.str.slice(0, 5).n_unique() <= _ALIKE:
        return "nearly all begin alike, as numbers of things do that are counted up"
    if not phrase_in(column.tokens, NUMBERED):
        return None
    never = float((grade(shaped) < 1).mean() or 0)  # type: ignore[arg-type]
    if len(digits) < _FEW or min(serials, groups) < _VARIED or never >= _NEVER_GIVEN:
        return "numbers of things, by the name, their repetitions and their ranges"
    return None


def _spread(parts: pl.Series, possible: int) -> float:
    """How many different parts there are, of as many as chance would give."""
    expected = possible * (1 - (1 - 1 / possible) ** len(parts))
    return parts.n_unique() / expected


DETECTOR = Detector(
    name="ssn",
    version=3,
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
        *("taxpayer identification number", "social insurance number"),
    ),
    # Without its leading zero, or with the first five digits hidden, it still is one.
    fits=fits_regex(rf"{_SPACED}|[0-9]{{7,9}}(?:\.0)?|{_HIDDEN}|[0-9]\.[0-9]+E\+0?8"),
    patterns=(
        # Letters may touch it ("SSN123-45-6789"); digits, dots and hyphens may not.
        Pattern("separated", rf"{_THINGS}?{_SPACED}", 0.95, glue=r"[0-9.\-]"),
        Pattern("nine digits", r"[0-9]{9}", 0.4, bare=True),
        Pattern("after the word", _TOLD, 0.95, glue=""),
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
    grade_note="begins with 9 (a taxpayer or test number), or follows a word such as account or parcel",
)
