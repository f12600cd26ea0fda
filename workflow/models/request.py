"""DatasetRequest: what the public asks for, and who wants it too."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.dataset import Dataset


class DatasetRequest(models.Model):
    """One wish for a dataset, by somebody without an account. Public once its address is confirmed.

    Who asked and who else wants it are rows of RequestVote: the request itself holds no address. Source:
    DOMAIN h3 (requests count in the priority), FEATURES M04.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Waits for a confirmed address"
        NEW = "new", "New"
        ANSWERED = "answered", "Answered, still open"
        ACCEPTED = "accepted", "Accepted, in work"
        CLOSED = "closed", "Closed"

    class Circumstance(models.TextChoices):
        PUBLISHED = "published", "Published"
        AVAILABLE = "available", "Available already"
        NOT_HELD = "not_held", "Not held by us"
        RESTRICTED = "restricted", "Restricted by law"
        DECLINED = "declined", "Declined"
        DUPLICATE = "duplicate", "Asked for already"
        WITHDRAWN = "withdrawn", "Withdrawn by the person who asked"

    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="dataset_requests")
    title = models.CharField(max_length=200)
    purpose = models.TextField("what it is for", max_length=4000)
    name = models.CharField("name of the person who asks", max_length=150, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNCONFIRMED, db_index=True)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    # The first decision stops the clock.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField("what the public reads", max_length=4000, blank=True)
    dataset = models.ForeignKey(
        Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    circumstance = models.CharField(max_length=12, choices=Circumstance.choices, blank=True)
    link = models.URLField("where it is", max_length=500, blank=True)
    citation = models.CharField("law", max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Words that must not stand in public; the team still sees them.
    hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="request_has_a_title"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(circumstance="")
                | ~Q(state="closed") & Q(circumstance="", closed_at=None),
                name="closing_a_request_needs_a_circumstance",
            ),
            models.CheckConstraint(
                condition=~Q(circumstance="published") | Q(dataset__isnull=False),
                name="published_request_names_its_dataset",
            ),
            models.CheckConstraint(
                condition=~Q(circumstance="available") | ~Q(link=""), name="available_request_has_a_link"
            ),
            models.CheckConstraint(
                condition=~Q(circumstance="restricted") | ~Q(citation=""),
                name="restricted_request_cites_the_law",
            ),
            models.CheckConstraint(
                condition=~Q(circumstance="declined") | ~Q(answer=""), name="declined_request_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(circumstance="duplicate", duplicate_of__isnull=False)
                | ~Q(circumstance="duplicate") & Q(duplicate_of=None),
                name="duplicate_request_names_the_other",
            ),
        ]

    def __str__(self) -> str:
        # What strangers type does not go into the record of events, which names its subjects for good.
        return f"request {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_public(self) -> bool:
        """Anybody may read it: its address is confirmed, and nobody had to hide its words."""
        return self.state != self.State.UNCONFIRMED and not self.hidden

    @property
    def state_words(self) -> str:
        """The state for its readers, with the circumstance of the end."""
        if self.state == self.State.CLOSED:
            return f"Closed: {self.get_circumstance_display().lower()}"
        return self.get_state_display()


OPEN_STATES = (DatasetRequest.State.NEW, DatasetRequest.State.ANSWERED, DatasetRequest.State.ACCEPTED)


class RequestVote(models.Model):
    """One voice for a request: a browser, or a person who gave an address and confirmed it.

    `voter` and `email_hash` are keyed digests, so that nobody counts twice and no list says who. `email` is
    kept while the request is open, to tell the person what becomes of it, and erased with the last letter.
    A row without `confirmed_at` waits for its address to be confirmed and does not count. The digest of a used
    link stays, so that a second use is recognised.
    """

    request = models.ForeignKey(DatasetRequest, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64, blank=True)
    email_hash = models.CharField(max_length=64, blank=True)
    email = models.EmailField(blank=True)
    asked = models.BooleanField(default=False, help_text="This person made the request.")
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    confirm_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "voter"], condition=~Q(voter=""), name="one_vote_per_browser"
            ),
            models.UniqueConstraint(
                fields=["request", "email_hash"], condition=~Q(email_hash=""), name="one_vote_per_address"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(asked=True), name="one_person_asked_for_it"
            ),
            models.CheckConstraint(condition=~Q(voter="") | ~Q(email_hash=""), name="vote_has_a_voter"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | ~Q(token_hash="") & Q(confirm_until__isnull=False),
                name="waiting_vote_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"A vote for {self.request_id}"
