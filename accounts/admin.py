"""The admin site of accounts: programs and profiles to read, departments to keep. People have pages."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.models import Department, Program, ProgramProfile
from accounts.selectors import programs_administered
from accounts.services import department_save
from accounts.sides import side_check


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Program)
class ProgramAdmin(ReadOnlyAdmin):
    list_display = ["name", "code"]
    fields = ["name", "code", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Program]:
        return programs_administered(request.user)


@admin.register(ProgramProfile)
class ProgramProfileAdmin(ReadOnlyAdmin):
    list_display = ["program", "version", "adopted_at"]
    fields = ["program", "version", "adopted_at", "digest", "whole_content"]

    @admin.display(description="Content")
    def whole_content(self, row: ProgramProfile) -> str:
        return format_html("<pre>{}</pre>", json.dumps(row.content, indent=2, ensure_ascii=False))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgramProfile]:
        return super().get_queryset(request).filter(program__in=programs_administered(request.user))


class DepartmentForm(forms.ModelForm):
    """The side is one of those that the program's profile names."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        program = data.get("program") or getattr(self.instance, "program", None)
        if program is not None:
            try:
                side_check(side=data.get("side", ""), program=program)
            except ValidationError as error:
                self.add_error("side", error)
        return data


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    form = DepartmentForm
    list_display = ["name", "code", "program"]
    search_fields = ["name", "code"]
    fields = ["program", "name", "code", "side"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        return super().get_queryset(request).filter(program__in=programs_administered(request.user))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = programs_administered(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Department | None = None) -> list[str]:
        # Inventory numbers carry the code, and datasets belong to the program: both stay once they exist.
        return ["program", "code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Department | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Department, form: ModelForm, change: bool) -> None:
        department_save(department=obj, actor=request.user)
