"""When nothing goes public by schedule: freeze periods of a program, and the hold of one planned release."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from workflow.models.release import Release


class Freeze(models.Model):
    """A period in which nothing of a program, or of one department, goes public. It ends early when lifted."""

    class Kind(models.TextChoices):
        ELECTION = "election", "Election"
        YEAR_END = "year_end", "End of the year"
        MIGRATION = "migration", "Work on the portal"
        OTHER = "other", "Another reason"

    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="freezes")
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.OTHER)
    reason = models.TextField()
    starts_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("until")
    holds_refreshes = models.BooleanField("new editions of public data wait too", default=True)
    # The role whose holders may let one release through.
    excepted_by = models.CharField(max_length=30)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_freeze_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_freeze_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lift_reason=""), name="a_lifted_freeze_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"

    def covers(self, moment: datetime, department_ids: set[int]) -> bool:
        """Does it hold at that moment for data of these departments? Its last moment is free again."""
        here = self.department_id is None or self.department_id in department_ids
        return here and self.lifted_at is None and self.starts_at <= moment < self.ends_at


class FreezeException(models.Model):
    """An officer's word that one release may go public in a freeze all the same."""

    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="exceptions")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="freeze_exceptions")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["freeze", "release"], name="one_exception_per_freeze_and_release"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_freeze_exception_says_why"),
        ]

    def __str__(self) -> str:
        return f"Release {self.release_id} in freeze {self.freeze_id}"


class PlanHold(models.Model):
    """A planned release held back from the public, whatever its date: why, and which role lets it go on."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="plan_holds")
    reason = models.TextField()
    lifts = models.CharField("who lifts it", max_length=30)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"], condition=Q(lifted_at=None), name="one_standing_hold_per_plan"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_plan_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lift_reason=""), name="a_lifted_plan_hold_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Hold of release {self.release_id}"
