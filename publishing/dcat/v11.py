"""A record as DCAT-US 1.1 writes it (Project Open Data metadata schema, profile of state and local governments)."""

from __future__ import annotations

from typing import Any

from publishing.dcat import words
from publishing.dcat.record import CatalogRecord, Form

# What 1.1 wants of every file to download, where nobody has said more.
ANY_FILE = "application/octet-stream"
CONFORMS_TO = "https://project-open-data.cio.gov/v1.1/schema"


def catalog(datasets: list[dict[str, Any]], *, address: str) -> dict[str, Any]:
    """The file: the catalogue around its datasets."""
    return {
        "@context": f"{CONFORMS_TO}/catalog.jsonld",
        "@id": address,
        "@type": "dcat:Catalog",
        "conformsTo": CONFORMS_TO,
        "describedBy": f"{CONFORMS_TO}/catalog.json",
        "dataset": datasets,
    }


def dataset(record: CatalogRecord) -> dict[str, Any]:
    """One dataset. The record has no gap that keeps it out."""
    if record.restriction is not None:
        return _withheld(record)
    return {
        **_always(record),
        "keyword": _keywords(record),
        **words.filled(
            {
                "issued": words.instant(record.issued) if record.issued else "",
                "rights": words.shortened(words.line(record.rights), words.MAX_RIGHTS),
                "license": words.address(record.licence.uri),
                "accrualPeriodicity": words.FREQUENCIES.get(record.frequency, ("", ""))[0],
                "spatial": words.line(record.spatial),
                "temporal": words.interval(record),
                "theme": list(words.lines(record.themes)),
                "language": list(record.languages),
                "landingPage": words.address(record.landing_page),
                "describedBy": words.address(record.dictionary),
                "describedByType": "application/json" if words.address(record.dictionary) else "",
                "conformsTo": next(iter(words.links_in(record.standard)), ""),
                "references": _references(record),
                "distribution": [_distribution(form) for form in record.forms if words.address(form.url)],
            }
        ),
    }


def _always(record: CatalogRecord) -> dict[str, Any]:
    publisher: dict[str, Any] = {"@type": "org:Organization", "name": words.line(record.publisher)}
    if words.line(record.part_of) not in ("", publisher["name"]):
        publisher["subOrganizationOf"] = {"@type": "org:Organization", "name": words.line(record.part_of)}
    return {
        "@type": "dcat:Dataset",
        "identifier": record.identifier,
        "title": words.line(record.title),
        "description": words.shortened(words.plain(record.description), words.MAX_DESCRIPTION),
        "modified": words.instant(record.modified) if record.modified else "",
        "publisher": publisher,
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": words.line(record.contact_name),
            "hasEmail": words.mailto(record.contact_email),
        },
        "accessLevel": record.access_level,
    }


def _withheld(record: CatalogRecord) -> dict[str, Any]:
    """Listed without its data: what 1.1 always wants, the ground, and nothing else."""
    restriction = record.restriction
    if restriction is not None and restriction.is_redacted:
        return {
            **_always(record),
            "title": words.REDACTED,
            "keyword": words.REDACTED,
            "rights": _ground(record),
        }
    # Whose it is tells least of it, and it is always there.
    found = _keywords(record) or [words.line(record.publisher)]
    return {**_always(record), "keyword": found, "rights": _ground(record)}


def _ground(record: CatalogRecord) -> str:
    return words.shortened(words.line(record.rights), words.MAX_RIGHTS)


def _keywords(record: CatalogRecord) -> list[str]:
    """Its keywords; where it has none, its category, as 1.1 wants at least one word."""
    found = words.lines(record.keywords) or words.lines(record.themes)
    return [words.shortened(word, words.MAX_KEYWORD) for word in found[:1000]]


def _references(record: CatalogRecord) -> list[str]:
    return list(dict.fromkeys((*(url for _, url in record.documents), *record.related)))


def _distribution(form: Form) -> dict[str, Any]:
    where = "downloadURL" if form.is_file else "accessURL"
    media_type = form.media_type or (ANY_FILE if form.is_file else "")
    return {
        "@type": "dcat:Distribution",
        "title": words.line(form.title),
        where: words.address(form.url),
        **words.filled({"mediaType": media_type, "format": form.format}),
    }
