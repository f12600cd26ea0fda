"""A checklist in the words of one program: where the text names a role, the program's own word for it stands.

The catalogue is written for a program with a coordinator, a steward, a privacy officer and a CDO. Another gives
these duties to others and calls them otherwise: Connecticut's final key is turned by an agency approver.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from accounts.profiles import Profile
from accounts.roles import Role

# The text that people read; codes, sources and examples stay as they are.
_READ = ("intro", "title", "question", "help", "sentence", "missing")
_VOWELS = "aeiouAEIOU"


def role_terms(profile: Profile) -> tuple[tuple[str, str], ...]:
    """(term of the catalogue, the program's words) for every role that the program calls otherwise."""
    holders = profile.stage_holders
    meant = {
        "CDO": holders.get("CDO_REVIEW", Role.CDO),
        "privacy officer": holders.get("PRIVACY", Role.PRIVACY_OFFICER),
        "coordinator": Role.COORDINATOR,
        "data steward": Role.STEWARD,
        "steward": Role.STEWARD,
        "open data team": Role.OPEN_DATA_TEAM,
    }
    usual = {"CDO": Role.CDO, "privacy officer": Role.PRIVACY_OFFICER}
    return tuple(
        (term, profile.role_words(role))
        for term, role in meant.items()
        if role in Role.values and (role != usual.get(term, role) or role in profile.role_labels)
    )


def in_words(content: Mapping[str, Any], terms: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The content of a checklist with every term replaced, in one pass, so that no word is replaced twice."""
    if not terms:
        return dict(content)
    words = dict(terms)
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:([Aa]n?) )?({'|'.join(map(re.escape, longest_first))})\b")

    def worded(match: re.Match[str]) -> str:
        said = words[match[2]]
        if not match[1]:
            return said
        article = "an" if said[0] in _VOWELS else "a"
        return f"{article.capitalize() if match[1][0].isupper() else article} {said}"

    def walk(value: Any, read: bool) -> Any:
        if isinstance(value, str):
            return pattern.sub(worded, value) if read else value
        if isinstance(value, dict):
            return {key: walk(one, key in _READ) for key, one in value.items()}
        return [walk(one, False) for one in value] if isinstance(value, list) else value

    return {key: walk(value, key in _READ) for key, value in content.items()}
