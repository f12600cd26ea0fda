"""ReadinessTalk: the informal talk before a dataset enters the inventory (Durham ITP-5 IV.D.1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.dataset import Dataset
from workflow.models.proposal import DatasetProposal


class ReadinessTalk(models.Model):
    """What the open data team's lead and the data steward (or whoever spoke for them) talked about, and when.

    `fills` holds what was learned for the inventory record (field -> value); `filled` the fields that took
    their value from it when the dataset was registered or the talk recorded.
    """

    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="readiness_talks")
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="readiness_talks"
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="talks"
    )
    proposal = models.ForeignKey(
        DatasetProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="talks"
    )
    held_on = models.DateField()
    with_whom = models.CharField(max_length=300)
    led_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(max_length=10_000)
    fills = models.JSONField(default=dict, blank=True)
    filled = models.JSONField(default=list, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dataset__isnull=False) | Q(proposal__isnull=False),
                name="readiness_talk_is_about_something",
            ),
            models.CheckConstraint(
                condition=~Q(with_whom="") & ~Q(notes=""), name="readiness_talk_says_with_whom_and_what"
            ),
        ]

    def __str__(self) -> str:
        return f"Readiness talk of {self.held_on:%d %b %Y}"

    @property
    def filled_words(self) -> list[str]:
        """The fields of the record that came from this talk, as people read them."""
        return [str(getattr(Dataset._meta.get_field(name), "verbose_name", name)) for name in self.filled]
