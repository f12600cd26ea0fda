"""ReviewOrder: something a consultation wants done before the approval: an audit, or an update of the data."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.release import Release
from workflow.models.review import Review


class ReviewOrder(models.Model):
    """An audit or an update with an owner and a due date (Los Angeles: CDO review, audits and updates).

    Open until the reviewer or the CDO accepts the answer or withdraws the order; it outlives the review row,
    which goes when the release is returned.
    """

    class Kind(models.TextChoices):
        AUDIT = "audit", "Audit"
        UPDATE = "update", "Update"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered, to be accepted"
        ACCEPTED = "accepted", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="review_orders")
    review = models.ForeignKey(
        Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    # The kind of review that ordered it.
    review_kind = models.CharField(max_length=20, choices=Review.Kind.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField("what is to be done")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due = models.DateTimeField()
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_words = models.TextField(blank=True)

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered"], closed_by=None, closed_at=None)
                | Q(state__in=["accepted", "withdrawn"], closed_by__isnull=False, closed_at__isnull=False),
                name="a_closed_order_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "accepted"])
                | (~Q(answer="") & Q(done_by__isnull=False, done_at__isnull=False)),
                name="an_answered_order_has_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ordered from {self.owner}"

    @property
    def is_open(self) -> bool:
        """It still stands in the way of the approval."""
        return self.state in (self.State.OPEN, self.State.ANSWERED)
