"""Withholding: why a dataset is not published although everything is presumed open (Connecticut, Durham)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.dataset import Dataset


class Withholding(models.Model):
    """A recorded ground. Durham III: the law forbids disclosure, or permits withholding and government elected it.

    It holds until it is lifted or until its review date has passed; after that it is to be reviewed.
    """

    class Kind(models.TextChoices):
        FORBIDDEN = "forbidden", "The law forbids disclosure"
        ELECTED = "elected", "The law permits withholding, and the government elected to"

    class Ground(models.TextChoices):
        PERSONAL = "personal", "Privacy of persons"
        PERSONNEL = "personnel", "Personnel files"
        CONFIDENTIAL = "confidential", "Confidential by statute"
        INVESTIGATION = "investigation", "Criminal investigation or intelligence"
        SECURITY = "security", "Public safety or security of buildings and systems"
        TAX = "tax", "Tax records"
        UTILITY = "utility", "Billing of utility customers"
        ASSISTANCE = "assistance", "Applications for financial or other assistance"
        TRADE_SECRET = "trade_secret", "Trade secrets"
        PROPRIETARY = "proprietary", "Licence, copyright or contract of somebody else"
        DRAFT = "draft", "Draft or deliberative material"
        OTHER = "other", "Another ground"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="withholdings")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    ground = models.CharField(max_length=20, choices=Ground.choices)
    citation = models.CharField(max_length=300)
    details = models.TextField(blank=True)
    # Who elected to withhold, by name or office; the law itself forbids without anybody's election.
    elected_by = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(lifted_at=None), name="one_standing_withholding_per_dataset"
            ),
            models.CheckConstraint(condition=~Q(citation=""), name="withholding_cites_its_law"),
            models.CheckConstraint(
                condition=Q(kind="forbidden") | ~Q(elected_by=""),
                name="elected_withholding_names_who_elected",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lift_reason=""), name="lifted_withholding_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} ({self.citation})"

    def holds(self, on: date) -> bool:
        """True while the ground keeps the data from the public: not lifted, and its review date not past."""
        return self.lifted_at is None and (self.until is None or self.until >= on)

    def to_be_reviewed(self, on: date) -> bool:
        return self.lifted_at is None and not self.holds(on)
