"""Attestation: a person stands for the answers and the file, by name and time (FEATURES M10)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from checklists.errors import AnswerRefused
from checklists.judging import judge
from checklists.models import Attestation
from checklists.selectors import answers_of, latest_attestation, submission_of
from checklists.services.answers import check_stage_open
from checklists.services.facts import answers_digest, attestation_fact
from dossier.selectors import current_file
from dossier.services import contribution_record, dossier_lock

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def checklist_attest(
    *, release_id: int, checklist: str, actor: User, stage_open: bool = True, now: datetime | None = None
) -> Attestation:
    """Sign the answers as they are now, under the text of the pinned version.

    A change of an answer afterwards leaves the attestation on record and makes it stale; signing the same
    answers twice is one attestation. Raises AnswerRefused
    when something in the checklist still stands in the way, DossierFrozen when the stage is past.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="checklists")
    check_stage_open(stage_open)
    submission = submission_of(release_id, checklist)
    if submission is None or not submission.version.catalogue.attest:
        raise AnswerRefused("This checklist is not attested. Open the submission checklist.")
    catalogue = submission.version.catalogue
    judgement = judge(catalogue, answers_of(submission))
    if not judgement.is_complete:
        number = len(judgement.blocking) + len(judgement.open)
        things = "1 thing stands" if number == 1 else f"{number} things stand"
        raise AnswerRefused(f"{things} in the way of attesting. See the list above, and come back.")
    file = current_file(release_id)
    if file is None:
        raise AnswerRefused("There is no data file to stand for. Upload it on the Data tab first.")
    digest = answers_digest(submission)
    last = latest_attestation(submission)
    if last and (last.signer_id, last.answers_digest, last.file_sha256) == (actor.pk, digest, file.sha256):
        return last
    attestation = Attestation.objects.create(
        submission=submission,
        text=catalogue.attest,
        text_version=catalogue.attest_version,
        signer=actor,
        at=now,
        answers_digest=digest,
        file_sha256=file.sha256,
    )
    contribution_record(release_id=release_id, user=actor, what="attestation", now=now)
    release: Any = submission.release
    event_record(
        action="checklists.attested",
        actor=actor,
        subject=submission,
        data={
            "checklist": checklist,
            "text_version": attestation.text_version,
            "answers": attestation.answers_digest,
        },
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release_id,
        now=now,
    )
    attestation_fact(attestation, now=now)
    return attestation
