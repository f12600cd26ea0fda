"""PriorityScore: how much a dataset matters by its program's own scale; PriorityWeights: what counts how much.

Both are histories: a row is written once, the newest one holds.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.dataset import Dataset


class PriorityScore(models.Model):
    """One computation, whole: what was answered, the weights of that day, what each factor gave, and by whom.

    `band` is the place in the scale's own order, 0 first, with the override applied; `value` orders inside it.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="priority_scores")
    scale = models.CharField(max_length=20)
    inputs = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    factors = models.JSONField(default=list)
    value = models.FloatField()
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=80)
    band = models.PositiveSmallIntegerField()
    # A person's own judgement in place of the computed one, never without why.
    override = models.CharField(max_length=20, blank=True)
    override_reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["dataset", "-id"], name="priority_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(override="") | ~Q(override_reason=""), name="priority_override_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} for {self.dataset}"


class PriorityWeights(models.Model):
    """Weights that a program set itself; they stand in place of those in its profile until the next row."""

    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="priority_weights")
    weights = models.JSONField(default=dict)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "priority weights"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="priority_weights_have_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Priority weights of {self.program}"
