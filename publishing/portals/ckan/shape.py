"""What our records look like in CKAN, and what a dataset of CKAN looks like to us."""

from __future__ import annotations

import re
from typing import Any

from publishing.portals.base import ProtocolError, RemoteAsset, RemoteColumn
from publishing.portals.shared.proving import plain
from publishing.records import CALENDAR_DATE, CHECKBOX, NUMBER, TEXT, PortalRecord
from publishing.shapes import SHAPES

TYPES = {TEXT: "text", NUMBER: "numeric", CHECKBOX: "bool", CALENDAR_DATE: "timestamp"}
OURS = {theirs: ours for ours, theirs in TYPES.items()}
# The codes that program profiles use, in CKAN's words; a code of the portal's own list goes as it is.
LICENCES = {
    "PUBLIC_DOMAIN": "other-pd",
    "CC0_10": "cc-zero",
    "CC_10_ZERO": "cc-zero",
    "CC_40_BY": "cc-by",
    "CC_30_BY": "cc-by",
    "CC_40_BY_SA": "cc-by-sa",
    "CC_30_BY_SA": "cc-by-sa",
    "ODC_BY": "odc-by",
    "ODBL": "odc-odbl",
    "PDDL": "odc-pddl",
    "SEE_TERMS_OF_USE": "other-open",
}
RESOURCE = "Data"
# CKAN keeps a shape as text; of which type it is stands beside the names of the column.
SHAPE = "shape"
# Extras of ours. STAGE is gone from a dataset that is whole.
KEY, STAGE, REPLACES = "identifier", "workflow_stage", "workflow_replaces"
DRAFT, SWAP_PUBLIC, SWAP_PRIVATE = "draft", "replacing, public", "replacing, private"
# Fields of the record that CKAN has no field of its own for.
_ABOUT = ("category", "row_label", "update_frequency")
_TAG = re.compile(r"[^\w .-]")


def descriptive(record: PortalRecord) -> dict[str, Any]:
    return {
        "title": record.name,
        "notes": record.description,
        "author": record.attribution,
        "maintainer": record.attribution,
        "maintainer_email": record.contact_email,
        "license_id": LICENCES.get(record.licence, record.licence) or "notspecified",
        "tags": [{"name": tag} for tag in _tags(record)],
    }


def _tags(record: PortalRecord) -> list[str]:
    """Letters, digits, blanks and -_. only, 2 to 100 characters: CKAN refuses the dataset otherwise."""
    tags = (" ".join(_TAG.sub(" ", tag).split())[:100] for tag in record.tags)
    return sorted({tag for tag in tags if len(tag) > 1})


def own_extras(record: PortalRecord) -> dict[str, str]:
    return {name: value for name, value in _about(record).items() if value}


def described(extras: dict[str, str], record: PortalRecord) -> dict[str, str]:
    """These extras with ours as the record has them; what became empty is gone, what others wrote stays."""
    ours = _about(record)
    return {name: value for name, value in extras.items() if name not in ours} | own_extras(record)


def _about(record: PortalRecord) -> dict[str, str]:
    return {
        KEY: record.external_key,
        **{name: getattr(record, name) for name in _ABOUT},
    }


def told_of(package: dict[str, Any], extras: dict[str, str]) -> dict[str, Any]:
    """What a dataset says of itself, by the words for people: one of CKAN, or one as we would write it."""
    return {
        "title": plain(package.get("title")),
        "description": plain(package.get("notes")),
        "keywords": sorted(tag["name"] for tag in package.get("tags") or []),
        "source": plain(package.get("author")),
        "maintainer": plain(package.get("maintainer")),
        "contact": plain(package.get("maintainer_email")),
        "licence": package.get("license_id") or "",
        **{name.replace("_", " "): plain(extras.get(name)) for name in (*_ABOUT, KEY)},
    }


def extras_of(package: dict[str, Any]) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in package.get("extras", [])}


def placed(package: dict[str, Any], name: str) -> dict[str, Any]:
    """What a dataset says of itself once it has taken the place that a change of places begins with."""
    extras = extras_of(package)
    stage = extras.pop(STAGE)
    extras.pop(REPLACES, None)
    return {"name": name, "private": stage == SWAP_PRIVATE, "extras": extras}


def as_extras(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in sorted(values.items())]


def fields(record: PortalRecord) -> list[dict[str, Any]]:
    return [
        {
            "id": column.field_name,
            "type": TYPES.get(column.type, TYPES[TEXT]),
            "info": {
                "label": column.name,
                "notes": column.description,
                **({SHAPE: column.type} if column.type in SHAPES else {}),
            },
        }
        for column in record.columns
    ]


def table_of(package: dict[str, Any]) -> str | None:
    """The id of the resource that holds our rows."""
    return next(
        (
            resource["id"]
            for resource in package.get("resources", [])
            if resource.get("name") == RESOURCE and resource.get("datastore_active")
        ),
        None,
    )


def asset_of(package: Any, info: dict[str, Any]) -> RemoteAsset:
    """The dataset from package_show and, for its columns, datastore_info."""
    if not isinstance(package, dict) or not isinstance(package.get("name"), str):
        raise ProtocolError(
            "The portal did not describe the dataset when asked. We ask again.", ambiguous=True
        )
    columns = [column for column in info.get("fields", []) if column["id"] != "_id"]
    return RemoteAsset(
        remote_id=package["name"],
        name=package.get("title") or "",
        published=extras_of(package).get(STAGE) is None,
        scope="private" if package.get("private") else "public",
        columns=tuple(_column(column) for column in columns),
        row_identifier=next(
            (column["id"] for column in columns if column.get("schema", {}).get("uniquekey")), None
        ),
        group=None,
    )


def _column(column: dict[str, Any]) -> RemoteColumn:
    info = column.get("info") or {}
    return RemoteColumn(
        field_name=column["id"],
        name=info.get("label") or column["id"],
        type=info[SHAPE] if info.get(SHAPE) in SHAPES else OURS.get(column["type"], column["type"]),
        description=info.get("notes") or "",
    )
