"""Retirement of a dataset: proposed, told to the public, objected to, decided; and the copy that is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from work.models import WorkItem
from workflow.models.dataset import Dataset
from workflow.models.release import Release


class Retirement(models.Model):
    """One proposal to take a dataset off the portal for good, and what became of it (DOMAIN b4, FEATURES M40).

    The words in `reason` and `notice` are public from the day the notice begins, and stay so on the tombstone.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed, waits for a decision"
        NOTICE = "notice", "Public notice runs"
        RETIRED = "retired", "Retired"
        DECLINED = "declined", "Declined, the data stays"
        WITHDRAWN = "withdrawn", "Withdrawn, the data stays"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="retirements")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    criteria = models.JSONField(default=list)
    reason = models.TextField(max_length=4000)
    successor = models.ForeignKey(
        Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="succeeds"
    )
    successor_url = models.URLField(max_length=500, blank=True)
    # Where an archive or library outside keeps a copy; ours is an ArchiveCopy.
    archive_place = models.CharField(max_length=300, blank=True)
    notice = models.TextField(max_length=2000, blank=True)
    # How those who use the data are told, where the program wants that planned (Los Angeles).
    plan = models.TextField(max_length=4000, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # The window: from the notice on until `ends_at`, which stands still from `paused_at` while an objection stands.
    ends_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Why it was declined, withdrawn or extended last.
    answer = models.TextField(max_length=4000, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"],
                condition=Q(state__in=["proposed", "notice"]),
                name="one_open_retirement_per_dataset",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="retirement_says_why"),
            models.CheckConstraint(
                condition=~Q(state="notice") | Q(ends_at__isnull=False), name="retirement_notice_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"Retirement of {self.dataset.title}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PROPOSED, self.State.NOTICE)

    @property
    def is_public(self) -> bool:
        """The public reads of it: while the notice runs, and for ever once the data is gone."""
        return self.state in (self.State.NOTICE, self.State.RETIRED)


class RetirementApproval(models.Model):
    """What somebody said whose approval the program wants besides (the owner in Connecticut)."""

    retirement = models.ForeignKey(Retirement, on_delete=models.CASCADE, related_name="approvals")
    role = models.CharField(max_length=30)
    agrees = models.BooleanField()
    comment = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["retirement", "role"], name="one_approval_per_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {'agrees' if self.agrees else 'does not agree'}"


class RetirementObjection(models.Model):
    """Somebody says that the data should stay. It stops the window until it is answered.

    Words of the public are shown on the public page with the answer, and only if whoever answers shows them.
    """

    class Verdict(models.TextChoices):
        UPHELD = "upheld", "It is right: the data stays"
        OVERRULED = "overruled", "Answered: the retirement goes on"
        SET_ASIDE = "set_aside", "Not an objection"

    retirement = models.ForeignKey(Retirement, on_delete=models.CASCADE, related_name="objections")
    text = models.TextField(max_length=4000)
    name = models.CharField("name, where one was given", max_length=150, blank=True)
    # A colleague; empty for the public.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    shown = models.BooleanField(default=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", answered_at=None) | ~Q(verdict="") & Q(answered_at__isnull=False),
                name="answered_objection_has_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        # What strangers type does not go into the record of events.
        return f"objection {self.pk}"

    @property
    def stands(self) -> bool:
        return not self.verdict


class ArchiveCopy(WorkItem):
    """The kept copy of what a release had public: data, record, dictionary and memo in one file, by its sha256."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="archive_copy")
    file = models.ForeignKey(
        "dossier.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Name of each part -> its sha256.
    parts = models.JSONField(default=dict)
    keep_until = models.DateField(null=True, blank=True, help_text="Empty: it is kept for good.")
    file_deleted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Archive copy of release {self.release_id}"
