"""The text of a checklist as one department reads it: catalogue, rules of the program, additions of the department.

A program may leave items out and set any severity; a department may add items and harden severities, never
remove or soften one (issue 3.1). Pure: dicts in, a dict out, which is pinned per submission.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from checklists.catalogue.shapes import SEVERITIES

# Where the questions that a department added stand.
SECTION = "department"
# From the weakest to the strongest.
STRENGTH = {"informs": 0, "warns": 1, "blocks": 2}
_SEVERITY_WORDS = {"informs": "is for information", "warns": "warns", "blocks": "must be answered"}


class Rule(Protocol):
    """What a program changes of one item; accounts.profiles.ItemRule is one."""

    @property
    def asked(self) -> bool: ...
    @property
    def severity(self) -> str: ...
    @property
    def on(self) -> Sequence[str]: ...
    @property
    def law(self) -> str: ...


def compose(
    base: Mapping[str, Any],
    rules: Mapping[str, Rule],
    additions: Sequence[Mapping[str, Any]] = (),
    asked: Collection[str] = (),
) -> dict[str, Any]:
    """The content of `base` under the program's rules and with the department's additions.

    `asked` are the checklists of the program: a question that one of them answers is not asked again.

    An addition is {"item": {...}}, a whole item, or {"harden": id, "severity": ...}. One that would weaken
    what the program asks, or speaks of an item that is gone, changes nothing: the stronger word holds.
    """
    content = copy.deepcopy(dict(base))
    removed = {item["id"] for item in content["items"] if item["id"] in rules and not rules[item["id"]].asked}
    items = [_ruled(item, rules.get(item["id"])) for item in content["items"] if item["id"] not in removed]
    items = [_asked_once(item, asked) for item in items]
    content["items"] = [_hardened(item, additions) for item in items]
    if removed:
        content["removed"] = sorted(removed)
        content["contradictions"] = [
            row for row in content.get("contradictions", ()) if not removed & set(row["items"])
        ]
    filled = {item["section"] for item in content["items"]}
    content["sections"] = [section for section in content["sections"] if section["key"] in filled]
    added = [dict(row["item"]) | {"section": SECTION} for row in additions if "item" in row]
    if added:
        content["sections"] = [*content["sections"], {"key": SECTION, "title": "What your department asks"}]
        content["items"] += added
    return content


def weakening(content: Mapping[str, Any], addition: Mapping[str, Any]) -> str:
    """Why a department may not make this addition to a composed text; empty when it may."""
    known = {item["id"]: item for item in content["items"]}
    if "item" in addition:
        if addition["item"]["id"] in known:
            return "There is such a question already. A department adds questions and does not replace them."
        return ""
    item = known.get(addition.get("harden", ""))
    if item is None:
        return "This checklist asks no such question, so there is nothing to make stricter."
    present, wanted = item.get("severity", "informs"), addition.get("severity", "")
    if wanted not in SEVERITIES or STRENGTH[wanted] <= STRENGTH[present]:
        return (
            f"A department can make a question stricter, never softer, and cannot take one away: "
            f"“{item['question']}” {_SEVERITY_WORDS[present]} now. Ask the program to change its own rule."
        )
    return ""


def _asked_once(item: dict[str, Any], asked: Collection[str]) -> dict[str, Any]:
    """The item, answered from the other checklist that asks the same, where the program asks that one too."""
    known = item.get("known_from", "")
    if known and known.removeprefix("item.").partition("/")[0] in asked:
        item["answers_from"] = known
    return item


def _ruled(item: dict[str, Any], rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return item
    if rule.law:
        item["law"] = rule.law
    if not (rule.severity or rule.on):
        return item
    return _with_severity(item, rule.severity or item.get("severity", "informs"), rule.on)


def _hardened(item: dict[str, Any], additions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    for row in additions:
        if row.get("harden") != item["id"]:
            continue
        if STRENGTH[row["severity"]] > STRENGTH[item.get("severity", "informs")]:
            item = _with_severity(item, row["severity"])
    return item


def _with_severity(item: dict[str, Any], severity: str, on: Sequence[str] = ()) -> dict[str, Any]:
    """The item at another severity: its bad answers block, warn or say nothing accordingly. `on` names them anew."""
    present = item.get("severity", "informs")
    if severity == present and not on:
        return item
    bad = list(on) or [*item.get("blocks_on", ()), *item.get("warns_on", ())]
    for key in ("blocks_on", "warns_on"):
        item.pop(key, None)
    if severity == "informs":
        for key in ("blocks_without", "missing"):
            item.pop(key, None)
    elif bad:
        item["blocks_on" if severity == "blocks" else "warns_on"] = bad
        if not item.get("sentence"):
            item["sentence"] = f"“{item['question']}” is answered in a way that needs a look in this program."
    item["severity"] = severity
    if severity != "informs" and not item.get("missing"):
        item["missing"] = f"“{item['question']}” is not answered. Answer it."
    return item
