"""Retirements ready to be carried out, and post-mortems that are closed, by the people who would do it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from tests.cast import Cast
from work.models import WorkItem
from workflow.models import ArchiveCopy, PostMortemDuty, Release, Retirement, Retraction
from workflow.services import post_mortem
from workflow.services.retirement import retirement_decide, retirement_propose
from workflow.services.retraction import retraction_look

RECORD = {
    "what_happened": "A column of remarks was published that should have been left out.",
    "found_by": "A reader of the portal",
    "details_exposed": "Remarks about callers",
    "rows_exposed": 10_000,
    "downloads_source": "The portal's figures of that week are not in yet.",
    "root_cause": "The column was new in the source, and the recipe did not name it.",
}


def retirement_proposed(release: Release, actor: User, **words: object) -> Retirement:
    """A proposal on the first of the usual grounds."""
    about: dict[str, object] = {"criteria": ["outdated"], "reason": "Its source was switched off.", **words}
    return retirement_propose(dataset=release.dataset, actor=actor, **about)  # type: ignore[arg-type]


def retirement_ready(release: Release, cast: Cast) -> Retirement:
    """Proposed and decided by two people, its window over and its archive copy made."""
    row = retirement_proposed(release, cast.coordinator)
    retirement_decide(retirement=row, goes=True, actor=cast.cdo)
    archive_done(release)
    return row


def archive_done(release: Release) -> None:
    ArchiveCopy.objects.update_or_create(release=release, defaults={"status": WorkItem.Status.DONE})


def post_mortem_ready(release: Release, cast: Cast) -> Retraction:
    """Every line of the record filled in, so that it can be signed."""
    retraction_look(release_id=release.pk)
    row = Retraction.objects.get(release=release, reinstated_at=None)
    since = row.started_at - timedelta(days=30)
    post_mortem.post_mortem_write(
        record=row.post_mortem, fields=RECORD | {"public_since": since}, actor=cast.privacy_officer
    )
    post_mortem.measure_add(
        record=row.post_mortem,
        what="New columns stop the publication.",
        owner=cast.steward,
        due=timezone.localdate() + timedelta(days=20),
        actor=cast.privacy_officer,
    )
    for duty in PostMortemDuty.objects.filter(post_mortem=row.post_mortem):
        post_mortem.duty_answer(
            duty=duty, answer="not_applicable", note="Legal was asked.", actor=cast.privacy_officer
        )
    for place in row.follow_ups.filter(done_at=None):
        post_mortem.place_settle(place=place, note="It is gone there.", actor=cast.privacy_officer)
    return Retraction.objects.get(pk=row.pk)


def post_mortem_closed(release: Release, cast: Cast) -> Retraction:
    row = post_mortem_ready(release, cast)
    for person in (cast.privacy_officer, cast.cdo):
        post_mortem.post_mortem_sign(record=row.post_mortem, actor=person)
    row.refresh_from_db()
    return row
