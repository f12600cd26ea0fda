"""A program profile as the code reads it: parsed, checked, immutable.

The content is data (TOML files in accounts/programs, kept as versioned rows). Unknown keys, unknown roles
and reviews nobody can hold are errors with their place.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from accounts.roles import Role

STAGE_NAMES = ("INVENTORY", "READINESS", "QUALITY", "PRIVACY", "CDO_REVIEW", "STAGED", "PUBLISHED")
HELD_STAGES = tuple(name for name in STAGE_NAMES if name != "STAGED")
REVIEW_KINDS = (
    "department",
    "quality",
    "privacy",
    "security",
    "legal",
    "it",
    "policy",
    "communications",
    "steward_preview",
    "cdo",
)
REVIEWED_MOVES = (
    "begin_readiness",
    "submit_for_quality",
    "pass_quality",
    "clear_privacy",
    "approve",
    "publish",
)
_TOP_KEYS = {
    "name",
    "timezone",
    "roles",
    "stages",
    "order",
    "checklists",
    "reviews",
    "returns",
    "classifications",
    "privacy",
    "permit",
    "deadlines",
    "publication",
    "licences",
}
_ORDER_VALUES: dict[str, set[Any]] = {
    "private_copy_at": {"staged", "cdo_review"},
    "preview_before": {"approve", "publish"},
    "plan_before": {"approve", "publish"},
    "readiness_talk_before_inventory": {True, False},
}


class ProfileError(ValueError):
    """A profile that cannot work. `faults` are sentences, each with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class ReviewRule:
    """One review that a move needs: its kind, who gives it, how many people, and when it is asked for."""

    move: str
    kind: str
    role: str
    people: int = 1
    when: str = "always"
    classes: tuple[str, ...] = ()

    def applies(self, *, classification: str) -> bool:
        """True when the review is needed without anybody asking for it."""
        return self.when == "always" or (self.when == "classification" and classification in self.classes)


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    help: str = ""
    needs_ground: bool = False


@dataclass(frozen=True)
class Profile:
    """How one program works. See accounts/programs/default.toml for what each part means."""

    name: str
    timezone: str
    role_labels: dict[str, str]
    stage_holders: dict[str, str]
    order: dict[str, Any]
    checklists: dict[str, tuple[str, ...]]
    reviews: tuple[ReviewRule, ...]
    return_answered_by: str
    classifications: tuple[Choice, ...]
    licences: tuple[Choice, ...]
    privacy: dict[str, int]
    permit_days: int
    deadlines: dict[str, int]
    publication: dict[str, Any] = field(default_factory=dict)

    def role_label(self, role: str) -> str:
        return self.role_labels.get(role) or Role(role).label

    def role_words(self, role: str) -> str:
        """The label inside a sentence: "security officer (CISO)", "IT (portal owner)"."""
        label = self.role_label(role)
        return label[0].lower() + label[1:] if label[1:2].islower() else label

    def reviews_for(self, move: str) -> tuple[ReviewRule, ...]:
        return tuple(rule for rule in self.reviews if rule.move == move)

    def review_role(self, kind: str) -> str | None:
        """The role that gives reviews of `kind`; None when this program has no such review."""
        return next((rule.role for rule in self.reviews if rule.kind == kind), None)

    def k_min(self, *, classification: str) -> int:
        """The smallest group a person may be in: the program's threshold for this classification."""
        return self.privacy["k_min" if classification == "public" else "k_min_sensitive"]

    def classification(self, code: str) -> Choice | None:
        return next((choice for choice in self.classifications if choice.code == code), None)


