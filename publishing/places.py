"""Which portals a copy goes to, which of them a release waits for, and what people call them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publishing.portals.shared.points import point_fields
from publishing.records import PORTAL_TYPES, PortalColumn, field_names
from publishing.shapes import SHAPES

# By the codes that program profiles use.
PORTAL_NAMES = {
    "socrata": "Socrata",
    "arcgis_geo": "ArcGIS geodata portal",
    "ckan": "CKAN",
    "static": "A catalogue of plain files",
}
# Beside another portal these take only data that they can draw on a map (Connecticut: the open data portal or the
# geodata portal).
MAPS_ONLY = frozenset({"arcgis_geo"})
ALL, FIRST = "all", "first"


@dataclass(frozen=True)
class PortalRules:
    """What a program's profile says of its portals. A profile that says nothing waits for the first only."""

    portals: tuple[str, ...]
    needed: str = FIRST

    @classmethod
    def of(cls, publication: Mapping[str, Any]) -> PortalRules:
        """From the part `publication` of a profile."""
        return cls(
            tuple(publication.get("portals", ())) or ("socrata",), publication.get("portals_needed", FIRST)
        )

    def portals_for(self, *, has_map: bool, shown: Collection[str] = ()) -> tuple[str, ...]:
        """The portals that take such data, in the profile's order; the first where none would.

        Those that have `shown` an earlier release go on with the next: else its rows would stay public there.
        """
        found = tuple(code for code in self.portals if has_map or code in shown or code not in MAPS_ONLY)
        return found or self.portals[:1]

    def waited_for(self, portals: Sequence[str]) -> tuple[str, ...]:
        """Of the portals that a copy goes to, those without which the release does not go on."""
        return tuple(portals) if self.needed == ALL else tuple(portals[:1])


def has_map(columns: Iterable[PortalColumn]) -> bool:
    """Is there something that the geodata portal draws: columns of latitude and longitude?

    A column of shapes is none: its layers are made of a CSV, which holds points only.
    """
    return point_fields(columns) is not None


def drawn_types(portal: str, columns: Iterable[PortalColumn]) -> set[str]:
    """The types of what such a portal draws of these columns: its own points, and shapes where it keeps them."""
    known = list(columns)
    points = {"point"} if has_map(known) else set()
    return (
        points if portal in MAPS_ONLY else points | {column.type for column in known if column.type in SHAPES}
    )


def has_map_named(columns: Iterable[tuple[str, str]]) -> bool:
    """The same of a treated copy that has no record yet: by the names and types of its columns."""
    known = list(columns)
    fields = field_names(name for name, _ in known)
    named = [
        PortalColumn(field, name, PORTAL_TYPES.get(kind, kind))
        for field, (name, kind) in zip(fields, known, strict=True)
    ]
    return has_map(named)


def place_words(portal: str, domain: str) -> str:
    """A place as people know it: the kind of portal, and where it is."""
    name = PORTAL_NAMES.get(portal, portal)
    return f"{name} ({domain})" if domain else name


def and_words(words: Sequence[str]) -> str:
    """One, or one and another, or one, two and three."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
