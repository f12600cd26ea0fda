"""A Catalogue out of its content, with every fault named and placed."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import fields
from typing import Any

from checklists import conditions
from checklists.catalogue.shapes import SEVERITIES, TYPES, Catalogue, Contradiction, Item, Option, Section

_ITEM_KEYS = {field.name for field in fields(Item)}
_NEEDED = ("id", "section", "question", "help", "type", "source")
_CHOSEN = ("choice", "multi")
_SOURCES = (
    "dataset.",
    "file.",
    "fact.",
    "review.",
    "attestation",
    "previous",
    "score.",
    "assessment.",
    "item.",
    "etl.",
)
# An answer of another checklist of the same release: item.<checklist>/<item>, or one tick of it, with :<option>.
_OTHER_ITEM = re.compile(r"item\.[a-z_]+/[A-Za-z0-9-]+(:[a-z0-9_]+)?")
_CONTRADICTION_KEYS = {"items", "when", "sentence"}


class CatalogueError(ValueError):
    """A catalogue that cannot be used. `faults` are sentences, each with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def digest_of(content: dict[str, Any]) -> str:
    """sha256 of the canonical JSON of a catalogue's content."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def parse(content: dict[str, Any]) -> Catalogue:
    """The catalogue that `content` describes. Raises CatalogueError with every fault."""
    faults = _faults(content)
    if faults:
        raise CatalogueError(faults)
    return Catalogue(
        checklist=content["checklist"],
        version=content["version"],
        title=content["title"],
        intro=content.get("intro", ""),
        attest=content.get("attest", ""),
        attest_version=content.get("attest_version", 0),
        sections=tuple(Section(**section) for section in content["sections"]),
        items=tuple(_item(item) for item in content["items"]),
        contradictions=tuple(
            Contradiction(tuple(row["items"]), row["when"], row["sentence"])
            for row in content.get("contradictions", ())
        ),
        removed=tuple(content.get("removed", ())),
    )


def _item(content: dict[str, Any]) -> Item:
    shaped = dict(content)
    shaped["options"] = tuple(Option(*pair) for pair in content.get("options", ()))
    for key in ("blocks_on", "warns_on", "blocks_without"):
        shaped[key] = tuple(content.get(key, ()))
    return Item(**shaped)


def _faults(content: dict[str, Any]) -> list[str]:
    missing = [key for key in ("checklist", "version", "title", "sections", "items") if not content.get(key)]
    if missing:
        return [f'The part "{key}" is missing.' for key in missing]
    ids = [item.get("id", "") for item in content["items"]]
    faults = [f"{item_id}: stands twice." for item_id in sorted(set(ids)) if ids.count(item_id) > 1]
    sections = {section["key"] for section in content["sections"]}
    known = set(ids) | set(content.get("removed", ()))
    for item in content["items"]:
        faults += [f"{item.get('id', '?')}: {text}" for text in _item_faults(item, sections, known)]
    for number, row in enumerate(content.get("contradictions", ()), start=1):
        faults += [f"Contradiction {number}: {text}" for text in _contradiction_faults(row, set(ids))]
    if content.get("attest") and not content.get("attest_version"):
        faults.append("The text that is attested has no version.")
    return faults


def _item_faults(item: dict[str, Any], sections: set[str], ids: set[str]) -> list[str]:
    faults = [f'"{key}" is missing.' for key in _NEEDED if not item.get(key)]
    faults += [f'"{key}" is not a part of an item.' for key in sorted(set(item) - _ITEM_KEYS)]
    if faults:
        return faults
    severity = item.get("severity", "informs")
    if item["type"] not in TYPES:
        faults.append(f'there is no type "{item["type"]}".')
    if severity not in SEVERITIES:
        faults.append(f'there is no severity "{severity}".')
    if item["section"] not in sections:
        faults.append(f'there is no section "{item["section"]}".')
    return faults + _wording_faults(item, severity) + _answer_faults(item) + _when_faults(item, ids)


def _wording_faults(item: dict[str, Any], severity: str) -> list[str]:
    faults = []
    answers = [item.get(key) for key in ("blocks_on", "warns_on", "blocks_without")]
    if any(answers) and not item.get("sentence"):
        faults.append("an answer can stand in the way or warn, but there is no sentence to say so.")
    says = item.get("sentence") or item.get("missing") or item.get("machine")
    if severity != "informs" and not says:
        faults.append("it can stand in the way or warn, but has no sentence to say so.")
    if item.get("blocks_on") and severity != "blocks":
        faults.append("it blocks on an answer, but its severity is not blocks.")
    if item["type"] == "sign" and not item.get("stage_words"):
        faults.append("it is signed elsewhere, but does not say where.")
    return faults


def _answer_faults(item: dict[str, Any]) -> list[str]:
    faults = []
    options = {pair[0] for pair in item.get("options", ())}
    if item["type"] in _CHOSEN and not options and not item.get("answers_from", "").startswith("dataset."):
        faults.append("it is chosen from options, but has none.")
    if item["type"].startswith("yn"):
        options |= {"yes", "no"} | ({"unsure"} if item["type"] == "yn_unsure" else set())
    if options:
        named = [value for key in ("blocks_on", "warns_on", "blocks_without") for value in item.get(key, ())]
        faults += [f'"{value}" is none of its answers.' for value in named if value not in options]
    origin = item.get("answers_from", "")
    is_other = origin.startswith("item.")
    if origin and (not origin.startswith(_SOURCES) or (is_other and not _OTHER_ITEM.fullmatch(origin))):
        faults.append(f'"{origin}" is not a source of answers.')
    proposed = item.get("proposed_from", "")
    if proposed and not proposed.startswith(_SOURCES):
        faults.append(f'"{proposed}" is not a source of answers.')
    known = item.get("known_from", "")
    if known and not _OTHER_ITEM.fullmatch(known):
        faults.append(f'"{known}" is no item of another checklist.')
    if item["type"] in ("auto", "sign") and not origin and not item.get("machine"):
        faults.append("nobody is asked, so it must say where its answer comes from.")
    return faults


def _when_faults(item: dict[str, Any], ids: set[str]) -> list[str]:
    when = item.get("when")
    if when is None:
        return []
    faults = conditions.check(when)
    if not faults:
        faults = [
            f'its condition names "{one}", which is no item.' for one in conditions.items_named(when) - ids
        ]
        if item["id"] in conditions.items_named(when):
            faults.append("its condition looks at itself.")
    return faults


def _contradiction_faults(row: dict[str, Any], ids: set[str]) -> list[str]:
    faults = [f'"{key}" is missing.' for key in sorted(_CONTRADICTION_KEYS) if not row.get(key)]
    faults += [f'"{key}" is not a part of a contradiction.' for key in sorted(set(row) - _CONTRADICTION_KEYS)]
    if faults:
        return faults
    items = row["items"]
    if not isinstance(items, list) or len(items) < 2:
        return ["it names fewer than two items."]
    faults = [f'"{one}" is no item.' for one in items if one not in ids] + conditions.check(row["when"])
    if not faults and conditions.items_named(row["when"]) != set(items):
        faults.append("its condition looks at other items than it names.")
    return faults
