"""PublicationPlan: when a release goes public, how the public hears of it, who does what, who signed it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.release import Release


class PublicationPlan(models.Model):
    """The strategy of one release (Los Angeles playbook). A program offers some of the tactics."""

    class Tactic(models.TextChoices):
        NONE = "none", "No announcement"
        BLOG = "blog", "Blog post"
        SOCIAL = "social", "Social media"
        PRESS = "press", "Press release"
        EVENT = "event", "Part of a public event"
        ANNOUNCEMENT = "announcement", "Part of another announcement"
        HOSTED = "hosted_event", "Event of our own, such as a hackathon"

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="plan")
    # Set when the approval opens the plan; empty where the program plans from the beginning.
    opened_at = models.DateTimeField(null=True, blank=True)
    release_at = models.DateTimeField("goes public on", null=True, blank=True)
    embargo_until = models.DateTimeField("under embargo until", null=True, blank=True)
    tactics = models.JSONField(default=list)
    audience = models.TextField(blank=True)
    champions = models.TextField(blank=True)
    message = models.TextField("what to say", blank=True)
    talking_points = models.TextField(blank=True)
    copied_from = models.ForeignKey(
        Release, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"Plan of release {self.release_id}"


class PlanItem(models.Model):
    """One thing to do for a plan. A mandatory one must be done before the data goes public."""

    plan = models.ForeignKey(PublicationPlan, on_delete=models.CASCADE, related_name="items")
    tactic = models.CharField(max_length=20, choices=PublicationPlan.Tactic.choices)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due = models.DateField(null=True, blank=True)
    mandatory = models.BooleanField("must be done before the data goes public", default=False)
    link = models.URLField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = [models.F("due").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="plan_item_has_a_title"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="a_done_plan_item_was_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.done_at is None


class PlanSignOff(models.Model):
    """One role's word that the plan may go ahead, bound to the plan as it stood: part -> digest."""

    plan = models.ForeignKey(PublicationPlan, on_delete=models.CASCADE, related_name="sign_offs")
    role = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    parts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "role", "digest"], name="one_sign_off_per_role_and_state_of_a_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} sign-off of plan {self.plan_id}"
