"""How a value that was found is shown: never more than its last two characters and the domain of an e-mail."""

from __future__ import annotations

_MOST_STARS = 12
# Below this length the last two characters would give away too much.
_SHORT = 6


def mask(value: str, entity: str) -> str:
    """A value as it may be stored, logged and shown: "123-45-6789" -> "*********89"."""
    if entity == "EMAIL" and "@" in value:
        return "***@" + value.rsplit("@", 1)[1].lower()
    shown = value[-2:] if len(value) >= _SHORT else ""
    return "*" * min(_MOST_STARS, max(3, len(value) - len(shown))) + shown
