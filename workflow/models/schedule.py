"""When and how each dataset is to be published: the rows of a schedule and of an open data access plan.

Durham asks for an implementation schedule (ITP-5, C.2), Connecticut for an open data access plan (Step 4);
both are read from these rows and from what is public already.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflow.models.dataset import Dataset


class ScheduleEntry(models.Model):
    """The estimate for one dataset. How often it is updated stands in the inventory record, once.

    A date stands for its day, or (`by_quarter`) for the quarter that it ends. The first estimate stays when
    it is revised; the revision says why.
    """

    class Portal(models.TextChoices):
        SOCRATA = "socrata", "Open data portal"
        GEO = "geo", "Geographic data portal"
        ELSEWHERE = "elsewhere", "Elsewhere"

    dataset = models.OneToOneField(Dataset, on_delete=models.CASCADE, related_name="schedule")
    estimated_date = models.DateField("estimated date", null=True, blank=True)
    by_quarter = models.BooleanField("the estimate is a quarter, not a day", default=False)
    revised_date = models.DateField("revised date", null=True, blank=True)
    revised_by_quarter = models.BooleanField(default=False)
    revised_reason = models.TextField(blank=True)
    process = models.TextField("process for managing the data on the portal", blank=True)
    posting_method = models.TextField("method of posting", blank=True)
    portal = models.CharField(max_length=12, choices=Portal.choices, default=Portal.SOCRATA)
    elsewhere_url = models.URLField(blank=True)
    department_input = models.TextField(blank=True)
    input_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    input_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "schedule entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(revised_date=None) | (Q(estimated_date__isnull=False) & ~Q(revised_reason="")),
                name="a_revised_estimate_had_a_first_one_and_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(portal="elsewhere") | ~Q(elsewhere_url=""),
                name="data_published_elsewhere_has_its_address",
            ),
            models.CheckConstraint(
                condition=Q(department_input="", input_by=None, input_at=None)
                | (~Q(department_input="") & Q(input_by__isnull=False, input_at__isnull=False)),
                name="input_of_a_department_has_an_author_and_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Schedule of {self.dataset}"

    @property
    def expected(self):  # type: ignore[no-untyped-def]
        """The day that counts now; of a quarter, its last day. None before there is an estimate."""
        return self.revised_date or self.estimated_date

    @property
    def expected_by_quarter(self) -> bool:
        return self.revised_by_quarter if self.revised_date else self.by_quarter


class AccessPlanFile(models.Model):
    """An open data access plan that an agency keeps by itself, as it handed it in. Private, handed out audited."""

    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="access_plan_files"
    )
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "sha256"], name="an_access_plan_is_kept_once_per_department"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def entry_gaps(entry: ScheduleEntry | None, dataset: Dataset) -> list[str]:
    """What a schedule entry lacks of the four things it must say (Durham ITP-5, C.2), in words."""
    given = (
        ("an estimated time frame", entry is not None and entry.expected is not None),
        ("a process for managing the data on the portal", entry is not None and bool(entry.process)),
        ("a method of posting", entry is not None and bool(entry.posting_method)),
        ("how often the data is updated", bool(dataset.accrual_periodicity)),
    )
    return [words for words, there in given if not there]
