"""What a checklist is made of: sections, items and their options. Immutable, without behaviour of the web."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# How a question is answered. "auto" comes from a source or a machine check, "sign" from somebody's approval.
TYPES = ("yn", "yn_unsure", "choice", "multi", "text", "number", "date", "file", "auto", "sign")
SEVERITIES = ("blocks", "warns", "informs")
_YES_NO = (("yes", "Yes"), ("no", "No"))
_UNSURE = ("unsure", "Not sure")


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen."""

    value: str
    label: str


@dataclass(frozen=True)
class Section:
    """A group of questions with a heading of its own."""

    key: str
    title: str
    intro: str = ""


@dataclass(frozen=True)
class Item:
    """One question.

    `blocks_on` and `warns_on` are answers that stand in the way or are worth a word; `blocks_without` are
    ticks that a multi must hold. `sentence` is what people then read. An item of severity "blocks" must be
    answered, and `missing` says so. `answers_from` names the source that answers it, `known_from` the item of
    another checklist that does where the program asks that one too; `proposed_from` the source that fills in an
    answer which people may change; `machine` the check.
    `stage` is where it must be answered, when that is later than the stage of the checklist. `law` is what a
    program names as the ground of the question.
    """

    id: str
    section: str
    question: str
    help: str
    type: str
    source: str
    severity: str = "informs"
    options: tuple[Option, ...] = ()
    blocks_on: tuple[str, ...] = ()
    warns_on: tuple[str, ...] = ()
    blocks_without: tuple[str, ...] = ()
    sentence: str = ""
    missing: str = ""
    example: str = ""
    when: dict[str, Any] | None = None
    answers_from: str = ""
    known_from: str = ""
    proposed_from: str = ""
    machine: str = ""
    stage: str = ""
    stage_words: str = ""
    max_length: int = 4000
    law: str = ""

    @property
    def choices(self) -> tuple[Option, ...]:
        """The answers that can be chosen; yes-no questions need not list theirs."""
        if self.type == "yn" and not self.options:
            return tuple(Option(*pair) for pair in _YES_NO)
        if self.type == "yn_unsure" and not self.options:
            return tuple(Option(*pair) for pair in (*_YES_NO, _UNSURE))
        return self.options

    @property
    def is_required(self) -> bool:
        return self.severity == "blocks"

    @property
    def is_asked(self) -> bool:
        """People answer it here; it does not come from a source, a check or an approval."""
        return self.type not in ("auto", "sign") and not self.is_owned_elsewhere

    @property
    def is_owned_elsewhere(self) -> bool:
        """Another page holds the answer and this one shows it; `previous` only makes a proposal."""
        return bool(self.answers_from) and self.answers_from != "previous"

    def label_of(self, value: Any) -> str:
        """An answer in words."""
        if isinstance(value, list):
            return ", ".join(self.label_of(one) for one in value)
        if isinstance(value, dict):
            return str(value.get("name", ""))
        words = {option.value: option.label for option in self.choices}
        return words.get(str(value), str(value))

    def good_answer(self) -> Any:
        """An answer that stands in nobody's way: what demo data and the "for example" line use."""
        if self.type == "multi":
            bad = self.blocks_on + self.warns_on
            wanted = self.blocks_without or (next(o.value for o in self.choices if o.value not in bad),)
            return list(wanted)
        if self.choices and not self.example:
            bad = self.blocks_on + self.warns_on
            return next(option.value for option in self.choices if option.value not in bad)
        return {"number": 3, "date": "2026-01-15", "file": None}.get(self.type, self.example)


@dataclass(frozen=True)
class Contradiction:
    """Answers that cannot both be true: when `when` holds over the answers to `items`, `sentence` says why."""

    items: tuple[str, ...]
    when: dict[str, Any]
    sentence: str


@dataclass(frozen=True)
class Catalogue:
    """One checklist in one version.

    `removed` are items that the program does not ask; conditions may still name them, as never answered.
    """

    checklist: str
    version: int
    title: str
    intro: str
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    attest: str = ""
    attest_version: int = 0
    contradictions: tuple[Contradiction, ...] = ()
    removed: tuple[str, ...] = ()

    def item(self, item_id: str) -> Item:
        """The item with this id. Raises KeyError."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def in_section(self, key: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.section == key)
