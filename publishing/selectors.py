"""Reads of publishing: permits, the publication of a release, and its state in words for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from publishing.models import Chunk, Permit, Publication

Status = Publication.Status
Step = Publication.Step

PRIVATE_STEPS = (Step.PREPARE, Step.SEND, Step.SAVE, Step.COMPARE)
PUBLIC_STEPS = (Step.EXPOSE, Step.CHECK)
STATE_WORDS = {"done": "Done", "doing": "Now", "waiting": "Waiting", "stopped": "Stopped", "todo": "To do"}


def valid_permit(
    release_id: int, *, treated_sha256: str, record_digest: str, now: datetime | None = None
) -> Permit | None:
    """The permit that speaks of exactly this copy and this record, if there is one that still holds."""
    return Permit.objects.filter(
        release_id=release_id,
        treated_sha256=treated_sha256,
        record_digest=record_digest,
        revoked_at=None,
        expires_at__gt=now or timezone.now(),
    ).first()


def publication_of(release_id: int) -> Publication | None:
    """The publication of a release that was asked for last."""
    return Publication.objects.select_related("asset", "permit").filter(release_id=release_id).first()


def publications_of(release_id: int) -> list[Publication]:
    return list(Publication.objects.select_related("asset", "permit").filter(release_id=release_id))


@dataclass(frozen=True)
class StepView:
    """One line of the page: what is done, its state as a key and in words, and a number beside it."""

    label: str
    state: str
    words: str
    note: str = ""


def steps_of(publication: Publication) -> list[StepView]:
    """Every step towards the goal with its state."""
    aim = publication.goal == Publication.Goal.PUBLIC or publication.reached == Publication.Reached.PUBLIC
    steps = PRIVATE_STEPS + PUBLIC_STEPS if aim else PRIVATE_STEPS
    done = _done_steps(publication)
    current = publication.step or Step.PREPARE
    sent = ledger_of(publication)
    shown = []
    for step in steps:
        state = "done" if step in done else _state_now(publication) if step == current else "todo"
        note = ""
        if step == Step.SEND and sent["chunks"]:
            note = f"{sent['chunks']} of {publication.chunks_total} parts, {sent['rows']:,} rows"
        shown.append(StepView(Step(step).label, state, STATE_WORDS[state], note))
    return shown


def _done_steps(publication: Publication) -> set[str]:
    reached = publication.reached
    if reached == Publication.Reached.PUBLIC:
        return {*PRIVATE_STEPS, *PUBLIC_STEPS}
    order = [*PRIVATE_STEPS, *PUBLIC_STEPS]
    done: set[str] = set(PRIVATE_STEPS) if reached == Publication.Reached.PRIVATE else set()
    if publication.step:
        done |= set(order[: order.index(Step(publication.step))])
    if publication.status == Status.DONE:
        return done
    # What is being done again is not done.
    return done - {publication.step}


def _state_now(publication: Publication) -> str:
    if publication.status == Status.DEAD:
        return "stopped"
    if publication.status == Status.RUNNING:
        return "doing"
    return "waiting" if publication.status == Status.QUEUED else "todo"


def ledger_of(publication: Publication) -> dict[str, int]:
    """Chunks and rows that the portal has confirmed for the present target."""
    counts = Chunk.objects.filter(publication=publication, target=publication.working_id).values_list(
        "rows", flat=True
    )
    rows = list(counts)
    return {"chunks": len(rows), "rows": sum(rows)}


def page_of(release_id: int) -> dict[str, Any]:
    """What the Publication tab shows of one release; `publication` is None before the first request."""
    publication = publication_of(release_id)
    if publication is None:
        return {"publication": None}
    private = publication.receipt.get("private", {})
    public = publication.receipt.get("public", {})
    return {
        "publication": publication,
        "steps": steps_of(publication),
        "ledger": ledger_of(publication),
        "chunks": list(publication.chunks.filter(target=publication.working_id)),
        "private_copy": private,
        "public_copy": public if publication.reached == Publication.Reached.PUBLIC else {},
        "live": publication.is_live,
        "waiting": publication.is_waiting_again,
        "stopped": publication.status == Status.DEAD,
        "can_resume": publication.status == Status.DEAD or publication.is_waiting_again,
        "earlier": [other for other in publications_of(release_id) if other.pk != publication.pk],
    }
