"""What the catalogue knows of one dataset, before it is written in a version of DCAT-US. Plain data, no Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

PUBLIC, RESTRICTED, NON_PUBLIC = "public", "restricted public", "non-public"
DEPARTMENT, PORTAL_ADMIN = "department", "portal_admin"


@dataclass(frozen=True)
class Form:
    """One form in which readers get the data (DCAT distribution): a file to download, or a page or API."""

    title: str
    url: str
    media_type: str = ""
    format: str = ""
    is_file: bool = False


@dataclass(frozen=True)
class Licensed:
    """The licence as the program names it; `uri` is empty where nobody has said where it stands."""

    code: str = ""
    label: str = ""
    uri: str = ""


@dataclass(frozen=True)
class Version:
    """An earlier version of the same dataset that was public and was replaced."""

    number: str
    issued: datetime


@dataclass(frozen=True)
class Restriction:
    """Why a dataset is listed without its data: the ground in words, and the law behind it."""

    ground: str
    citation: str
    is_redacted: bool = False
    # Banner of Controlled Unclassified Information, where the program's profile marks the class with one.
    cui_marking: str = ""


@dataclass(frozen=True)
class CatalogRecord:
    """One dataset of the catalogue. What is empty is left out of the file."""

    identifier: str
    title: str
    description: str
    publisher: str
    part_of: str = ""
    contact_name: str = ""
    contact_email: str = ""
    # Whose the contact is to mend: the department's, or the portal admin's where the program names one office.
    contact_by: str = DEPARTMENT
    modified: datetime | None = None
    issued: datetime | None = None
    access_level: str = PUBLIC
    # What the metadata says of it, where that differs: data that is public is no other's secret.
    declared_level: str = ""
    rights: str = ""
    licence: Licensed = Licensed()
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    kind: str = ""
    # A code of Dataset.Frequency.
    frequency: str = ""
    spatial: str = ""
    starts: date | None = None
    ends: date | None = None
    landing_page: str = ""
    dictionary: str = ""
    forms: tuple[Form, ...] = ()
    languages: tuple[str, ...] = ()
    # Links to what stands beside the data, each with its words.
    documents: tuple[tuple[str, str], ...] = ()
    related: tuple[str, ...] = ()
    standard: str = ""
    creator: str = ""
    contributors: tuple[str, ...] = ()
    purpose: str = ""
    limitations: str = ""
    provenance: tuple[str, ...] = ()
    citation: str = ""
    image: str = ""
    # Dimension of quality -> share between 0 and 1.
    quality: tuple[tuple[str, float], ...] = ()
    version: str = ""
    previous: Version | None = None
    restriction: Restriction | None = None


@dataclass(frozen=True)
class Gap:
    """What a record lacks. `keeps_out`: no valid record can be made, so the file goes without this dataset."""

    identifier: str
    title: str
    code: str
    sentence: str
    keeps_out: bool = False
    # Who can mend it: the department, or the portal admin in the program's profile.
    whose: str = DEPARTMENT
