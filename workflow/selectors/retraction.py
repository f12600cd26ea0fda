"""Reads of retractions and post-mortems: the list of those who look after them, and what waits on somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from workflow import retracting
from workflow.models import PostMortemMeasure, Retraction
from workflow.retracting import PlaceNow, lacking, places_of
from workflow.selectors.datasets import datasets_for


@dataclass(frozen=True)
class RetractionPage:
    """One retraction: how far it is in each place, and its record."""

    row: Retraction
    places: list[PlaceNow]
    lacking: list[str]

    @property
    def is_over(self) -> bool:
        return self.row.confirmed_at is not None

    @property
    def share(self) -> int:
        """How far it is, for the bar."""
        done = sum(place.is_private for place in self.places)
        return 100 if self.is_over else int(90 * done / max(1, len(self.places)))


def retraction_of(release_id: int) -> Retraction | None:
    """The last retraction of a release."""
    return _rows().filter(release=release_id).first()


def retraction_page(row: Retraction) -> RetractionPage:
    return RetractionPage(row=row, places=places_of(row), lacking=lacking(row.post_mortem))


def retractions_for(user: User) -> QuerySet[Retraction]:
    """Those of the datasets that `user` may see: open records first, soonest due on top."""
    rows = _rows().filter(release__dataset__in=datasets_for(user).values("pk"))
    return rows.order_by("post_mortem__closed_at", "post_mortem__due_at", "-started_at")


@dataclass(frozen=True)
class Asked:
    """A post-mortem or a measure that waits on somebody."""

    retraction: Retraction
    what: str
    due: datetime | None
    is_late: bool


def post_mortems_waiting_on(user: User, *, now: datetime | None = None) -> list[Asked]:
    """Open records that `user` looks after, and measures that are theirs."""
    now = now or timezone.now()
    found = []
    for row in retractions_for(user).filter(post_mortem__closed_at=None):
        record = row.post_mortem
        if not retracting.may(retracting.check_write, user, row):
            continue
        ready = not lacking(record)
        if ready and not retracting.may(retracting.check_sign, user, row):
            continue
        what = "sign the post-mortem" if ready else "complete the post-mortem of its retraction"
        found.append(Asked(row, what, record.due_at, record.due_at < now))
    measures = PostMortemMeasure.objects.filter(owner=user, done_at=None).select_related(
        "post_mortem__retraction__release__dataset"
    )
    for measure in measures:
        late = measure.due < timezone.localdate(now)
        found.append(Asked(measure.post_mortem.retraction, f"take the measure: {measure.what}", None, late))
    return found


def _rows() -> QuerySet[Retraction]:
    return Retraction.objects.select_related(
        "release__dataset__program",
        "release__dataset__department",
        "release__profile",
        "started_by",
        "post_mortem",
    )
