"""A record as DCAT-US 3.0 writes it (the profile that data.gov harvests)."""

from __future__ import annotations

from typing import Any

from publishing.dcat import words
from publishing.dcat.record import PUBLIC, CatalogRecord, Form

STANDARD = {
    "@type": "Standard",
    "title": "DCAT-US 3.0",
    "identifier": "https://resources.data.gov/resources/dcat-us3/",
}
# The words of the National Archives for a restriction, which DCAT-US 3.0 takes over.
OPEN, PARTLY, FULLY, UNDETERMINED = (
    "Unrestricted",
    "Restricted - Partly",
    "Restricted - Fully",
    "Undetermined",
)


def catalog(datasets: list[dict[str, Any]], *, address: str, name: str, home: str) -> dict[str, Any]:
    """The file: the catalogue around its datasets."""
    return {
        "@id": address,
        "@type": "Catalog",
        "title": f"Open data of {name}",
        "publisher": {"@type": "Agent", "name": name},
        "conformsTo": STANDARD,
        "homepage": {"@type": "Document", "title": f"Open data of {name}", "accessURL": home},
        "dataset": datasets,
    }


def dataset(record: CatalogRecord) -> dict[str, Any]:
    """One dataset. The record has no gap that keeps it out."""
    if record.restriction is not None:
        return _withheld(record)
    return {**_always(record), **words.filled({**_about(record), **_origin(record)})}


def _always(record: CatalogRecord) -> dict[str, Any]:
    publisher: dict[str, Any] = {"@type": "Organization", "name": words.line(record.publisher)}
    if words.line(record.part_of) not in ("", publisher["name"]):
        publisher["subOrganizationOf"] = [{"@type": "Organization", "name": words.line(record.part_of)}]
    contact = {
        "@type": "Kind",
        "fn": words.line(record.contact_name),
        "hasEmail": words.mailto(record.contact_email),
    }
    return {
        "@type": "Dataset",
        "identifier": record.identifier,
        "title": words.line(record.title),
        "description": words.plain(record.description),
        "publisher": publisher,
        "contactPoint": [contact],
        "accessRights": record.access_level,
        **({"modified": words.instant(record.modified)} if record.modified else {}),
    }


def _about(record: CatalogRecord) -> dict[str, Any]:
    """What the data is, and how it is got and used."""
    landing = words.address(record.landing_page)
    return {
        "keyword": list(words.lines(record.keywords)),
        "theme": [{"@type": "Concept", "prefLabel": theme} for theme in words.lines(record.themes)],
        "category": [{"@type": "Concept", "prefLabel": kind} for kind in words.lines([record.kind])],
        "issued": words.instant(record.issued) if record.issued else "",
        "rights": list(words.lines([record.rights])),
        "accrualPeriodicity": words.FREQUENCIES.get(record.frequency, ("", ""))[1],
        "spatial": [{"@type": "Location", "prefLabel": place} for place in words.lines([record.spatial])],
        "temporal": _periods(record),
        "language": list(
            dict.fromkeys(tag[:2].lower() for tag in record.languages if len(tag.split("-")[0]) == 2)
        ),
        "landingPage": words.filled(
            {
                "@type": "Document",
                "title": words.line(record.title),
                "accessURL": landing,
                "bibliographicCitation": words.line(record.citation),
            }
        )
        if landing
        else None,
        "describedBy": _dictionary(record),
        "distribution": [_distribution(form, record) for form in record.forms if words.address(form.url)],
        "page": [{"@type": "Document", "title": title, "accessURL": url} for title, url in record.documents],
        "relation": list(record.related),
        "image": words.address(record.image),
        "purpose": words.plain(record.purpose),
        "scopeNote": words.plain(record.limitations),
    }


def _origin(record: CatalogRecord) -> dict[str, Any]:
    """Where the data comes from, how good it is, and which version this is."""
    return {
        "creator": {"@type": "Agent", "name": words.line(record.creator)}
        if words.line(record.creator)
        else None,
        "contributor": [{"@type": "Agent", "name": name} for name in words.lines(record.contributors)],
        "provenance": [text for one in record.provenance if (text := words.plain(one))],
        "conformsTo": _standard(record),
        "hasQualityMeasurement": [_measurement(name, value) for name, value in record.quality],
        "version": record.version,
        "previousVersion": _previous(record),
    }


