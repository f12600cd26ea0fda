"""One scan of one file with one version of the detectors, and its verdict on each column."""

from __future__ import annotations

from django.db import models

from privacy.detectors import is_direct
from work.models import WorkItem


class Scan(WorkItem):
    """Finished when `scanned_at` is set. The same file and detectors are never scanned twice for a release."""

    release = models.ForeignKey("workflow.Release", on_delete=models.PROTECT, related_name="scans")
    file_sha256 = models.CharField(max_length=64)
    registry_version = models.CharField(max_length=40)
    scanned_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    # How many columns of each class.
    summary = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "file_sha256", "registry_version"], name="one_scan_per_file_and_registry"
            ),
        ]

    def __str__(self) -> str:
        return f"Scan of file {self.file_sha256[:8]}"


class ColumnVerdict(models.Model):
    """What a scan says of one column: what it is, what hides in it, whether a person must decide.

    `hits` hold counts, row positions and masked samples; no value of the file in clear.
    """

    class Group(models.TextChoices):
        DIRECT = "direct", "Direct identifier"
        QUASI = "quasi", "Quasi-identifier"
        SENSITIVE = "sensitive", "Sensitive"
        FREE_TEXT = "free_text", "Free text"
        KEY = "key", "Row key"
        NONE = "none", "Not personal"

    class Decision(models.TextChoices):
        FLAG = "flag", "Found"
        CONFIRM = "confirm", "To be confirmed"
        CLEAR = "clear", "Nothing found"

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="verdicts")
    position = models.PositiveIntegerField()
    column = models.TextField()
    type = models.CharField(max_length=10)
    group = models.CharField(max_length=10, choices=Group.choices)
    entity = models.CharField(max_length=30, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    score = models.FloatField()
    explanation = models.TextField()
    hits = models.JSONField(default=list)
    evidence_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["scan", "position"], name="one_verdict_per_column")]

    def __str__(self) -> str:
        return self.column

    @property
    def must_be_decided(self) -> bool:
        """Something was found or is to be confirmed."""
        return self.decision != self.Decision.CLEAR

    @property
    def names_people(self) -> bool:
        """It identifies people directly, as a column or by what hides in its cells (an SSN in a note)."""
        hidden = self.decision == self.Decision.FLAG and any(is_direct(entity) for entity in self.entities)
        return self.group == self.Group.DIRECT or hidden

    @property
    def entities(self) -> list[str]:
        """The entities found in its cells."""
        return [hit["entity"] for hit in self.hits]
