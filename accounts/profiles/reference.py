"""The reference of a profile's keys, as Markdown, out of the description that also checks and builds profiles.

docs/programs.md holds it; a test says when that is stale, `manage.py program_check --keys` prints it anew.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from accounts.profiles.schema import PARTS
from accounts.profiles.shape import Many, Map, Rows, Table, Value

_KINDS = {str: "text", bool: "true or false", int: "whole number", float: "number"}


def reference() -> str:
    """One section for each part of a profile, with a table of its keys."""
    sections = []
    for name, part in PARTS.items():
        need = "" if part.required else " May be left out."
        lines = [f"### `{_heading(name, part.holds)}`", "", f"{part.meaning}{need}"]
        rows = list(_rows(name, part.holds))
        if rows:
            lines += ["", "| key | holds | if left out | meaning |", "| --- | --- | --- | --- |", *rows]
        else:
            lines += ["", f"It holds: {_holds(part.holds)}."]
        sections.append("\n".join(lines))
    return "\n\n".join(sections) + "\n"


def _heading(name: str, holds: Any) -> str:
    if isinstance(holds, Rows):
        return f"[[{name}]]"
    return f"[{name}]" if isinstance(holds, Table | Map) else name


def _rows(path: str, holds: Any) -> Iterator[str]:
    """A line for every key of the table, and of the tables in it."""
    table = holds.of if isinstance(holds, Rows | Map) else holds
    if not isinstance(table, Table):
        if isinstance(table, Map):
            yield from _rows(path, table)
        return
    defaults = _defaults(table)
    for name, key in table.keys.items():
        missing = "must be there" if key.required else defaults.get(name, "nothing")
        yield f"| `{name}` | {_holds(key.holds)} | {missing} | {key.meaning} |"
        if isinstance(key.holds, Rows):
            yield from (row.replace("| `", f"| `{name}.", 1) for row in _rows(f"{path}.{name}", key.holds))


def _holds(holds: Any) -> str:
    """What stands there, in words."""
    if isinstance(holds, Value):
        if holds.noun == "a role":
            return "a role"
        if holds.words:
            return ", ".join(f"`{word}`" for word in holds.words)
        return _KINDS[holds.kind]
    if isinstance(holds, Many):
        return f"list of: {_holds(holds.of)}"
    if isinstance(holds, Rows):
        return f"rows, one for each {holds.noun}"
    if isinstance(holds, Map):
        return f"for each {holds.noun}{_names(holds)}: {_holds(holds.of)}"
    return "table"


def _names(holds: Map) -> str:
    if not holds.names or holds.noun == "role":
        return ""
    return f" ({', '.join(f'`{name}`' for name in holds.names)})"


def _defaults(table: Table) -> dict[str, str]:
    """key -> what counts when it is left out, as TOML would write it."""
    if table.makes is None or not dataclasses.is_dataclass(table.makes):
        return {}
    found = {}
    for field in dataclasses.fields(table.makes):
        value: Any = field.default
        if value is dataclasses.MISSING:
            continue
        found[field.name] = _written(value)
    return found


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`" if value else "none"
    if value == "":
        return "none"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"
