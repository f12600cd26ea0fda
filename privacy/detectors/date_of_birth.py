"""Dates and years of birth. A date alone is no birth date: the name or the words before it must say so."""

from __future__ import annotations

from privacy.evidence import Detector, Pattern, fits_regex

_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = (
    rf"{_YEAR}[-/.][01]?[0-9][-/.][0-3]?[0-9]|[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:{_YEAR}|[0-9]{{2}})"
    rf"|[0-3]?[0-9][ -]{_MONTH}[ -,]+(?:{_YEAR}|[0-9]{{2}})|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? {_YEAR}"
)
_TIME = r"(?:[T ][0-9:.]+(?: ?[ap]m)?(?:Z|[+-][0-9:]+)?)?"

DETECTOR = Detector(
    name="date_of_birth",
    version=1,
    entity="DATE_OF_BIRTH",
    label="date of birth",
    group="quasi",
    explanation="Dates in a column named so, or a date after words such as “born” or “DOB”.",
    headers=(
        "dob",
        "date of birth",
        "birth date",
        "birth dt",
        "birthday",
        "birth year",
        "year of birth",
        "yob",
        "born",
        "date born",
        "birth",
        "bday",
    ),
    # 19081209 is a date too.
    fits=fits_regex(rf"(?:{_DATE}){_TIME}|{_YEAR}[01][0-9][0-3][0-9]|{_YEAR}"),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i)\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|born(?: on)?)\b[ :=-]{{0,3}}(?:{_DATE})",
            0.9,
            glue="",
        ),
    ),
    against=("weight", "place", "order", "country", "state", "births", "live", "city", "certificate"),
    types=("text", "integer", "date", "datetime"),
)
