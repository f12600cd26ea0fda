"""The facts that checklists establish, always made from their own rows."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from audit.services import event_record
from checklists.judging import Judgement, judge, result_id, sentences, signed_for
from checklists.models import Attestation, CheckRow, CheckRun, Submission
from checklists.selectors import (
    answers_of,
    errors_of,
    latest_attestation,
    shown_run,
    submission_of,
    submissions_of,
    waivers_standing,
)
from checklists.sources import shared_items
from dossier.selectors import facts
from dossier.services import digest_of, fact_forget, fact_record

if TYPE_CHECKING:
    from accounts.models import User

ATTESTED = "submission"
# Beyond this many columns with the same fault, one sentence speaks for all.
_NAMED_EACH = 2


def checklist_fact(*, release_id: int, checklist: str, now: datetime | None = None) -> Judgement:
    """Say how far a checklist is; call it in the transaction of the change. Returns the judgement."""
    submission = submission_of(release_id, checklist)
    if submission is None:
        raise ValueError(f"Release {release_id} has no {checklist} checklist.")
    return _checklist(submission, now)


def attestation_fact(attestation: Attestation, *, now: datetime | None = None) -> None:
    """Say which answers and which file were attested; whether that is still so is seen by comparing."""
    _record(
        release_id=attestation.submission.release_id,
        kind="attestation",
        ok=True,
        sentences=[],
        about={"answers": attestation.answers_digest, "file": attestation.file_sha256 or None},
        data={"text_version": attestation.text_version, "by": str(attestation.signer)},
        now=now,
    )


def attestation_outdated(
    submission: Submission, signed: str, *, actor: User | None, now: datetime | None = None
) -> None:
    """Write into the audit trail that an attestation no longer covers the answers: `signed` was their digest."""
    last = latest_attestation(submission) if submission.version.catalogue.attest else None
    if last is None or last.answers_digest != signed or answers_digest(submission) == signed:
        return
    release: Any = submission.release
    event_record(
        action="checklists.attestation_outdated",
        actor=actor,
        subject=submission,
        data={"checklist": submission.checklist, "signer": str(last.signer)},
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release.pk,
        now=now,
    )


def quality_fact(run: CheckRun, *, now: datetime | None = None) -> None:
    """Say what the machine found in the file, and what of it was waived."""
    waivers = waivers_standing(run.release_id, run.file_sha256)
    errors = errors_of(run)
    standing = [row for row in errors if (row.check_name, row.column) not in waivers]
    whole = [row.level for row in run.rows.all() if row.is_whole]
    _record(
        release_id=run.release_id,
        kind="quality_checks",
        ok=not standing,
        sentences=_said(standing),
        about={"file": run.file_sha256, "checks": run.checks_version, "declared": run.compared_digest},
        data={
            "errors": len(standing),
            "warnings": whole.count(CheckRow.Level.WARN),
            "open": whole.count(CheckRow.Level.OPEN),
            "waived": len(errors) - len(standing),
            "score": run.score.get("value"),
            "dimensions": {
                one["name"]: one["value"]
                for one in run.score.get("dimensions", ())
                if one["value"] is not None
            },
            "result": run.result_digest,
        },
        now=now,
    )


def facts_rebuild(*, release_id: int) -> None:
    """Recompute every fact of this station from its rows; on sound data this changes nothing."""
    known = facts(release_id)
    submissions = submissions_of(release_id)
    for kind in known:
        if kind.startswith("checklist.") and kind.removeprefix("checklist.") not in submissions:
            fact_forget(release_id=release_id, kind=kind)
    for submission in submissions.values():
        _checklist(submission, _at(known, f"checklist.{submission.checklist}"))
    attested = latest_attestation(submissions[ATTESTED]) if ATTESTED in submissions else None
    if attested is not None:
        attestation_fact(attested, now=_at(known, "attestation"))
    else:
        fact_forget(release_id=release_id, kind="attestation")
    run = shown_run(release_id)
    if run is not None:
        quality_fact(run, now=_at(known, "quality_checks"))
    else:
        fact_forget(release_id=release_id, kind="quality_checks")


def answers_digest(submission: Submission) -> str:
    """Over the answers that a signature covers."""
    return digest_of(signed_for(submission.version.catalogue, answers_of(submission)))


def result_of(submission: Submission) -> str:
    """The id of the check result as it stands: the same for author and reviewer, who run the same engine."""
    answers = answers_of(submission)
    return result_id(submission.version.digest, answers, judge(submission.version.catalogue, answers))


def _checklist(submission: Submission, now: datetime | None) -> Judgement:
    catalogue = submission.version.catalogue
    answers = answers_of(submission)
    judgement = judge(catalogue, answers)
    shared = {key: answers[key] for key in shared_items().get(submission.checklist, ()) if key in answers}
    _record(
        release_id=submission.release_id,
        kind=f"checklist.{submission.checklist}",
        ok=judgement.is_complete,
        sentences=sentences(catalogue, judgement),
        about={"answers": answers_digest(submission), "version": catalogue.version},
        data={
            "answered": judgement.answered,
            "total": judgement.total,
            "warnings": len(judgement.warnings),
            "sources": submission.sources_digest,
            "result": result_of(submission),
            **({"shared": shared} if shared else {}),
        },
        now=now,
    )
    return judgement


def _said(errors: list[CheckRow]) -> list[str]:
    """The errors in sentences; many columns with the same fault share one."""
    said = []
    for _, group in groupby(errors, key=lambda row: row.check_name):
        rows = list(group)
        if len(rows) <= _NAMED_EACH:
            said += [row.sentence for row in rows]
            continue
        others = [f"“{row.column}”" for row in rows[1:]]
        named, more = ", ".join(others[:_NAMED_EACH]), len(others) - _NAMED_EACH
        said.append(
            f"{rows[0].sentence} The same check found errors in {named}{f' and {more} more' if more > 0 else ''}."
        )
    return said


def _at(known: dict[str, Any], kind: str) -> datetime | None:
    return known[kind].at if kind in known else None


def _record(*, release_id: int, kind: str, now: datetime | None, **content: Any) -> None:
    """Write the fact unless it says the same already: its time stays, and nobody is nudged again."""
    fact = facts(release_id).get(kind)
    if fact and all(getattr(fact, name) == value for name, value in content.items()):
        return
    fact_record(release_id=release_id, kind=kind, now=now, **content)
