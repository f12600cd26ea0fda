"""Names of people, by the column's name, the Census lists and their order. Organisations and places are none."""

from __future__ import annotations

import polars as pl

from privacy.evidence import Detector, Pattern
from privacy.lexicon import first_names, surnames

_NO_PERSON = (
    r"\b(?:INC|LLC|LLP|LP|PLLC|CORP|CORPORATION|CO|LTD|COMPANY|TRUST|BANK|CHURCH|SCHOOL|ELEMENTARY|ACADEMY|UNIVERSITY"
    r"|COLLEGE|DEPT|DEPARTMENT|COUNTY|CITY|TOWN|STATE|DISTRICT|PARK|PLAYGROUND|GARDEN|GARDENS|ST|STREET|AVE|AVENUE|BLVD"
    r"|BOULEVARD|RD|ROAD|DR|DRIVE|LN|LANE|COURT|WAY|HWY|HIGHWAY|BRIDGE|STATION|CENTER|CENTRE|HOSPITAL|CLINIC|LIBRARY"
    r"|MUSEUM|HALL|HOUSE|TOWER|TOWERS|BUILDING|PLAZA|MALL|LAKE|RIVER|CREEK|BEACH|BAY|ISLAND|HEIGHTS|HILLS|SPRINGS"
    r"|VALLEY|VILLAGE|ESTATES|APARTMENTS|ASSOCIATION|ASSOC|FOUNDATION|SOCIETY|CLUB|GROUP|PARTNERS|SERVICES|SOLUTIONS"
    r"|HOLDINGS|PROPERTIES|RESTAURANT|CAFE|PIZZA|MARKET|DELI|GRILL|STORE|SHOP|SALON|AUTHORITY|COMMISSION|COMMITTEE"
    r"|BOARD|OFFICE|BUREAU|AGENCY|DIVISION|THE|AND|OF|FOR)\b|&"
)
_TWO_TO_FIVE = r"^\s*[A-Za-z][A-Za-z'’.-]*(?:,? +[A-Za-z][A-Za-z'’.-]*){1,4}\s*$"
_SUFFIX = r"(?: (?:JR|SR|II|III|IV|MD|PHD|ESQ))?"
_GIVEN = r"^(?:(?:MR|MRS|MS|DR|MISS) )?([A-Z']+)"
_FAMILY = rf"([A-Z']+)(?:-[A-Z']+)?{_SUFFIX}$"
_SECOND_HALF = rf"-([A-Z']+){_SUFFIX}$"
_WORDS_ONLY = r"^[\p{L}][\p{L}'’.-]*(?:,? [\p{L}][\p{L}'’.-]*){0,4}$"


def convinces(values: pl.Series) -> pl.Series:
    """Which values are a given name and a family name, in either order, and nothing that people are not."""
    # Each step looks only at what the one before has left.
    left = values.to_frame("v").with_row_index("at").filter(pl.col("v").str.contains(_TWO_TO_FIVE))
    clean = pl.col("v").str.strip_chars().str.to_uppercase().str.replace_all(r"[.’]", "")
    left = left.with_columns(v=clean.str.replace_all(r"\s+", " "))
    comma = pl.col("v").str.contains(",", literal=True)
    # "LOPEZ, MARIA A" is read as "MARIA A LOPEZ".
    turned = pl.col("v").str.replace(rf"^([^,]*?){_SUFFIX}, ?(.*)$", "${2} ${1}")
    left = left.with_columns(v=pl.when(comma).then(turned).otherwise(pl.col("v")))
    left = left.filter(pl.col("v").str.extract(_GIVEN).is_in(first_names().implode()))
    if not left.is_empty():
        family = surnames().implode()
        halves = (pl.col("v").str.extract(_FAMILY), pl.col("v").str.extract(_SECOND_HALF))
        # Of a double name either half may be known.
        left = left.filter(pl.any_horizontal(half.is_in(family) for half in halves))
        left = left.filter(~pl.col("v").str.contains(_NO_PERSON))
    people = left.get_column("at").cast(pl.Int64).implode()
    return pl.select(pl.int_range(len(values)).is_in(people)).to_series()


def fits(values: pl.Series) -> pl.Series:
    """Which values can be a name where the column says so: one to five words of letters, no organisation."""
    frame = values.str.strip_chars().to_frame("v")
    words = pl.col("v").str.contains(_WORDS_ONLY)
    return frame.select(words & ~pl.col("v").str.to_uppercase().str.contains(_NO_PERSON)).to_series()


def grade(matches: pl.Series) -> pl.Series:
    """In prose, two capitalised words count only when both are known names."""
    return convinces(matches).cast(pl.Float64)


DETECTOR = Detector(
    name="person_name",
    version=1,
    entity="PERSON_NAME",
    label="name of a person",
    group="direct",
    explanation="Given and family names of the U.S. Census lists; organisations, streets and parks are left out.",
    headers=(
        "first name",
        "last name",
        "full name",
        "middle name",
        "maiden name",
        "given name",
        "family name",
        "surname",
        "first nm",
        "last nm",
        "fname",
        "lname",
        "forename",
        "person name",
        "patient name",
        "client name",
        "employee name",
        "applicant name",
        "owner name",
        "contact name",
        "officer name",
        "complainant name",
        "resident name",
        "tenant name",
        "student name",
        "victim name",
        "defendant name",
        "inmate name",
        "customer name",
        "respondent name",
        "caller name",
    ),
    weak_headers=(
        "name",
        "owner",
        "applicant",
        "patient",
        "client",
        "employee",
        "officer",
        "complainant",
        "contact",
        "resident",
        "tenant",
        "victim",
        "inspector",
        "caller",
        "defendant",
        "person",
        "requester",
        "petitioner",
        "signatory",
    ),
    fits=fits,
    convinces=convinces,
    patterns=(
        Pattern(
            "two names in prose",
            r"\b[A-Z][a-z'’-]{1,20} (?:[A-Z]\. )?[A-Z][a-z'’-]{1,20}\b",
            0.6,
            glue="",
            prose_only=True,
        ),
    ),
    against=(
        "city",
        "destination",
        "street",
        "park",
        "school",
        "facility",
        "business",
        "company",
        "organization",
        "organisation",
        "vendor",
        "department",
        "dept",
        "project",
        "program",
        "product",
        "county",
        "location",
        "station",
        "team",
        "event",
        "place",
        "neighborhood",
        "building",
        "file",
        "species",
        "common",
        "scientific",
        "host",
        "user",
        "id",
        "dba",
        "legal",
        "trade",
        "site",
        "origin",
    ),
    alone=0.5,
    types=("text",),
    grade=grade,
)
