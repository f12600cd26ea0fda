"""PublicationPlan: when a release goes public, and how the public hears of it."""

from django.db import models

from workflow.models.release import Release


class PublicationPlan(models.Model):
    class Tactic(models.TextChoices):
        NONE = "none", "No announcement"
        BLOG = "blog", "Blog post"
        SOCIAL = "social", "Social media"
        PRESS = "press", "Press release"
        EVENT = "event", "Event or announcement"

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="plan")
    release_at = models.DateTimeField("goes public on", null=True, blank=True)
    tactics = models.JSONField(default=list)
    audience = models.TextField(blank=True)
    message = models.TextField("what to say", blank=True)

    def __str__(self) -> str:
        return f"Plan of release {self.release_id}"
