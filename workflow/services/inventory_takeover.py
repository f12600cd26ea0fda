"""A large import is taken over by a worker; a small one at once, while the person waits (docs/adr/0004)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import event_record
from dossier.errors import DossierFrozen
from work.errors import Stop, WorkCancelled
from work.services import Beat, work_cancel, work_queue
from workflow.models import InventoryImport, InventoryTakeover
from workflow.policies import check_register
from workflow.services.inventory_import import LIVE, import_locked, inventory_apply, plan_confirmed

# Rows of a file that are taken over within a request; that many are written in about a second.
AT_ONCE_MAX = 300


def inventory_confirm(
    *,
    row: InventoryImport,
    digest: str,
    leave_out_errors: bool,
    actor: User,
    now: datetime | None = None,
) -> Counter[str] | None:
    """Take over a confirmed import. Returns the counts by status, or None when a worker does it.

    Raises what `inventory_apply` raises: a large import is looked at as a small one is, before it is queued.
    """
    if len(row.rows) <= AT_ONCE_MAX:
        return inventory_apply(
            row=row, digest=digest, leave_out_errors=leave_out_errors, actor=actor, now=now
        )
    takeover_request(row=row, digest=digest, leave_out_errors=leave_out_errors, actor=actor, now=now)
    return None


@transaction.atomic
def takeover_request(
    *,
    row: InventoryImport,
    digest: str,
    leave_out_errors: bool,
    actor: User,
    now: datetime | None = None,
) -> InventoryTakeover:
    """Have a worker take over a confirmed import. Idempotent: the one that is at it already is returned.

    Raises PermissionDenied, and ValidationError as `inventory_apply` does.
    """
    row = import_locked(row=row, actor=actor)
    live = row.takeovers.filter(status__in=LIVE).first()
    if live is not None:
        return live
    plan_confirmed(row=row, digest=digest, leave_out_errors=leave_out_errors, actor=actor)
    item = InventoryTakeover.objects.create(
        inventory_import=row, digest=digest, leave_out_errors=leave_out_errors, requested_by=actor
    )
    _event("workflow.inventory_confirmed", row, actor, {"rows": len(row.rows)}, now)
    work_queue(item)
    return item


def takeover_run(item: InventoryTakeover, beat: Beat, *, now: datetime | None = None) -> None:
    """Take the import over: the handler of workflow.tasks.inventory_takeover. Idempotent.

    All of it is one transaction that holds the row of the import, so its lease may lapse meanwhile: a second
    worker waits for that row and then finds the import decided, or, when the first one died, still to do. What a
    person must look at stops the work with the sentence that the page would have shown.
    """
    row = item.inventory_import
    if row.status == InventoryImport.Status.APPLIED:
        return
    beat(10, f"Writing {len(row.rows):,} rows, all at once; nothing can be seen of them before the end.")
    try:
        inventory_apply(
            row=row,
            digest=item.digest,
            leave_out_errors=item.leave_out_errors,
            actor=item.requested_by,
            before_end=lambda: _check_wanted(item),
            now=now,
        )
    except ValidationError as refusal:
        row.refresh_from_db(fields=["status"])
        if row.status == InventoryImport.Status.APPLIED:
            return
        raise Stop(" ".join(refusal.messages)) from None
    except DossierFrozen as refusal:
        raise Stop(f"Nothing was taken over. {refusal.sentence}") from None
    except PermissionDenied:
        raise Stop(
            "Nothing was taken over: who confirmed the import may not import for this department any more. "
            "Somebody who may can confirm it again."
        ) from None


@transaction.atomic
def takeover_stop(*, row: InventoryImport, actor: User, now: datetime | None = None) -> bool:
    """Stop the worker that takes an import over; nothing of it is then written. False when it had ended.

    Raises PermissionDenied.
    """
    check_register(actor, row.department.program_id, row.department_id)
    stopped = [item for item in row.takeovers.filter(status__in=LIVE) if work_cancel(item)]
    # The worker may have come to its end while we waited for its row.
    is_decided = InventoryImport.objects.exclude(status=InventoryImport.Status.PREVIEW).filter(pk=row.pk)
    if not stopped or is_decided.exists():
        return False
    _event("workflow.inventory_stopped", row, actor, {}, now)
    return True


def _check_wanted(item: InventoryTakeover) -> None:
    """Undo all that was written when somebody stopped the work meanwhile; later stops wait for our end."""
    latest = InventoryTakeover.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if latest.status == InventoryTakeover.Status.CANCELLED:
        raise WorkCancelled


def _event(
    action: str, row: InventoryImport, actor: User, data: dict[str, object], now: datetime | None
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row.department,
        data=data,
        program_id=row.department.program_id,
        now=now,
    )
