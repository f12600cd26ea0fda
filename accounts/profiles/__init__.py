"""Program profiles: how a program works, as data. Parsed, checked with the place of every fault, immutable.

The content is TOML (accounts/programs/*.toml, or what a program's portal admin writes), kept as versioned rows.
`words` are the words there are, `schema` and `fields` the shape of the content, `rules` what must make sense,
`parts` the dataclasses that the rest of the product reads.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from accounts.profiles.parts import (
    Choice,
    Classification,
    Clock,
    Comments,
    Criterion,
    ExceptionRule,
    FinalKey,
    Inventory,
    ItemRule,
    Licence,
    MetadataField,
    Plan,
    Profile,
    Requests,
    Retirement,
    Retraction,
    ReviewRule,
    SecurityLevel,
    Updates,
)
from accounts.profiles.rules import faults as faults_of_sense
from accounts.profiles.schema import CONTENT, build
from accounts.profiles.shape import Faults
from accounts.profiles.words import HELD_STAGES, REVIEW_KINDS, REVIEWED_MOVES, STAGE_NAMES

__all__ = [
    "HELD_STAGES",
    "REVIEWED_MOVES",
    "REVIEW_KINDS",
    "STAGE_NAMES",
    "Choice",
    "Classification",
    "Clock",
    "Comments",
    "Criterion",
    "ExceptionRule",
    "FinalKey",
    "Inventory",
    "ItemRule",
    "Licence",
    "MetadataField",
    "Plan",
    "Profile",
    "ProfileError",
    "Requests",
    "Retirement",
    "Retraction",
    "ReviewRule",
    "SecurityLevel",
    "Updates",
    "digest_of",
    "faults_of",
    "parse",
    "profile_of",
]


class ProfileError(ValueError):
    """A profile that cannot work. `faults` are sentences, each with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def digest_of(content: dict[str, Any]) -> str:
    """sha256 of the canonical JSON of a profile: equal content has equal digest."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def faults_of(content: dict[str, Any]) -> list[str]:
    """Every fault of a profile's content, each with its place; empty when it can work."""
    found = Faults()
    CONTENT.check(content, "", found)
    # Whether it makes sense can be asked only of content in which every word is known.
    return found.sentences or faults_of_sense(content)


def parse(content: dict[str, Any]) -> Profile:
    """A Profile from its content. Raises ProfileError with every fault and its place."""
    faults = faults_of(content)
    if faults:
        raise ProfileError(faults)
    return build(content)


@lru_cache(maxsize=64)
def _parsed(digest: str, text: str) -> Profile:
    return parse(json.loads(text))


def profile_of(row: Any) -> Profile:
    """The parsed profile of a ProgramProfile row (cached by its digest)."""
    return _parsed(row.digest, json.dumps(row.content, sort_keys=True))
