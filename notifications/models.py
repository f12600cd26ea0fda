"""The outbox (one row per letter to one person), what each person wants to hear, and the mailbox."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from work.models import WorkItem


def header_id_new() -> str:
    """A Message-ID that is made once, with the row, so that a letter sent twice is seen to be the same."""
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.BASE_URL).hostname}>"


class OutgoingMessage(WorkItem):
    """One letter to one person, written in the transaction of what it tells of, sent after the commit.

    The row holds the id of the message and words about the dataset; the text is made from the catalogue when
    it leaves. `outcome` says what became of it, also when nothing was sent. A reader without an account is
    `to_address` alone, which the row forgets once the letter has left or will never leave.
    """

    # A mail server may be away for some hours: more patience than other work has.
    MAX_ATTEMPTS = 12

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="letters"
    )
    to_address = models.EmailField(blank=True)
    message_id = models.CharField(max_length=40)
    asked = models.BooleanField(default=False, help_text="Somebody waits on this person: it cannot be muted.")
    context = models.JSONField(default=dict)
    path = models.CharField(max_length=300)
    header_id = models.CharField(max_length=320, unique=True, default=header_id_new)
    # Plain numbers, not foreign keys: releases live on a higher floor.
    dataset_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    release_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    channel = models.CharField(max_length=20, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["recipient", "-created_at"], name="letters_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient=None) | Q(to_address=""), name="letter_has_one_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.recipient or 'somebody without an account'}"

    @property
    def goes_to(self) -> str:
        """Where the letter goes; empty once an address without an account is forgotten."""
        return self.recipient.email if self.recipient else self.to_address


class Preference(models.Model):
    """Whether a person wants news of one kind. What is asked of them always comes."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letter_preferences"
    )
    message_id = models.CharField(max_length=40)
    wanted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "message_id"], name="one_wish_per_kind_of_letter"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.message_id} {'wanted' if self.wanted else 'not wanted'}"


class MailboxMail(models.Model):
    """A mail that Django itself sent (a password reset), kept for the mailbox page of development."""

    to = models.EmailField(db_index=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
