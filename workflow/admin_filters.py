"""The filters of the CDO's queue. By default it shows what waits for the decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from workflow.models import ApprovalRequest
from workflow.stages import OPEN_STAGES, Stage

Rows = QuerySet[ApprovalRequest]
Lookups = list[tuple[str, str]]


class StageFilter(admin.SimpleListFilter):
    """CDO review unless another open stage, or all of them, is asked for."""

    title = "stage"
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        others = [(str(stage), Stage(stage).label) for stage in OPEN_STAGES if stage != Stage.CDO_REVIEW]
        return [("open", "All open stages"), *others]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            if choice["query_string"] == changelist.get_query_string(remove=[self.parameter_name]):
                choice["display"] = "Waiting for the decision"
            yield choice

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        if self.value() == "open":
            return queryset.filter(stage__in=OPEN_STAGES)
        return queryset.filter(stage=self.value() or Stage.CDO_REVIEW)


class DepartmentFilter(admin.SimpleListFilter):
    title = "department"
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        rows = model_admin.get_queryset(request).order_by("dataset__department__name")
        pairs = rows.values_list("dataset__department_id", "dataset__department__name").distinct()
        return [(str(pk), name) for pk, name in pairs]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        value = self.value() or ""
        return queryset.filter(dataset__department_id=int(value)) if value.isdigit() else queryset


class ClassificationFilter(admin.SimpleListFilter):
    title = "classification"
    parameter_name = "classification"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        rows = model_admin.get_queryset(request).order_by("dataset__classification")
        codes = rows.values_list("dataset__classification", flat=True).distinct()
        return [(code, code.capitalize()) for code in codes if code]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset.filter(dataset__classification=self.value()) if self.value() else queryset


class AgeFilter(admin.SimpleListFilter):
    title = "waiting"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("late", "Late"), ("week", "A week or longer"), ("month", "A month or longer")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        now = timezone.now()
        if self.value() == "late":
            return queryset.filter(due_at__lt=now)
        days = {"week": 7, "month": 30}.get(self.value() or "")
        return queryset.filter(stage_entered_at__lte=now - timedelta(days=days)) if days else queryset
