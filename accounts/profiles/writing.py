"""A profile's content as TOML text, each part under the sentence that says what it means.

Python reads TOML but does not write it. What a profile may hold is little: texts, numbers, yes or no, lists of
these, tables, and lists of tables.
"""

from __future__ import annotations

import json
import re
from typing import Any

from accounts.profiles.schema import PARTS

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# Characters that JSON leaves as they are and TOML wants escaped.
_ESCAPED = {code: f"\\u{code:04X}" for code in (0x7F,)}


def to_toml(content: dict[str, Any]) -> str:
    """The content as TOML that reads back equal. Parts stand in the order of the schema."""
    known = [name for name in PARTS if name in content]
    order = [*known, *sorted(set(content) - set(known))]
    plain = [name for name in order if not _is_nested(content[name])]
    lines = [line for name in plain for line in _with_meaning(name, [_pair(name, content[name])])]
    for name in order:
        if name not in plain:
            lines += ["", *_with_meaning(name, _nested(_key(name), content[name]))]
    return "\n".join(lines) + "\n"


def _with_meaning(name: str, lines: list[str]) -> list[str]:
    return [f"# {PARTS[name].meaning}", *lines] if name in PARTS else lines


def _is_table_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, dict) for one in value)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or _is_table_list(value)


def _nested(path: str, value: Any) -> list[str]:
    if _is_table_list(value):
        lines: list[str] = []
        for number, row in enumerate(value):
            lines += ([""] if number else []) + [f"[[{path}]]", *_body(path, row)]
        return lines
    return [f"[{path}]", *_body(path, value)]


def _body(path: str, table: dict[str, Any]) -> list[str]:
    lines = [_pair(name, value) for name, value in table.items() if not _is_nested(value)]
    for name, value in table.items():
        if _is_nested(value):
            lines += ["", *_nested(f"{path}.{_key(name)}", value)]
    return lines


def _pair(name: str, value: Any) -> str:
    return f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPED)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    return repr(value)
