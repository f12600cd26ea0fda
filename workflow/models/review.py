"""Review: one person's verdict on a release, bound to exactly what they saw. Reviews are rows, not stages.

Where a rule asks for several people, each has a row of their own, a seat. A row is asked of a role; one person
claims it, or it is assigned to them. Sources: FEATURES M05, M06, M12, M16.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from workflow.models.release import Release


class Review(models.Model):
    class Kind(models.TextChoices):
        DEPARTMENT = "department", "Department approval"
        QUALITY = "quality", "Quality"
        PRIVACY = "privacy", "Privacy"
        SECURITY = "security", "Security"
        EQUITY = "equity", "Equity"
        LEGAL = "legal", "Legal"
        IT = "it", "IT"
        POLICY = "policy", "Policy"
        COMMUNICATIONS = "communications", "Communications"
        STEWARD_PREVIEW = "steward_preview", "Steward preview"
        CDO = "cdo", "CDO decision"

    class Verdict(models.TextChoices):
        APPROVED = "approved", "Approved"
        CONDITIONS = "conditions", "Approved with conditions"
        REFUSED = "refused", "Not approved"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # Which of the people asked for this row is: 1 of 2, 2 of 2.
    seat = models.PositiveSmallIntegerField(default=1)
    # The department that signs, where data is joint; empty is the department of the dataset.
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Independent: nobody sees a verdict before every seat has its own.
    blinded = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    question = models.TextField(blank=True)
    due = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Who gave it to the claimer; empty when they took it themselves.
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The person whose delegated role the reviewer used. Separation of duties counts both.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    conditions = models.TextField("conditions or comment", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # part of the dossier -> its digest at the moment of the verdict; `digest` is over all of them
    parts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["requested_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", reviewer=None, decided_at=None)
                | (~Q(verdict="") & Q(reviewer__isnull=False, decided_at__isnull=False)),
                name="a_verdict_has_a_reviewer_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None, assigned_by=None)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="a_claim_has_a_person_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("reviewer")),
                name="nobody_reviews_on_their_own_behalf",
            ),
            models.UniqueConstraint(
                fields=["release", "kind", "seat", "department"],
                condition=Q(verdict=""),
                name="one_pending_review_per_seat",
            ),
            # Two empty departments are not equal for a unique constraint, so this case has its own.
            models.UniqueConstraint(
                fields=["release", "kind", "seat"],
                condition=Q(verdict="", department=None),
                name="one_pending_review_per_seat_of_the_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} review of {self.release_id}"

    @property
    def is_pending(self) -> bool:
        return not self.verdict

    @property
    def is_positive(self) -> bool:
        return self.verdict in (self.Verdict.APPROVED, self.Verdict.CONDITIONS)

    @property
    def people(self) -> set[int]:
        """Whose hand this verdict was: the reviewer, and whoever they acted for."""
        return {pk for pk in (self.reviewer_id, self.on_behalf_of_id) if pk}


class Recusal(models.Model):
    """Somebody stepped aside from a review, because they have a stake in it; they cannot give it any more."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="recusals")
    kind = models.CharField(max_length=20, choices=Review.Kind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "kind", "person"], name="one_recusal_per_person_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} stepped aside from the {self.get_kind_display().lower()} review"
