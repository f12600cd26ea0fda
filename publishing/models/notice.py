"""PortalNotice: what a portal says of a dataset that is to go, is gone, or is withdrawn for review."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from publishing.models.publication import PortalAsset
from work.models import WorkItem


class PortalNotice(WorkItem):
    """One notice per place. A new wish takes the place of the last one, and a worker brings it to the portal."""

    # A portal that is away for a day is asked again for longer than that.
    MAX_ATTEMPTS = 100

    class Wanted(models.TextChoices):
        NONE = "none", "No notice"
        ANNOUNCED = "announced", "A notice above the description of the public dataset"
        GONE = "gone", "Private, with a note that says why"

    asset = models.OneToOneField(PortalAsset, on_delete=models.PROTECT, related_name="notice")
    wanted = models.CharField(max_length=10, choices=Wanted.choices, default=Wanted.NONE)
    text = models.TextField(blank=True)
    # Of an announced end: what stands before the title, and a keyword beside those that were approved.
    title_prefix = models.CharField(max_length=40, blank=True)
    tag = models.CharField(max_length=40, blank=True)
    wanted_at = models.DateTimeField(default=timezone.now)
    # Which copy carries the notice: a newer one does not, until it is put there too.
    publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Other sites that show what this portal has public -> do they still show it; null where a site is silent.
    sites = models.JSONField(default=dict)
    put_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_wanted_display()}: {self.asset}"
