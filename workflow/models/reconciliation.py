"""Reconciliation: somebody signed that rows and columns are the same from the source to the portal (FEATURES M31)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from workflow.models.release import Release


class Reconciliation(models.Model):
    """One signed note. It speaks of one file, one treated copy and one description, and is never changed."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="reconciliations")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)
    # What it speaks of, as the facts name it: {"file", "treated", "record"}.
    about = models.JSONField(default=dict)
    source_rows = models.PositiveBigIntegerField()
    source_columns = models.PositiveIntegerField()
    # What stood on the page when it was signed: [{"what", "rows", "columns"}]; counts only.
    lines = models.JSONField(default=list)
    note = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-signed_at", "-pk"]

    def __str__(self) -> str:
        return f"Reconciliation of {self.release}"
