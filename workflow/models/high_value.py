"""HighValueInventory: a department's yearly list of its high-value data, signed by its head."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from workflow.models.dataset import Dataset
from workflow.models.release import Release
from workflow.stages import Stage


class HighValueInventory(models.Model):
    """One department, one year (Connecticut General Statutes 4-67p): the rows as they stood when signed.

    The signature is the head's, never the drafter's. The table then is the data file of `release`, which goes
    to the public like any other; whether it is public is the stage of that release and stored nowhere else.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"

    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="high_value_inventories"
    )
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    rows = models.JSONField(default=list)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    # Asked of the head, so that a draft does not change under their eyes unnoticed.
    handed_in_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    dataset = models.ForeignKey(
        Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="high_value_inventories"
    )
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="high_value_inventories"
    )

    class Meta:
        ordering = ["-year", "department__name"]
        constraints = [
            models.UniqueConstraint(fields=["department", "year"], name="one_high_value_inventory_a_year"),
            models.CheckConstraint(
                condition=Q(
                    state="signed",
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                    dataset__isnull=False,
                    release__isnull=False,
                )
                & ~Q(digest="")
                | Q(state="draft", signed_by=None, signed_at=None, digest=""),
                name="signed_inventory_says_by_whom_and_what",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("drafted_by")),
                name="nobody_signs_their_own_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"High-value data inventory {self.year} of {self.department}"

    @property
    def is_published(self) -> bool:
        """Public now: the release that carries the signed table has come to its end."""
        return self.release is not None and self.release.stage == Stage.PUBLISHED
