"""Review: one person's verdict on a release, bound to exactly what they saw. Reviews are rows, not stages."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.release import Release


class Review(models.Model):
    class Kind(models.TextChoices):
        DEPARTMENT = "department", "Department approval"
        QUALITY = "quality", "Quality"
        PRIVACY = "privacy", "Privacy"
        SECURITY = "security", "Security"
        LEGAL = "legal", "Legal"
        IT = "it", "IT"
        POLICY = "policy", "Policy"
        COMMUNICATIONS = "communications", "Communications"
        STEWARD_PREVIEW = "steward_preview", "Steward preview"
        CDO = "cdo", "CDO decision"

    class Verdict(models.TextChoices):
        APPROVED = "approved", "Approved"
        CONDITIONS = "conditions", "Approved with conditions"
        REFUSED = "refused", "Not approved"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    question = models.TextField(blank=True)
    due = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    conditions = models.TextField("conditions or comment", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # part of the dossier -> its digest at the moment of the verdict; `digest` is over all of them
    parts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["requested_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", reviewer=None, decided_at=None)
                | (~Q(verdict="") & Q(reviewer__isnull=False, decided_at__isnull=False)),
                name="a_verdict_has_a_reviewer_and_a_time",
            ),
            models.UniqueConstraint(
                fields=["release", "kind"], condition=Q(verdict=""), name="one_pending_review_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} review of {self.release_id}"

    @property
    def is_pending(self) -> bool:
        return not self.verdict

    @property
    def is_positive(self) -> bool:
        return self.verdict in (self.Verdict.APPROVED, self.Verdict.CONDITIONS)
