"""The text of each checklist as a release of some department is asked it: composed, parsed and digested once.

Catalogue file -> rules of the program's profile -> additions of the department (checklists.catalogue.composing),
in the program's words for its roles (checklists.wording).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from accounts.profiles import profile_of
from checklists.catalogue import CHECKLISTS, Catalogue, CatalogueError, compose, digest_of, parse, read
from checklists.wording import in_words, role_terms

if TYPE_CHECKING:
    from accounts.models import Department
    from accounts.profiles import ItemRule, Profile


@dataclass(frozen=True)
class Text:
    """A composed checklist: `content` is what a submission pins, named by `digest`."""

    checklist: str
    digest: str
    content: dict[str, Any] = field(repr=False, hash=False)
    catalogue: Catalogue = field(repr=False, hash=False, compare=False)


def texts_for(profile: Profile, department: Department) -> dict[str, Text]:
    """The text of every checklist of the program, as this department is asked it now.

    One query for the department's additions, none when they are prefetched (`checklist_items`).
    """
    additions: dict[str, list[str]] = {}
    rows: Any = department
    for row in rows.checklist_items.all():
        if row.retired_at is None:
            additions.setdefault(row.checklist, []).append(json.dumps(row.addition, sort_keys=True))
    return {
        name: text_of(
            name,
            tuple(sorted(profile.items.get(name, {}).items())),
            tuple(additions.get(name, ())),
            frozenset(checklists_of(profile)),
            role_terms(profile),
        )
        for name in checklists_of(profile)
        if name in CHECKLISTS
    }


def checklists_of(profile: Profile) -> list[str]:
    """Every checklist that the program asks for, in the order of its stages."""
    return [name for names in profile.checklists.values() for name in names]


def release_texts(release: Any) -> dict[str, Text]:
    """The texts that a submission of this release would begin with now."""
    return texts_for(profile_of(release.profile), release.dataset.department)


@lru_cache(maxsize=512)
def text_of(
    checklist: str,
    rules: tuple[tuple[str, ItemRule], ...],
    additions: tuple[str, ...],
    asked: frozenset[str] = frozenset(),
    terms: tuple[tuple[str, str], ...] = (),
) -> Text:
    """One composed text. `additions` are canonical JSON, so that equal ones share the work."""
    base, changed = read(checklist), dict(rules)
    loaded = [json.loads(one) for one in additions]
    content = in_words(compose(base, changed, loaded, asked), terms)
    try:
        catalogue = parse(content)
    except CatalogueError:
        # A new text of the product took away what an addition leans on: that addition rests until it is remade.
        content = in_words(compose(base, changed, list(_sound(base, changed, loaded)), asked), terms)
        catalogue = parse(content)
    return Text(checklist, digest_of(content), content, catalogue)


def _sound(
    base: dict[str, Any], rules: dict[str, ItemRule], additions: list[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    for addition in additions:
        try:
            parse(compose(base, rules, [addition]))
        except CatalogueError:
            continue
        yield addition
