"""Phrases that the pages about a program share."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.profiles import Profile

Pairs = list[dict[str, str]]


def pair(label: str, value: str) -> dict[str, str]:
    """One line of a list of definitions."""
    return {"label": label, "value": value}


def and_words(words: Iterable[str]) -> str:
    """One, or one and another, or one, two and three."""
    rows = list(words)
    return rows[0] if len(rows) == 1 else f"{', '.join(rows[:-1])} and {rows[-1]}" if rows else ""


def roles_words(profile: Profile, roles: Iterable[str]) -> str:
    """Roles as the program calls them."""
    return and_words(profile.role_label(role) for role in roles)


def days_words(number: int, noun: str = "business day") -> str:
    """A number of days with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
