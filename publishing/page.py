"""What the Publication tab shows of one release: a block for each place, and how the whole of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publishing.models import Chunk, Publication
from publishing.places import PORTAL_NAMES, place_words
from publishing.portals.base import SUBMITTED
from publishing.records import PortalRecord
from publishing.selectors import (
    StepView,
    is_half_public,
    is_overtaken,
    ledger_of,
    needed_of,
    newest_by_portal,
    places_of,
    portals_of,
    publications_of,
    rules_of,
    steps_of,
)

# How each portal is asked for five rows.
_FIVE_ROWS = {"socrata": "?$limit=5", "arcgis_geo": "?where=1%3D1&resultRecordCount=5&f=json"}
Goal, Reached, Status = Publication.Goal, Publication.Reached, Publication.Status


@dataclass(frozen=True)
class PlaceView:
    """One place of the copy, in the words and numbers of the page."""

    publication: Publication
    name: str
    where: str
    word: str
    tone: str
    steps: Sequence[StepView]
    ledger: Mapping[str, int]
    chunks: Sequence[Chunk]
    private_copy: Mapping[str, Any]
    public_copy: Mapping[str, Any]
    is_needed: bool
    is_left: bool
    is_overtaken: bool

    @property
    def code(self) -> str:
        return self.publication.asset.portal

    @property
    def live(self) -> bool:
        return self.publication.is_live

    @property
    def waiting(self) -> bool:
        return self.publication.is_waiting_again

    @property
    def stopped(self) -> bool:
        return self.publication.status == Status.DEAD

    @property
    def can_resume(self) -> bool:
        return self.publication.can_resume and not self.is_overtaken

    @property
    def query_example(self) -> str:
        """An address that anybody may open to see five rows; only where the portal's query language has one."""
        address = str(self.public_copy.get("query_url", ""))
        return address + _FIVE_ROWS.get(self.code, "") if address else ""

    @property
    def taken_back(self) -> bool:
        return self.publication.goal == Goal.HIDDEN

    @property
    def is_exposed(self) -> bool:
        return self.publication.is_exposed


def page_of(release_id: int) -> dict[str, Any]:
    """What the tab shows; `publication` is None before the first request."""
    now = places_of(release_id)
    if not now:
        return {"publication": None, "places": []}
    needed = needed_of(release_id, now)
    left = {code: row for code, row in newest_by_portal(release_id).items() if code not in now}
    shown = {code: row for code, row in left.items() if _is_there(row)}
    places = [
        *(_view(row, is_needed=code in needed, is_left=False) for code, row in now.items()),
        *(_view(row, is_needed=False, is_left=True) for row in shown.values()),
    ]
    # What its portal holds of an earlier copy is told of at that place.
    blocks = {place.publication.pk for place in places}
    return {
        "publication": places[0].publication,
        "places": places,
        "several": len(places) > 1,
        "live": any(place.live for place in places),
        "waiting": not any(place.live and not place.waiting for place in places),
        "half": _is_half_done(places),
        "can_take_back": is_half_public(release_id),
        "exposed": [place for place in places if place.is_exposed],
        "missing": [place for place in places if not place.is_exposed and not place.is_left],
        "taking_back": [place for place in places if place.taken_back and place.is_exposed],
        "absent": _absent(release_id, places),
        "earlier": [row for row in publications_of(release_id) if row.pk not in blocks],
    }


def _is_half_done(places: Sequence[PlaceView]) -> bool:
    """True when the copy is before the public's eyes in one place, and stands still on its way in another."""
    exposed = any(place.is_exposed and not place.taken_back for place in places)
    still = (place for place in places if place.publication.is_going_public)
    return exposed and len(places) > 1 and any(place.stopped or place.waiting for place in still)


def _absent(release_id: int, places: Sequence[PlaceView]) -> list[str]:
    """Why a portal that the program names has no copy, a sentence for each."""
    suited = portals_of(release_id, PortalRecord.from_json(places[0].publication.record))
    there = {place.code for place in places}
    return [
        f"{PORTAL_NAMES[code]} has no copy: it was not set up when the copy was asked for. The release does not "
        "wait for it."
        if code in suited
        else f"{PORTAL_NAMES[code]} has no copy: it draws points, and this data has no columns named "
        "latitude and longitude."
        for code in rules_of(release_id).portals
        if code not in there
    ]


def _is_there(publication: Publication) -> bool:
    """Something of it may still be on the portal."""
    return bool(publication.asset.remote_id) and publication.reached != Reached.NONE


def _view(publication: Publication, *, is_needed: bool, is_left: bool) -> PlaceView:
    is_public = publication.reached == Reached.PUBLIC
    word, tone = _word(publication)
    return PlaceView(
        publication=publication,
        name=PORTAL_NAMES.get(publication.asset.portal, publication.asset.portal),
        where=place_words(publication.asset.portal, publication.asset.domain),
        word=word,
        tone=tone,
        steps=steps_of(publication),
        ledger=ledger_of(publication),
        chunks=list(publication.chunks.filter(target=publication.working_id)),
        private_copy=publication.receipt.get("private", {}),
        public_copy=publication.receipt.get("public", {}) if is_public else {},
        is_needed=is_needed,
        is_left=is_left,
        is_overtaken=is_overtaken(publication),
    )


def _word(publication: Publication) -> tuple[str, str]:
    """The state of one place in a few words, and the tone they are said in."""
    if publication.status == Status.DEAD:
        return "Stopped", "bad"
    if publication.is_waiting_again and publication.error.startswith(SUBMITTED):
        return "Submitted to the portal's reviewers, not public", "warn"
    if publication.is_waiting_again:
        return "Waiting to try again", "warn"
    if publication.is_live:
        return "At work", "info"
    if publication.goal == Goal.HIDDEN:
        return "Taken back: private", "warn"
    if publication.reached == Reached.PUBLIC:
        return "Public, checked from outside", "good"
    if publication.receipt.get("private"):
        return "Private copy, compared", "good"
    return publication.get_status_display(), ""