def _withheld(record: CatalogRecord) -> dict[str, Any]:
    """Listed without its data: whose it is, the ground and the law, and nothing else."""
    restriction = record.restriction
    found = {**_always(record), "rights": list(words.lines([record.rights]))}
    if restriction is None:
        return found
    if restriction.is_redacted:
        found["title"] = words.REDACTED
    elif words.lines(record.themes):
        found["theme"] = [{"@type": "Concept", "prefLabel": theme} for theme in words.lines(record.themes)]
    # There is no distribution to hang them on.
    found["accessRestriction"] = [
        {
            "@type": "AccessRestriction",
            "restrictionStatus": FULLY if record.access_level != "restricted public" else PARTLY,
            "specificRestriction": restriction.ground,
            "restrictionNote": restriction.citation,
        }
    ]
    if restriction.cui_marking:
        found["cuiRestriction"] = {
            "@type": "CUIRestriction",
            "cuiBannerMarking": restriction.cui_marking,
            "designationIndicator": f"Controlled by: {words.line(record.publisher)}",
            "requiredIndicatorPerAuthority": [restriction.citation],
        }
    return found


def _periods(record: CatalogRecord) -> list[dict[str, Any]]:
    if words.is_reversed(record) or not (record.starts or record.ends):
        return []
    starts = {"startDate": record.starts.isoformat()} if record.starts else {}
    ends = {"endDate": record.ends.isoformat()} if record.ends else {}
    return [{"@type": "PeriodOfTime", **starts, **ends}]


def _dictionary(record: CatalogRecord) -> dict[str, Any] | None:
    url = words.address(record.dictionary)
    if not url:
        return None
    return {
        "@type": "Distribution",
        "title": "Data dictionary",
        "downloadURL": url,
        "mediaType": "application/json",
    }


def _distribution(form: Form, record: CatalogRecord) -> dict[str, Any]:
    where = "downloadURL" if form.is_file else "accessURL"
    licence = words.address(record.licence.uri) or words.line(record.licence.label)
    return {
        "@type": "Distribution",
        "title": words.line(form.title),
        where: words.address(form.url),
        **words.filled({"mediaType": form.media_type, "format": form.format, "license": licence}),
        "accessRestriction": [_access(record)],
        "useRestriction": [_use(record)],
    }


def _access(record: CatalogRecord) -> dict[str, Any]:
    if record.access_level == PUBLIC:
        return {"@type": "AccessRestriction", "restrictionStatus": OPEN}
    note = words.filled({"restrictionNote": words.line(record.rights)})
    return {"@type": "AccessRestriction", "restrictionStatus": PARTLY, **note}


def _use(record: CatalogRecord) -> dict[str, Any]:
    licence = record.licence
    if licence.code in words.FREE:
        return {"@type": "UseRestriction", "restrictionStatus": OPEN}
    if not licence.code:
        return {"@type": "UseRestriction", "restrictionStatus": UNDETERMINED}
    note = f"Use is under the licence {words.line(licence.label) or licence.code}."
    return {"@type": "UseRestriction", "restrictionStatus": PARTLY, "restrictionNote": note}


def _standard(record: CatalogRecord) -> list[dict[str, Any]]:
    title = words.line(record.standard)
    if not title:
        return []
    where = next(iter(words.links_in(title)), "")
    return [{"@type": "Standard", "title": title, **words.filled({"identifier": where})}]


def _measurement(name: str, value: float) -> dict[str, Any]:
    dimension, definition = words.DIMENSIONS[name]
    return {
        "@type": "QualityMeasurement",
        "isMeasurementOf": {
            "@type": "Metric",
            "expectedDataType": "xsd:decimal",
            "inDimension": dimension,
            "definition": definition,
        },
        "value": f"{value:.2f}",
        "unitMeasure": "share between 0 and 1",
    }


def _previous(record: CatalogRecord) -> dict[str, Any] | None:
    """The version that this one replaced, in today's words: what was said of it may have been corrected."""
    if record.previous is None:
        return None
    always = _always(record)
    return {
        **{name: always[name] for name in ("@type", "title", "description", "publisher", "contactPoint")},
        "identifier": f"{record.identifier}#{record.previous.number}",
        "version": record.previous.number,
        "issued": words.instant(record.previous.issued),
    }
