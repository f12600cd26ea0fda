"""PublicCheck: is what the public sees of a dataset still what was approved, and nothing else?"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from publishing.models.publication import PortalAsset
from work.models import WorkItem

# The line of evidence about the audience.
AUDIENCE = "Who may see it"
# What is found there where strangers see a dataset under our key that we never sent a row to.
OF_OTHERS = "public, with no row of ours"


class PublicCheck(WorkItem):
    """The last check of one place; the next one takes its place. What it found stays in the history as an event."""

    asset = models.OneToOneField(PortalAsset, on_delete=models.PROTECT, related_name="public_check")
    # Whose copy it was compared with.
    publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # When it last came to an end, and what was compared with what (as Publication.evidence).
    checked_at = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(default=list)
    # What differs, in words, and since when that is known; empty while all is equal.
    differs = models.TextField(blank=True)
    differs_since = models.DateTimeField(null=True, blank=True)

    @property
    def is_seen_without_leave(self) -> bool:
        """Strangers saw what nobody had made public here."""
        wrong = [proof for proof in self.evidence if not proof["ok"]]
        return any((proof["what"], proof["expected"]) == (AUDIENCE, "private") for proof in wrong)

    @property
    def is_of_others(self) -> bool:
        """What strangers saw there was put there by others: it is told, and left as it is."""
        return any((proof["what"], proof["found"]) == (AUDIENCE, OF_OTHERS) for proof in self.evidence)

    def __str__(self) -> str:
        return f"Check of {self.asset}"
