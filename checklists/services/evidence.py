"""Evidence: files that people add to an answer. Kept privately, handed out with an audit event."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from checklists.errors import AnswerRefused
from checklists.selectors import answers_of, submission_of
from checklists.services.answers import Saved, answer_save, check_stage_open, submission_open
from dossier.models import StoredFile
from dossier.services import dossier_lock
from dossier.storage import file_keep, open_key

if TYPE_CHECKING:
    from accounts.models import User

MAX_BYTES = 20_000_000
CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".eml": "message/rfc822",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


def evidence_save(
    *,
    release_id: int,
    checklist: str,
    item: str,
    upload: UploadedFile,
    actor: User,
    stage_open: bool = True,
    contributes: bool = True,
    now: datetime | None = None,
) -> Saved:
    """Keep a file and make it the answer. The same file twice changes nothing.

    Raises AnswerRefused (size, kind, not a question for a file), DossierFrozen, KeyError.
    """
    name = Path(upload.name or "file").name
    suffix = Path(name).suffix.lower()
    if suffix not in CONTENT_TYPES:
        kinds = ", ".join(sorted(kind.lstrip(".") for kind in CONTENT_TYPES))
        raise AnswerRefused(f"A file of this kind cannot be added. Use one of: {kinds}.", item=item)
    if not upload.size or upload.size > MAX_BYTES:
        raise AnswerRefused("The file is empty or larger than 20 MB. Add a smaller one.", item=item)
    with transaction.atomic():  # refuse before storing anything
        dossier_lock(release_id=release_id, part="checklists")
        check_stage_open(stage_open)
        submission = submission_open(release_id=release_id, checklist=checklist, now=now)
        if submission.version.catalogue.item(item).type != "file":
            raise AnswerRefused("This question is not answered with a file.", item=item)
    sha256, size, key = _store(upload)
    with transaction.atomic():
        present = answers_of(submission).get(item)
        if present and present["sha256"] == sha256:
            value = present
        else:
            stored = StoredFile.objects.create(
                release_id=release_id,
                kind=StoredFile.Kind.EVIDENCE,
                sha256=sha256,
                size=size,
                name=name[:200],
                content_type=CONTENT_TYPES[suffix],
                storage_key=key,
                uploaded_by=actor,
                created_at=now or timezone.now(),
            )
            value = {"file": stored.pk, "name": stored.name, "sha256": sha256, "size": size}
        return answer_save(
            release_id=release_id,
            checklist=checklist,
            item=item,
            value=value,
            actor=actor,
            stage_open=stage_open,
            contributes=contributes,
            now=now,
        )


def evidence_open(
    *, release_id: int, checklist: str, item: str, actor: User, now: datetime | None = None
) -> tuple[StoredFile, BinaryIO] | None:
    """The file behind an answer, open for reading, with an audit event. None when there is none."""
    submission = submission_of(release_id, checklist)
    value = answers_of(submission).get(item) if submission else None
    if not isinstance(value, dict) or "file" not in value:
        return None
    stored = StoredFile.objects.get(pk=value["file"], release_id=release_id, kind=StoredFile.Kind.EVIDENCE)
    release: Any = stored.release
    with transaction.atomic():
        event_record(
            action="checklists.evidence_opened",
            actor=actor,
            subject=stored,
            data={"name": stored.name, "item": item},
            program_id=release.dataset.program_id,
            dataset_id=release.dataset_id,
            release_id=release_id,
            now=now,
        )
    return stored, open_key(stored.storage_key)


def _store(upload: UploadedFile) -> tuple[str, int, str]:
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as target:
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        return file_keep(Path(target.name))
