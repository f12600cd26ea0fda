"""When each dataset is to be published: the implementation schedule and the open data access plan, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Department, Program, User
from accounts.selectors import departments_visible
from workflow.models import AccessPlanFile, Dataset, Release, ScheduleEntry, Withholding
from workflow.models.schedule import entry_gaps
from workflow.selectors.datasets import datasets_for
from workflow.stages import Stage

PUBLISHED, PLANNED, ELSEWHERE = "published", "planned", "elsewhere"
STATUS = ((PUBLISHED, "Published"), (PLANNED, "Planned"), (ELSEWHERE, "Published elsewhere"))
SCHEDULE_COLUMNS = (
    "Inventory number",
    "Dataset",
    "Department",
    "Status",
    "Estimated time frame",
    "First estimate",
    "Why it was revised",
    "Process for managing the data",
    "Method of posting",
    "Frequency of updates",
    "Input of the department",
    "Published on",
    "Address",
)
ACCESS_PLAN_COLUMNS = (
    "Inventory number",
    "Dataset",
    "Status",
    "Date available",
    "Update interval",
    "Portal",
    "Address",
)


@dataclass(frozen=True)
class Row:
    """One dataset in a schedule or an access plan, as people read it."""

    dataset: Dataset
    entry: ScheduleEntry | None
    status: str
    published_at: datetime | None
    address: str

    @property
    def status_words(self) -> str:
        return dict(STATUS)[self.status]

    @property
    def frequency(self) -> str:
        """How often it is updated, from the inventory record."""
        return self.dataset.get_accrual_periodicity_display()

    @property
    def expected(self) -> str:
        if self.entry is None:
            return ""
        return estimate_words(self.entry.expected, self.entry.expected_by_quarter)

    @property
    def first_estimate(self) -> str:
        """What was estimated first, where it was revised since."""
        if self.entry is None or self.entry.revised_date is None:
            return ""
        return estimate_words(self.entry.estimated_date, self.entry.by_quarter)

    @property
    def available(self) -> str:
        """The day it became available, or is expected to."""
        if self.published_at is not None:
            return date_format(timezone.localtime(self.published_at), "j M Y")
        return self.expected

    @property
    def portal(self) -> str:
        if self.status == ELSEWHERE:
            return str(ScheduleEntry.Portal.ELSEWHERE.label)
        return self.entry.get_portal_display() if self.entry else str(ScheduleEntry.Portal.SOCRATA.label)

    @property
    def is_overdue(self) -> bool:
        expected = self.entry.expected if self.entry else None
        return self.status == PLANNED and expected is not None and expected < timezone.localdate()

    @property
    def missing(self) -> list[str]:
        return entry_gaps(self.entry, self.dataset)


def estimate_words(day: date | None, by_quarter: bool) -> str:
    """As "Q4 2026" or "Fri 4 Dec 2026"; empty without an estimate."""
    if day is None:
        return ""
    return f"Q{(day.month + 2) // 3} {day.year}" if by_quarter else date_format(day, "D j M Y")


def scheduled(
    user: User,
    program: Program,
    *,
    department: Department | None = None,
    status: str = "",
    words: str = "",
    before: date | None = None,
) -> QuerySet[Dataset]:
    """The datasets of a schedule that `user` may see, soonest first; what is withheld or rests is left out."""
    today = timezone.localdate()
    public = Release.objects.filter(dataset=OuterRef("pk"), stage=Stage.PUBLISHED)
    withheld = Withholding.objects.filter(dataset=OuterRef("pk"), lifted_at=None).filter(
        Q(until=None) | Q(until__gte=today)
    )
    rows = (
        datasets_for(user)
        .filter(program=program, not_for_release_reason="")
        .filter(~Exists(withheld) | Exists(public))
        .select_related("schedule", "department", "program")
        .annotate(
            public_since=Subquery(public.values("published_at")[:1]),
            expected_on=Coalesce("schedule__revised_date", "schedule__estimated_date"),
        )
        .prefetch_related("distributions")
    )
    away = Q(schedule__portal=ScheduleEntry.Portal.ELSEWHERE) | ~Q(existing_url="")
    if department is not None:
        rows = rows.filter(department=department)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(inventory_id__icontains=words))
    if before is not None:
        rows = rows.filter(expected_on__lte=before)
    if status == PUBLISHED:
        rows = rows.filter(public_since__isnull=False)
    elif status == ELSEWHERE:
        rows = rows.filter(away, public_since=None)
    elif status == PLANNED:
        rows = rows.filter(public_since=None).exclude(away)
    return rows.order_by(Coalesce("expected_on", date(9999, 1, 1)), "title", "pk")


def row_of(dataset: Dataset) -> Row:
    """A dataset of `scheduled` as a row."""
    entry = getattr(dataset, "schedule", None)
    since = getattr(dataset, "public_since", None)
    away = entry.elsewhere_url if entry and entry.portal == ScheduleEntry.Portal.ELSEWHERE else ""
    if since is not None:
        forms = sorted(dataset.distributions.all(), key=lambda form: form.pk)
        # Where it is on several portals, the cell holds every address.
        found = " ".join(form.public_url for form in forms if form.public_url)
        return Row(dataset, entry, PUBLISHED, since, found)
    if away or dataset.existing_url:
        return Row(dataset, entry, ELSEWHERE, None, away or dataset.existing_url)
    return Row(dataset, entry, PLANNED, None, "")


def schedule_cells(row: Row) -> list[str]:
    """A row of the schedule as cells of a file (SCHEDULE_COLUMNS)."""
    entry = row.entry
    published = row.published_at
    return [
        row.dataset.inventory_id,
        row.dataset.title,
        row.dataset.department.name,
        row.status_words,
        row.expected,
        row.first_estimate,
        entry.revised_reason if entry else "",
        entry.process if entry else "",
        entry.posting_method if entry else "",
        row.frequency,
        entry.department_input if entry else "",
        timezone.localtime(published).date().isoformat() if published else "",
        row.address,
    ]


def access_plan_cells(row: Row) -> list[str]:
    """A row of the access plan as cells of a file (ACCESS_PLAN_COLUMNS)."""
    dataset = row.dataset
    return [
        dataset.inventory_id,
        dataset.title,
        row.status_words,
        row.available,
        row.frequency,
        row.portal,
        row.address,
    ]


def departments_of(user: User, program: Program) -> QuerySet[Department]:
    """The departments of a program that `user` may see."""
    return departments_visible(user).filter(program=program).distinct().order_by("name")


def access_plan_files(department: Department) -> QuerySet[AccessPlanFile]:
    return AccessPlanFile.objects.filter(department=department).select_related("uploaded_by")
