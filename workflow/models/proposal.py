"""DatasetProposal: the open data team or the CDO asks a department for a dataset."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.dataset import Dataset
from workflow.models.request import DatasetRequest


class DatasetProposal(models.Model):
    """A dataset that is not in the inventory yet. The department accepts, declines with a reason, or defers."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for the department"
        DEFERRED = "deferred", "Put off"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="proposals")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=200)
    why = models.TextField("why the public would want it", max_length=4000)
    high_value = models.JSONField("high-value criteria", default=list, blank=True)
    request = models.ForeignKey(
        DatasetRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED, db_index=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField("reason of the answer", max_length=4000, blank=True)
    revisit_on = models.DateField(null=True, blank=True)
    dataset = models.OneToOneField(
        Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="proposal_has_a_title"),
            models.CheckConstraint(
                condition=Q(state="accepted", dataset__isnull=False) | ~Q(state="accepted") & Q(dataset=None),
                name="accepted_proposal_has_its_dataset",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "deferred"]) | ~Q(reason=""),
                name="proposal_is_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="deferred") | Q(revisit_on__isnull=False),
                name="deferred_proposal_comes_back_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="answered_proposal_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        """Somebody of the department can still answer it."""
        return self.state in (self.State.PROPOSED, self.State.DEFERRED)
