"""Reads of publishing: permits, the places of a release, and how far each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.profiles import profile_of
from publishing.models import Chunk, Permit, PortalAsset, Publication
from publishing.places import PortalRules, has_map
from publishing.records import PortalRecord

Status = Publication.Status
Step = Publication.Step

_PUBLISHED = "PUBLISHED"
PRIVATE_STEPS = (Step.PREPARE, Step.SEND, Step.SAVE, Step.COMPARE)
PUBLIC_STEPS = (Step.EXPOSE, Step.CHECK)
STATE_TONES = {"done": "good", "doing": "info", "waiting": "warn", "stopped": "bad", "todo": ""}
STATE_WORDS = {"done": "Done", "doing": "Now", "waiting": "Waiting", "stopped": "Stopped", "todo": "To do"}


def dataset_is_public(dataset_id: int) -> bool:
    """True while a release of the dataset counts as published."""
    releases = apps.get_model("workflow", "Release")._default_manager
    return bool(releases.filter(dataset_id=dataset_id, stage=_PUBLISHED).exists())


def standing_publications() -> QuerySet[Publication]:
    """Copies of releases that count as published, which nobody took back: their places are to show them."""
    return Publication.objects.filter(
        goal=Publication.Goal.PUBLIC,
        reached=Publication.Reached.PUBLIC,
        permit__revoked_at=None,
        release__stage=_PUBLISHED,
    )


def is_our_place(asset: PortalAsset) -> bool:
    """Did we make the dataset that is there, or send rows to it? Else it was found under our key: others may have.

    Of rows sent to a dataset that was deleted since, nothing follows for the one that has its key now.
    """
    there = asset.remote_id
    compared = Q(receipt__private__remote_id=there) | Q(receipt__public__remote_id=there)
    sent = Q(chunks__target=there) | Q(chunks__target__startswith=f"{there}:")
    return asset.create_asked_at is not None or asset.publications.filter(compared | sent).exists()


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
        # A refresh is covered no longer than the approval under which it was let through.
        bounds__basis__revoked_at=None,
    ).first()


def publications_of(release_id: int) -> list[Publication]:
    """Every publication of a release, of every copy and portal, the last one asked for first."""
    return list(Publication.objects.select_related("asset", "permit").filter(release_id=release_id))


def places_of(release_id: int) -> dict[str, Publication]:
    """The copy of a release that was asked for last, by portal; the program's first portal first."""
    rows = publications_of(release_id)
    last = [row for row in rows if row.copy == rows[0].copy]
    return {row.asset.portal: row for row in sorted(last, key=lambda row: row.pk)}


def publication_of(release_id: int) -> Publication | None:
    """The copy of a release that was asked for last, in its first place."""
    return next(iter(places_of(release_id).values()), None)


def newest_by_portal(release_id: int) -> dict[str, Publication]:
    """What went last to each portal that the release was ever sent to, also where its newest copy does not go."""
    found = places_of(release_id)
    for row in publications_of(release_id):
        found.setdefault(row.asset.portal, row)
    return found


def rules_of(release_id: int) -> PortalRules:
    """What the program profile of a release says of portals."""
    return _rules(_release(release_id))


def _release(release_id: int) -> Any:
    return apps.get_model("workflow", "Release")._default_manager.select_related("profile").get(pk=release_id)


def _rules(release: Any) -> PortalRules:
    return PortalRules.of(profile_of(release.profile).publication)


def portals_of(release_id: int, record: PortalRecord) -> tuple[str, ...]:
    """The portals of the program that take this copy, whether they are set up or not."""
    release = _release(release_id)
    return _rules(release).portals_for(
        has_map=has_map(record.columns), shown=portals_shown(release.dataset_id)
    )


def needed_of(release_id: int, places: Mapping[str, Publication]) -> dict[str, Publication]:
    """Of these places of a release, those that it waits for."""
    return {code: places[code] for code in rules_of(release_id).waited_for(list(places))}


def is_public_where_needed(release_id: int) -> bool:
    """True when every place that the release waits for shows it to the public."""
    needed = needed_of(release_id, places_of(release_id))
    return bool(needed) and all(row.reached == Publication.Reached.PUBLIC for row in needed.values())


def is_half_public(release_id: int) -> bool:
    """True when the copy is, or may be, before the public's eyes in a place, and not in all that are needed."""
    places = places_of(release_id).values()
    exposed = any(row.is_exposed and row.goal != Publication.Goal.HIDDEN for row in places)
    return len(places) > 1 and exposed and not is_public_where_needed(release_id)


def is_going_public(release_id: int) -> bool:
    """True while a copy is on its way to the public in a place, and not public yet in all that are needed."""
    on_its_way = any(row.is_going_public for row in places_of(release_id).values())
    return on_its_way and not is_public_where_needed(release_id)


def portals_shown(dataset_id: int) -> set[str]:
    """The portals that show some release of the dataset to the public."""
    shown = PortalAsset.objects.filter(dataset_id=dataset_id, public_publication__isnull=False)
    return set(shown.values_list("portal", flat=True))


def is_overtaken(publication: Publication) -> bool:
    """True when a later release of the dataset went to the public there: this one must not come after it."""
    went = Q(goal=Publication.Goal.PUBLIC) | Q(
        goal=Publication.Goal.HIDDEN, release__published_at__isnull=False
    )
    later = Publication.objects.filter(
        went, asset=publication.asset_id, release_id__gt=publication.release_id
    )
    return publication.goal != Publication.Goal.HIDDEN and later.exists()


@dataclass(frozen=True)
class StepView:
    """One line of the page: what is done, its state as a key and in words, and a number beside it."""

    label: str
    state: str
    words: str
    note: str = ""

    @property
    def tone(self) -> str:
        return STATE_TONES[self.state]


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
            parts = "part" if publication.chunks_total == 1 else "parts"
            rows = "row" if sent["rows"] == 1 else "rows"
            note = f"{sent['chunks']} of {publication.chunks_total} {parts}, {sent['rows']:,} {rows}"
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
