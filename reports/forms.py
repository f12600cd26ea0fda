"""Filters of the dashboard."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from reports.selectors import departments_of

MONTHS = ((3, "Last 3 months"), (6, "Last 6 months"), (12, "Last 12 months"), (24, "Last 24 months"))
DEFAULT_MONTHS = 12


class DashboardFilter(forms.Form):
    """Which department and which months. What makes no sense counts as not asked for."""

    department = forms.ModelChoiceField(queryset=None, required=False, empty_label="All departments")
    months = forms.TypedChoiceField(
        label="Period", choices=MONTHS, coerce=int, required=False, empty_value=DEFAULT_MONTHS
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data={"months": DEFAULT_MONTHS, **data.dict()})
        self.fields["department"].queryset = departments_of(user)  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, int | None]:
        """The filters as the selector takes them."""
        self.full_clean()
        department = self.cleaned_data.get("department")
        return {
            "department_id": department.pk if department else None,
            "months": self.cleaned_data.get("months") or DEFAULT_MONTHS,
        }
