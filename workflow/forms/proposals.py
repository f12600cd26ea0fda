"""The forms of proposals: proposing a dataset to a department, and the department's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import Department
from accounts.selectors import profile_for
from workflow.forms.requests import show_errors
from workflow.models import DatasetProposal
from workflow.words import HIGH_VALUE_CRITERIA


class ProposalForm(forms.Form):
    """Propose a dataset that is not in the inventory yet."""

    department = forms.ModelChoiceField(
        queryset=None,
        label="Department that would hold it",
        empty_label="Choose one",
        error_messages={"required": "Choose the department that you think holds this data."},
    )
    title = forms.CharField(
        label="Dataset name",
        max_length=200,
        help_text="As it would stand in the inventory.",
        error_messages={"required": "Give the dataset a name."},
    )
    why = forms.CharField(
        label="Why the public would want it",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The department reads it in the letter, and it stands beside the priority of the dataset.",
        error_messages={"required": "Say why; the department decides by it."},
    )
    high_value = forms.MultipleChoiceField(
        label="High-value criteria it may meet",
        required=False,
        choices=[(code, f"{code}. {words}") for code, words in HIGH_VALUE_CRITERIA],
        widget=forms.CheckboxSelectMultiple,
    )
    answer = forms.CharField(
        label="What the public reads",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who asked for it gets these words.",
    )

    def __init__(
        self, *args: Any, departments: QuerySet[Department], from_request: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments
        programs = {department.program for department in departments.select_related("program")}
        if not any(profile_for(program).asks_high_value for program in programs):
            del self.fields["high_value"]
        if not from_request:
            del self.fields["answer"]

    def add_errors_of(self, error: ValidationError) -> None:
        show_errors(self, error)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why not",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: the department does not hold it, or the law that forbids it.",
        error_messages={"required": "Say why; whoever proposed it reads it."},
    )


class DeferForm(forms.Form):
    revisit_on = forms.DateField(
        label="Ask again on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day on which you are asked again."},
    )
    reason = forms.CharField(
        label="Why later",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why; whoever proposed it reads it."},
    )


class ProposalFilterForm(forms.Form):
    """Which proposals to show. All is optional."""

    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "Everything"), ("waiting", "Not answered"), *DatasetProposal.State.choices],
    )

    def state_wanted(self) -> str:
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get("state", "")
