"""The form that adds a contributing department."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Department
from workflow.models import Dataset


class ContributorForm(forms.Form):
    """Who contributes, and whether their approval is needed."""

    department = forms.ModelChoiceField(
        queryset=None,
        label="Department that contributes",
        empty_label="Choose one",
        error_messages={"required": "Choose the department."},
    )
    must_sign = forms.BooleanField(
        required=False,
        initial=True,
        label="Its approval is needed for every release",
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = dataset.contributing.values("department_id")
        rows = Department.objects.filter(program=dataset.program_id).exclude(pk=dataset.department_id)
        self.fields["department"].queryset = rows.exclude(pk__in=there).order_by("name")
