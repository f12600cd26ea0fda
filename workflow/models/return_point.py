"""ReturnPoint: one point of a return, who answers it, and what the answer is (FEATURES M09)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflow.models.release import ReturnForChanges


class ReturnPoint(models.Model):
    """One thing that a return asks for. The coordinator may pass it on to the steward (Los Angeles)."""

    class State(models.TextChoices):
        OPEN = "open", "To be answered"
        ANSWERED = "answered", "Answered"

    return_row = models.ForeignKey(ReturnForChanges, on_delete=models.CASCADE, related_name="point_rows")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    passed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    passed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    passed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["return_row", "number"]
        constraints = [
            models.UniqueConstraint(fields=["return_row", "number"], name="one_return_point_per_number"),
            models.CheckConstraint(
                condition=Q(state="open", answered_by=None, answered_at=None)
                | (Q(state="answered", answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="an_answered_point_has_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(passed_to=None, passed_by=None, passed_at=None)
                | Q(passed_to__isnull=False, passed_by__isnull=False, passed_at__isnull=False),
                name="a_passed_point_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"Point {self.number} of {self.return_row}"
