"""The forms of import and export: which department, which columns, which file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Department

_AUDIENCES = (
    ("full", "Everything, for work inside"),
    ("public", "What the public may read"),
)
_FORMATS = (("csv", "CSV"), ("xlsx", "Excel (.xlsx)"))


class ExportForm(forms.Form):
    """Which inventory, for whom, as what."""

    department = forms.ModelChoiceField(queryset=None, required=False, empty_label="All departments")
    audience = forms.ChoiceField(label="Columns", choices=_AUDIENCES)
    form = forms.ChoiceField(label="File", choices=_FORMATS)

    def __init__(self, *args: Any, departments: QuerySet[Department], may_full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_export_%s", **kwargs})
        self.fields["department"].queryset = departments
        if len(departments) == 1:
            self.fields["department"].empty_label = None
        if not may_full:
            self.fields["audience"].choices = _AUDIENCES[1:]


class ImportForm(forms.Form):
    """A file with the rows of one department."""

    department = forms.ModelChoiceField(
        queryset=None,
        empty_label="Choose one",
        error_messages={"required": "Choose the department whose inventory this is."},
    )
    file = forms.FileField(
        label="File",
        help_text="CSV or Excel (.xlsx), at most 5,000 rows and 20 MB, the first row with the headings.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.xlsx"}),
        error_messages={"required": "Choose a file first."},
    )

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_import_%s", **kwargs})
        field = self.fields["department"]
        field.queryset = departments
        if len(departments) == 1:
            field.empty_label = None


class ApplyForm(forms.Form):
    """The confirmation of a preview: what was seen, and whether bad rows are left out."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    leave_out = forms.BooleanField(
        required=False, label="Leave out the rows with errors, and import the others"
    )
