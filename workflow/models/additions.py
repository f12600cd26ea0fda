"""DepartmentReview: a review that a department adds to a move, besides those of its program."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Department
from workflow.models.review import Review


class DepartmentReview(models.Model):
    """A department wants a review of its own before a move. Rows are retired, never changed."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="added_reviews")
    move = models.CharField(max_length=30)
    kind = models.CharField(max_length=20, choices=Review.Kind.choices)
    role = models.CharField(max_length=30)
    people = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["move", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "move", "kind"],
                condition=Q(retired_at=None),
                name="one_added_review_per_kind_and_move",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1) & Q(people__lte=5), name="an_added_review_has_one_to_five_people"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="a_retired_added_review_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.department}"
