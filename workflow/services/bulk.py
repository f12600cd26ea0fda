"""One decision on several releases: each goes through the door on its own, and each has its own result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import User
from workflow.errors import MoveRefused
from workflow.models import Release
from workflow.services.transitions import release_transition


@dataclass(frozen=True)
class Outcome:
    """What became of one release: `sentences` say why not, and are empty when the move was made."""

    release: Release
    sentences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.sentences


def releases_transition(
    *,
    releases: Iterable[Release],
    name: str,
    actor: User,
    arguments: Mapping[str, Any],
    now: datetime | None = None,
) -> list[Outcome]:
    """Make move `name` on each release. A refusal of one neither stops nor changes another.

    `arguments` are those of release_transition that all share (reason, to, points).
    """
    outcomes = []
    for release in releases:
        try:
            release_transition(release_id=release.pk, name=name, actor=actor, now=now, **arguments)
        except MoveRefused as refusal:
            outcomes.append(Outcome(release, tuple(refusal.sentences)))
        except PermissionDenied as refusal:
            outcomes.append(Outcome(release, (str(refusal),)))
        else:
            outcomes.append(Outcome(release))
    return outcomes
