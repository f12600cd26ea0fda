"""Writes about withholding: a ground recorded against the presumption of openness, and lifted again."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role, people_with_role, roles_held
from audit.services import event_record
from notifications.services import message_queue
from workflow.models import Dataset, Withholding
from workflow.services.datasets import dataset_not_for_release, open_release_of
from workflow.stages import Stage
from workflow.timing import latest_today, today_in

_WITHHOLDERS = {Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.DEPARTMENT_APPROVER, Role.LEGAL, Role.CDO}


def check_withhold(actor: User, dataset: Dataset) -> None:
    """Raise PermissionDenied unless `actor` may record or lift a ground for withholding a dataset."""
    held = roles_held(actor, program=dataset.program_id, department=dataset.department_id)
    if not held & _WITHHOLDERS:
        raise PermissionDenied(
            "Withholding is recorded by the department's coordinator or approver, the open data team, legal or "
            "the CDO."
        )


def may_withhold(actor: User, dataset: Dataset) -> bool:
    try:
        check_withhold(actor, dataset)
    except PermissionDenied:
        return False
    return True


@transaction.atomic
def withholding_record(
    *,
    dataset: Dataset,
    kind: str,
    ground: str,
    citation: str,
    actor: User,
    details: str = "",
    elected_by: str = "",
    until: date | None = None,
    now: datetime | None = None,
) -> Withholding:
    """Record why a dataset is withheld: the law, and where it only permits, who elected to (Durham III).

    The dataset rests in the inventory as not for release, with the ground as its reason. A ground that stands
    already, expired or not, is lifted by the new one. Returns the row. Raises PermissionDenied, and
    ValidationError with a sentence per field, also while a release is on its way.
    """
    check_withhold(actor, dataset)
    now = now or timezone.now()
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    row = Withholding(
        dataset=dataset,
        kind=kind,
        ground=ground,
        citation=citation.strip(),
        details=details.strip(),
        elected_by=elected_by.strip() if kind == Withholding.Kind.ELECTED else "",
        until=until,
        decided_by=actor,
        decided_at=now,
    )
    faults = _faults(row, today_in(dataset.program, now))
    if faults:
        raise ValidationError(faults)
    standing = Withholding.objects.filter(dataset=dataset, lifted_at=None).first()
    if standing is not None:
        _lift(standing, "Another ground took its place.", actor, now)
    row.save()
    dataset_not_for_release(dataset=dataset, reason=reason_words(row), actor=actor, now=now)
    event_record(
        action="workflow.withheld",
        actor=actor,
        subject=dataset,
        data={"kind": kind, "ground": ground, "until": until.isoformat() if until else ""},
        note="\n".join(filter(None, (row.citation, row.elected_by, row.details))),
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        now=now,
    )
    return row


@transaction.atomic
def withholding_lift(
    *, withholding: Withholding, reason: str, actor: User, now: datetime | None = None
) -> Dataset:
    """Lift a ground: the dataset is presumed open again. Returns the dataset.

    Raises PermissionDenied, and ValidationError without a reason or when it was lifted before.
    """
    now, reason = now or timezone.now(), reason.strip()
    check_withhold(actor, withholding.dataset)
    if not reason:
        raise ValidationError({"reason": "Say why the ground no longer holds."})
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=withholding.dataset_id)
    row = Withholding.objects.select_for_update(of=("self",)).get(pk=withholding.pk)
    if row.lifted_at is not None:
        raise ValidationError("This ground was lifted already.")
    _lift(row, reason, actor, now)
    if dataset.not_for_release_reason == reason_words(row):
        dataset.not_for_release_reason = ""
        dataset.save(update_fields=["not_for_release_reason"])
    release = open_release_of(dataset)
    event_record(
        action="workflow.withholding_lifted",
        actor=actor,
        subject=dataset,
        data={"kind": row.kind, "ground": row.ground},
        note=reason,
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=release.pk if release and release.stage == Stage.INVENTORY else None,
        now=now,
    )
    return dataset


def withholdings_expire(*, now: datetime | None = None) -> int:
    """Let grounds go whose review date has passed: they no longer hold, and somebody is asked to review them.

    The dataset is presumed open again and waits on its coordinator; the ground stays to be read until it is
    lifted or recorded anew. Returns how many datasets came back. Idempotent.
    """
    now = now or timezone.now()
    passed = Withholding.objects.filter(lifted_at=None, until__lt=latest_today(now))
    return sum(_expire(row, now) for row in passed.select_related("dataset__department"))


def reason_words(row: Withholding) -> str:
    """The ground as the one sentence that lists show: "Privacy of persons: NCGS 132-1.10."."""
    return f"{row.get_ground_display()}: {row.citation.rstrip('.')}."


@transaction.atomic
def _expire(row: Withholding, now: datetime) -> bool:
    dataset = Dataset.objects.select_for_update(of=("self",)).select_related("program").get(pk=row.dataset_id)
    if dataset.not_for_release_reason != reason_words(row) or row.holds(today_in(dataset.program, now)):
        return False
    dataset.not_for_release_reason = ""
    dataset.save(update_fields=["not_for_release_reason"])
    event_record(
        action="workflow.withholding_expired",
        actor=None,
        subject=dataset,
        data={"ground": row.ground, "until": row.until.isoformat() if row.until else ""},
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        now=now,
    )
    coordinators = people_with_role(
        Role.COORDINATOR, program=dataset.program_id, department=dataset.department_id
    )
    message_queue(
        message_id="withholding_expired",
        recipients=[],
        asked=[dataset.coordinator] if dataset.coordinator else coordinators,
        actor=None,
        context={"dataset": dataset.title},
        path=reverse("dataset_withhold", args=[dataset.pk]),
        dataset_id=dataset.pk,
        now=now,
    )
    return True


def _lift(row: Withholding, reason: str, actor: User, now: datetime) -> None:
    row.lifted_at, row.lifted_by, row.lift_reason = now, actor, reason
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])


def _faults(row: Withholding, today: date) -> dict[str, str]:
    faults = {}
    if row.kind not in Withholding.Kind.values:
        faults["kind"] = "Say whether the law forbids disclosure, or permits withholding."
    if row.ground not in Withholding.Ground.values:
        faults["ground"] = "Choose the ground."
    if not row.citation:
        faults["citation"] = "Name the law, with its section: everything is open unless a law says otherwise."
    elif len(row.citation) > 300:
        faults["citation"] = "Shorten the citation to 300 characters; what explains it goes below."
    if row.kind == Withholding.Kind.ELECTED and not row.elected_by:
        faults["elected_by"] = (
            "The law only permits it, so say who elected to withhold: the office or the person."
        )
    if row.ground == Withholding.Ground.OTHER and not row.details:
        faults["details"] = "Say in a sentence what the other ground is."
    if row.until and row.until <= today:
        faults["until"] = "The day of the review lies in the future."
    return faults
