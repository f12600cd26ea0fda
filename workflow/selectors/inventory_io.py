"""The inventory as rows of text: every holding, public or not, in full or as the public may read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Department, Program, User
from accounts.profiles import Profile
from workflow.inventory_columns import COLUMNS, Column
from workflow.models import Dataset, InventoryTakeover, PriorityScore, Withholding
from workflow.priority.base import number_words
from workflow.selectors.datasets import datasets_for, with_stage
from workflow.selectors.people import departments_to_register
from workflow.selectors.priority import with_priority
from workflow.stage_words import stage_label
from workflow.stages import OPEN_STAGES, Stage

AUDIENCES = ("full", "public")


def standing_withholdings() -> Prefetch:
    """Grounds that were not lifted, as `standing` of each dataset: for prefetch_related."""
    rows = Withholding.objects.filter(lifted_at=None).select_related("decided_by")
    return Prefetch("withholdings", rows, to_attr="standing")


def inventory_rows(
    user: User, program: Program, *, department: Department | None = None
) -> QuerySet[Dataset]:
    """The holdings of a program, or of one department, that `user` may see, with all that an export tells."""
    rows: QuerySet[Any] = Dataset.objects.filter(program=program, pk__in=datasets_for(user).values("pk"))
    if department is not None:
        rows = rows.filter(department=department)
    rows = with_priority(with_stage(rows)).select_related("department", "steward", "coordinator", "custodian")
    newest = PriorityScore.objects.filter(dataset=OuterRef("pk")).order_by("-id")
    rows = rows.annotate(shown_reason=Subquery(newest.values("override_reason")[:1]))
    return rows.prefetch_related(standing_withholdings(), "distributions").order_by(
        "department__name", "inventory_id", "pk"
    )


def columns_for(audience: str) -> list[Column]:
    """The columns of an export: all, or those that hold nothing restricted (M01)."""
    return [column for column in COLUMNS if audience == "full" or column.public]


def export_table(
    rows: Iterable[Dataset], profile: Profile, *, audience: str, today: date | None = None
) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of an export. A restricted value is never computed for the public one."""
    today = today or timezone.localdate()
    columns = columns_for(audience)
    return [column.heading for column in columns], [
        [cell_text(column, dataset, profile, today) for column in columns] for dataset in rows
    ]


def openness(dataset: Dataset, profile: Profile, today: date) -> str:
    """Where a holding stands towards the public, in words; `standing` and `is_public` are prefetched.

    In a program that presumes openness it is to be published unless a ground is recorded (Connecticut step 1,
    Durham II).
    """
    standing = next(iter(dataset.standing), None)  # type: ignore[attr-defined]
    if dataset.is_public:  # type: ignore[attr-defined]
        return "Public"
    if standing is not None:
        return "Withheld" if standing.holds(today) else "Withholding to be reviewed"
    if dataset.not_for_release_reason:
        return "Not for release"
    if profile.inventory.presumption_of_openness:
        return "To be published"
    stage = dataset.shown_stage  # type: ignore[attr-defined]
    return "In preparation" if stage in OPEN_STAGES and stage != Stage.INVENTORY else "Not decided yet"


def departments_to_import(user: User, program: Program) -> QuerySet[Department]:
    """The departments whose inventory `user` may import and export in full (policies.check_register)."""
    return departments_to_register(user, program)


def cell_text(column: Column, dataset: Any, profile: Profile, today: date) -> str:
    """What an export writes in this column for a dataset of `inventory_rows`."""
    if column.key in _SPECIAL:
        return _SPECIAL[column.key](dataset, profile, today)
    value = getattr(dataset, column.field)
    if column.kind == "choice":
        return getattr(dataset, f"get_{column.field}_display")()
    if column.kind == "class":
        choice = profile.classification(value)
        return choice.label if choice else value
    if column.kind == "security":
        level = profile.security_level(value)
        return level.label if level else value
    if column.kind == "licence":
        licence = profile.licence(value)
        return licence.label if licence else value
    if column.kind in ("list", "codes"):
        return "; ".join(sorted(value)) if column.kind == "codes" else ", ".join(value)
    if column.kind == "person":
        return value.email if value else ""
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _withheld(dataset: Any) -> Any:
    """The ground that stands, or None."""
    return next(iter(dataset.standing), None)


def _end_date(dataset: Any, profile: Profile, today: date) -> str:
    if dataset.coverage_end:
        return str(dataset.coverage_end.isoformat())
    return "Current" if dataset.coverage_start else ""


def _withheld_law(dataset: Any, profile: Profile, today: date) -> str:
    row = _withheld(dataset)
    return row.citation if row else ""


def _withheld_kind(dataset: Any, profile: Profile, today: date) -> str:
    row = _withheld(dataset)
    return row.get_kind_display() if row else ""


def _public_url(dataset: Any, profile: Profile, today: date) -> str:
    if not dataset.is_public:
        return ""
    rows = sorted(dataset.distributions.all(), key=lambda row: row.pk)
    return " ".join(row.public_url for row in rows if row.public_url)


def _of_withholding(name: str) -> Any:
    def value(dataset: Any, profile: Profile, today: date) -> str:
        row = _withheld(dataset)
        return _plain(getattr(row, name)) if row else ""

    return value


# Cells that are not a field of the record.
_SPECIAL: dict[str, Any] = {
    "department": lambda dataset, profile, today: dataset.department.name,
    "steward_name": lambda dataset, profile, today: str(dataset.steward or ""),
    "coverage_end": _end_date,
    "openness": openness,
    "withheld_kind": _withheld_kind,
    "withheld_law": _withheld_law,
    "withheld_ground": lambda d, p, t: _withheld(d).get_ground_display() if _withheld(d) else "",
    "withheld_details": _of_withholding("details"),
    "withheld_elected_by": _of_withholding("elected_by"),
    "withheld_by": lambda d, p, t: str(_withheld(d).decided_by) if _withheld(d) else "",
    "withheld_until": _of_withholding("until"),
    "not_for_release": lambda dataset, profile, today: dataset.not_for_release_reason,
    "score": lambda dataset, profile, today: dataset.shown_priority or "",
    "score_value": lambda d, p, t: "" if d.shown_value is None else number_words(d.shown_value),
    "score_reason": lambda dataset, profile, today: dataset.shown_reason or "",
    "stage": lambda dataset, profile, today: stage_label(dataset.shown_stage or Stage.INVENTORY, profile),
    "public_url": _public_url,
    "registered": lambda d, p, t: timezone.localtime(d.registered_at).date().isoformat(),
}


def is_taken_over() -> Exists:
    """For a query of imports: is a worker taking this one over?"""
    live = InventoryTakeover.objects.filter(
        inventory_import=OuterRef("pk"),
        status__in=[InventoryTakeover.Status.QUEUED, InventoryTakeover.Status.RUNNING],
    )
    return Exists(live)
