"""Ask once: which answers follow from what the rest of the product knows.

The workflow hands over plain words and numbers under dotted names ("dataset.title", "fact.metadata",
"review.department"); this module says which item they answer, and how.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from checklists.catalogue import CHECKLISTS, Catalogue, Item, current
from checklists.texts import Text
from dossier.models import Fact
from dossier.services import digest_of

_VERDICTS = {"approved": "Approved", "conditions": "Approved with conditions", "refused": "Not approved"}
# An answer of another checklist of the same release: each question is asked once.
OTHER = "item."
# What was judged when benefit and risk were weighed.
ASSESSMENT = "assessment."
_GIVEN = ("dataset.", "file.", "fact.", "review.", ASSESSMENT, OTHER)
# Answers by which the conductor tells that publishing is forbidden whatever else is judged (DOMAIN d3, hard stops).
_STOPS = {
    "legal": frozenset({f"LEG-0{number}" for number in range(1, 10)} | {"LEG-11a"}),
    "privacy": frozenset({"PRV-20a", "PRV-20b", "PRV-21"}),
}
# The one source that is a part of a fact: is every column of the file described?
DICTIONARY = "fact.metadata.dictionary"


def filled_from(catalogue: Catalogue, sources: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that `sources` give: item id -> value, only where there is one."""
    values = {item.id: _value(item, sources) for item in catalogue.items if _is_given(item)}
    return {item_id: value for item_id, value in values.items() if value is not None}


def proposed_in(catalogue: Catalogue, sources: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that `sources` fill in until a person answers: item id -> value, None where they give none."""
    return {item.id: _reduced(item.proposed_from, sources) for item in catalogue.items if item.proposed_from}


def sources_digest(sources: Mapping[str, Any]) -> str:
    """Over exactly what the checklists use of `sources`: equal as long as no answer would change."""
    return digest_of({name: _reduced(name, sources) for name in _names_used()})


def fill_digest(sources: str, text: Text) -> str:
    """What a submission was last filled from: the sources, under the text that it would begin with then."""
    return digest_of([sources, text.digest])


def fill_is_due(*, facts: Mapping[str, Fact], texts: Mapping[str, Text], sources: Mapping[str, Any]) -> bool:
    """Would answers_fill change anything? No queries: for the conductor, who asks about every release."""
    digest = sources_digest(sources)
    for name, text in texts.items():
        fact = facts.get(f"checklist.{name}")
        if fact is None or fact.data.get("sources") != fill_digest(digest, text):
            return True
    return False


@cache
def shared_items() -> dict[str, frozenset[str]]:
    """The items whose answers others read: other checklists, and the conductor. Checklist -> item ids."""
    found: dict[str, set[str]] = {name: set(items) for name, items in _STOPS.items()}
    for name in _names_used():
        if name.startswith(OTHER):
            checklist, item, _ = _other(name)
            found.setdefault(checklist, set()).add(item)
    return {checklist: frozenset(items) for checklist, items in found.items()}


@cache
def _names_used() -> tuple[str, ...]:
    catalogues = [current(name) for name in CHECKLISTS]
    items = [item for catalogue in catalogues for item in catalogue.items]
    names = {item.answers_from for item in items if _is_given(item)}
    names |= {item.known_from for item in items} | {item.proposed_from for item in items}
    return tuple(sorted(names - {""}))


def _other(name: str) -> tuple[str, str, str]:
    """Checklist, item and, where only one tick of it is asked about, that tick: "item.legal/LEG-10a:hipaa"."""
    checklist, _, rest = name.removeprefix(OTHER).partition("/")
    item, _, tick = rest.partition(":")
    return checklist, item, tick


def _is_given(item: Item) -> bool:
    return item.answers_from.startswith(_GIVEN)


def _reduced(name: str, sources: Mapping[str, Any]) -> Any:
    """Of a fact only whether it holds, of a review only the verdict: the rest is no answer."""
    if name == DICTIONARY:
        fact = sources.get("fact.metadata") or {}
        return fact["described"] == fact["columns"] if fact.get("columns") else None
    tick = _other(name)[2] if name.startswith(OTHER) else ""
    value = sources.get(name.removesuffix(f":{tick}") if tick else name)
    if value in (None, "", []):
        return None
    if tick:
        return "yes" if tick in value else "no"
    if name.startswith("fact."):
        return bool(value.get("ok"))
    if name.startswith("review."):
        return [value.get("verdict"), value.get("by"), value.get("at")]
    return value


def _value(item: Item, sources: Mapping[str, Any]) -> Any:
    value = _reduced(item.answers_from, sources)
    if value is None:
        return None
    if item.answers_from.startswith("fact."):
        return "yes" if value else "no"
    if item.answers_from.startswith("review."):
        verdict, by, at = value
        return {"name": f"{_VERDICTS.get(verdict, verdict)} by {by}", "verdict": verdict, "at": at}
    return value
