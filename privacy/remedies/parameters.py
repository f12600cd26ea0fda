"""Whether the parameters of a step are what its remedy asks for: one sentence per fault."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from typing import Any

from privacy.remedies.base import Param, Params, Remedy
from privacy.remedies.built_in import BUILT_IN, number_width

_DIGEST_LENGTH = 64


def param_faults(remedy: Remedy, params: Params, hierarchies: Collection[str] = ()) -> Iterator[str]:
    """What is wrong with the parameters of a step; `hierarchies` are the digests of the uploaded ones."""
    known = {param.name for param in remedy.params}
    for name in params:
        if name not in known:
            yield f"“{remedy.label}” has no parameter “{name}”. Take it out."
    sound = True
    for param in remedy.params:
        if not param.is_asked(params):
            continue
        fault = _fault(param, params.get(param.name), hierarchies)
        if fault:
            sound = False
            yield fault
    if sound:
        yield from remedy.faults(params)


def _fault(param: Param, value: Any, hierarchies: Collection[str]) -> str | None:
    if value is None or (isinstance(value, (str, list)) and not value):
        return f"“{param.label}” is missing. {_ASKS[param.kind]}" if param.required else None
    if param.kind == "hierarchy":
        return _hierarchy_fault(param, value, hierarchies)
    if param.kind == "hierarchies":
        faults = (_hierarchy_fault(param, one, hierarchies) for one in _as_list(value))
        return next((fault for fault in faults if fault), None)
    if not _FITS[param.kind](value):
        return f"“{param.label}” is not right. {_ASKS[param.kind]}"
    if param.kind == "choice" and value not in {key for key, _ in param.choices}:
        offered = ", ".join(words for _, words in param.choices)
        return f"“{param.label}” cannot be “{value}”. Choose one of these: {offered}."
    for number in value if isinstance(value, list) else [value]:
        if param.least is not None and isinstance(number, (int, float)) and number < param.least:
            return f"“{param.label}” must be at least {param.least:g}."
        if param.most is not None and isinstance(number, (int, float)) and number > param.most:
            return f"“{param.label}” must be at most {param.most:g}."
    return None


def _hierarchy_fault(param: Param, value: Any, hierarchies: Collection[str]) -> str | None:
    if not isinstance(value, str):
        return f"“{param.label}” is not right. {_ASKS['hierarchy']}"
    if value in BUILT_IN or value in hierarchies or number_width(value) is not None:
        return None
    if len(value) == _DIGEST_LENGTH:
        return "The uploaded hierarchy of this step is not there. Upload it again, or choose another one."
    return f"There is no hierarchy “{value}”. {_ASKS['hierarchy']}"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [None]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(fits(one) for one in value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "column": _is_text,
    "columns": _list_of(_is_text),
    "choice": _is_text,
    "text": _is_text,
    "integer": _is_integer,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "values": _list_of(_is_text),
    "texts": _list_of(_is_text),
    "integers": _list_of(_is_integer),
    "numbers": _list_of(_is_number),
}
_ASKS: dict[str, str] = {
    "column": "Choose a column of the file.",
    "columns": "Choose one column or several.",
    "choice": "Choose one of the list.",
    "text": "Write a text.",
    "integer": "Write a whole number.",
    "number": "Write a number.",
    "boolean": "Say yes or no.",
    "values": "Write one value on each line.",
    "texts": "Write one text on each line.",
    "integers": "Write whole numbers.",
    "numbers": "Write numbers.",
    "hierarchies": "Choose a hierarchy for each column.",
    "hierarchy": "Choose a built-in hierarchy, or upload one.",
}
