"""Waivers: an error of the machine that is let pass openly, with its reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from checklists.errors import AnswerRefused
from checklists.models import Waiver
from checklists.selectors import errors_of, shown_run, waivers_standing
from checklists.services.facts import quality_fact
from dossier.services import contribution_record, dossier_lock

if TYPE_CHECKING:
    from accounts.models import User

_SHORTEST_REASON = 10
_LONGEST_REASON = 2000


@transaction.atomic
def waiver_grant(
    *,
    release_id: int,
    check: str,
    column: str,
    reason: str,
    actor: User,
    until: date | None = None,
    now: datetime | None = None,
) -> Waiver:
    """Let one error of the present results pass, for this file. Granting it twice gives the first one back.

    `until` says by when it will be repaired. Raises AnswerRefused without a reason or when there is no such
    error, DossierFrozen when the stage is past.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="quality")
    reason = reason.strip()
    if len(reason) < _SHORTEST_REASON:
        raise AnswerRefused("Say in a sentence why this error may stand; the approvers will read it.")
    if len(reason) > _LONGEST_REASON:
        raise AnswerRefused(f"The reason is too long; {_LONGEST_REASON:,} characters fit. Shorten it.")
    if until is not None and until < timezone.localtime(now).date():
        raise AnswerRefused("The day by which it will be repaired is past. Choose a later one.")
    run = shown_run(release_id)
    errors = {(row.check_name, row.column): row for row in errors_of(run)} if run else {}
    if run is None or (check, column) not in errors:
        raise AnswerRefused("There is no such error any more. Look at the results again.")
    standing = waivers_standing(release_id, run.file_sha256).get((check, column))
    if standing is not None:
        return standing
    row = errors[check, column]
    waiver = Waiver.objects.create(
        release_id=release_id,
        check_name=check,
        item=row.item,
        column=column,
        sentence=row.sentence,
        file_sha256=run.file_sha256,
        reason=reason,
        until=until,
        granted_by=actor,
        granted_at=now,
    )
    contribution_record(release_id=release_id, user=actor, what="waiver", now=now)
    _event("checklists.waiver_granted", waiver, actor, reason, now)
    quality_fact(run, now=now)
    return waiver


@transaction.atomic
def waiver_withdraw(*, release_id: int, waiver_id: int, actor: User, now: datetime | None = None) -> Waiver:
    """Take a waiver back: the error stands in the way again. Raises DossierFrozen, Waiver.DoesNotExist."""
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="quality")
    waiver = Waiver.objects.get(pk=waiver_id, release_id=release_id)
    if waiver.withdrawn_at is not None:
        return waiver
    waiver.withdrawn_by, waiver.withdrawn_at = actor, now
    waiver.save(update_fields=["withdrawn_by", "withdrawn_at"])
    _event("checklists.waiver_withdrawn", waiver, actor, "", now)
    run = shown_run(release_id)
    if run is not None:
        quality_fact(run, now=now)
    return waiver


def _event(action: str, waiver: Waiver, actor: User, note: str, now: datetime) -> None:
    release: Any = waiver.release
    event_record(
        action=action,
        actor=actor,
        subject=waiver,
        data={"check": waiver.check_name.replace("_", " "), "column": waiver.column or "the whole table"},
        note=note,
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release.pk,
        now=now,
    )
