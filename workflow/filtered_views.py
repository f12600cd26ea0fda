"""Filtered views as people plan them in the metadata: a name, a column and one of its values on a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from publishing.records import PortalView

_LINE = re.compile(r"(?P<name>[^:=]{1,80}):\s*(?P<column>[^=]{1,200}?)\s*=\s*(?P<value>.{1,200})")
EXAMPLE = "Open permits: Status = Open"


def view_of(line: str) -> tuple[str, str, str] | None:
    """Name, column and value of a line; None where it is not written so."""
    match = _LINE.fullmatch(line.strip())
    parts = tuple(part.strip() for part in match.groups()) if match else ()
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None


def views_of(lines: Iterable[str], fields: Iterable[tuple[str, str, str]]) -> tuple[PortalView, ...]:
    """The views that can be made of a copy. `fields`: (column of the copy, its label, its name on the portal).

    A column is named as in the file, by its label or by its name on the portal; a view of a column that the
    copy does not have is left out.
    """
    known: dict[str, str] = {}
    for column, label, field in fields:
        for name in (column, label, field):
            known.setdefault(name.strip().lower(), field)
    views: dict[str, PortalView] = {}
    for line in lines:
        parts = view_of(str(line))
        if parts and parts[1].lower() in known:
            view = PortalView(parts[0], known[parts[1].lower()], parts[2])
            views.setdefault(parts[0].lower(), view)
    return tuple(views.values())


def columns_unknown(lines: Iterable[str], known: Iterable[str]) -> list[str]:
    """Columns that the views speak of and that are none of `known`; such views are left out on the portal."""
    names = {name.strip().lower() for name in known}
    parts = (view_of(str(line)) for line in lines)
    return list(dict.fromkeys(part[1] for part in parts if part and part[1].lower() not in names))
