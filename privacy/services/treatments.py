"""The treated copy: made by a worker from the decisions, scanned again, and its risk measured."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.table import Table, read_columnar, write_columnar
from dossier.models import StoredFile
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.storage import file_keep, local_path
from privacy.leftovers import leftovers
from privacy.measuring import risk_measured
from privacy.models import Treatment
from privacy.remedies.recipe import RecipeError, replay
from privacy.scanner import ColumnResult, scan
from privacy.sealing import evidence_key
from privacy.selectors import PrivacyState, state_of, treatment_key
from privacy.services.class_tables import classes_request
from privacy.services.facts import facts_write
from privacy.services.pseudonyms import pseudonyms_keep, replay_context
from work.errors import Stop
from work.services import Beat, work_queue, work_retry

if TYPE_CHECKING:
    from accounts.models import User

_PARQUET = "application/vnd.apache.parquet"


@transaction.atomic
def treatment_request(*, release_id: int, now: datetime | None = None) -> Treatment | None:
    """Have the treated copy made when everything is decided; the same copy is never made twice.

    The empty recipe makes a copy too: what moves on is always a treated copy.
    """
    classes_request(release_id=release_id)
    state = state_of(release_id)
    if not state.is_decided:
        return None
    treatment, created = Treatment.objects.get_or_create(
        **treatment_key(state), defaults={"recipe": state.recipe, "quasi": state.quasi_left}
    )
    if created:
        work_queue(treatment)
    elif treatment.status == Treatment.Status.DEAD:
        work_retry(treatment)  # it stopped because a decision changed, and the decision has changed back
    if treatment.treated_at is None:
        facts_write(release_id=release_id, now=now)
    return treatment


@transaction.atomic
def treatment_retry(*, release_id: int, actor: User, now: datetime | None = None) -> None:
    """Start the making of the copy again after it stopped, by a person's wish."""
    dossier_lock(release_id=release_id)
    treatment = state_of(release_id).treatment
    if treatment is not None and treatment.treated_at is None:
        event_record(action="work.retried", actor=actor, subject=treatment, now=now, **subject_of(release_id))
        work_retry(treatment)


def treatment_run(item: Treatment, beat: Beat, *, now: datetime | None = None) -> None:
    """Make one treated copy: the handler that privacy.tasks runs. Idempotent.

    The recipe is replayed with the dataset's secret and the surrogates given before, the copy is scanned again,
    and the risk is measured before and after. Raises Stop when the file or a decision changed meanwhile (another
    copy is being made then), or when the recipe does not fit the table.
    """
    if item.treated_at is not None:
        return
    state = state_of(item.release_id)
    if state.treatment != item or state.columnar is None or state.quasi is None:
        raise Stop("A decision changed before the copy could be made. Another copy is made instead.")
    beat(5, "Opening the file")
    with local_path(state.columnar.storage_key) as path:
        table = read_columnar(path)
    context = replay_context(item.release_id, item.recipe)
    try:
        made = replay(table, item.recipe, context)
    except RecipeError as error:
        raise Stop(error.sentence) from None
    item.outcomes = [asdict(outcome) for outcome in made.outcomes]
    beat(30, "Scanning the treated copy")
    found = scan(made.table, lambda percent, message: beat(30 + percent // 2, message), key=evidence_key())
    beat(82, "Measuring how easily somebody could be singled out")
    item.measures_before = risk_measured(table, state.quasi.columns, state.quasi)
    item.measures = risk_measured(made.table, item.quasi, state.quasi, steps=item.recipe)
    measured = item.quasi if item.measures else []
    item.leftovers = leftovers(state, found.columns, changed=made.changed, measured=measured)
    kept = _store(made.table)
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(99, "Keeping the copy")  # the row must still be ours, inside the transaction
        pseudonyms_keep(release_id=item.release_id, steps=item.recipe, context=context, now=now)
        item.columns = [_column(column) for column in found.columns]
        _keep(item, state, made.table, kept, now)
        facts_write(release_id=item.release_id, now=now)


def _store(treated: Table) -> tuple[str, int, str]:
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "treated.parquet"
        write_columnar(treated, path)
        return file_keep(path)


def _column(column: ColumnResult) -> dict[str, Any]:
    """A column of the copy as the fact holds it. A key of the rows may identify them on the portal too."""
    is_key = column.group == "key" and column.type in ("text", "integer")
    return {"name": column.name, "type": column.type, **({"unique": True} if is_key else {})}


def _keep(
    item: Treatment, state: PrivacyState, treated: Table, kept: tuple[str, int, str], now: datetime | None
) -> None:
    sha256, size, key = kept
    item.rows = treated.rows
    stored, _ = StoredFile.objects.get_or_create(
        release_id=item.release_id,
        kind=StoredFile.Kind.TREATED,
        sha256=sha256,
        defaults={
            "size": size,
            "name": f"{Path(state.raw.name).stem if state.raw else 'table'}, treated.parquet",
            "content_type": _PARQUET,
            "storage_key": key,
            "created_at": now or timezone.now(),
            # How these bytes came to be first; another recipe may give them again (privacy.selectors.provenance_of).
            "meta": {
                "raw_sha256": item.file_sha256,
                "recipe_digest": item.recipe_digest,
                "recipe_version": state.recipe_version.number if state.recipe_version else 0,
                "rows": item.rows,
                "columns": item.columns,
            },
        },
    )
    item.treated = stored
    item.treated_at = now or timezone.now()
    fields = ["treated", "treated_at", "rows", "columns", "leftovers", "outcomes"]
    item.save(update_fields=[*fields, "measures", "measures_before"])
    event_record(
        action="privacy.treated",
        actor=None,
        subject=item,
        **subject_of(item.release_id),
        data={
            "steps": len(item.recipe),
            "rows": item.rows,
            "columns": len(item.columns),
            "sha256": sha256,
            "k": item.measures.get("k"),
        },
        now=now,
    )
