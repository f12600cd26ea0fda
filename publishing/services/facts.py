"""The facts that publishing establishes, always made from the publication's own rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossier.selectors import facts
from dossier.services import fact_forget, fact_record
from publishing.models import Publication
from publishing.selectors import publication_of

PRIVATE, PUBLIC = "private_copy", "public_copy"


def facts_record(publication: Publication, *, now: datetime | None = None) -> None:
    """Say what holds about the copies of this release now; call it in the transaction of the change."""
    _private(publication, now)
    _public(publication, now)


def facts_rebuild(release_id: int) -> None:
    """Recompute both facts from the newest publication; changes nothing when they are right."""
    publication = publication_of(release_id)
    known = facts(release_id)
    if publication is None:
        for kind in (PRIVATE, PUBLIC):
            fact_forget(release_id=release_id, kind=kind)
        return
    _private(publication, known[PRIVATE].at if PRIVATE in known else None)
    _public(publication, known[PUBLIC].at if PUBLIC in known else None)


def _private(publication: Publication, now: datetime | None) -> None:
    receipt = publication.receipt.get("private")
    failed = publication.failure and not receipt
    if not receipt and not failed:
        fact_forget(release_id=publication.release_id, kind=PRIVATE)
        return
    _record(publication, PRIVATE, ok=bool(receipt), data=receipt or {}, now=now)


def _public(publication: Publication, now: datetime | None) -> None:
    receipt = publication.receipt.get("public")
    holds = publication.reached == Publication.Reached.PUBLIC and receipt
    failed = publication.failure and publication.goal == Publication.Goal.PUBLIC
    if not holds and not failed:
        fact_forget(release_id=publication.release_id, kind=PUBLIC)
        return
    _record(publication, PUBLIC, ok=bool(holds), data=receipt if holds else {}, now=now)


def _record(
    publication: Publication, kind: str, *, ok: bool, data: dict[str, Any], now: datetime | None
) -> None:
    sentences = [] if ok else [publication.failure]
    about = {"treated": publication.treated_sha256, "record": publication.record_digest}
    known = facts(publication.release_id).get(kind)
    if known and (known.ok, known.sentences, known.about, known.data) == (ok, sentences, about, data):
        # Nothing new is known: the time of the fact stays that of the comparison, and nobody is told again.
        return
    fact_record(
        release_id=publication.release_id,
        kind=kind,
        ok=ok,
        sentences=sentences,
        about=about,
        data=data,
        now=now,
    )
