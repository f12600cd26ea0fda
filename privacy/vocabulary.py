"""What a column is by its name and the shape of its values, beyond what the detectors look for (DOMAIN e).

A word here never clears a column; it puts a question to the privacy officer.
"""

from __future__ import annotations

from dataclasses import dataclass

# Counting words; unlike the detectors' list, codes, types and categories of such things stay what they are.
COUNTING = (
    "count",
    "number of",
    "no of",
    "num of",
    "rate",
    "ratio",
    "total",
    "sum",
    "average",
    "avg",
    "median",
    "pct",
    "percent",
    "percentage",
    "lost",
    "agency",
)


@dataclass(frozen=True, slots=True)
class Term:
    """A kind of column: its class, the phrases that name it, and how its values look (None: anything).

    `decision` is what header and shape together are worth; the header alone is never worth more than "confirm".
    """

    entity: str
    group: str
    label: str
    headers: tuple[str, ...]
    shape: str | None = None
    against: tuple[str, ...] = ()
    decision: str = "confirm"
    types: tuple[str, ...] = ("text", "integer", "decimal", "boolean", "date", "datetime", "geometry")


_NUMBERED = r"(?i)^[A-Z0-9][A-Z0-9 ./-]{3,24}$"
_RACES = (
    r"(?i)^(?:(?:non[- ]?hispanic )?(?:white|black|asian|caucasian|african.american|black or african american"
    r"|american indian.*|native.*|pacific islander.*|hispanic.*|latin[aox].*|multi.?racial|two or more.*|other|mixed"
    r"|middle eastern.*|[WBAHINOPU])(?:[ ,/-]+(?:non[- ]?hispanic|alone).*)?)$"
)
_AGES = (
    r"(?i)^(?:(?:1[01][0-9]|120|[0-9]{1,2})(?:\.0)?|(?:ages? )?[0-9]{1,3} ?(?:-|–|to) ?[0-9]{1,3}(?: years?)?"
    r"|(?:[<>]|under|over) ?=? ?[0-9]{1,3}|[0-9]{1,3} ?(?:\+|and over|years?))$"
)
_PLACES = (
    r"(?i)^(?:-?(?:1[0-7][0-9]|[0-9]{1,2})\.[0-9]{3,}|-?[0-9]{5,8}(?:\.[0-9]+)?"
    r"|POINT ?\(.*\)|\(?-?[0-9.]+, ?-?[0-9.]+\)?)$"
)
_DATE_TYPES = ("date", "datetime", "text")

