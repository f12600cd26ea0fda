"""The facts that publishing establishes, always made from the publications' own rows.

Both speak of the copy that was asked for last, in all its places: they hold when every place that the program waits
for is there. `data` is what was established in the first place, and `places` says how each of them stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dossier.selectors import facts
from dossier.services import fact_forget, fact_record
from publishing.models import Publication
from publishing.places import place_words
from publishing.selectors import needed_of, places_of

PRIVATE, PUBLIC = "private_copy", "public_copy"
_THERE = {PRIVATE: "private", PUBLIC: "public"}
Goal = Publication.Goal
Places = Mapping[str, Publication]


def facts_record(publication: Publication, *, now: datetime | None = None) -> None:
    """Say what holds about the copies of this release now; call it in the transaction of the change."""
    places = places_of(publication.release_id)
    for kind in (PRIVATE, PUBLIC):
        _record(publication.release_id, kind, places, now)


def facts_rebuild(release_id: int) -> None:
    """Recompute both facts from the newest copy; changes nothing when they are right."""
    places = places_of(release_id)
    known = facts(release_id)
    for kind in (PRIVATE, PUBLIC):
        _record(release_id, kind, places, known[kind].at if kind in known else None)


def _record(release_id: int, kind: str, places: Places, now: datetime | None) -> None:
    if not any(_is_there(row, kind) or _has_failed(row, kind) for row in places.values()):
        fact_forget(release_id=release_id, kind=kind)
        return
    needed = needed_of(release_id, places)
    missing = [row for row in needed.values() if not _is_there(row, kind)]
    first = next(iter(needed.values()))
    ok = not missing
    sentences = [_sentence(row, kind, named=len(places) > 1) for row in missing]
    about = {"treated": first.treated_sha256, "record": first.record_digest}
    data = _receipt(first, kind) | {
        "places": [_told(row, kind, is_needed=code in needed) for code, row in places.items()]
    }
    known = facts(release_id).get(kind)
    if known and (known.ok, known.sentences, known.about) == (ok, sentences, about):
        if known.data == data:
            # Nothing new is known: the time of the fact stays that of the comparison, and nobody is told again.
            return
        # What is new is known of a place that nobody waits for.
        now = known.at if ok else now
    fact_record(release_id=release_id, kind=kind, ok=ok, sentences=sentences, about=about, data=data, now=now)


def _is_there(publication: Publication, kind: str) -> bool:
    reached = kind == PRIVATE or publication.reached == Publication.Reached.PUBLIC
    return reached and bool(publication.receipt.get(_THERE[kind]))


def _has_failed(publication: Publication, kind: str) -> bool:
    towards = kind == PRIVATE or publication.goal == Goal.PUBLIC
    return towards and bool(publication.failure) and not _is_there(publication, kind)


def _receipt(publication: Publication, kind: str) -> dict[str, Any]:
    return dict(publication.receipt[_THERE[kind]]) if _is_there(publication, kind) else {}


def _told(publication: Publication, kind: str, *, is_needed: bool) -> dict[str, Any]:
    """How one place stands: `state` is private or public when it is there, else waiting, stopped or taken back."""
    receipt = _receipt(publication, kind)
    return {
        "portal": publication.asset.portal,
        "domain": publication.asset.domain,
        "state": _state(publication, kind),
        "url": receipt.get("public_url") or receipt.get("url") or "",
        "query_url": receipt.get("query_url", ""),
        "rows": receipt.get("rows"),
        "failure": publication.failure if _has_failed(publication, kind) else "",
        "needed": is_needed,
    }


def _state(publication: Publication, kind: str) -> str:
    if _is_there(publication, kind):
        return _THERE[kind]
    if publication.goal == Goal.HIDDEN:
        return "taken back"
    return "stopped" if _has_failed(publication, kind) else "waiting"


def _sentence(publication: Publication, kind: str, *, named: bool) -> str:
    """What stands in the way in this place; it is named where there are several."""
    where = place_words(publication.asset.portal, publication.asset.domain)
    if _has_failed(publication, kind):
        return f"{where}: {publication.failure}" if named else publication.failure
    if publication.goal == Goal.HIDDEN:
        return f"The copy on {where} was taken back."
    if kind == PRIVATE:
        return f"The private copy on {where} is not ready yet."
    return f"The copy on {where} has not been checked from outside yet."
