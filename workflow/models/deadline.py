"""Deadlines: when the clock of a stage stood still and why, and which notices of a due date were written."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflow.models.release import Release
from workflow.models.review import Review
from workflow.stages import Stage


class DeadlinePause(models.Model):
    """The clock of the present stage stands still while somebody else is waited for.

    One runs at a time; its cause may change while it runs (`waiting_on` and `why` say the present one).
    `due_before` is the due date when it began, `due_moved` the one it has brought about so far: when the
    release shows another date, a move has started the clock anew and the pause has ended with it.
    """

    class Cause(models.TextChoices):
        REVIEW = "review", "A consultation that was asked for"
        QUESTION = "question", "A question that waits for an answer"
        GUEST = "guest", "A comment from outside"
        ORDER = "order", "Something that a consultation ordered"
        HAND = "hand", "Paused by hand"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="deadline_pauses")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    waiting_on = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    due_before = models.DateTimeField()
    due_moved = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"], condition=Q(until=None), name="one_running_pause_per_release"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_pause_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(due_moved__gte=F("due_before")), name="a_pause_never_brings_a_due_date_forward"
            ),
            models.CheckConstraint(condition=~Q(waiting_on=""), name="a_pause_says_who_is_waited_for"),
        ]

    def __str__(self) -> str:
        return f"Pause of release {self.release_id} since {self.since:%Y-%m-%d}"


class DeadlineNotice(models.Model):
    """A notice of a due date that was written: each kind once per due date, whatever is killed or run twice."""

    class Kind(models.TextChoices):
        REMIND = "remind", "Reminder"
        DUE = "due", "Due"
        ESCALATE = "escalate", "Escalation"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="deadline_notices")
    # A review has a due date of its own.
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, null=True, blank=True, related_name="deadline_notices"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "kind", "due_at"],
                condition=Q(review=None),
                name="one_notice_per_kind_and_due_date",
            ),
            models.UniqueConstraint(
                fields=["review", "kind", "due_at"],
                condition=Q(review__isnull=False),
                name="one_notice_per_kind_and_due_date_of_a_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} about release {self.release_id}"