TERMS: tuple[Term, ...] = (
    # direct identifiers without a detector of their own yet
    Term(
        "DRIVER_LICENSE",
        "direct",
        "driver licence number",
        (
            "driver license",
            "drivers license",
            "driver licence",
            "driver license number",
            "dl number",
            "dl no",
        ),
        _NUMBERED,
        decision="flag",
        types=("text", "integer"),
    ),
    Term(
        "PASSPORT",
        "direct",
        "passport number",
        ("passport", "passport number", "passport no"),
        r"(?i)^[A-Z]{0,2}[0-9]{6,9}$",
        decision="flag",
        types=("text", "integer"),
    ),
    Term(
        "BANK_ACCOUNT",
        "direct",
        "bank account number",
        ("bank account", "account number", "account no", "acct no", "acct number", "routing number", "iban"),
        r"(?i)^[A-Z]{0,2}[0-9][A-Z0-9 -]{5,33}$",
        types=("text", "integer"),
    ),
    Term(
        "MEDICAL_RECORD",
        "direct",
        "medical record or benefit number",
        ("mrn", "medical record", "medical record number", "medicaid id", "medicare id", "member id", "mbi"),
        _NUMBERED,
        decision="flag",
        types=("text", "integer"),
    ),
    Term(
        "VIN",
        "direct",
        "vehicle identification number",
        ("vin", "vehicle identification number"),
        r"(?i)^[A-HJ-NPR-Z0-9]{17}$",
        decision="flag",
        types=("text",),
    ),
    Term(
        "LICENSE_PLATE",
        "direct",
        "licence plate",
        ("plate", "license plate", "licence plate", "plate number", "plate no"),
        r"(?i)^[A-Z0-9][A-Z0-9 -]{1,8}$",
        against=("name", "appeal", "home", "base"),
        decision="flag",
        types=("text", "integer"),
    ),
    Term(
        "PERSON_KEY",
        "direct",
        "number that stands for one person",
        (
            "person id",
            "patient id",
            "student id",
            "employee id",
            "client id",
            "inmate id",
            "officer id",
            "customer id",
            "resident id",
            "participant id",
            "voter id",
            "badge",
            "badge number",
            "student number",
            "employee number",
        ),
        types=("text", "integer"),
    ),
    # quasi-identifiers
    Term(
        "AGE",
        "quasi",
        "age",
        ("age", "age group", "age range", "age band", "age in years", "age years"),
        _AGES,
        against=(
            "building",
            "vehicle",
            "structure",
            "pavement",
            "roof",
            "pipe",
            "tree",
            "home",
            "data",
            "stage",
        ),
        decision="flag",
        types=("text", "integer", "decimal"),
    ),
    Term(
        "SEX",
        "quasi",
        "sex or gender",
        ("sex", "gender", "sex at birth", "gender identity"),
        r"(?i)^(?:[MFXUO]|male|female|man|woman|boy|girl|non.?binary|trans.*|other|unspecified|not stated|[0-9])$",
        decision="flag",
        types=("text", "integer", "boolean"),
    ),
    Term(
        "RACE",
        "quasi",
        "race",
        ("race", "racial"),
        _RACES,
        against=("horse", "foot", "boat", "number", "name"),
        decision="flag",
        types=("text",),
    ),
    Term(
        "ETHNICITY",
        "quasi",
        "ethnicity or ancestry",
        ("ethnicity", "ethnic", "hispanic", "latino", "ancestry", "tribe"),
        r"(?i)^(?:.*hispanic.*|.*latin.*|[YNHU]|yes|no|true|false|other)$",
        decision="flag",
        types=("text", "boolean"),
    ),
    Term(
        "EVENT_DATE",
        "quasi",
        "date of something that happened to a person",
        (
            "admit date",
            "admission date",
            "date admitted",
            "discharge date",
            "date discharged",
            "death date",
            "date of death",
            "deceased",
            "arrest date",
            "date of arrest",
            "booking date",
            "hire date",
            "date hired",
            "visit date",
            "service date",
            "diagnosis date",
            "release date",
            "enrollment date",
            "onset date",
        ),
        types=_DATE_TYPES,
    ),
    Term(
        "GEOGRAPHY",
        "quasi",
        "small area",
        (
            "tract",
            "census tract",
            "block group",
            "census block",
            "precinct",
            "ward",
            "neighborhood",
            "neighbourhood",
            "geoid",
        ),
        types=("text", "integer", "decimal"),
    ),
    Term(
        "COORDINATES",
        "quasi",
        "exact place",
        (
            "lat",
            "latitude",
            "lon",
            "lng",
            "long",
            "longitude",
            "x coord",
            "y coord",
            "the geom",
            "geolocation",
        ),
        _PLACES,
        against=("acc", "accel", "accelerometer", "term", "description", "name"),
        types=("text", "integer", "decimal", "geometry"),
    ),
    Term(
        "LANGUAGE",
        "quasi",
        "language or nationality",
        (
            "language",
            "spoken language",
            "nationality",
            "citizenship",
            "country of birth",
            "place of birth",
            "birthplace",
        ),
        against=("program", "document"),
        types=("text",),
    ),
    Term(
        "OCCUPATION",
        "quasi",
        "occupation, employer or income",
        ("occupation", "job title", "employer", "salary", "annual salary", "income", "position title", "job"),
        against=("project", "site"),
    ),
    Term(
        "LIFE",
        "quasi",
        "marital status, household, schooling or service",
        ("marital", "marital status", "veteran", "veteran status", "household size", "education level"),
    ),
    # sensitive attributes
    Term(
        "HEALTH",
        "sensitive",
        "health",
        (
            "diagnosis",
            "icd",
            "icd 9",
            "icd 10",
            "disability",
            "disabled",
            "overdose",
            "medication",
            "prescription",
            "treatment",
            "mental health",
            "cause of death",
            "hiv",
            "pregnant",
            "immunization",
            "vaccination",
            "symptom",
        ),
        against=("water", "plant", "sewage", "wastewater", "access", "parking", "ramp"),
    ),
    Term(
        "BENEFITS",
        "sensitive",
        "benefits, debt or tax of a person",
        ("snap", "medicaid", "tanf", "welfare", "food stamp", "arrears", "debt", "eviction"),
    ),
    Term(
        "JUSTICE",
        "sensitive",
        "crime, victims or young people in the justice system",
        (
            "victim",
            "juvenile",
            "arrestee",
            "suspect",
            "witness",
            "conviction",
            "sentence",
            "domestic violence",
        ),
    ),
    Term(
        "CARE",
        "sensitive",
        "care, shelter or discipline of a person",
        ("foster", "child welfare", "homeless", "shelter", "iep", "gpa", "suspension", "grievance"),
        against=("bus", "bike", "animal", "bridge", "vehicle"),
    ),
    Term(
        "BELIEF",
        "sensitive",
        "belief, politics, union or sexual life",
        (
            "religion",
            "religious",
            "party affiliation",
            "political party",
            "union member",
            "sexual orientation",
            "immigration",
        ),
    ),
    Term(
        "SECRET",
        "sensitive",
        "password, PIN or signature",
        ("password", "passwd", "pin number", "pin code", "signature", "cvv"),
    ),
)

FREE_TEXT_HEADERS = (
    "note",
    "comment",
    "narrative",
    "remark",
    "description",
    "desc",
    "detail",
    "memo",
    "summary",
    "message",
    "explanation",
    "free text",
    "reason",
    "observation",
    "complaint text",
)
KEY_HEADERS = (
    *("id", "objectid", "object id", "fid", "oid", "key", "guid", "uuid", "number", "no", "num"),
    *("record", "case", "permit", "row", "index", "reference", "ref"),
)
