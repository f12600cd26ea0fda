"""PublicationException: why a dataset may be published where the program's rule says no, by whom, until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from workflow.models.dataset import Dataset
from workflow.models.release import Release


class PublicationException(models.Model):
    """A coordinator asks, the program's adviser advises, its decider decides (Connecticut: portal admin, CDO).

    Of one release, or of every release of the dataset until the day it names. A licence exception is for that
    licence alone.
    """

    class Kind(models.TextChoices):
        LICENCE = "licence", "Another licence"
        IDENTIFIERS = "identifiers", "Names or other identifiers"
        RISK = "risk", "Risk above the benefit"

    class Decision(models.TextChoices):
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Not granted"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="exceptions")
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, null=True, blank=True, related_name="exceptions"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    licence = models.CharField(max_length=40, blank=True)
    reason = models.TextField("why the rule cannot be kept")
    public_good = models.TextField("what the public gains")
    law = models.CharField("law or rule it rests on", max_length=300, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)

    advice = models.TextField(blank=True)
    advised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    advised_at = models.DateTimeField(null=True, blank=True)

    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    until = models.DateField("holds until", null=True, blank=True)
    # Taken back: the request by who asked, or the grant by who decides.
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="an_exception_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="nobody_decides_their_own_exception",
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted") | Q(until__isnull=False),
                name="a_granted_exception_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="an_exception_is_taken_back_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind="licence") | Q(licence=""), name="only_licence_exceptions_name_a_licence"
            ),
            models.UniqueConstraint(
                fields=["dataset", "kind"],
                condition=Q(decision="", revoked_at=None),
                name="one_open_exception_request_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.dataset}"

    @property
    def is_open(self) -> bool:
        """Asked for, and neither decided nor taken back."""
        return not self.decision and self.revoked_at is None
