"""When a question is asked: conditions over other answers, as data. Nothing in them is ever executed.

A condition is a table with one test (`is`, `in`, `has`, `answered`) about one `item`, or `all`, `any`, `not`
over further conditions:

    { item = "RDY-01a", is = "yes" }
    { any = [{ item = "A", in = ["x", "y"] }, { not = { item = "B", answered = true } }] }
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Condition = Mapping[str, Any]
Answers = Mapping[str, Any]

_TESTS = ("is", "in", "has", "answered")
_DEPTH = 8


class ConditionError(ValueError):
    """A condition that says nothing that can be tested."""


def is_answered(value: Any) -> bool:
    """False for what is left empty: nothing, no words, no ticks. Zero and "no" are answers."""
    return value is not None and value != [] and (not isinstance(value, str) or bool(value.strip()))


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Is the condition met by these answers (item id -> value)? No condition is always met.

    Raises ConditionError on a condition that `check` would refuse.
    """
    if condition is None:
        return True
    if "all" in condition:
        return all(holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], answers)
    if "item" not in condition:
        raise ConditionError(f"{dict(condition)!r} names no item.")
    value = answers.get(condition["item"])
    if "is" in condition:
        return bool(value == condition["is"])
    if "in" in condition:
        return value in condition["in"]
    if "has" in condition:
        return isinstance(value, list) and condition["has"] in value
    if "answered" in condition:
        return is_answered(value) is condition["answered"]
    raise ConditionError(f"{dict(condition)!r} has no test; use one of {', '.join(_TESTS)}.")


def items_named(condition: Condition | None) -> set[str]:
    """Ids of all items that a condition looks at."""
    if condition is None:
        return set()
    if "not" in condition:
        return items_named(condition["not"])
    parts = condition.get("all") or condition.get("any")
    if parts:
        return set().union(*(items_named(part) for part in parts))
    return {condition["item"]} if "item" in condition else set()


def check(condition: Any, *, depth: int = 0) -> list[str]:
    """What is wrong with a condition, in sentences; empty when it can be tested."""
    if not isinstance(condition, Mapping):
        return [f"{condition!r} is not a condition."]
    if depth > _DEPTH:
        return ["The condition is nested too deeply."]
    for word in ("all", "any"):
        if word in condition:
            parts = condition[word]
            if len(condition) != 1 or not isinstance(parts, list) or not parts:
                return [f'"{word}" takes a list of conditions and stands alone.']
            return [fault for part in parts for fault in check(part, depth=depth + 1)]
    if "not" in condition:
        if len(condition) != 1:
            return ['"not" stands alone.']
        return check(condition["not"], depth=depth + 1)
    tests = [word for word in _TESTS if word in condition]
    if "item" not in condition or len(tests) != 1 or len(condition) != 2:
        return [f"{dict(condition)!r} must name one item and one of {', '.join(_TESTS)}."]
    if tests == ["in"] and not isinstance(condition["in"], list):
        return ['"in" takes a list of answers.']
    if tests == ["answered"] and not isinstance(condition["answered"], bool):
        return ['"answered" is true or false.']
    return []
