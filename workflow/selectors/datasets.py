"""Reads of datasets and releases, each limited to what a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from accounts.models import User
from accounts.selectors import departments_visible
from workflow.joint import contributed_by
from workflow.models import ColumnDescription, Dataset, Release
from workflow.stages import OPEN_STAGES, Stage


def datasets_for(user: User) -> QuerySet[Dataset]:
    """The datasets that `user` may know of: their departments', joint ones included, or a whole program's."""
    return Dataset.objects.filter(
        Q(department__in=departments_visible(user).values("pk"))
        | Q(pk__in=contributed_by(user).values("dataset"))
    )


def releases_for(user: User) -> QuerySet[Release]:
    """The releases of the datasets that `user` may know of."""
    return Release.objects.filter(dataset__in=datasets_for(user).values("pk"))


def with_stage(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Adds `shown_release` (open, else latest), `shown_stage` and `is_public` to each dataset, in the query."""
    releases = (
        Release.objects.filter(dataset=OuterRef("pk"))
        .annotate(
            open_first=Case(
                When(stage__in=OPEN_STAGES, then=Value(0)), default=Value(1), output_field=IntegerField()
            )
        )
        .order_by("open_first", "-number")
    )
    return datasets.annotate(
        shown_release=Subquery(releases.values("pk")[:1]),
        shown_stage=Subquery(releases.values("stage")[:1], output_field=CharField()),
        shown_since=Subquery(releases.values("stage_entered_at")[:1]),
        shown_due=Subquery(releases.values("due_at")[:1]),
        is_public=Exists(Release.objects.filter(dataset=OuterRef("pk"), stage=Stage.PUBLISHED)),
    )


def datasets_listed(user: User, *, words: str = "", **filters: Any) -> QuerySet[Dataset]:
    """The inventory as `user` sees it, searched and filtered: department, stage, classification, steward."""
    rows: QuerySet[Any] = with_stage(datasets_for(user)).select_related(
        "department", "steward", "coordinator"
    )
    for word in words.split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(description__icontains=word)
            | Q(inventory_id__icontains=word)
            | Q(source_system__icontains=word)
            | Q(steward__full_name__icontains=word)
        )
    columns = {
        "department": "department_id",
        "stage": "shown_stage",
        "classification": "classification",
        "steward": "steward_id",
    }
    for name, column in columns.items():
        if filters.get(name):
            rows = rows.filter(**{column: filters[name]})
    return rows.order_by(F("shown_due").asc(nulls_last=True), "title", "pk")


def dictionary_of(release: Release) -> dict[str, ColumnDescription]:
    """The data dictionary of the release's dataset by column name, in the order of the file."""
    rows = ColumnDescription.objects.filter(
        distribution__dataset_id=release.dataset_id, distribution__portal="socrata", position__isnull=False
    )
    return {row.name: row for row in rows.order_by("position", "pk")}