def digest_of(content: dict[str, Any]) -> str:
    """sha256 of the canonical JSON of a profile: equal content has equal digest."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def parse(content: dict[str, Any]) -> Profile:
    """A Profile from its content. Raises ProfileError with every fault and its place."""
    faults = _faults(content)
    if faults:
        raise ProfileError(faults)
    return Profile(
        name=content["name"],
        timezone=content.get("timezone", "UTC"),
        role_labels=dict(content.get("roles", {})),
        stage_holders=dict(content["stages"]),
        order=dict(content["order"]),
        checklists={stage: tuple(names) for stage, names in content.get("checklists", {}).items()},
        reviews=tuple(
            ReviewRule(**{**rule, "classes": tuple(rule.get("classes", ()))}) for rule in content["reviews"]
        ),
        return_answered_by=content["returns"]["answered_by"],
        classifications=tuple(Choice(**choice) for choice in content["classifications"]),
        licences=tuple(Choice(**choice) for choice in content["licences"]),
        privacy=dict(content["privacy"]),
        permit_days=content["permit"]["valid_days"],
        deadlines=dict(content.get("deadlines", {})),
        publication=dict(content.get("publication", {})),
    )


def _faults(content: dict[str, Any]) -> list[str]:
    faults = [f'"{key}" is not a part of a profile.' for key in sorted(set(content) - _TOP_KEYS)]
    missing = _TOP_KEYS - {"timezone", "roles", "checklists", "deadlines", "publication"} - set(content)
    faults += [f'The part "{key}" is missing.' for key in sorted(missing)]
    if faults:
        return faults
    faults += _role_faults(content)
    faults += _review_faults(content)
    for key, allowed in _ORDER_VALUES.items():
        value = content["order"].get(key)
        if value not in allowed:
            faults.append(f"order.{key} is {value!r}; it must be one of {sorted(map(str, allowed))}.")
    for key in ("k_min", "k_min_sensitive"):
        if not isinstance(content["privacy"].get(key), int) or content["privacy"][key] < 1:
            faults.append(f"privacy.{key} must be a whole number of at least 1.")
    if content["returns"].get("answered_by") not in {"steward", "coordinator"}:
        faults.append('returns.answered_by must be "steward" or "coordinator".')
    return faults


def _role_faults(content: dict[str, Any]) -> list[str]:
    faults = [
        f'roles.{role}: there is no role "{role}".'
        for role in content.get("roles", {})
        if role not in Role.values
    ]
    for stage in HELD_STAGES:
        holder = content["stages"].get(stage)
        if holder not in Role.values:
            faults.append(f'stages.{stage}: "{holder}" is not a role, so nobody would hold this stage.')
    faults += [
        f"stages.{stage}: there is no such stage." for stage in content["stages"] if stage not in HELD_STAGES
    ]
    if len(set(content["stages"].values())) < 2:
        faults.append("stages: one role would hold every stage; nobody may hold every key.")
    return faults


def _review_faults(content: dict[str, Any]) -> list[str]:
    faults = []
    classes = {choice["code"] for choice in content["classifications"]}
    for number, rule in enumerate(content["reviews"], start=1):
        place = f"reviews[{number}]"
        if rule.get("move") not in REVIEWED_MOVES:
            faults.append(f'{place}: "{rule.get("move")}" is not a move that can ask for a review.')
        if rule.get("kind") not in REVIEW_KINDS:
            faults.append(f'{place}: there is no review of kind "{rule.get("kind")}".')
        if rule.get("role") not in Role.values:
            faults.append(f'{place}: "{rule.get("role")}" is not a role, so nobody could give this review.')
        if rule.get("when", "always") not in {"always", "classification", "request"}:
            faults.append(f"{place}: when must be always, classification or request.")
        faults += [
            f'{place}: "{code}" is not a classification of this program.'
            for code in set(rule.get("classes", ())) - classes
        ]
    return faults


@lru_cache(maxsize=64)
def _parsed(digest: str, text: str) -> Profile:
    return parse(json.loads(text))


def profile_of(row: Any) -> Profile:
    """The parsed profile of a ProgramProfile row (cached by its digest)."""
    return _parsed(row.digest, json.dumps(row.content, sort_keys=True))
