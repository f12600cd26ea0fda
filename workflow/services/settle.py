"""The conductor: reads what is known of a release and starts what is due, or moves it for the system.

Stations never start one another and never move a release; they record facts, and every fact brings us here.
Each step is a question ("is it due?") and an action that is idempotent, so running twice does nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from checklists.services import answers_fill, checks_request, fill_is_due
from dossier.selectors import current_columnar
from dossier.services import digest_of, dossier_lock
from privacy.detectors import REGISTRY_VERSION
from privacy.services import scan_request
from publishing.errors import PermitMissing
from publishing.records import PortalRecord
from publishing.selectors import is_going_public, publication_of
from publishing.services import facts_rebuild, publication_request, publication_stay_private
from workflow import approvals, gates, review_needs
from workflow.context import ReleaseContext, context_of, contexts_of, release_queryset
from workflow.errors import MoveRefused
from workflow.models import Review
from workflow.policies import SYSTEM
from workflow.services import refresh_run as refreshes
from workflow.services.catalogue import answer_sources, catalogues_for, checks_input, record_for
from workflow.services.comparison import comparison_is_due, comparison_start
from workflow.services.datasets import columns_sync
from workflow.services.deadlines import deadline_sync
from workflow.services.distributions import distributions_sync
from workflow.services.effects import review_ask, reviews_ask, reviews_missing
from workflow.services.tell import releases_with_ended_work, tell_what_ended
from workflow.services.transitions import release_transition
from workflow.stages import OPEN_STAGES, WAY, Stage

log = logging.getLogger(__name__)


# The sweep looks this far back for work that ended without anybody being told: a nudge may have been lost.
TELL_WITHIN = timedelta(hours=6)


class Step(NamedTuple):
    """One thing the conductor may have to do for a release."""

    name: str
    is_due: Callable[[ReleaseContext], bool]
    run: Callable[[ReleaseContext, datetime], None]


def release_settle(*, release_id: int, now: datetime | None = None) -> list[str]:
    """Do everything that is due for one release. Returns the names of the steps that were taken."""
    now = now or timezone.now()
    taken = []
    context = context_of(release_id, now=now)
    for step in STEPS:
        if _is_settling(context) and step.is_due(context):
            step.run(context, now)
            taken.append(step.name)
            # Read anew: the step may have changed what is known.
            context = context_of(release_id, now=now)
    if context.release.stage == Stage.PUBLISHED:
        # A place that nobody waited for may have become public since.
        distributions_sync(context)
    tell_what_ended(context, now)
    deadline_sync(release_id=release_id, now=now)
    return taken


def releases_settle(*, now: datetime | None = None) -> int:
    """Settle every open release for which something is due. Returns how many; bounded queries to find them.

    A release that cannot be settled is logged, and the others are settled all the same.
    """
    now = now or timezone.now()
    contexts = contexts_of(release_queryset().filter(stage__in=OPEN_STAGES, held_at=None), now=now)
    ended = releases_with_ended_work(since=now - TELL_WITHIN)
    due = [
        context
        for context in contexts
        if context.release.pk in ended or any(step.is_due(context) for step in STEPS)
    ]
    for context in due:
        try:
            release_settle(release_id=context.release.pk, now=now)
        except Exception:
            log.exception("Release %s could not be settled", context.release.pk)
    return len(due)


def _is_settling(context: ReleaseContext) -> bool:
    return context.release.is_open and not context.release.held_at


def _has_file(context: ReleaseContext) -> bool:
    fact = context.facts.get("file")
    # New rows alone are not what will be public: the whole table is what is looked at.
    return fact is not None and fact.ok and not refreshes.waits_for_its_table(context)


def _columns_are_new(context: ReleaseContext) -> bool:
    return _has_file(context) and context.about("metadata", "file") != context.about("file", "file")


def _columns(context: ReleaseContext, now: datetime) -> None:
    columnar = current_columnar(context.release.pk)
    if columnar is not None:
        columns_sync(release_id=context.release.pk, columns=columnar.meta["columns"], now=now)


def _scan_is_due(context: ReleaseContext) -> bool:
    return _has_file(context) and (
        context.about("scan", "file") != context.about("file", "file")
        or context.about("scan", "registry") != REGISTRY_VERSION
    )


def _scan(context: ReleaseContext, now: datetime) -> None:
    scan_request(release_id=context.release.pk)


def _checks_are_due(context: ReleaseContext) -> bool:
    if not _has_file(context) or _columns_are_new(context):
        return False
    return context.about("quality_checks", "file") != context.about("file", "file") or context.about(
        "quality_checks", "declared"
    ) != digest_of(checks_input(context))


def _checks(context: ReleaseContext, now: datetime) -> None:
    checks_request(release_id=context.release.pk, **checks_input(context))


def _reviews_are_missing(context: ReleaseContext) -> bool:
    return bool(reviews_missing(context))


def _ask_reviews(context: ReleaseContext, now: datetime) -> None:
    with transaction.atomic():
        dossier_lock(release_id=context.release.pk)
        reviews_ask(context_of(context.release.pk, now=now), now)


def _answers_are_known(context: ReleaseContext) -> bool:
    return fill_is_due(facts=context.facts, texts=catalogues_for(context), sources=answer_sources(context))


def _fill_answers(context: ReleaseContext, now: datetime) -> None:
    answers_fill(release_id=context.release.pk, sources=answer_sources(context), now=now)


def _private_copy_is_due(context: ReleaseContext) -> bool:
    first = Stage.CDO_REVIEW if context.profile.order["private_copy_at"] == "cdo_review" else Stage.STAGED
    here = WAY.index(Stage(context.release.stage)) >= WAY.index(first)
    if not here or not context.data("treated", "sha256"):
        return False
    return not gates.private_copy_equal(context).ok or _is_described_otherwise(context)


def _is_described_otherwise(context: ReleaseContext) -> bool:
    """The copy was made under an earlier description than the one that the approval speaks of, or will speak of.

    What is renamed after an approval waits for the next one: the copy that was approved stays.
    """
    made_under = context.about("private_copy", "record")
    if not made_under:
        return False
    if context.release.stage != Stage.STAGED:
        return record_for(context).digest != made_under
    treated = context.data("treated", "sha256")
    approved = {permit.record_digest for permit in context.permits if permit.treated_sha256 == treated}
    return bool(approved) and made_under not in approved and record_for(context).digest in approved


@transaction.atomic
def _private_copy(context: ReleaseContext, now: datetime) -> None:
    release_id = context.release.pk
    publication_request(
        release_id=release_id,
        record=record_for(context),
        treated_sha256=context.data("treated", "sha256"),
        goal="private",
        now=now,
    )
    if _is_described_otherwise(context):
        # Nobody previews or approves the copy under its earlier description while it is made again.
        facts_rebuild(release_id)


def _preview_is_due(context: ReleaseContext) -> bool:
    move = context.profile.order["preview_before"]
    stage = Stage.CDO_REVIEW if move == "approve" else Stage.STAGED
    if context.release.stage != stage or not gates.private_copy_equal(context).ok:
        return False
    kind = Review.Kind.STEWARD_PREVIEW
    asked = any(review.kind == kind and review.is_pending for review in context.reviews)
    wanted = any(need.kind == kind for need in review_needs.needs_of(context, move))
    return wanted and not asked and not approvals.latest_verdicts(context, kind)


def _preview(context: ReleaseContext, now: datetime) -> None:
    with transaction.atomic():
        dossier_lock(release_id=context.release.pk)
        context = context_of(context.release.pk, now=now)
        review_ask(context, kind=Review.Kind.STEWARD_PREVIEW, requested_by=None, now=now)


def _going_public_is_due(context: ReleaseContext) -> bool:
    return (
        context.release.stage == Stage.STAGED
        and all(gate(context).ok for gate in gates.GO_PUBLIC)
        and not gates.public_copy_confirmed(context).ok
    )


def _go_public(context: ReleaseContext, now: datetime) -> None:
    """Ask for exactly what was approved: the record of the private copy, whatever has been renamed since."""
    private = publication_of(context.release.pk)
    if private is None:
        return
    try:
        with transaction.atomic():
            dossier_lock(release_id=context.release.pk)
            # Asked again under the lock: a bundle may have been stopped since we looked.
            if not _going_public_is_due(context_of(context.release.pk, now=now)):
                return
            publication_request(
                release_id=context.release.pk,
                record=PortalRecord.from_json(private.record),
                treated_sha256=context.data("treated", "sha256"),
                goal="public",
                now=now,
            )
    except PermitMissing:
        # The permit ran out between our look and the request; its gate says so on the page.
        return


def _must_stay_private(context: ReleaseContext) -> bool:
    """A copy is on its way to the public though something that had to hold for that no longer does."""
    if context.release.stage != Stage.STAGED or all(gate(context).ok for gate in gates.GO_PUBLIC):
        return False
    return is_going_public(context.release.pk)


def _stay_private(context: ReleaseContext, now: datetime) -> None:
    publication_stay_private(release_id=context.release.pk, now=now)


def _publish_is_due(context: ReleaseContext) -> bool:
    return context.release.stage == Stage.STAGED and not gates.unmet("publish", context)


def _publish(context: ReleaseContext, now: datetime) -> None:
    try:
        with transaction.atomic():
            release_transition(release_id=context.release.pk, name="publish", actor=SYSTEM, now=now)
            distributions_sync(context, retitle=True)
    except MoveRefused:
        # Somebody was faster, or something changed between our look and the lock; the next fact decides.
        return


# In the order in which a release needs them.
STEPS: tuple[Step, ...] = (
    Step("table of the refresh", refreshes.table_is_due, refreshes.work_start),
    Step("columns", _columns_are_new, _columns),
    Step("scan", _scan_is_due, _scan),
    Step("checks", _checks_are_due, _checks),
    Step("what was decided before", refreshes.carrying_is_due, refreshes.carry),
    Step("drift", refreshes.drift_is_due, refreshes.work_start),
    Step("way of the refresh", refreshes.move_is_due, refreshes.move),
    Step("comparison with what is public", comparison_is_due, comparison_start),
    Step("answers", _answers_are_known, _fill_answers),
    Step("reviews", _reviews_are_missing, _ask_reviews),
    Step("private copy", _private_copy_is_due, _private_copy),
    Step("steward preview", _preview_is_due, _preview),
    Step("staying private", _must_stay_private, _stay_private),
    Step("going public", _going_public_is_due, _go_public),
    Step("publish", _publish_is_due, _publish),
)
