"""Refresh: what is known of a release that renews a public dataset, and the work of comparing the two."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from work.models import WorkItem
from workflow.models.release import Release


class Refresh(WorkItem):
    """One release that follows what is public. A worker puts its table together and measures the drift."""

    class Origin(models.TextChoices):
        UPLOAD = "upload", "Uploaded by a person"
        FETCH = "fetch", "Fetched from the source"
        # No refresh: people prepare the next release anew, and it is compared only for its reviewers.
        HAND = "hand", "Prepared by people"

    class Method(models.TextChoices):
        APPEND = "append", "The file holds new rows only"
        UPSERT = "upsert", "The file holds new and changed rows"
        REPLACE = "replace", "The file holds the whole table"

    class Decision(models.TextChoices):
        """What the drift calls for; ordered from the least to the most."""

        PUBLISH = "publish", "Publish as it is"
        PRIVACY = "privacy", "Privacy review only"
        FULL = "full", "Full review"

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="refresh")
    # The public release that it renews.
    base = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="refreshed_by")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    method = models.CharField(max_length=10, choices=Method.choices)
    # Did the structure, or the way the data is put together, change? Asked at every refresh (Connecticut).
    method_changed = models.BooleanField(default=False)
    method_note = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The table that was put together of what is public and what is new; empty where the file is the whole table.
    merged_sha256 = models.CharField(max_length=64, blank=True)
    delta_sha256 = models.CharField(max_length=64, blank=True)
    new_rows = models.PositiveBigIntegerField(null=True, blank=True)
    changed_rows = models.PositiveBigIntegerField(null=True, blank=True)
    repeated_rows = models.PositiveBigIntegerField(null=True, blank=True)
    # Which scan the decisions of the base were taken over for: the file and the detectors.
    carried_for = models.CharField(max_length=120, blank=True)
    # The drift report: names of columns, counts and shares; no values.
    report = models.JSONField(default=dict, blank=True)
    sentence = models.TextField(blank=True)
    # What was compared when it was measured, and what came of it.
    measured_digest = models.CharField(max_length=64, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    # Why: [{"review", "text"}], the most pressing first.
    reasons = models.JSONField(default=list, blank=True)
    # The way that the door took it; a return for changes leads to the full review.
    route = models.CharField(max_length=10, choices=Decision.choices, blank=True)

    class Meta:
        verbose_name_plural = "refreshes"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Refresh by {self.release}"


class FreshnessNotice(models.Model):
    """One mail about data that is due was sent to a contact for this period of a dataset."""

    dataset = models.ForeignKey(
        "workflow.Dataset", on_delete=models.CASCADE, related_name="freshness_notices"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    band = models.CharField(max_length=12)
    # When the data that rests was published: the next refresh begins another period.
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "person", "band", "since"], name="one_notice_per_band_and_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.band}"
