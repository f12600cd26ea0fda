"""The machine's checks of one file: the run, what it found, and what was waived openly."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from work.models import WorkItem


class CheckRun(WorkItem):
    """All checks over one file against what was declared at the time."""

    release = models.ForeignKey("workflow.Release", on_delete=models.CASCADE, related_name="check_runs")
    columnar = models.ForeignKey("dossier.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_sha256 = models.CharField(max_length=64)
    # source_rows, declared, accrual_periodicity, data_as_of: what the file is compared with.
    compared_with = models.JSONField(default=dict)
    compared_digest = models.CharField(max_length=64)
    checks_version = models.CharField(max_length=40)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Over all results: whoever looks, author or reviewer, sees the results of this digest.
    result_digest = models.CharField(max_length=64, blank=True)
    score = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["release", "-id"])]

    def __str__(self) -> str:
        return f"Checks of release {self.release_id}"


class CheckRow(models.Model):
    """What one check says: one row for the check as a whole, and one per column with something to say.

    Positions and counts only, never values.
    """

    class Level(models.TextChoices):
        PASS = "pass", "In order"
        INFO = "info", "Worth knowing"
        WARN = "warn", "Warning"
        ERROR = "error", "Error"
        OPEN = "open", "Left open"

    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="rows")
    check_name = models.CharField(max_length=40)
    item = models.CharField(max_length=20)
    is_whole = models.BooleanField()
    column = models.CharField(max_length=255, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    sentence = models.TextField()
    count = models.PositiveBigIntegerField(default=0)
    of = models.PositiveBigIntegerField(default=0)
    positions = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "check_name", "is_whole", "column"], name="one_row_per_check_and_column"
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Waiver(models.Model):
    """An error that is let pass openly, with the reason. It speaks of one file: new bytes need it anew."""

    release = models.ForeignKey("workflow.Release", on_delete=models.CASCADE, related_name="waivers")
    check_name = models.CharField(max_length=40)
    item = models.CharField(max_length=20)
    column = models.CharField(max_length=255, blank=True)
    sentence = models.TextField("what was waived")
    file_sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    # By when it will be repaired in the source; shown to the approvers.
    until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["granted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "check_name", "column", "file_sha256"],
                condition=Q(withdrawn_at=None),
                name="one_standing_waiver_per_error",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_waiver_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Waiver of {self.check_name} {self.column}".strip()
