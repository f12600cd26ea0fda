"""The rules of DCAT-US 1.1 and 3.0 that a catalogue of a state or a city must keep, in our own words.

Written from the specifications (Project Open Data metadata schema 1.1; DCAT-US 3.0 as data.gov harvests it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PERIOD = re.compile(r"R/P((\d+[YMWD])+|T\d+[HMS])")
_MEDIA = re.compile(r"[-\w]+/[-\w]+(\.[-\w]+)*(\+[-\w]+)?")
_MAILTO = re.compile(r"mailto:[\w~!$&'()*+,;=:.-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
WORDS = {
    *("continual", "daily", "weekly", "fortnightly", "monthly", "quarterly", "biannually", "annually"),
    *("asNeeded", "irregular", "notPlanned", "unknown"),
}
LEVELS = ("public", "restricted public", "non-public")


def faults_11(catalog: dict[str, Any]) -> list[str]:
    """What is wrong with a 1.1 file."""
    found = []
    if catalog.get("conformsTo") != "https://project-open-data.cio.gov/v1.1/schema":
        found.append("conformsTo")
    if "@type" in catalog and "@context" not in catalog:
        found.append("@context")
    return found + [
        f"{row.get('identifier')}: {fault}" for row in catalog["dataset"] for fault in _dataset_11(row)
    ]


def faults_30(catalog: dict[str, Any]) -> list[str]:
    """What is wrong with a 3.0 file."""
    return [f"{row.get('identifier')}: {fault}" for row in catalog["dataset"] for fault in _dataset_30(row)]


def _dataset_11(row: dict[str, Any]) -> Iterator[str]:
    yield from _empty(row)
    yield from _texts(row, "title", "description", "identifier", "modified", "accessLevel")
    if len(row["description"]) > 10_000:
        yield "description is too long"
    if len(row.get("rights", "")) > 255:
        yield "rights are too long"
    if row["accessLevel"] not in LEVELS:
        yield "accessLevel"
    if row["accessLevel"] != "public" and not row.get("rights"):
        yield "rights must say why it is not public"
    keyword = row.get("keyword")
    redacted = isinstance(keyword, str) and keyword.startswith("[[REDACTED") and keyword.endswith("]]")
    if not redacted and not (isinstance(keyword, list) and keyword and all(keyword)):
        yield "keyword"
    yield from _instants(row, "modified", "issued")
    yield from _addresses(row, "license", "landingPage", "describedBy", "conformsTo")
    for url in row.get("references", ()):
        yield from _addresses({"references": url}, "references")
    if not re.fullmatch(rf"irregular|{_PERIOD.pattern}", row.get("accrualPeriodicity", "irregular")):
        yield "accrualPeriodicity"
    if "temporal" in row:
        starts, ends = (date.fromisoformat(day) for day in row["temporal"].split("/"))
        if ends < starts:
            yield "temporal"
    if not row["publisher"].get("name"):
        yield "publisher"
    yield from _contact(row["contactPoint"])
    for form in row.get("distribution", ()):
        yield from _form(form)
        if "downloadURL" in form and not form.get("mediaType"):
            yield "a download needs its mediaType"


def _dataset_30(row: dict[str, Any]) -> Iterator[str]:
    yield from _empty(row)
    yield from _texts(row, "title", "description", "identifier")
    yield from _instants(row, "modified", "issued")
    for contact in row["contactPoint"]:
        yield from _contact(contact)
    if not row["publisher"].get("name"):
        yield "publisher"
    often = row.get("accrualPeriodicity", "unknown")
    if often not in WORDS and not _PERIOD.fullmatch(often):
        yield "accrualPeriodicity"
    for period in row.get("temporal", ()):
        if not {"startDate", "endDate"} & set(period):
            yield "temporal"
    if any(len(tag) > 2 for tag in row.get("language", ())):
        yield "language"
    for measured in row.get("hasQualityMeasurement", ()):
        metric = measured["isMeasurementOf"]
        if not (isinstance(measured["value"], str) and metric["expectedDataType"] and metric["inDimension"]):
            yield "hasQualityMeasurement"
    for form in row.get("distribution", ()):
        yield from _form(form)
        for kind in ("accessRestriction", "useRestriction"):
            if not all(one.get("restrictionStatus") for one in form.get(kind, ())):
                yield kind
    cui = row.get("cuiRestriction")
    if cui is not None and not (cui["cuiBannerMarking"] and cui["designationIndicator"]):
        yield "cuiRestriction"
    previous = row.get("previousVersion")
    if previous is not None:
        yield from _texts(previous, "title", "description", "identifier")
        yield from (fault for contact in previous["contactPoint"] for fault in _contact(contact))


def _empty(value: Any, where: str = "") -> Iterator[str]:
    """What is empty is left out, or null; never "" or []."""
    if value in ("", [], {}):
        yield f"{where} is empty"
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _empty(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _empty(one, where)


def _texts(row: dict[str, Any], *names: str) -> Iterator[str]:
    yield from (name for name in names if not isinstance(row.get(name), str) or not row[name].strip())


def _instants(row: dict[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        if name in row and not _INSTANT.fullmatch(row[name]):
            yield name
        elif name in row:
            datetime.fromisoformat(row[name])


def _addresses(row: dict[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        if name in row:
            parts = urlsplit(row[name])
            fit = row[name].isascii() and not re.search(r"[\s<>\"{}|\\^`]", row[name])
            # Brackets are for hosts of numbers only, and there is one # at most.
            fit = fit and not re.search(r"[\[\]]|#.*#", row[name].partition(parts.netloc)[2])
            if parts.scheme not in ("http", "https") or not parts.hostname or not fit:
                yield name


def _contact(contact: dict[str, Any]) -> Iterator[str]:
    if not contact.get("fn") or not _MAILTO.fullmatch(contact.get("hasEmail", "")):
        yield "contactPoint"


def _form(form: dict[str, Any]) -> Iterator[str]:
    if not {"downloadURL", "accessURL"} & set(form):
        yield "a distribution needs an address"
    yield from _addresses(form, "downloadURL", "accessURL")
    if "mediaType" in form and not _MEDIA.fullmatch(form["mediaType"]):
        yield "mediaType"
