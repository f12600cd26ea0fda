"""The work of a refresh: its table is put together, what was decided is taken over, and the drift is measured.

Each is a step of the conductor (workflow.services.settle); a worker does what takes long (`refresh_run`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from checklists.selectors import latest_run
from datafiles.drift import Drift
from datafiles.merging import MergeError
from dossier.selectors import current_columnar, current_read
from dossier.services import digest_of, dossier_lock, fact_record
from dossier.services_merge import table_merge
from privacy.detectors import REGISTRY_VERSION
from privacy.services.carrying import decisions_carry
from publishing.selectors_bounds import bounds_of
from work.errors import Stop
from work.services import Beat, work_queue
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.gates.refresh import basis_sentence
from workflow.models import Refresh
from workflow.policies import SYSTEM
from workflow.refresh_rules import Decision, Reason, decision_of, reasons_of
from workflow.refreshing import basis_of, is_light, is_measuring, refresh_of
from workflow.services.comparison import NOT_FOUND, comparison_run, drift_measured, told
from workflow.services.refresh_bounds import (
    column_words,
    described_otherwise,
    description_digest,
    is_described_otherwise,
)
from workflow.services.transitions import release_transition
from workflow.stages import Stage

_MOVES = {
    Decision.PUBLISH: "pass_refresh",
    Decision.PRIVACY: "refresh_to_privacy",
    Decision.FULL: "refresh_to_review",
}
_FILES_LOST = f"{NOT_FOUND} It is reviewed in full."


def waits_for_its_table(context: ReleaseContext) -> bool:
    """True while the file holds only what is new, and the whole table is not put together yet."""
    refresh = refresh_of(context)
    if refresh is None or not is_measuring(context) or refresh.method == Refresh.Method.REPLACE:
        return False
    return context.about("file", "file") != refresh.merged_sha256


def table_is_due(context: ReleaseContext) -> bool:
    fact = context.facts.get("file")
    return fact is not None and fact.ok and waits_for_its_table(context) and _may_work(context)


def carrying_is_due(context: ReleaseContext) -> bool:
    """The new file is scanned, and what was decided about the last one is not taken over yet."""
    refresh = refresh_of(context)
    if refresh is None or not is_measuring(context) or waits_for_its_table(context):
        return False
    return _is_scanned(context) and refresh.carried_for != _scan_key(context)


def carry(context: ReleaseContext, now: datetime) -> None:
    """Take over decisions, recipe and quasi-identifiers; where they suffice, the copy is made."""
    refresh = refresh_of(context)
    if refresh is None:
        return
    with transaction.atomic():
        dossier_lock(release_id=context.release.pk)
        decisions_carry(release_id=context.release.pk, base_id=refresh.base_id, now=now)
        Refresh.objects.filter(pk=refresh.pk).update(carried_for=_scan_key(context))


def drift_is_due(context: ReleaseContext) -> bool:
    """Everything that the decision looks at is known, and was not compared as it is now."""
    refresh = refresh_of(context)
    if refresh is None or not is_measuring(context) or waits_for_its_table(context):
        return False
    ready = _is_scanned(context) and refresh.carried_for == _scan_key(context) and _is_settled(context)
    return ready and refresh.measured_digest != measured_digest(context) and _may_work(context)


def work_start(context: ReleaseContext, now: datetime) -> None:
    """Have a worker do what is due; a run that ended is started anew for what came after it."""
    refresh = refresh_of(context)
    if refresh is None or refresh.is_live:
        return
    Refresh.objects.filter(pk=refresh.pk).update(
        status=Refresh.Status.QUEUED, attempts=0, due_at=now, error="", finished_at=None
    )
    work_queue(refresh)


def move_is_due(context: ReleaseContext) -> bool:
    """The drift is measured as things are now, or privacy cleared what it was asked to read."""
    refresh = refresh_of(context)
    if refresh is None or context.release.held_at:
        return False
    if is_light(context) and context.release.stage == Stage.CDO_REVIEW:
        # What was described at the privacy stage is being checked.
        checks = latest_run(context.release.pk)
        return checks is None or not checks.is_live
    return is_measuring(context) and bool(refresh.decision) and not drift_is_due(context) and _is_now(context)


def move(context: ReleaseContext, now: datetime) -> None:
    """Let it through, or send it to the review that the drift calls for."""
    refresh = refresh_of(context)
    if refresh is None:
        return
    name = "pass_refresh" if is_light(context) else _MOVES[Decision(refresh.decision)]
    try:
        release_transition(release_id=context.release.pk, name=name, actor=SYSTEM, now=now)
    except MoveRefused as refusal:
        if name == "pass_refresh":
            _needs_everybody(context, refresh, refusal.sentences, now)


def refresh_run(item: Refresh, beat: Beat, *, now: datetime | None = None) -> None:
    """Put the table together or measure the drift, whichever is due: the handler that a worker runs. Idempotent.

    Raises Stop with a sentence where the table cannot be put together.
    """
    if item.origin == Refresh.Origin.HAND:
        comparison_run(item, beat, now)
        return
    context = context_of(item.release_id, now=now)
    if waits_for_its_table(context):
        _put_together(item, beat, now)
    elif drift_is_due_now(context):
        _measure(context, item, beat, now)


def drift_is_due_now(context: ReleaseContext) -> bool:
    """As `drift_is_due`, for the worker that holds the row."""
    refresh = refresh_of(context)
    return refresh is not None and is_measuring(context) and not waits_for_its_table(context)


def measured_digest(context: ReleaseContext) -> str:
    """Names all that the decision looks at: when it changes, the drift is measured again."""
    refresh = refresh_of(context)
    basis = basis_of(context)
    facts = [
        [kind, fact.ok, fact.sentences]
        for kind in ("dispositions", "treated", "risk", "quality_checks")
        if (fact := context.facts.get(kind)) is not None
    ]
    return digest_of(
        [
            context.about("file", "file"),
            context.data("treated", "sha256"),
            refresh.base_id if refresh else None,
            refresh.method_changed if refresh else None,
            basis.pk if basis else None,
            description_digest(context),
            column_words(context),
            facts,
        ]
    )


def _is_now(context: ReleaseContext) -> bool:
    refresh = refresh_of(context)
    return refresh is not None and refresh.measured_digest == measured_digest(context)


def _may_work(context: ReleaseContext) -> bool:
    refresh = refresh_of(context)
    return refresh is not None and not refresh.is_live and refresh.status != Refresh.Status.DEAD


def _is_scanned(context: ReleaseContext) -> bool:
    return (
        context.about("scan", "file") == context.about("file", "file") is not None
        and context.about("scan", "registry") == REGISTRY_VERSION
    )


def _scan_key(context: ReleaseContext) -> str:
    return f"{context.about('scan', 'file')}:{REGISTRY_VERSION}"[:120]


def _is_settled(context: ReleaseContext) -> bool:
    """Nothing is on its way any more: checks, copy, risk and the comparison with the last release are done."""
    file = context.about("file", "file")
    if context.about("quality_checks", "file") != file or context.about("metadata", "file") != file:
        return False
    dispositions = context.facts.get("dispositions")
    if dispositions is None or dispositions.about.get("file") != file:
        return False
    if not dispositions.ok:
        return True  # no copy is made until somebody decides
    if context.about("treated", "file") != file or context.data("treated", "by_system"):
        return False
    treated = context.facts["treated"]
    return not treated.ok or not context.data("risk", "by_system")


def _put_together(item: Refresh, beat: Beat, now: datetime | None) -> None:
    base, read = current_columnar(item.base_id), current_read(item.release_id)
    if base is None or read is None:
        raise Stop(_FILES_LOST)
    key = _row_key(item) if item.method == Refresh.Method.UPSERT else ""
    try:
        raw, merged = table_merge(
            release_id=item.release_id, base=base, new=read, key=key, beat=beat, now=now
        )
    except MergeError as error:
        raise Stop(str(error)) from None
    Refresh.objects.filter(pk=item.pk).update(
        merged_sha256=raw.sha256,
        delta_sha256=read.raw.sha256,
        new_rows=merged.new_rows,
        changed_rows=merged.changed_rows,
        repeated_rows=merged.repeated_rows,
        report={"missing": merged.missing},
    )


def _row_key(item: Refresh) -> str:
    """The column that tells the rows of the public table apart."""
    columns = context_of(item.base_id).data("treated", "columns") or []
    key = next((column["name"] for column in columns if column.get("unique")), "")
    if not key:
        raise Stop(
            "No column tells the rows of the public table apart, so changed rows cannot be put in their place. "
            "Upload the whole table instead."
        )
    return str(key)


def _measure(context: ReleaseContext, item: Refresh, beat: Beat, now: datetime | None) -> None:
    digest = measured_digest(context)
    drift = drift_measured(item, beat)
    missing = item.report.get("missing", [])
    report, sentence = told(item, drift, missing, _FILES_LOST)
    with transaction.atomic():
        dossier_lock(release_id=item.release_id)
        beat(99, "Writing down what changed")  # the row must still be ours, inside the transaction
        context = context_of(item.release_id, now=now)
        if measured_digest(context) != digest:
            return  # something changed while we measured; the conductor asks again
        reasons = _reasons(context, item, drift, missing)
        decision = decision_of(reasons)
        at = now or timezone.now()
        Refresh.objects.filter(pk=item.pk).update(
            report=report,
            sentence=sentence,
            decision=decision,
            reasons=[reason.to_dict() for reason in reasons],
            measured_digest=digest,
            measured_at=at,
        )
        _write(context, item, decision, sentence, reasons, at)


def _reasons(context: ReleaseContext, item: Refresh, drift: Drift | None, missing: list[str]) -> list[Reason]:
    found: list[Reason] = []
    basis = basis_of(context)
    bounds = bounds_of(basis) if basis else None
    if basis is None:
        found.append(Reason(Decision.FULL, basis_sentence(item)))
    if drift is None:
        return [*found, Reason(Decision.FULL, _FILES_LOST)]
    found += [Reason(Decision.FULL, f"The new rows have no column “{name}”.") for name in missing]
    if bounds is not None and is_described_otherwise(context, bounds):
        found.append(Reason(Decision.FULL, described_otherwise(context)))
    found += reasons_of(context, item, drift, bounds)
    order = (Decision.FULL, Decision.PRIVACY)
    return sorted(dict.fromkeys(found), key=lambda reason: order.index(Decision(reason.review)))


def _write(
    context: ReleaseContext, item: Refresh, decision: str, sentence: str, reasons: list[Reason], now: datetime
) -> None:
    fact_record(
        release_id=item.release_id,
        kind="drift",
        ok=decision == Decision.PUBLISH,
        sentences=[reason.text for reason in reasons],
        about={
            "file": context.about("file", "file"),
            "treated": context.data("treated", "sha256"),
            "base": item.base_id,
        },
        data={"decision": decision, "sentence": sentence},
        now=now,
    )
    event_record(
        action="workflow.refresh_compared",
        actor=None,
        subject=context.release,
        data={"sentence": sentence, "decision": Decision(decision).label.lower()},
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=item.release_id,
        now=now,
    )


@transaction.atomic
def _needs_everybody(context: ReleaseContext, refresh: Refresh, sentences: list[str], now: datetime) -> None:
    """What was to be let through may not be any more: the full review, or a look at what changed meanwhile."""
    dossier_lock(release_id=context.release.pk)
    # Asked again under the lock: another conductor may have let it through since we looked.
    context = context_of(context.release.pk, now=now)
    if not move_is_due(context):
        return
    if context.release.stage == Stage.CDO_REVIEW:
        Refresh.objects.filter(pk=refresh.pk).update(route=Decision.FULL)
        return
    reasons = [Reason(Decision.FULL, text).to_dict() for text in sentences]
    Refresh.objects.filter(pk=refresh.pk).update(decision=Decision.FULL, reasons=reasons)
