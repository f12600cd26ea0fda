"""Writes about post-mortems: the record, its measures and duties, the places looked at, and the signatures.

No value of the data is ever written here: counts and kinds only. Whoever changes the record takes the signatures
back; the second signature of a complete record closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.selectors import subject_of
from notifications.services import message_queue
from workflow import retracting
from workflow.context import context_of
from workflow.models import (
    PostMortem,
    PostMortemDuty,
    PostMortemMeasure,
    PostMortemSignature,
    Retraction,
    RetractionFollowUp,
)
from workflow.routing import holders, team
from workflow.selectors.datasets import datasets_for
from workflow.services.typed import typed_check

FIELDS = (
    "what_happened",
    "found_at",
    "found_by",
    "public_since",
    "rows_exposed",
    "people_exposed",
    "details_exposed",
    "downloads",
    "downloads_source",
    "root_cause",
)
_WORDS = ("what_happened", "found_by", "details_exposed", "downloads_source", "root_cause")


@transaction.atomic
def post_mortem_write(
    *, record: PostMortem, fields: Mapping[str, Any], actor: User, now: datetime | None = None
) -> PostMortem:
    """Fill in the record. `fields` are some of FIELDS. Raises PermissionDenied, ValidationError by field."""
    now = now or timezone.now()
    row = _open(record, actor)
    values = {
        name: fields[name].strip() if name in _WORDS else fields[name] for name in FIELDS if name in fields
    }
    faults = typed_check(own={name: values[name] for name in _WORDS if name in values})
    since = values.get("public_since", row.public_since)
    found = values.get("found_at", row.found_at)
    if found and found > now:
        faults["found_at"] = "It was found in the past; choose that moment."
    if since and since > row.retraction.started_at:
        faults["public_since"] = "It was public before it was retracted; choose that moment."
    if faults:
        raise ValidationError(faults)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    row.full_clean(exclude=["retraction", "changed_by"])
    _changed(row, actor, now)
    _event("post_mortem.changed", row, actor, now, fields=", ".join(_label(name) for name in changed))
    return row


@transaction.atomic
def measure_add(
    *, record: PostMortem, what: str, owner: User, due: date, actor: User, now: datetime | None = None
) -> PostMortemMeasure:
    """Add a measure; its owner gets a letter. Raises PermissionDenied, ValidationError by field."""
    now, what = now or timezone.now(), what.strip()
    row = _open(record, actor)
    faults = typed_check(own={"what": what})
    if not what:
        faults["what"] = "Say what is done so that it does not happen again."
    if not datasets_for(owner).filter(pk=row.retraction.release.dataset_id).exists():
        faults["owner"] = "Choose somebody who may see the dataset."
    if faults:
        raise ValidationError(faults)
    made = PostMortemMeasure.objects.create(post_mortem=row, what=what, owner=owner, due=due)
    _changed(row, actor, now)
    _event("post_mortem.measure_added", row, actor, now, note=what, owner=str(owner))
    message_queue(
        message_id="measure_given",
        recipients=[],
        asked=[owner],
        actor=actor,
        context={
            "dataset": row.retraction.release.dataset.title,
            "what": what,
            "due": due.strftime("%-d %b %Y"),
        },
        path=_path(row),
        release_id=row.retraction.release_id,
        dataset_id=row.retraction.release.dataset_id,
        now=now,
    )
    return made


@transaction.atomic
def measure_done(*, measure: PostMortemMeasure, actor: User, now: datetime | None = None) -> None:
    """Tick a measure off: its owner, or who looks after the retraction. Also after the record is closed."""
    now = now or timezone.now()
    row = PostMortemMeasure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    record = row.post_mortem
    if actor.pk != row.owner_id:
        retracting.check_write(actor, record.retraction)
    if row.done_at is None:
        row.done_at, row.done_by = now, actor
        row.save(update_fields=["done_at", "done_by"])
        _event("post_mortem.measure_done", record, actor, now, note=row.what)


@transaction.atomic
def duty_answer(
    *, duty: PostMortemDuty, answer: str, note: str, actor: User, now: datetime | None = None
) -> PostMortemDuty:
    """Write down what was found about a duty to notify. Raises PermissionDenied, ValidationError by field."""
    now, note = now or timezone.now(), note.strip()
    record = _open(duty.post_mortem, actor)
    faults = typed_check(own={"note": note})
    if answer not in PostMortemDuty.Answer.values:
        faults["answer"] = "Say what was found."
    if not note:
        faults["note"] = "Say on which facts that rests: whom was asked, what was sent, and when."
    if faults:
        raise ValidationError(faults)
    row = PostMortemDuty.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    row.answer, row.note, row.answered_by, row.answered_at = answer, note, actor, now
    row.save()
    _changed(record, actor, now)
    words = row.get_answer_display().lower()
    _event("post_mortem.duty_answered", record, actor, now, note=note, duty=row.label, answer=words)
    return row


@transaction.atomic
def place_add(
    *, retraction: Retraction, place: str, actor: User, now: datetime | None = None
) -> RetractionFollowUp:
    """Name another place that may hold a copy. Raises PermissionDenied, ValidationError by field."""
    now, place = now or timezone.now(), place.strip()
    record = _open(retraction.post_mortem, actor)
    faults = typed_check(own={"place": place})
    if not place:
        faults["place"] = "Name the place: an address, or who has the copy."
    if faults:
        raise ValidationError(faults)
    row, made = RetractionFollowUp.objects.get_or_create(
        retraction=record.retraction, place=place[:300], defaults={"added_at": now}
    )
    if made:
        _changed(record, actor, now)
        _event("retraction.place_added", record, actor, now, place=row.place)
    return row


@transaction.atomic
def place_settle(
    *, place: RetractionFollowUp, note: str, actor: User, now: datetime | None = None
) -> RetractionFollowUp:
    """Say what was done about a copy elsewhere. Raises PermissionDenied, ValidationError by field."""
    now, note = now or timezone.now(), note.strip()
    record = _open(place.retraction.post_mortem, actor)
    faults = typed_check(own={"note": note})
    if not note:
        faults["note"] = "Say what was done there, and what you saw."
    if faults:
        raise ValidationError(faults)
    row = RetractionFollowUp.objects.select_for_update(of=("self",)).get(pk=place.pk)
    row.note, row.done_at, row.done_by = note, now, actor
    row.save()
    _changed(record, actor, now)
    _event("retraction.place_settled", record, actor, now, note=note, place=row.place)
    return row


@transaction.atomic
def post_mortem_sign(*, record: PostMortem, actor: User, now: datetime | None = None) -> PostMortem:
    """Stand for the record. The second pair of hands closes it. Raises PermissionDenied, ValidationError."""
    now = now or timezone.now()
    row = _locked(record)
    if row.closed_at is not None:
        raise ValidationError("This post-mortem is closed already.")
    retracting.check_sign(actor, row.retraction)
    if missing := retracting.lacking(row):
        raise ValidationError(missing)
    lender = retracting.lender_to_sign(actor, row.retraction)
    PostMortemSignature.objects.create(post_mortem=row, by=actor, on_behalf_of=lender, at=now)
    _event("post_mortem.signed", row, actor, now, on_behalf_of=lender)
    if row.signatures.count() >= retracting.SIGNATURES:
        row.closed_at = now
        row.save(update_fields=["closed_at"])
        _event("post_mortem.closed", row, None, now)
        _tell("post_mortem_closed", row, actor, now)
    else:
        _tell("post_mortem_to_sign", row, actor, now, asks=True)
    return row


def _open(record: PostMortem, actor: User) -> PostMortem:
    """The record under its lock. Raises PermissionDenied, ValidationError when it is closed."""
    row = _locked(record)
    retracting.check_write(actor, row.retraction)
    if row.closed_at is not None:
        raise ValidationError("This post-mortem is closed; what was signed stays as it is.")
    return row


def _locked(record: PostMortem) -> PostMortem:
    rows = PostMortem.objects.select_for_update(of=("self",)).select_related(
        "retraction__release__dataset__program", "retraction__release__profile"
    )
    return rows.get(pk=record.pk)


def _changed(row: PostMortem, actor: User, now: datetime) -> None:
    """Who changes the record takes back what was signed."""
    row.changed_at, row.changed_by = now, actor
    row.save()
    signed = list(row.signatures.select_related("by"))
    if signed:
        row.signatures.all().delete()
        _event("post_mortem.signatures_void", row, None, now, people=", ".join(str(one.by) for one in signed))


def _tell(message_id: str, row: PostMortem, actor: User, now: datetime, *, asks: bool = False) -> None:
    retraction = row.retraction
    context = context_of(retraction.release_id, now=now)
    roles = retracting.carer_roles(context.dataset, retraction)
    carers = list(dict.fromkeys(person for role in roles for person in holders(context, role)))
    if asks:
        carers = [person for person in carers if _may_sign(person, retraction)]
    message_queue(
        message_id=message_id,
        recipients=[] if asks else [*team(context), *carers],
        asked=carers if asks else [],
        actor=actor,
        context={"dataset": context.dataset.title},
        path=_path(row),
        release_id=retraction.release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )


def _may_sign(person: User, retraction: Retraction) -> bool:
    try:
        retracting.check_sign(person, retraction)
    except PermissionDenied:
        return False
    return True


def _path(row: PostMortem) -> str:
    return reverse("release_retraction", args=[row.retraction.release_id])


def _label(name: str) -> str:
    return name.replace("_", " ")


def _event(
    action: str,
    row: PostMortem,
    actor: User | None,
    now: datetime,
    *,
    note: str = "",
    on_behalf_of: User | None = None,
    **data: str,
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row.retraction,
        data=dict(data),
        note=note,
        on_behalf_of=on_behalf_of,
        now=now,
        **subject_of(row.retraction.release_id),
    )
