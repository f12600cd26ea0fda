"""DepartmentItem: what a department adds to a checklist of its program. Rows are retired, never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class DepartmentItem(models.Model):
    """One addition: a question of the department's own, or a question of the program made stricter.

    `content` is {"item": {...}} without an id, or {"harden": item id, "severity": ...}. It counts for
    submissions that begin after `at` and before `retired_at`; those already begun keep their text.
    """

    department = models.ForeignKey(
        "accounts.Department", on_delete=models.CASCADE, related_name="checklist_items"
    )
    checklist = models.CharField(max_length=30)
    content = models.JSONField()
    # Counts the additions of this department to this checklist.
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["checklist", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "checklist", "version"], name="one_addition_per_version"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="a_retired_addition_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"Addition of {self.department} to the {self.checklist} checklist"

    @property
    def addition(self) -> dict[str, Any]:
        """What checklists.catalogue.compose takes; an added question gets its id here."""
        if "item" in self.content:
            return {"item": self.content["item"] | {"id": self.item_id}}
        return dict(self.content)

    @property
    def item_id(self) -> str:
        return f"DEP-{self.pk}" if "item" in self.content else str(self.content["harden"])
