"""Dataset: the inventory record of what a department holds. It lasts; releases of it come and go."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.stages import OPEN_STAGES, Stage


class Dataset(models.Model):
    """One record of the inventory (DOMAIN CK-INV). Its stage is that of its open, else latest, release."""

    class Frequency(models.TextChoices):
        """Every step that a program's own list has: Connecticut's, and that of Los Angeles (DOMAIN g1, g3)."""

        NOT_UPDATED = "not_updated", "Not updated (historical)"
        AS_NEEDED = "as_needed", "As needed"
        ANNUALLY = "annually", "Annually"
        BIANNUALLY = "biannually", "Twice a year"
        QUARTERLY = "quarterly", "Quarterly"
        BIMONTHLY = "bimonthly", "Every two months"
        MONTHLY = "monthly", "Monthly"
        BIWEEKLY = "biweekly", "Every two weeks"
        WEEKLY = "weekly", "Weekly"
        WEEKDAYS = "weekdays", "Every weekday"
        DAILY = "daily", "Daily"
        HOURLY = "hourly", "Hourly"
        CONTINUOUS = "continuous", "Continuously"
        OTHER = "other", "Other"

    class Granularity(models.TextChoices):
        POINT = "point", "Latitude and longitude"
        ADDRESS = "address", "Street address"
        PARCEL = "parcel", "Parcel"
        BLOCK = "block", "Block"
        TRACT = "tract", "Census tract"
        ZIP = "zip", "ZIP code"
        NEIGHBORHOOD = "neighborhood", "Neighborhood or district"
        MUNICIPALITY = "municipality", "City or town"
        COUNTY = "county", "County"
        STATE = "state", "State"
        NONE = "none", "Not geographic"

    class Level(models.TextChoices):
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"

    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="datasets")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="datasets")
    inventory_id = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=10_000, blank=True)
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    custodian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_system = models.CharField("source system", max_length=200, blank=True)
    coverage_start = models.DateField(null=True, blank=True)
    coverage_end = models.DateField(null=True, blank=True, help_text="Leave empty when the data is current.")
    geographic_coverage = models.CharField(max_length=200, blank=True)
    geographic_granularity = models.CharField(max_length=20, choices=Granularity.choices, blank=True)
    accrual_periodicity = models.CharField(
        "update frequency", max_length=20, choices=Frequency.choices, blank=True
    )
    collection_frequency = models.CharField(max_length=20, choices=Frequency.choices, blank=True)
    existing_url = models.URLField("already published at", blank=True)
    priority = models.CharField(max_length=10, choices=Level.choices, blank=True)
    priority_comment = models.TextField(blank=True)
    technical_challenges = models.TextField(blank=True)
    classification = models.CharField(max_length=30, blank=True)
    classification_ground = models.TextField(blank=True)
    # What is published may be of another class than what is held: the treated form of protected data is public.
    output_classification = models.CharField("classification of what is published", max_length=30, blank=True)
    output_ground = models.TextField("why the published form may be of that class", blank=True)
    security_level = models.CharField(max_length=30, blank=True)
    security_level_reason = models.TextField(blank=True)
    update_method = models.CharField(max_length=20, blank=True)
    # Field of the metadata superset -> value; the program's profile says which fields it asks for.
    metadata = models.JSONField(default=dict, blank=True)
    quality_rating = models.CharField(max_length=10, choices=Level.choices, blank=True)
    quality_details = models.TextField(blank=True)
    high_value = models.JSONField("high-value criteria", default=list, blank=True)
    # What the public will read beside the data.
    keywords = models.JSONField(default=list, blank=True)
    category = models.CharField(max_length=80, blank=True)
    licence = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)
    row_label = models.CharField("what one row is", max_length=80, blank=True)
    # The number of rows that the source system itself reports, with the day it was counted.
    source_rows = models.PositiveBigIntegerField("rows in the source", null=True, blank=True)
    source_rows_as_of = models.DateField("counted on", null=True, blank=True)
    not_for_release_reason = models.TextField(blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "inventory_id"], name="one_dataset_per_inventory_id"),
            models.CheckConstraint(condition=~Q(title=""), name="dataset_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def current_release(self):  # type: ignore[no-untyped-def]
        """The open release, else the latest one. Uses prefetched releases where there are any."""
        releases = sorted(self.releases.all(), key=lambda release: release.number)
        return next((r for r in releases if r.stage in OPEN_STAGES), releases[-1] if releases else None)

    @property
    def stage(self) -> str:
        """The stage that lists and dashboards show: derived, never stored."""
        release = self.current_release
        return release.stage if release else Stage.INVENTORY

    @property
    def public_release(self):  # type: ignore[no-untyped-def]
        """The release that is public now, also while the next one is on its way."""
        return next((r for r in self.releases.all() if r.stage == Stage.PUBLISHED), None)
