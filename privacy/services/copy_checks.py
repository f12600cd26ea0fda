"""The treated copy compared: its small cells and score, the last release, and the published catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from datafiles.table import Table, read_columnar
from dossier.models import StoredFile
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from dossier.storage import local_path
from privacy.aggregates.calhhs import score
from privacy.aggregates.cube import ShapeError
from privacy.aggregates.differencing import cell_differences, row_differences
from privacy.aggregates.small_cells import CellFindings, small_cells
from privacy.catalogue import linking_columns, mosaic_key, published_sketches
from privacy.copy_inputs import CopyInputs, inputs_of
from privacy.models import AggregateShape, CopyCheck, CopySketch
from privacy.mosaic import joins, public_already, sketches_of
from privacy.selectors import PrivacyState, state_of
from privacy.services.copy_requests import ask
from privacy.services.facts import facts_write
from work.errors import Stop
from work.services import Beat, work_retry

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def copy_check_again(*, release_id: int, actor: User, now: datetime | None = None) -> CopyCheck | None:
    """Compare the present copy with what is public by now, or once more after it stopped, by a person's wish.

    Returns the comparison; None before there is a copy.
    """
    dossier_lock(release_id=release_id)
    inputs = inputs_of(state_of(release_id))
    if inputs is None:
        return None
    check = ask(release_id, inputs)
    if check.checked_at is None:
        work_retry(check)
        event_record(
            action="privacy.copy_compared_again",
            actor=actor,
            subject=check,
            now=now,
            **subject_of(release_id),
        )
    return check


def copy_check_run(item: CopyCheck, beat: Beat, *, now: datetime | None = None) -> None:
    """Compare one treated copy: the handler that privacy.tasks runs. Idempotent.

    Raises Stop when another copy, or another description of it, has taken its place.
    """
    if item.checked_at is not None:
        return
    state = state_of(item.release_id)
    inputs = inputs_of(state)
    if inputs is None or inputs.treated.sha256 != item.treated_sha256 or inputs.digest != item.about_digest:
        raise Stop(
            "A decision changed before the copy was compared. The copy that follows is compared instead."
        )
    beat(5, "Opening the copy")
    table = _read(inputs.treated)
    if inputs.shape is not None:
        beat(10, "Looking for small cells")
        _measure_cells(item, table, inputs.shape)
    if inputs.previous is not None:
        beat(30, "Comparing with the last release")
        item.differences = _differences(table, _read(inputs.previous), inputs)
    beat(50, "Comparing with the published catalogue")
    item.mosaic = mosaic_check(state=state, table=table, beat=beat)
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(99, "Writing down what was found")  # the row must still be ours, inside the transaction
        item.checked_at = now or timezone.now()
        item.save(update_fields=["cells", "score", "fault", "differences", "mosaic", "checked_at"])
        _tell(item, now)
        facts_write(release_id=item.release_id, now=now)


def mosaic_check(*, state: PrivacyState, table: Table, beat: Beat) -> dict[str, Any]:
    """How rows of a table would join with each published table of the program, by sketches alone (M26).

    Returns how many tables were compared, and those that share columns or rows with this one; names of columns
    and counts only.
    """
    published = list(published_sketches(state.release_id))
    if not published:
        return {"compared": 0, "tables": []}
    ours = sketches_of(table, linking_columns(state), mosaic_key(), lambda: beat(60, "Sketching the columns"))
    tables = []
    for number, copy in enumerate(published):
        beat(70 + 25 * number // len(published), "Comparing with the published catalogue")
        theirs = [row.sketch for row in copy.columns.all()]
        found, known = joins(ours, theirs), public_already(ours, theirs)
        if found or known:
            tables.append(_about(copy) | {"public": known, "joins": [one.to_dict() for one in found]})
    tables.sort(key=lambda one: (-max((join["unique"] for join in one["joins"]), default=0), one["title"]))
    return {"compared": len(published), "tables": tables}


def _about(copy: CopySketch) -> dict[str, Any]:
    dataset = copy.release.dataset
    return {"release": copy.release_id, "dataset": dataset.pk, "title": dataset.title, "rows": copy.rows}


def _read(file: StoredFile) -> Table:
    with local_path(file.storage_key) as path:
        return read_columnar(path)


def _measure_cells(item: CopyCheck, table: Table, declared: AggregateShape) -> None:
    try:
        found = small_cells(
            table.frame, declared.shape, declared.rule_in_force, totals_known=declared.totals_known
        )
    except ShapeError as error:
        item.fault = error.sentence
        return
    item.cells = found.to_dict()
    item.score = _score(found, declared)


def _score(found: CellFindings, declared: AggregateShape) -> dict[str, Any]:
    return score(
        smallest_count=found.smallest_count,
        smallest_denominator=found.smallest_denominator,
        choices=declared.breakdown,
    ).to_dict()


def _differences(table: Table, before: Table, inputs: CopyInputs) -> dict[str, Any]:
    """The comparison with the last release, with its kind; empty when the two have nothing to compare."""
    if inputs.shape is None:
        rows = row_differences(table.frame, before.frame, inputs.quasi, inputs.k_min)
        return {"kind": "rows"} | rows.to_dict() if rows else {}
    try:
        cells = cell_differences(
            table.frame, before.frame, inputs.shape.shape, inputs.shape.rule_in_force.fewer_than
        )
    except ShapeError:
        return {}  # the last release was no such table; the present one is judged by itself
    return {"kind": "cells"} | cells.to_dict() if cells else {}


def _tell(item: CopyCheck, now: datetime | None) -> None:
    event_record(
        action="privacy.copy_compared",
        actor=None,
        subject=item,
        data={
            "tables": item.mosaic.get("compared", 0),
            "joins": sum(bool(table["joins"]) for table in item.mosaic.get("tables", ())),
            "score": item.score.get("total"),
        },
        now=now,
        **subject_of(item.release_id),
    )
