"""Writes about the metadata of a dataset: what readers see beside the data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.profiles import Profile, profile_of
from audit.services import event_record
from dossier.services import contribution_record, dossier_lock
from workflow.metadata import asked_by, clean, is_filled, refusal_of
from workflow.metadata_fields import DATASET, FIELDS
from workflow.models import Dataset, Release
from workflow.selectors.metadata import CHANGED, edition_of
from workflow.services.facts import metadata_fact, record_fact


class MetadataChanged(Exception):
    """Somebody else has written the metadata since the writer looked at it; nothing was written over it."""


@transaction.atomic
def metadata_change(
    *,
    release_id: int,
    values: Mapping[str, Any],
    actor: User,
    edition: str = "",
    now: datetime | None = None,
) -> list[str]:
    """Write metadata fields (code of the superset -> value); an empty value takes one back.

    `edition` is what the writer saw (selectors.metadata.edition_of); left out, nothing is compared. Returns the
    codes that changed; writing what is there already changes nothing. Raises MetadataChanged when somebody else
    has written since, DossierFrozen when the stage has closed the description, ValidationError with a sentence
    per field, and ValueError for a code that is not written here. The event names the fields and never what they
    say. Source: DOMAIN g; FEATURES M13.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="metadata")
    release = Release.objects.select_related("dataset", "profile").get(pk=release_id)
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=release.dataset_id)
    if edition and edition != edition_of(dataset):
        raise MetadataChanged
    profile = profile_of(release.profile)
    _check_method(profile, values.get("update_method"))
    changed = _assign(dataset, _cleaned(values))
    if not changed:
        return []
    dataset.save()
    contribution_record(release_id=release_id, user=actor, what="description", now=now)
    labels = {asked.code: asked.label for asked in asked_by(profile)}
    event_record(
        action=CHANGED,
        actor=actor,
        subject=release,
        data={
            "codes": changed,
            "fields": ", ".join(labels.get(code, FIELDS[code].label) for code in changed),
        },
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=release_id,
        now=now,
    )
    record_fact(release_id=release_id, now=now)
    metadata_fact(release_id=release_id, now=now)
    return changed


def _check_method(profile: Profile, method: Any) -> None:
    """A way of updating that the program does not allow is refused with the program's own reason."""
    if method and method not in profile.updates.methods:
        raise ValidationError({"update_method": refusal_of(profile, method)})


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    refused = sorted(code for code in values if code not in FIELDS or not FIELDS[code].is_edited)
    if refused:
        raise ValueError(f"Not fields that are written on the Metadata page: {refused}")
    cleaned, faults = {}, {}
    for code, value in values.items():
        try:
            cleaned[code] = clean(FIELDS[code], value)
        except ValidationError as fault:
            faults[code] = fault
    if faults:
        raise ValidationError(faults)
    return cleaned


def _assign(dataset: Dataset, values: Mapping[str, Any]) -> list[str]:
    """Put the values where they are kept. Returns the codes of those that differ from what was there."""
    own = dict(dataset.metadata)
    changed = []
    for code, value in values.items():
        field = FIELDS[code]
        if field.place == DATASET:
            if getattr(dataset, field.column) != value:
                setattr(dataset, field.column, value)
                changed.append(code)
        elif own.get(code, type(value)()) != value:
            changed.append(code)
            own[code] = value
    dataset.metadata = {code: value for code, value in own.items() if is_filled(value)}
    _check_columns(dataset, [code for code in changed if FIELDS[code].place == DATASET])
    return changed


def _check_columns(dataset: Dataset, codes: list[str]) -> None:
    """The model's own checks, each fault at the field of the page."""
    try:
        dataset.full_clean(exclude=["registered_by"])
    except ValidationError as fault:
        columns = {FIELDS[code].column: code for code in codes}
        raise ValidationError(
            {columns.get(name, "__all__"): sentences for name, sentences in fault.message_dict.items()}
        ) from None
