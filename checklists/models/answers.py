"""One checklist of one release, answered under one version of its text."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils import timezone

from checklists.catalogue import Catalogue, parse


class CatalogueVersion(models.Model):
    """The text of a checklist as it was at some time. Rows are written once and never changed."""

    checklist = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    first_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["checklist", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "digest"], name="one_row_per_catalogue_text"),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} version {self.version}"

    @cached_property
    def catalogue(self) -> Catalogue:
        return parse(self.content)


class Submission(models.Model):
    """The answers of one release to one checklist. The version is pinned when the first answer is typed."""

    release = models.ForeignKey("workflow.Release", on_delete=models.CASCADE, related_name="submissions")
    checklist = models.CharField(max_length=30)
    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="submissions")
    opened_at = models.DateTimeField(default=timezone.now)
    # What the filled answers were last filled from: the digest of the sources.
    sources_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "checklist"], name="one_submission_per_checklist"),
        ]

    def __str__(self) -> str:
        return self.version.catalogue.title


class Answer(models.Model):
    """The present answer to one item. Every change leaves an audit event."""

    class Source(models.TextChoices):
        TYPED = "typed", "Answered by a person"
        FILLED = "filled", "Filled in from what is known"
        REVIEW = "review", "Answered by a review"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=20)
    # Empty words: a person cleared what was filled in for them, and it stays so.
    value = models.JSONField()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.TYPED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "item"], name="one_answer_per_item")]

    def __str__(self) -> str:
        return self.item


class Attestation(models.Model):
    """A person stood for the answers: which text they signed, and exactly which answers and file."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attestations")
    text = models.TextField()
    text_version = models.PositiveIntegerField()
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answers_digest = models.CharField(max_length=64)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Attestation of {self.submission}"
