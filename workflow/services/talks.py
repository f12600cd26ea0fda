"""Readiness talks: record one on a proposed dataset or a registered one, and let it fill in the record.

Durham, ITP-5 IV.D.1: an informal discussion between the lead of the open data team and the data steward or
the steward's representative, before the inventory. The fact `readiness_talk` tells the gate and the checklist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from audit.services import event_record
from dossier.selectors import facts
from dossier.services import dossier_lock, fact_record
from workflow import duties
from workflow.models import Dataset, DatasetProposal, ReadinessTalk
from workflow.services.datasets import dataset_change, open_release_of

# What a talk may fill in: fields of the record, of which the steward is stored by id.
FILLED_FIELDS = ("title", "description", "source_system", "accrual_periodicity", "steward")


@transaction.atomic
def talk_record(
    *,
    held_on: date,
    with_whom: str,
    led_by: User,
    notes: str,
    actor: User,
    proposal: DatasetProposal | None = None,
    dataset: Dataset | None = None,
    fills: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> ReadinessTalk:
    """Record a talk that was held, about a proposal that still waits or about a dataset.

    `fills` are fields of FILLED_FIELDS that were learned. A dataset takes what it lacks at once; a proposal
    hands it on when it is accepted. Returns the talk. Raises PermissionDenied, ValidationError.
    """
    now = now or timezone.now()
    subject = dataset or proposal
    if subject is None:
        raise ValidationError("Say which dataset or proposal the talk was about.")
    duties.check_talk(actor, subject.department)
    if dataset is None and proposal is not None and not proposal.is_waiting:
        raise ValidationError("This proposal is answered already; record the talk on its dataset.")
    if held_on > timezone.localdate(now):
        raise ValidationError(
            {"held_on": "The talk is recorded once it was held; choose today or a day before."}
        )
    talk = ReadinessTalk(
        program=subject.program,
        department=subject.department,
        dataset=dataset,
        proposal=proposal,
        held_on=held_on,
        with_whom=with_whom.strip(),
        led_by=led_by,
        notes=notes.strip(),
        fills=_stored(fills or {}),
        recorded_by=actor,
        recorded_at=now,
    )
    talk.full_clean()
    talk.save()
    _record("talk.recorded", talk, actor, now, {})
    if dataset is not None:
        _fill(talk, dataset, actor, now)
        _told(dataset, now)
    return talk


def talks_fields(talks: Iterable[ReadinessTalk]) -> dict[str, Any]:
    """What talks know of a record that is about to be made; the later talk has the last word."""
    fields: dict[str, Any] = {}
    for talk in talks:
        fields |= fields_of(talk)
    return fields


@transaction.atomic
def talks_attach(
    *, talks: Iterable[ReadinessTalk], dataset: Dataset, actor: User, now: datetime | None = None
) -> None:
    """Tie the talks about a proposal to the dataset that came of it; its record was made with their fields."""
    now = now or timezone.now()
    for talk in talks:
        talk.dataset, talk.filled = dataset, sorted(fields_of(talk))
        talk.save(update_fields=["dataset", "filled"])
        if talk.filled:
            _record("talk.filled", talk, actor, now, {"fields": ", ".join(talk.filled_words)})
    _told(dataset, now)


def talk_fact(*, release_id: int, now: datetime | None = None) -> None:
    """The fact `readiness_talk`: the last talk that was held about the dataset of the release, if there is one."""
    talks = ReadinessTalk.objects.filter(dataset__releases=release_id).select_related("led_by")
    talk = talks.order_by("-held_on", "-pk").first()
    if talk is None:
        return
    fact_record(
        release_id=release_id,
        kind="readiness_talk",
        ok=True,
        about={"talk": talk.pk},
        data={
            "held_on": talk.held_on.isoformat(),
            "with_whom": talk.with_whom,
            "led_by": str(talk.led_by),
            "notes": talk.notes,
        },
        now=now,
    )


def facts_rebuild(*, release_id: int) -> None:
    """Recompute the fact from the talks; changes nothing when it is right."""
    known = facts(release_id).get("readiness_talk")
    if known is not None:
        talk_fact(release_id=release_id, now=known.at)


def fields_of(talk: ReadinessTalk) -> dict[str, Any]:
    """The fields of the record that a talk fills in, with the steward as a person who is still there."""
    fields = {name: value for name, value in talk.fills.items() if name in FILLED_FIELDS and value}
    steward = fields.pop("steward", None)
    person = User.objects.filter(pk=steward, is_active=True).first() if steward else None
    return fields | ({"steward": person} if person else {})


def _fill(talk: ReadinessTalk, dataset: Dataset, actor: User, now: datetime) -> None:
    """Write into the record what it lacks; what somebody wrote there already stays."""
    lacking = {name: value for name, value in fields_of(talk).items() if not getattr(dataset, name)}
    if not lacking:
        return
    dataset_change(dataset=dataset, actor=actor, fields=lacking, now=now)
    talk.filled = sorted(lacking)
    talk.save(update_fields=["filled"])
    _record("talk.filled", talk, actor, now, {"fields": ", ".join(talk.filled_words)})


def _told(dataset: Dataset, now: datetime) -> None:
    """Tell the open release of its talks, under the lock of its dossier."""
    release = open_release_of(dataset)
    if release is not None:
        dossier_lock(release_id=release.pk)
        talk_fact(release_id=release.pk, now=now)


def _stored(fills: Mapping[str, Any]) -> dict[str, Any]:
    """The fills as a row can hold them. Raises ValidationError on a field that a talk does not fill."""
    unknown = set(fills) - set(FILLED_FIELDS)
    if unknown:
        raise ValidationError(f"A talk does not fill in {', '.join(sorted(unknown))}.")
    return {name: value.pk if isinstance(value, User) else value for name, value in fills.items() if value}


def _record(action: str, talk: ReadinessTalk, actor: User, now: datetime, data: dict[str, Any]) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=talk,
        data={"held_on": date_format(talk.held_on, "j M Y"), **data},
        program_id=talk.program_id,
        dataset_id=talk.dataset_id,
        now=now,
    )
