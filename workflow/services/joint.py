"""Joint data: which departments contribute to a dataset, and whether they must sign its releases."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.profiles import profile_of
from accounts.roles import Role, people_with_role
from audit.services import event_record
from dossier.services import dossier_lock
from notifications.services import message_queue
from work.services import task_nudge
from workflow import duties
from workflow.models import ContributingDepartment, Dataset
from workflow.services.datasets import open_release_of


@transaction.atomic
def contributor_add(
    *,
    dataset: Dataset,
    department: Department,
    must_sign: bool,
    actor: User,
    now: datetime | None = None,
) -> ContributingDepartment:
    """Record that a department contributes to a dataset: its people see it, and where it must, it signs.

    Named again, a department keeps its row with the new `must_sign`. Raises PermissionDenied, and
    ValidationError for the department that owns the dataset, one of another program, or one whose signature
    would fall away while a release is decided.
    """
    now = now or timezone.now()
    duties.check_joint(actor, dataset)
    dataset = _locked(dataset)
    if department.pk == dataset.department_id:
        raise ValidationError({"department": f"{department} owns this dataset and signs for it anyway."})
    if department.program_id != dataset.program_id:
        raise ValidationError({"department": "Choose a department of the same program."})
    known = dataset.contributing.filter(department=department).first()
    if known is not None and not must_sign:
        _check_not_decided(known)
    row, _ = ContributingDepartment.objects.update_or_create(
        dataset=dataset,
        department=department,
        defaults={"must_sign": must_sign},
        create_defaults={"must_sign": must_sign, "added_by": actor, "at": now},
    )
    _record("joint.added", dataset, department, actor, now)
    _tell(dataset, department, must_sign, actor, now)
    return row


@transaction.atomic
def contributor_remove(*, row: ContributingDepartment, actor: User, now: datetime | None = None) -> None:
    """Record that a department no longer contributes; its people no longer see the dataset.

    Raises PermissionDenied, and ValidationError while a release is being decided or published: who must sign
    is not changed under the hands of who decides.
    """
    now = now or timezone.now()
    duties.check_joint(actor, row.dataset)
    dataset = _locked(row.dataset)
    _check_not_decided(row)
    department = row.department
    row.delete()
    _record("joint.removed", dataset, department, actor, now)


def _check_not_decided(row: ContributingDepartment) -> None:
    """Refuse to take a signature away while a release is decided: the department's, or the final key of its side."""
    release = open_release_of(row.dataset)
    if release is None or "metadata" in release.dossier.open_parts:
        return
    if row.must_sign or (row.department.side and profile_of(release.profile).final_key.each_side):
        raise ValidationError(
            "A release of this dataset is being decided, and the signature of this department belongs to it. "
            "Return the release for changes first."
        )


def _locked(dataset: Dataset) -> Dataset:
    """The dataset under its lock, and with it the dossier of the release whose signatures change."""
    rows = Dataset.objects.select_for_update(of=("self",)).select_related("department", "program")
    dataset = rows.get(pk=dataset.pk)
    release = open_release_of(dataset)
    if release is not None:
        dossier_lock(release_id=release.pk)
        transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release.pk))
    return dataset


def _record(action: str, dataset: Dataset, department: Department, actor: User, now: datetime) -> None:
    release = open_release_of(dataset)
    event_record(
        action=action,
        actor=actor,
        subject=dataset,
        data={"department": department.name},
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        release_id=release.pk if release else None,
        now=now,
    )


def _tell(dataset: Dataset, department: Department, signs: bool, actor: User, now: datetime) -> None:
    people = [
        person
        for role in (Role.COORDINATOR, Role.DEPARTMENT_APPROVER)
        for person in people_with_role(role, program=dataset.program_id, department=department)
    ]
    message_queue(
        message_id="joint_added",
        recipients=people,
        actor=actor,
        context={
            "dataset": dataset.title,
            "department": department.name,
            "signs": signs,
            "program": dataset.program.name,
        },
        path=reverse("dataset", args=[dataset.pk]),
        dataset_id=dataset.pk,
        now=now,
    )
