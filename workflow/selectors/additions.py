"""Reads of what departments add: their questions and their reviews."""

from __future__ import annotations

from accounts.models import Department
from checklists.models import DepartmentItem
from workflow.models import DepartmentReview


def items_added(department: Department) -> list[DepartmentItem]:
    """Every addition of the department to checklists, those that count first."""
    rows = DepartmentItem.objects.filter(department=department).select_related("by", "retired_by")
    return sorted(rows, key=lambda row: (row.retired_at is not None, row.checklist, row.pk))


def reviews_added(department_id: int, move: str = "") -> list[DepartmentReview]:
    """The reviews that a department adds, to one move or to all; without those it took back."""
    rows = DepartmentReview.objects.filter(department=department_id, retired_at=None).select_related("by")
    return list(rows.filter(move=move) if move else rows)
