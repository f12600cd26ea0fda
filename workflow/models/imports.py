"""InventoryImport: an uploaded inventory between its preview and the decision to take it over; its worker's row."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from work.models import WorkItem


class InventoryImport(models.Model):
    """The rows of one file as text. They hold addresses of people, so they go once the import is decided."""

    class Status(models.TextChoices):
        PREVIEW = "preview", "Waits for you"
        APPLIED = "applied", "Taken over"
        DISCARDED = "discarded", "Discarded"

    department = models.ForeignKey(
        "accounts.Department", on_delete=models.CASCADE, related_name="inventory_imports"
    )
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREVIEW)
    counts = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="preview", decided_at=None) | Q(decided_at__isnull=False),
                name="decided_import_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.department}"


class InventoryTakeover(WorkItem):
    """The taking over of a large import by a worker: what was confirmed, by whom."""

    inventory_import = models.ForeignKey(InventoryImport, on_delete=models.CASCADE, related_name="takeovers")
    digest = models.CharField(max_length=64)
    leave_out_errors = models.BooleanField(default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inventory_import"],
                condition=Q(status__in=["queued", "running"]),
                name="one_live_takeover_per_import",
            ),
        ]

    def __str__(self) -> str:
        return f"Taking over of import {self.inventory_import_id}"
