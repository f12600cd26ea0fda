"""The schedule of a dataset as forms: an estimate, the department's input, an agency's own access plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Program, User
from workflow.models import ScheduleEntry
from workflow.selectors.schedule import STATUS, departments_of, estimate_words

# As many quarters ahead may be chosen.
QUARTERS = 12


def quarter_end(day: date) -> date:
    """The last day of the quarter that `day` lies in."""
    first_of_last = date(day.year, (day.month + 2) // 3 * 3, 1)
    return (first_of_last + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def quarters_from(day: date, also: date | None = None) -> list[tuple[str, str]]:
    """The coming quarters, each by its last day; and the one of an estimate that lies before them."""
    found = [quarter_end(day)]
    while len(found) < QUARTERS:
        found.append(quarter_end(found[-1] + timedelta(days=1)))
    if also is not None:
        found = sorted({*found, quarter_end(also)})
    return [(end.isoformat(), estimate_words(end, True)) for end in found]


class ScheduleForm(forms.Form):
    """When a dataset is to be public, and how it is posted and looked after."""

    quarter = forms.ChoiceField(
        label="Estimated quarter",
        required=False,
        help_text="When the data will be public, as far as anybody can say now.",
    )
    day = forms.DateField(
        label="Or a day, where it is known",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give a date, such as 12/04/2026."},
    )
    reason = forms.CharField(
        label="Why the estimate changes",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when there was an estimate before. The schedule keeps the first one beside it.",
    )
    process = forms.CharField(
        label="Process for managing the data on the portal",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who extracts, transforms and loads it, who checks it, who answers questions about it.",
    )
    posting_method = forms.CharField(
        label="Method of posting",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as: an automated job every night, or a file that the steward uploads.",
    )
    portal = forms.ChoiceField(label="Where it is published", choices=ScheduleEntry.Portal.choices)
    elsewhere_url = forms.URLField(
        label="Address, where it is published elsewhere", required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, entry: ScheduleEntry | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _initial(entry), **kwargs})
        quarter: Any = self.fields["quarter"]
        also = entry.expected if entry and entry.expected_by_quarter else None
        quarter.choices = [("", "Not said yet"), *quarters_from(timezone.localdate(), also)]
        if entry is None or entry.estimated_date is None:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("quarter") and data.get("day"):
            self.add_error("day", "Choose either a quarter or a day, not both.")
        if data.get("portal") == ScheduleEntry.Portal.ELSEWHERE and not data.get("elsewhere_url"):
            self.add_error("elsewhere_url", "Say where it is published: give the address of the page.")
        return data

    def given(self) -> dict[str, Any]:
        """The answers in the words of the service."""
        data = dict(self.cleaned_data)
        quarter, day = data.pop("quarter", ""), data.pop("day", None)
        return data | {
            "expected": date.fromisoformat(quarter) if quarter else day,
            "by_quarter": bool(quarter),
        }


def _initial(entry: ScheduleEntry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    expected = entry.expected
    return {
        "quarter": expected.isoformat() if expected and entry.expected_by_quarter else "",
        "day": expected if expected and not entry.expected_by_quarter else None,
        "process": entry.process,
        "posting_method": entry.posting_method,
        "portal": entry.portal,
        "elsewhere_url": entry.elsewhere_url,
    }


class InputForm(forms.Form):
    """What the department says."""

    text = forms.CharField(
        label="What the department says",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="When the data can be ready, what it depends on, what the department needs for it.",
        error_messages={"required": "Say what the department knows about when the data can be ready."},
    )


class ScheduleFilterForm(forms.Form):
    """Search words and filters of the schedule. What is wrong counts as not asked."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    department = forms.ModelChoiceField(queryset=None, required=False, empty_label="All departments")
    status = forms.ChoiceField(required=False, choices=[("", "All"), *STATUS])
    before = forms.ChoiceField(required=False, label="Expected by the end of")

    def __init__(self, *args: Any, user: User, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        before: Any = self.fields["before"]
        department.queryset = departments_of(user, program)
        before.choices = [("", "Any time"), *quarters_from(timezone.localdate())]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data if self.is_bound else {}
        before = data.get("before")
        return {
            "words": data.get("q", ""),
            "department": data.get("department"),
            "status": data.get("status", ""),
            "before": date.fromisoformat(before) if before else None,
        }

    @property
    def is_filtering(self) -> bool:
        return any(self.wanted().values())


class AccessPlanForm(forms.Form):
    """An agency's own access plan."""

    upload = forms.FileField(
        label="File",
        help_text="PDF, Excel (.xlsx) or CSV, at most 20 MB. It is kept privately.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )
    note = forms.CharField(label="What it is", required=False, max_length=300)
