"""Writes of facts and contributions, and the lock that stations and door share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from dossier.errors import DossierFrozen
from dossier.kinds import FACT_KINDS, PARTS
from dossier.models import Contribution, Dossier, Fact
from work.services import task_nudge

if TYPE_CHECKING:
    from accounts.models import User

_PART_WORDS = {
    "record": "The inventory record",
    "file": "The data file",
    "metadata": "The description of the data",
    "checklists": "The checklists",
    "quality": "The quality results",
    "privacy": "The privacy findings",
    "plan": "The publication plan",
    "publication": "The publication",
}


def digest_of(about: Any) -> str:
    """sha256 of the canonical JSON of anything JSON can hold."""
    text = json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def dossier_open(*, release_id: int, parts: Iterable[str]) -> Dossier:
    """Set which parts people may edit now. Called by the door at each move, and when a release opens."""
    dossier, _ = Dossier.objects.update_or_create(
        release_id=release_id, defaults={"open_parts": _parts_checked(parts)}
    )
    return dossier


def dossiers_open(*, release_ids: Iterable[int], parts: Iterable[str]) -> None:
    """The dossiers of releases that were opened just now, many at once, in the caller's transaction."""
    open_parts = _parts_checked(parts)
    Dossier.objects.bulk_create(Dossier(release_id=pk, open_parts=open_parts) for pk in release_ids)


def dossier_lock(*, release_id: int, part: str | None = None) -> Dossier:
    """Take the row lock of a release's dossier; call inside a transaction, before any write of a station.

    With `part`, raises DossierFrozen when the present stage does not let people edit it. Background work
    (`part` None) locks without asking.
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).get(release_id=release_id)
    if part is not None and part not in dossier.open_parts:
        raise DossierFrozen(
            f"{_PART_WORDS[part]} cannot be changed at this stage. "
            "Ask for the release to be returned for changes first."
        )
    return dossier


@transaction.atomic
def fact_record(
    *,
    release_id: int,
    kind: str,
    ok: bool,
    sentences: Iterable[str] = (),
    about: dict[str, Any],
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Fact:
    """Write what is known now, in the transaction of the change it tells of, and nudge the conductor.

    `sentences` say what stands in the way (empty when `ok`), or what is noteworthy. `about` names the bytes,
    versions and answers it speaks of, so that a reader can tell whether it is still current.
    """
    values = _fact_values(kind, ok, sentences, about, data, now)
    fact, _ = Fact.objects.update_or_create(release_id=release_id, kind=kind, defaults=values)
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))
    return fact


def facts_open(*, kind: str, known: Iterable[Mapping[str, Any]], now: datetime | None = None) -> None:
    """The first fact of its kind of many releases at once, in the caller's transaction; the caller nudges.

    Each of `known` holds release_id, ok, sentences and about, as `fact_record` takes them.
    """
    Fact.objects.bulk_create(
        Fact(
            release_id=one["release_id"],
            kind=kind,
            **_fact_values(kind, one["ok"], one["sentences"], one["about"], None, now),
        )
        for one in known
    )


def fact_forget(*, release_id: int, kind: str) -> None:
    """Take a fact back that no longer speaks of anything (its subject is gone)."""
    Fact.objects.filter(release_id=release_id, kind=kind).delete()


def contribution_record(
    *, release_id: int, user: User, what: str, now: datetime | None = None
) -> Contribution:
    """Remember that `user` changed what will be released."""
    row, _ = Contribution.objects.update_or_create(
        release_id=release_id, user=user, what=what, defaults={"at": now or timezone.now()}
    )
    return row


def _parts_checked(parts: Iterable[str]) -> list[str]:
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise ValueError(f"There is no part {sorted(unknown)} of a dossier.")
    return sorted(set(parts))


def _fact_values(
    kind: str,
    ok: bool,
    sentences: Iterable[str],
    about: dict[str, Any],
    data: dict[str, Any] | None,
    now: datetime | None,
) -> dict[str, Any]:
    if kind not in FACT_KINDS:
        raise ValueError(f"There is no fact of kind {kind!r}: add it to dossier/kinds.py.")
    return {
        "ok": ok,
        "sentences": list(sentences),
        "about": about,
        "digest": digest_of(about),
        "data": data or {},
        "at": now or timezone.now(),
    }
