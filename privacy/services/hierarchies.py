"""Uploading a hierarchy for the columns of a dataset."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import dossier_lock
from privacy.errors import HierarchyRefused
from privacy.hierarchies import column_values
from privacy.models import UploadedHierarchy
from privacy.personal_values import personal_among
from privacy.remedies.hierarchies import Parsed, hierarchy_parse, listed
from privacy.selectors import state_of
from privacy.services.said import plain_words

if TYPE_CHECKING:
    from accounts.models import User

_LONGEST_LABEL = 120


@transaction.atomic
def hierarchy_upload(
    *,
    release_id: int,
    label: str,
    text: str,
    actor: User,
    column: str = "",
    now: datetime | None = None,
) -> UploadedHierarchy:
    """Keep a hierarchy (CSV: value, level 1, level 2, ...) for the dataset of a release.

    Its values are kept and shown in clear: they must be public categories. With `column`, every value of that
    column must be listed (only confirmed quasi-identifiers can be compared). The same rows are kept once.
    Raises HierarchyRefused with a sentence per fault, and DossierFrozen.
    """
    dossier_lock(release_id=release_id, part="privacy")
    label = plain_words(label, refused=_refused)
    if not label or len(label) > _LONGEST_LABEL:
        raise HierarchyRefused([f"Give the hierarchy a name of at most {_LONGEST_LABEL} characters."])
    parsed = hierarchy_parse(text.replace("\0", ""), column_values(release_id, column) if column else ())
    if parsed.faults:
        raise HierarchyRefused(parsed.faults)
    _check_public(label, parsed, column, release_id)
    known = listed(label, parsed.level_labels, parsed.rows)
    subject = subject_of(release_id)
    row, created = UploadedHierarchy.objects.get_or_create(
        dataset_id=subject["dataset_id"],
        digest=known.name,
        defaults={
            "label": label,
            "level_labels": parsed.level_labels,
            "rows": parsed.rows,
            "by": actor,
            "at": now or timezone.now(),
        },
    )
    if created:
        event_record(
            action="privacy.hierarchy_uploaded",
            actor=actor,
            subject=row,
            data={"label": label, "values": len(parsed.rows), "levels": len(parsed.level_labels)},
            now=now,
            **subject,
        )
    return row


def _check_public(label: str, parsed: Parsed, column: str, release_id: int) -> None:
    """Its words and values are public categories, and not those of a column that identifies people."""
    about = next((one for one in state_of(release_id).verdicts if one.column == column), None)
    values = sorted({cell for row in parsed.rows for cell in row})
    fault = personal_among([label, *parsed.level_labels]) or personal_among(values, about, many=True)
    if fault:
        raise HierarchyRefused([f"The hierarchy is kept in clear, but {fault}"])


def _refused(sentence: str) -> HierarchyRefused:
    return HierarchyRefused([sentence])
