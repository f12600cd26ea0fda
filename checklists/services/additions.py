"""What a department adds to its program's checklists: questions of its own, and stricter severities.

Never fewer and never softer questions (issue 3.1). An addition counts for submissions that begin later;
those already begun keep their text. Who may do this, the caller has asked (workflow.additions).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Department
from accounts.selectors import profile_for
from audit.services import event_record
from checklists.catalogue import CatalogueError, compose, parse, weakening
from checklists.errors import AnswerRefused
from checklists.models import DepartmentItem
from checklists.texts import texts_for

if TYPE_CHECKING:
    from accounts.models import User


def addition_check(*, department: Department, checklist: str, content: dict[str, Any]) -> None:
    """Raise AnswerRefused with every sentence why this addition cannot be made."""
    text = texts_for(profile_for(department.program), department).get(checklist)
    if text is None:
        raise AnswerRefused("This program has no such checklist.")
    addition = {"item": content["item"] | {"id": "DEP-new"}} if "item" in content else content
    sentence = weakening(text.content, addition)
    if sentence:
        raise AnswerRefused(sentence)
    try:
        parse(compose(text.content, {}, [addition]))
    except CatalogueError as error:
        raise AnswerRefused(" ".join(error.faults).replace("DEP-new: ", "The question: ")) from None


@transaction.atomic
def addition_make(
    *,
    department: Department,
    checklist: str,
    content: dict[str, Any],
    actor: User,
    now: datetime | None = None,
) -> DepartmentItem:
    """Add a question ({"item": {...}} without an id) or make one stricter ({"harden": id, "severity": ...}).

    Raises AnswerRefused when it would soften or replace what the program asks, or is no whole question.
    """
    now = now or timezone.now()
    # Two people of one department adding at once: one after the other.
    department = (
        Department.objects.select_for_update(of=("self",)).select_related("program").get(pk=department.pk)
    )
    addition_check(department=department, checklist=checklist, content=content)
    rows = DepartmentItem.objects.filter(department=department, checklist=checklist)
    row = DepartmentItem.objects.create(
        department=department,
        checklist=checklist,
        content=content,
        version=(rows.aggregate(last=Max("version"))["last"] or 0) + 1,
        by=actor,
        at=now,
    )
    action = "checklists.item_added" if "item" in content else "checklists.item_hardened"
    _record(action, row, actor, now)
    return row


@transaction.atomic
def addition_retire(*, row: DepartmentItem, actor: User, now: datetime | None = None) -> DepartmentItem:
    """Take an addition back: submissions that begin later are asked what the program asks. Twice is once."""
    now = now or timezone.now()
    row = (
        DepartmentItem.objects.select_for_update(of=("self",))
        .select_related("department__program")
        .get(pk=row.pk)
    )
    if row.retired_at is None:
        row.retired_at, row.retired_by = now, actor
        row.save(update_fields=["retired_at", "retired_by"])
        _record("checklists.item_retired", row, actor, now)
    return row


def _record(action: str, row: DepartmentItem, actor: User, now: datetime) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row,
        data={"item": row.item_id, "checklist": row.checklist, "department": str(row.department)},
        note=row.content["item"]["question"] if "item" in row.content else "",
        program_id=row.department.program_id,
        now=now,
    )
