"""Bundle: several releases of one program that go public together, or not at all (FEATURES M35)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.release import Release


class Bundle(models.Model):
    """The releases of one announcement. The system alone lets it go, confirms it and takes it back.

    `state` is written under the lock of the row; gates of its releases read it.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waiting for its moment"
        GOING = "going", "Going public"
        PARTIAL = "partial", "Stopped half way"
        TAKING_BACK = "taking_back", "Being taken back"
        STOPPED = "stopped", "Stopped, all private"
        PUBLIC = "public", "Public"
        CLOSED = "closed", "Dissolved"

    class TakeBack(models.TextChoices):
        REST = "rest", "Take the others back to private at once"
        ASK = "ask", "Leave the others as they are and ask"

    # In these states the portal may be told to make the copies public.
    LET_GO = (State.GOING, State.PARTIAL, State.PUBLIC)
    ENDED = (State.PUBLIC, State.CLOSED)
    # Somebody has to decide how it goes on.
    WAITS_ON_PEOPLE = (State.PARTIAL, State.STOPPED)

    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="bundles")
    name = models.CharField(max_length=200)
    reason = models.TextField("why they go together")
    release_at = models.DateTimeField("goes public on")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    take_back = models.CharField(
        "when one fails for good", max_length=8, choices=TakeBack.choices, default=TakeBack.REST
    )
    patience_minutes = models.PositiveSmallIntegerField("give up after so many minutes", default=240)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN, db_index=True)
    let_go_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # What stopped it the last time: [{"release", "title", "why"}].
    trouble = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["release_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(reason=""), name="a_bundle_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(state__in=("public", "closed"), ended_at__isnull=False)
                | (~Q(state__in=("public", "closed")) & Q(ended_at=None)),
                name="an_ended_bundle_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ended(self) -> bool:
        return self.state in self.ENDED


class BundlePlace(models.Model):
    """A release in a bundle. `open` until it leaves, or the bundle has ended: a release has one at most."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="places")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="bundle_places")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    open = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    left_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"], condition=Q(open=True), name="a_release_is_in_one_open_bundle"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | ~Q(left_reason=""), name="who_leaves_a_bundle_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Release {self.release_id} in bundle {self.bundle_id}"
