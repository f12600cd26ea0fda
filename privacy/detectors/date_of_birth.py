"""Dates and years of birth. A date alone is no birth date: the name or the words before it must say so."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_YEAR = r"(?:19|20)[0-9]{2}"
_CENTURY = r"19[0-9]{2}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = (
    rf"{_YEAR}[-/.][01]?[0-9][-/.][0-3]?[0-9]|[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:{_YEAR}|[0-9]{{2}})"
    rf"|[0-3]?[0-9][ -]{_MONTH}[ ,\-]+(?:{_YEAR}|[0-9]{{2}})|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? {_YEAR}"
)
_SERIAL = r"(?:[1-9][0-9]{3}|[1-3][0-9]{4}|4[0-6][0-9]{3})(?:\.0)?"
_TIME = r"(?:[T ][0-9:.]+(?: ?[ap]m)?(?:Z|[+-][0-9:]+)?)?"

DETECTOR = Detector(
    name="date_of_birth",
    version=5,
    entity="DATE_OF_BIRTH",
    label="date of birth",
    group="quasi",
    explanation="Dates in a column named so, or a date after words such as “born” or “DOB”.",
    headers=(
        *("dob", "date of birth", "birth date", "birth dt", "birthday", "birth year", "year of birth"),
        *("yob", "born", "date born", "birth", "bday", "d o b", "birth month", "birth yr", "brthdt"),
        *("bdate", "bth dt", "birth day", "dt of birth", "dob dt", "date birth", "month of birth"),
        *("fecha de nacimiento", "fecha nacimiento", "nacimiento", "geburtsdatum", "date de naissance"),
        *("year born", "naissance", "birthdate", "dateofbirth", "fecha nac", "fec nac", "f nac", "fch nac"),
        *("ano nacimiento",),
    ),
    glued=("dob",),
    # 19081209 is a date too, and so is 13234, the days since 1900 that a spreadsheet counts.
    fits=fits_regex(
        rf"(?:{_DATE}){_TIME}|{_YEAR}[01][0-9][0-3][0-9]|[01][0-9][0-3][0-9]{_YEAR}|{_YEAR}(?:\.0)?|{_SERIAL}"
        rf"|[0-3]?[0-9]{_MONTH}(?:{_YEAR}|[0-9]{{2}})|{_MONTH}[ -](?:{_YEAR}|[0-9]{{2}})|{_YEAR}-[01][0-9]"
    ),
    # Dates of the last century beside a word that speaks of something else may be births after all.
    asks=fits_regex(
        rf"(?:{_CENTURY}[-/.][01]?[0-9][-/.][0-3]?[0-9]|[0-3]?[0-9][-/.][0-3]?[0-9][-/.]{_CENTURY}"
        rf"|{_CENTURY}[01][0-9][0-3][0-9]|[0-3]?[0-9][ -]{_MONTH}[ ,\-]+{_CENTURY}"
        rf"|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? {_CENTURY}){_TIME}"
    ),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:dob|d\.o\.b\.?|date of birth|birth ?(?:date|day)|born(?: on"
            rf"| in)?|nacid[oa](?: el| en)?|(?:fecha de|f(?:ec|ch)?\.?) ?nac(?:imiento|\.)?)"
            rf"(?: (?:is|was|es))?[ :=-]{{0,3}}(?:{_DATE}|{_YEAR}{EDGE})",
            0.9,
            glue="",
        ),
        Pattern("after b.", rf"{EDGE}b\. ?(?:{_DATE})", 0.75, glue="", prose_only=True),
    ),
    against=(
        *("weight", "place", "order", "country", "state", "births", "live", "city", "certificate"),
        *("rate", "county", "length", "defect", "control", "attendant", "type", "outcome", "location"),
        *("hospital", "name", "sex", "foreign", "native", "gender", "interval", "facility", "mother"),
        *("plurality", "canadian", "us"),
        # A Department of Buildings is a DOB too.
        *(
            "run",
            "plan",
            "permit",
            "filing",
            "job",
            "violation",
            "complaint",
            "inspection",
            "issuance",
            "approval",
        ),
    ),
    types=("text", "integer", "date", "datetime"),
)
