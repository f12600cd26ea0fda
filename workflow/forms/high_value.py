"""The forms of high-value inventories: which department and year, and which datasets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Department
from workflow.models import Dataset


class DraftForm(forms.Form):
    """Begin a year's inventory."""

    department = forms.ModelChoiceField(
        queryset=None, empty_label=None, error_messages={"required": "Choose the department."}
    )
    year = forms.IntegerField(
        min_value=2000, max_value=2100, error_messages={"required": "Say for which year."}
    )

    def __init__(self, *args: Any, departments: list[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [department.pk for department in departments]
        self.fields["department"].queryset = Department.objects.filter(pk__in=ids).order_by("name")
        self.initial.setdefault("year", timezone.localdate().year)


class ChooseForm(forms.Form):
    """Which datasets stand in the inventory; those that meet a criterion are ticked."""

    datasets = forms.MultipleChoiceField(
        required=False, label="Datasets of the department", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, candidates: list[Dataset], chosen: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["datasets"].choices = [(str(row.pk), _words(row)) for row in candidates]
        self.initial.setdefault("datasets", [str(pk) for pk in chosen])

    def chosen(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["datasets"]]


def _words(dataset: Dataset) -> str:
    criteria = (
        f"meets {', '.join(sorted(dataset.high_value))}" if dataset.high_value else "meets no criterion"
    )
    return f"{dataset.inventory_id} {dataset.title}: {criteria}"
