"""Where a dataset lives on a portal, what may become public there, and the work of getting it there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from work.models import WorkItem


class PortalAsset(models.Model):
    """The place of one dataset on one portal: every release of the dataset goes there."""

    dataset = models.ForeignKey("workflow.Dataset", on_delete=models.PROTECT, related_name="portal_assets")
    portal = models.CharField(max_length=20, default="socrata")
    domain = models.CharField(max_length=253)
    # Empty until the portal has said which id the dataset got.
    remote_id = models.CharField(max_length=40, blank=True)
    url = models.URLField(blank=True)
    # When we asked the portal to create it, or took over an empty one with our key: an answer that got lost must not
    # lead to a second dataset, and what was found there without it may hold rows of others.
    create_asked_at = models.DateTimeField(null=True, blank=True)
    # Whose rows the public sees; set before the audience is widened.
    public_publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whose rows it saw before: until those of `public_publication` are published there, it goes on seeing these.
    earlier_public = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # One writer at a time: the publication that holds the dataset, and until when.
    writer = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    writer_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "portal", "domain"], name="one_place_per_portal"),
            models.UniqueConstraint(
                fields=["portal", "domain", "remote_id"],
                condition=~Q(remote_id=""),
                name="one_dataset_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain}/{self.remote_id or '(not created yet)'}"


class Permit(models.Model):
    """What the door allowed to become public: these bytes under this record, until then."""

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="permits")
    treated_sha256 = models.CharField(max_length=64)
    record_digest = models.CharField(max_length=64)
    # What else was said of the data when it was approved, for the catalogue: field of the superset -> value.
    described = models.JSONField(default=dict)
    approvers = models.JSONField(default=list)
    written_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"Permit {self.pk} of release {self.release_id}"


class Publication(WorkItem):
    """One copy of one release on its way to one portal: private, then public when that is the goal."""

    # Waiting for a portal is normal, and its ledger makes every new try cheap.
    MAX_ATTEMPTS = 12

    class Goal(models.TextChoices):
        PRIVATE = "private", "A private copy"
        PUBLIC = "public", "Public"
        HIDDEN = "hidden", "Taken back: private"

    class Reached(models.TextChoices):
        NONE = "none", "Nothing yet"
        PRIVATE = "private", "Private copy, verified"
        PUBLIC = "public", "Public, verified from outside"

    class Step(models.TextChoices):
        PREPARE = "prepare", "Prepare the dataset on the portal, private"
        SEND = "send", "Send the rows"
        SAVE = "save", "Describe and save it on the portal"
        COMPARE = "compare", "Read it back whole and compare it with the approved copy"
        EXPOSE = "expose", "Make it public"
        CHECK = "check", "Check it from outside, without a key"

    class Method(models.TextChoices):
        WHOLE = "whole", "Every row"
        CHANGES = "changes", "What changed since the copy that is public"

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="publications")
    asset = models.ForeignKey(PortalAsset, on_delete=models.PROTECT, related_name="publications")
    treated_sha256 = models.CharField(max_length=64)
    record = models.JSONField()
    record_digest = models.CharField(max_length=64)
    requested_at = models.DateTimeField(default=timezone.now)
    # How the rows go over; empty until that is decided for the place that takes them.
    method = models.CharField(max_length=10, choices=Method.choices, blank=True)
    # Of changes: whose rows the working copy began with.
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    goal = models.CharField(max_length=10, choices=Goal.choices, default=Goal.PRIVATE)
    reached = models.CharField(max_length=10, choices=Reached.choices, default=Reached.NONE)
    step = models.CharField(max_length=10, choices=Step.choices, blank=True)
    permit = models.ForeignKey(
        Permit, on_delete=models.PROTECT, null=True, blank=True, related_name="publications"
    )
    # The dataset or working copy on the portal that takes the rows.
    working_id = models.CharField(max_length=40, blank=True)
    chunks_total = models.PositiveIntegerField(default=0)
    # What was compared with what: [{"what", "expected", "found", "ok", "at"}].
    evidence = models.JSONField(default=list)
    # What was established, by audience: {"private": {...}, "public": {...}}.
    receipt = models.JSONField(default=dict)
    # Why the last try stopped for good.
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "treated_sha256", "record_digest", "asset"],
                name="one_publication_per_copy",
            ),
            models.CheckConstraint(
                condition=~Q(goal="public") | Q(permit__isnull=False), name="public_goal_needs_a_permit"
            ),
            models.CheckConstraint(
                condition=~Q(reached="public") | Q(permit__isnull=False), name="public_copy_needs_a_permit"
            ),
        ]

    @property
    def copy(self) -> tuple[str, str]:
        """Which bytes under which description."""
        return self.treated_sha256, self.record_digest

    @property
    def is_going_public(self) -> bool:
        """Public is wished for and not reached yet."""
        return self.goal == self.Goal.PUBLIC and self.reached != self.Reached.PUBLIC

    @property
    def is_exposed(self) -> bool:
        """Public, or perhaps: the audience was widened, and the look from outside has not ended well yet."""
        return self.asset.public_publication_id == self.pk

    @property
    def can_resume(self) -> bool:
        """Stopped, or waiting for its next try."""
        return self.status == self.Status.DEAD or self.is_waiting_again

    def __str__(self) -> str:
        return f"Publication {self.pk} of release {self.release_id}"


class Chunk(models.Model):
    """The ledger: one step of rows of one publication, what was sent and what the portal answered."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="chunks")
    target = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    first_row = models.PositiveBigIntegerField()
    rows = models.PositiveIntegerField()
    # Rows that were taken out, not written.
    deletes = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField()
    request_id = models.CharField(max_length=64, blank=True)
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    requests = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "target", "number"], name="one_ledger_row_per_chunk"
            )
        ]

    def __str__(self) -> str:
        if self.deletes:
            return f"{self.rows:,} taken out"
        return f"Rows {self.first_row:,} to {self.first_row + self.rows - 1:,}"
