"""The catalogue in the words of DCAT-US 1.1 and 3.0: takes records, gives dicts. Plain, no Django, no queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from publishing.dcat import v11, v30
from publishing.dcat.forms import forms_of
from publishing.dcat.gaps import V1, V3, VERSIONS, gaps_of
from publishing.dcat.record import (
    DEPARTMENT,
    NON_PUBLIC,
    PORTAL_ADMIN,
    PUBLIC,
    RESTRICTED,
    CatalogRecord,
    Form,
    Gap,
    Licensed,
    Restriction,
    Version,
)

__all__ = [
    "DEPARTMENT",
    "NON_PUBLIC",
    "PORTAL_ADMIN",
    "PUBLIC",
    "RESTRICTED",
    "V1",
    "V3",
    "VERSIONS",
    "CatalogFile",
    "CatalogRecord",
    "Form",
    "Gap",
    "Licensed",
    "Restriction",
    "Version",
    "catalog_of",
    "forms_of",
    "gaps_of",
]

# Raised when the same records would make another file: what is kept of earlier ones is then made anew.
EDITION = 3


@dataclass(frozen=True)
class CatalogFile:
    """A file of the catalogue, and what it lacks."""

    content: dict[str, Any]
    gaps: tuple[Gap, ...]

    @property
    def left_out(self) -> tuple[Gap, ...]:
        """Why datasets are missing from the file."""
        return tuple(gap for gap in self.gaps if gap.keeps_out)


def catalog_of(
    records: Iterable[CatalogRecord], *, version: str, address: str, name: str, home: str
) -> CatalogFile:
    """The catalogue of these records; those without a valid record are left out and said as gaps.

    `address` is where the file stands, `home` the page for people, `name` whose catalogue it is. Raises
    ValueError for a version that is not one of VERSIONS.
    """
    if version not in VERSIONS:
        raise ValueError(f"There is no DCAT-US {version} here; there is {' and '.join(VERSIONS)}.")
    write = v11.dataset if version == V1 else v30.dataset
    datasets: list[dict[str, Any]] = []
    gaps: list[Gap] = []
    for record in records:
        found = gaps_of(record, version)
        gaps += found
        if not any(gap.keeps_out for gap in found):
            datasets.append(write(record))
    if version == V1:
        return CatalogFile(v11.catalog(datasets, address=address), tuple(gaps))
    return CatalogFile(v30.catalog(datasets, address=address, name=name, home=home), tuple(gaps))
