"""The machine checks as background work: asked for, run, written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from checklists.checks import CHECKS_VERSION, LIST, CheckResult, Subject, quality_score, run_all
from checklists.models import CheckRow, CheckRun
from checklists.selectors import latest_run
from checklists.services.facts import quality_fact
from datafiles.table import read_columnar
from dossier.selectors import current_columnar
from dossier.services import digest_of, dossier_lock
from dossier.storage import local_path
from work.services import Beat, work_cancel, work_queue

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def checks_request(
    *,
    release_id: int,
    source_rows: int | None,
    declared: Mapping[str, Mapping[str, str]],
    accrual_periodicity: str,
    data_as_of: str | None,
    again: bool = False,
    actor: User | None = None,
    now: datetime | None = None,
) -> CheckRun | None:
    """Have the current file checked against what is declared. None while there is no file.

    Idempotent: the newest run is returned when it is about the same file, declarations and checks, whatever came
    of it. `again` is a person's wish to run them once more.
    """
    dossier_lock(release_id=release_id)
    columnar = current_columnar(release_id)
    if columnar is None:
        return None
    compared = {
        "source_rows": source_rows,
        "declared": {name: dict(line) for name, line in declared.items()},
        "accrual_periodicity": accrual_periodicity,
        "data_as_of": data_as_of,
    }
    newest = latest_run(release_id)
    run = CheckRun(
        release_id=release_id,
        columnar=columnar,
        file_sha256=columnar.meta["raw_sha256"],
        compared_with=compared,
        compared_digest=digest_of(compared),
        checks_version=CHECKS_VERSION,
        requested_by=actor,
    )
    if newest and _is_same(newest, run) and (not again or newest.is_live):
        return newest
    for live in CheckRun.objects.filter(release_id=release_id, status__in=["queued", "running"]):
        work_cancel(live)
    if now is not None:
        run.created_at = run.due_at = now
    run.save()
    if again and actor is not None:
        _event("checklists.checks_asked", run, actor, {}, now)
    work_queue(run)
    return run


def checks_run(item: CheckRun, beat: Beat, *, now: datetime | None = None) -> None:
    """Run every check over the columnar copy: the handler of checklists.tasks. Idempotent."""
    if item.result_digest:
        return
    beat(5, "Opening the file")
    subject = _subject(item)
    done = iter(range(len(LIST)))
    results = run_all(subject, tick=lambda name: beat(10 + 80 * next(done) // len(LIST), _words(name)))
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(95, "Writing down what was found")  # the row must still be ours, inside the transaction
        _store(item, results)
        newest = latest_run(item.release_id)
        if newest is not None and newest.pk == item.pk:
            quality_fact(item, now=now)
        counts = {
            level: sum(result.level == level for result in results) for level in ("error", "warn", "open")
        }
        _event("checklists.checks_finished", item, None, counts, now)


def _subject(item: CheckRun) -> Subject:
    with local_path(item.columnar.storage_key) as path:
        table = read_columnar(path)
    compared = item.compared_with
    as_of = compared.get("data_as_of")
    return Subject(
        table=table,
        today=timezone.localtime(item.created_at).date(),
        notes=tuple(item.columnar.meta.get("notes", ())),
        declared=compared.get("declared", {}),
        source_rows=compared.get("source_rows"),
        accrual_periodicity=compared.get("accrual_periodicity", ""),
        data_as_of=date.fromisoformat(as_of) if as_of else None,
    )


def _store(item: CheckRun, results: list[CheckResult]) -> None:
    rows = []
    for result in results:
        common = {"run": item, "check_name": result.check, "item": result.item}
        rows.append(CheckRow(**common, is_whole=True, level=result.level, sentence=result.sentence))
        rows += [
            CheckRow(
                **common,
                is_whole=False,
                column=part.column,
                level=part.level,
                sentence=part.sentence,
                count=part.count,
                of=part.of,
                positions=list(part.rows),
            )
            for part in result.columns
        ]
    CheckRow.objects.bulk_create(rows)
    item.score = asdict(quality_score(results))
    item.result_digest = digest_of([asdict(result) for result in results])
    item.save(update_fields=["score", "result_digest"])


def _is_same(one: CheckRun, other: CheckRun) -> bool:
    names = ("columnar_id", "compared_digest", "checks_version")
    return one.status != CheckRun.Status.CANCELLED and all(
        getattr(one, name) == getattr(other, name) for name in names
    )


def _words(name: str) -> str:
    return f"Checking: {name.replace('_', ' ')}"


def _event(
    action: str, run: CheckRun, actor: User | None, data: dict[str, Any], now: datetime | None
) -> None:
    release: Any = run.release
    event_record(
        action=action,
        actor=actor,
        subject=release,
        data=data,
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release.pk,
        now=now,
    )
