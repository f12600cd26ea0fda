"""Where refreshed data come from: the approved record of it, how it stands, and the work of fetching.

The conductor reads a Fetch that brought something new and was not taken yet (`publishing.selectors_sources.
fetches_waiting`), puts its file into the next release, and says so (`publishing.services.fetches.fetch_taken`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from work.models import WorkItem


class EtlRecord(models.Model):
    """One version of how a dataset is extracted, transformed and loaded, and on which schedule.

    Durham's policy, section B: the department approves the procedures (3) and the refresh schedule (4). What was
    approved is never edited: a change is the next version, approved anew.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for approval"
        APPROVED = "approved", "Approved, in force"
        REFUSED = "refused", "Sent back"
        WITHDRAWN = "withdrawn", "Withdrawn"
        REPLACED = "replaced", "Replaced by a later version"

    class Method(models.TextChoices):
        APPEND = "append", "Append: each file holds new rows only"
        UPSERT = "upsert", "Upsert: rows are added and changed by their identifier"
        REPLACE = "replace", "Replace: each file holds the whole table"

    class Frequency(models.TextChoices):
        BY_HAND = "by_hand", "When somebody asks for it"
        HOURLY = "hourly", "Every hour"
        DAILY = "daily", "Every day"
        WEEKDAYS = "weekdays", "Every weekday"
        WEEKLY = "weekly", "Every week"
        BIWEEKLY = "biweekly", "Every two weeks"
        MONTHLY = "monthly", "Every month"
        BIMONTHLY = "bimonthly", "Every two months"
        QUARTERLY = "quarterly", "Every three months"
        BIANNUALLY = "biannually", "Twice a year"
        ANNUALLY = "annually", "Every year"

    class Meanwhile(models.TextChoices):
        KEEPS = "keeps", "The version in force goes on until this one is approved"
        PAUSES = "pauses", "Nothing is fetched until this one is approved"

    dataset = models.ForeignKey("workflow.Dataset", on_delete=models.PROTECT, related_name="etl_records")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    # Of which kind the source is (publishing.sources), and where it is; names of secrets, never a secret.
    source = models.CharField(max_length=10)
    config = models.JSONField(default=dict, blank=True)
    extraction = models.TextField(blank=True)
    columns = models.JSONField(default=list, blank=True)
    transformation = models.TextField(blank=True)
    # Which recipe of remedies is replayed, as the privacy station names it; empty before the first one.
    recipe = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=10, choices=Method.choices)
    frequency = models.CharField(max_length=12, choices=Frequency.choices)
    hour = models.PositiveSmallIntegerField(default=6)
    change_note = models.TextField(blank=True)
    meanwhile = models.CharField(max_length=10, choices=Meanwhile.choices, default=Meanwhile.KEEPS)
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="one_etl_record_per_version"),
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(state="proposed"), name="one_etl_record_is_proposed"
            ),
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(state="approved"), name="one_etl_record_is_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="etl_record_approved_by_another",
            ),
            models.CheckConstraint(condition=Q(hour__lte=23), name="etl_record_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of the extract-transform-load record"


class RefreshState(models.Model):
    """How the automated refresh of one dataset stands: when it is due, and how often it failed in a row."""

    dataset = models.OneToOneField("workflow.Dataset", on_delete=models.CASCADE, related_name="refresh_state")
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    failures = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_because = models.TextField(blank=True)
    # What the source said about its present version: the next fetch asks whether it is still that.
    validators = models.JSONField(default=dict, blank=True)
    validators_of = models.CharField(max_length=64, blank=True)
    last_sha256 = models.CharField(max_length=64, blank=True)
    last_new_at = models.DateTimeField(null=True, blank=True)
    last_looked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Refresh of dataset {self.dataset_id}"


class SourceHost(models.Model):
    """One host that sources lie on: after failures in a row nobody asks it for a while."""

    host = models.CharField(max_length=260, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)
    resting_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.host


class Fetch(WorkItem):
    """One look at a source: nothing new, or a file in private storage that waits for the conductor."""

    # The failure budget of the dataset ends it (RefreshState.failures); waits for a resting host are no failure.
    MAX_ATTEMPTS = 100

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", "By schedule"
        PERSON = "person", "Asked for"

    class Outcome(models.TextChoices):
        NONE = "", "Not finished"
        NEW = "new", "New data"
        SAME = "same", "Nothing new"
        FAILED = "failed", "Failed"

    dataset = models.ForeignKey("workflow.Dataset", on_delete=models.PROTECT, related_name="fetches")
    record = models.ForeignKey(EtlRecord, on_delete=models.PROTECT, related_name="fetches")
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.SCHEDULE)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default=Outcome.NONE)
    # One plain sentence: what came of it.
    result = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    rows = models.BigIntegerField(null=True, blank=True)
    name = models.CharField(max_length=255, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    # The release that took the file; a newer file may pass an older one that waits, which then is not taken.
    release = models.ForeignKey(
        "workflow.Release", on_delete=models.PROTECT, null=True, blank=True, related_name="fetches"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    # Why no release takes it now; with `taken_at` and no release: why none ever will.
    waits_because = models.TextField(blank=True)
    # Its file was set aside, and deleted after SOURCE_KEEP_DAYS; what is known of it stays.
    file_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["dataset", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"],
                condition=Q(status__in=["queued", "running"]),
                name="one_fetch_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Fetch {self.pk} of dataset {self.dataset_id}"

    @property
    def is_waiting_for_release(self) -> bool:
        """It brought a file that no release has taken."""
        return self.outcome == self.Outcome.NEW and self.taken_at is None and self.file_deleted_at is None
