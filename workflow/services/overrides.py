"""Overrides that have ended: the officer is told, and what is not public yet stands still until they look again.

Source: FEATURES M25. The gates refuse from that day by themselves; the sweep tells people, once.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from notifications.services import message_queue
from privacy.models import AssessmentDecision, RiskDecision
from privacy.services import override_lapse
from work.services import task_nudge
from workflow import policies, routing
from workflow.context import ReleaseContext, context_of
from workflow.selectors.overrides import Override, is_in_force, page_of
from workflow.stages import Stage
from workflow.timing import latest_today, today_of

log = logging.getLogger(__name__)


def overrides_sweep(*, now: datetime | None = None) -> int:
    """Write down which overrides ended, and tell whoever holds the privacy stage. Returns how many. Idempotent.

    Releases that ended, and overrides that a later decision took the place of, are written down in silence.
    """
    now = now or timezone.now()
    latest = latest_today(now)
    ended: list[Override] = [
        *RiskDecision.objects.filter(lapsed_at=None, until__lt=latest),
        *AssessmentDecision.objects.filter(lapsed_at=None, until__lt=latest),
    ]
    return sum(_try(row, now) for row in ended)


def _try(row: Override, now: datetime) -> bool:
    try:
        return _end(row, now)
    except Exception:
        log.exception("The override %s of release %s could not be ended", row.pk, row.release_id)
        return False


@transaction.atomic
def _end(row: Override, now: datetime) -> bool:
    context = context_of(row.release_id, now=now)
    if row.until is None or row.until >= today_of(context) or not override_lapse(row=row, now=now):
        return False
    if is_in_force(row, context) and (context.release.is_open or context.release.stage == Stage.PUBLISHED):
        _tell(row, context)
        # A copy that was on its way to the public is kept private.
        transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", row.release_id))
    return True


def _tell(row: Override, context: ReleaseContext) -> None:
    role = policies.stage_holder(context, Stage.PRIVACY)
    message_queue(
        message_id="override_lapsed",
        recipients=[],
        asked=routing.holders(context, role),
        actor=None,
        context={
            "dataset": context.dataset.title,
            "what": str(row),
            "until": date_format(row.until, "j M Y") if row.until else "",
            "is_public": context.release.stage == Stage.PUBLISHED,
        },
        path=reverse(page_of(row), args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=context.now,
    )
