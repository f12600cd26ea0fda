"""The shape of a profile's content: what may stand where. One description checks it, builds it and documents it.

`check` finds faults with their place, `build` makes the dataclasses of accounts.profiles.parts out of content
that has none.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

# Lists up to this long are said whole; of longer ones, what looks alike.
_SAID_WHOLE = 16


def known_words(value: str, known: Collection[str]) -> str:
    """What may stand where `value` stands, as the end of a fault: " It may be coordinator, steward."; may be empty."""
    if len(known) <= _SAID_WHOLE:
        return f" It may be {', '.join(known)}."
    alike = difflib.get_close_matches(value[:60], list(known), n=3)
    return f" Did you mean {' or '.join(alike)}?" if alike else ""


class Faults:
    """Sentences, each with its place. `broken` once something is not of the kind it must be."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.broken = False

    def add(self, place: str, sentence: str, *, broken: bool = False) -> None:
        self.sentences.append(f"{place}: {sentence}" if place else sentence)
        self.broken = self.broken or broken


@dataclass(frozen=True)
class Value:
    """One text, number or yes-or-no. `noun` names what `words` are; `lost` says what a wrong one would do."""

    kind: type = str
    words: tuple[str, ...] = ()
    noun: str = ""
    lost: str = ""
    least: int | None = None
    # Numbers are days, hours, people or weights: more than this is a slip of the hand.
    most: int = 10_000
    # Looks at one value and says what is wrong with it, or nothing.
    says: Callable[[Any], str] | None = None

    def check(self, value: Any, place: str, faults: Faults) -> None:
        if not self._is_kind(value):
            faults.add(place, f"{_shown(value)} must be {_KIND_WORDS[self.kind]}.", broken=True)
        elif self.words and value not in self.words:
            end = f", {self.lost}" if self.lost else ""
            noun = self.noun or "a word that is known here"
            faults.add(place, f'"{value[:60]}" is not {noun}{end}.{known_words(value, self.words)}')
        elif self.kind is str and "\x00" in value:
            faults.add(place, "it holds a character that cannot be kept (NUL). Take it out.", broken=True)
        elif self.least is not None and not self.least <= value <= self.most:
            faults.add(place, f"{value} must be {_KIND_WORDS[self.kind]} from {self.least} to {self.most}.")
        elif self.kind is str and not self.words and not value.strip():
            faults.add(place, "it is empty. Write it, or leave the key out.")
        elif self.says and self.says(value):
            faults.add(place, self.says(value))

    def _is_kind(self, value: Any) -> bool:
        if self.kind is float:
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return type(value) is self.kind

    def build(self, value: Any) -> Any:
        return value


def _shown(value: Any) -> str:
    """A value inside a sentence: what stands there, but never a whole file of it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_KIND_WORDS: dict[type, str] = {
    str: "a text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


@dataclass(frozen=True)
class Many:
    """A list of values."""

    of: Value
    least: int = 0
    # Places count, so that the same word may stand at several.
    may_repeat: bool = False

    def check(self, value: Any, place: str, faults: Faults) -> None:
        if not isinstance(value, list | tuple):
            faults.add(place, f"{_shown(value)} must be a list in square brackets.", broken=True)
            return
        for number, one in enumerate(value, start=1):
            self.of.check(one, f"{place}[{number}]", faults)
        if len(value) < self.least:
            said = "the list is empty." if not value else f"the list needs {self.least} entries."
            faults.add(place, said)
        twice = sorted({str(one) for one in value if list(value).count(one) > 1})
        for one in () if self.may_repeat else twice:
            faults.add(place, f'"{one}" stands there twice.')

    def build(self, value: Any) -> tuple[Any, ...]:
        return tuple(value)


@dataclass(frozen=True)
class Key:
    """One key of a table: what it holds and what it means."""

    holds: Value | Many | Table | Map | Rows
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class Table:
    """Named keys, each with its own meaning. `makes` is what it becomes; a dict where it is None."""

    keys: dict[str, Key]
    makes: Callable[..., Any] | None = None

    def check(self, value: Any, place: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(place, f"{_shown(value)} must be a table.", broken=True)
            return
        for name in sorted(set(value) - set(self.keys)):
            if place:
                known = ", ".join(self.keys)
                faults.add(f"{place}.{name}", f"there is no such key here; there may be {known}.")
            else:
                faults.add("", f'"{name}" is not a part of a profile.')
        for name, key in self.keys.items():
            here = f"{place}.{name}" if place else name
            if name in value:
                key.holds.check(value[name], here, faults)
            elif key.required:
                missing = (
                    f"{place}: the key {name} is missing." if place else f'The part "{name}" is missing.'
                )
                faults.add("", missing, broken=True)

    def build(self, value: Any) -> Any:
        made = {name: self.keys[name].holds.build(one) for name, one in value.items()}
        return self.makes(**made) if self.makes else made


@dataclass(frozen=True)
class Map:
    """Names of one sort, each with a value of one sort. `names` are those there may be; free when empty."""

    of: Value | Many | Table | Map
    names: tuple[str, ...] = ()
    noun: str = "name"
    # Names without which something would be nobody's.
    needs: tuple[str, ...] = ()

    def check(self, value: Any, place: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(place, f"{_shown(value)} must be a table.", broken=True)
            return
        for name, one in value.items():
            if "\x00" in name:
                faults.add(place, "a name in it holds a character that cannot be kept (NUL).", broken=True)
            elif self.names and name not in self.names:
                faults.add(
                    f"{place}.{name}", f'there is no {self.noun} "{name}".{known_words(name, self.names)}'
                )
            else:
                self.of.check(one, f"{place}.{name}", faults)
        for name in self.needs:
            if name not in value:
                faults.add(f"{place}.{name}", f"this {self.noun} is missing.", broken=True)

    def build(self, value: Any) -> dict[str, Any]:
        return {name: self.of.build(one) for name, one in value.items()}


@dataclass(frozen=True)
class Rows:
    """A list of tables, written as [[part]]. `unique` is the key that may stand in one row only."""

    of: Table
    unique: str = ""
    least: int = 0
    # Free words that help a reader: what one row is.
    noun: str = field(default="row")

    def check(self, value: Any, place: str, faults: Faults) -> None:
        if not isinstance(value, list | tuple):
            faults.add(
                place, f"{_shown(value)} must be a list of tables, written as [[{place}]].", broken=True
            )
            return
        for number, row in enumerate(value, start=1):
            self.of.check(row, f"{place}[{number}]", faults)
        if len(value) < self.least:
            faults.add(place, f"there must be at least {self.least} {self.noun}.")
        seen: set[str] = set()
        for number, row in enumerate(value, start=1):
            code = row.get(self.unique) if self.unique and isinstance(row, dict) else None
            if not isinstance(code, str):
                continue
            if code in seen:
                faults.add(f"{place}[{number}].{self.unique}", f'"{code}" stands in an earlier row.')
            seen.add(code)

    def build(self, value: Any) -> tuple[Any, ...]:
        return tuple(self.of.build(row) for row in value)
