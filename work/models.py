"""A durable piece of background work. The row is the truth; a Celery message is only a nudge."""

from django.db import models
from django.utils import timezone


class WorkItem(models.Model):
    """Status, lease and progress of one piece of work. Abstract: each kind adds what it works on."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        DEAD = "dead", "Stopped: needs a person"
        CANCELLED = "cancelled", "Cancelled"

    MAX_ATTEMPTS = 6

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    progress_message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        """Still to be done or being done."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def is_waiting_again(self) -> bool:
        """Tried, met passing trouble, and waits for its next try."""
        return self.status == self.Status.QUEUED and self.attempts > 0 and bool(self.error)
