"""GuestInvitation: the one comment that somebody without an account may write on one version of a release."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.release import Release


class GuestInvitation(models.Model):
    """An outside person asked for a comment. Secrets are kept as hashes only; it is no approval.

    `parts` are the digests of what was there when they were asked: the link speaks of that version alone.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="guest_invitations")
    # What for, in the words of the reviews; it is never a verdict.
    kind = models.CharField(max_length=20)
    question = models.TextField()
    name = models.CharField(max_length=150)
    email = models.EmailField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    parts = models.JSONField(default=dict)
    token_hash = models.CharField(max_length=64, unique=True)

    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)

    opened_at = models.DateTimeField(null=True, blank=True)
    # The asker was told that the version is gone.
    gone_told_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    # As they typed it beside the code; the name above is what the asker called them.
    signed_name = models.CharField(max_length=150, blank=True)
    consumed_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consumed_at=None, comment="", signed_name="")
                | (Q(consumed_at__isnull=False) & ~Q(comment="") & ~Q(signed_name="")),
                name="a_guest_comment_has_words_a_name_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(consumed_at=None) | Q(revoked_at=None),
                name="a_used_guest_link_is_not_revoked",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_guest_link_is_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Comment by link {self.pk}"
