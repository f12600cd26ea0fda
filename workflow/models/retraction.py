"""Emergency retraction of public data, and the post-mortem that it starts."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.release import Release


class Retraction(models.Model):
    """One taking back of public data: when it was asked for, and when it was seen private from outside.

    `public_text` is what the program had approved in advance; `reason` is for colleagues and holds no values.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="retractions")
    reason = models.TextField()
    public_text = models.TextField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # When people were told last that it is still public.
    told_at = models.DateTimeField(null=True, blank=True)
    # When the next release of the dataset, if there was one on its way, was put on hold for it.
    next_held_at = models.DateTimeField(null=True, blank=True)
    reinstated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(reinstated_at=None),
                name="one_standing_retraction_per_release",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="retraction_says_why"),
        ]

    def __str__(self) -> str:
        return f"Retraction of {self.release}"

    @property
    def took(self) -> timedelta | None:
        """How long it was public after somebody asked for its retraction."""
        return self.confirmed_at - self.started_at if self.confirmed_at else None


class RetractionFollowUp(models.Model):
    """Another place that may hold a copy (a federated site, an aggregator, a mirror), and what was done there."""

    retraction = models.ForeignKey(Retraction, on_delete=models.CASCADE, related_name="follow_ups")
    place = models.CharField(max_length=300)
    federated = models.BooleanField(default=False)
    note = models.TextField("what was done there", max_length=2000, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["retraction", "place"], name="one_follow_up_per_place"),
        ]

    def __str__(self) -> str:
        return self.place


class PostMortem(models.Model):
    """The incident record of a retraction: counts and kinds of details only, never a value."""

    retraction = models.OneToOneField(Retraction, on_delete=models.CASCADE, related_name="post_mortem")
    due_at = models.DateTimeField()
    what_happened = models.TextField(max_length=4000, blank=True)
    found_at = models.DateTimeField(null=True, blank=True)
    found_by = models.CharField(max_length=200, blank=True)
    public_since = models.DateTimeField(null=True, blank=True)
    rows_exposed = models.PositiveBigIntegerField(null=True, blank=True)
    people_exposed = models.PositiveBigIntegerField(null=True, blank=True)
    details_exposed = models.TextField(max_length=2000, blank=True)
    downloads = models.PositiveBigIntegerField(null=True, blank=True)
    downloads_source = models.CharField(max_length=300, blank=True)
    root_cause = models.TextField(max_length=4000, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Reminders that were sent: before the due day, and on each late one.
    near_told_at = models.DateTimeField(null=True, blank=True)
    late_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]

    def __str__(self) -> str:
        return f"Post-mortem of {self.retraction.release}"


class PostMortemMeasure(models.Model):
    """What is done so that it does not happen again: by whom, until when."""

    post_mortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="measures")
    what = models.CharField(max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        return self.what


class PostMortemDuty(models.Model):
    """A duty to notify, as the program's profile named it that day, and what was found about it."""

    class Answer(models.TextChoices):
        DONE = "done", "It applies, and notice was given"
        PENDING = "pending", "It applies, and notice is still to be given"
        NOT_APPLICABLE = "not_applicable", "Examined: it does not apply"

    post_mortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="duties")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=300)
    law = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True)
    note = models.TextField("facts", max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["post_mortem", "code"], name="one_row_per_duty")]

    def __str__(self) -> str:
        return self.label


class PostMortemSignature(models.Model):
    """Somebody stands for the record as it was then; a change of the record takes the signatures back."""

    post_mortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="signatures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # In whose place, where the role is lent: one pair of hands signs once.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["post_mortem", "by"], name="one_signature_per_person"),
        ]

    def __str__(self) -> str:
        return str(self.by)
