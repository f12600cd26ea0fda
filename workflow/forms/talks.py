"""The form of a readiness talk: when, with whom, what about, and what it says of the record."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import Role, people_with_role
from workflow.forms.requests import show_errors
from workflow.models import Dataset

_FILLS = ("title", "description", "source_system", "accrual_periodicity", "steward")


class TalkForm(forms.Form):
    """What was talked about; the second half fills in the inventory record."""

    held_on = forms.DateField(
        label="Held on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say on which day the talk was held."},
    )
    led_by = forms.ModelChoiceField(
        queryset=None,
        label="Led by",
        empty_label="Choose one",
        error_messages={"required": "Say who led the talk."},
    )
    with_whom = forms.CharField(
        label="With whom",
        max_length=300,
        help_text="The data steward, or who spoke for them.",
        error_messages={"required": "Say with whom the talk was held."},
    )
    notes = forms.CharField(
        label="What was said",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What the data is, how it comes about, what stands in the way.",
        error_messages={"required": "Write down in a few sentences what was said."},
    )
    title = forms.CharField(label="Dataset name", required=False, max_length=200)
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A first description, from what was said.",
    )
    source_system = forms.CharField(label="Source system", required=False, max_length=200)
    accrual_periodicity = forms.ChoiceField(
        label="Update frequency",
        required=False,
        choices=[("", "Not said"), *Dataset.Frequency.choices],
    )
    steward = forms.ModelChoiceField(queryset=None, required=False, empty_label="Nobody named")

    def __init__(self, *args: Any, department: Department, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["led_by"].queryset = _people(
            department, (Role.OPEN_DATA_TEAM, Role.CDO, Role.COORDINATOR)
        )
        self.fields["steward"].label = profile.role_label(Role.STEWARD)
        self.fields["steward"].queryset = _people(department, (Role.STEWARD,))
        self.initial.setdefault("held_on", timezone.localdate())
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("The talk", "held_on", "led_by", "with_whom", "notes", css_class="form-part"),
            Fieldset("What it says of the inventory record", *_FILLS, css_class="form-part"),
        )

    def talk(self) -> dict[str, Any]:
        """The answers as the service takes them."""
        data = dict(self.cleaned_data)
        fills = {name: data.pop(name) for name in _FILLS}
        return data | {"fills": {name: value for name, value in fills.items() if value}}

    def add_errors_of(self, error: ValidationError) -> None:
        show_errors(self, error)


def _people(department: Department, roles: tuple[Role, ...]) -> Any:
    found = {
        pk
        for role in roles
        for pk in people_with_role(role, program=department.program_id, department=department).values_list(
            "pk", flat=True
        )
    }
    return User.objects.filter(pk__in=found).order_by("full_name", "pk")
