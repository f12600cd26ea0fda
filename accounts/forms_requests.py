"""Forms of requests for a role: asking, and answering."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Department, Program, RoleRequest
from accounts.selectors import role_choices


class _DepartmentField(forms.ModelChoiceField):
    """Departments with the program they belong to: without scripts one list serves every program."""

    def label_from_instance(self, obj: Department) -> str:  # type: ignore[override]
        return f"{obj.program.name}: {obj.name}"


class RoleRequestForm(forms.Form):
    """Which role, where, and why."""

    program = forms.ModelChoiceField(
        label="Program",
        queryset=Program.objects.none(),
        empty_label="Choose a program",
        error_messages={"required": "Choose a program."},
    )
    role = forms.ChoiceField(label="Role", error_messages={"required": "Choose a role."})
    department = _DepartmentField(
        label="Department",
        required=False,
        queryset=Department.objects.none(),
        empty_label="The whole program",
        help_text="For stewards, custodians, coordinators and department approvers. "
        "Every other role is held for the whole program.",
    )
    publishing = forms.BooleanField(
        label="I also need publishing rights on the portal",
        required=False,
        help_text="For coordinators and custodians. The portal admin arranges the account there with you.",
    )
    why = forms.CharField(
        label="Why do you need it?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For example, which data you will look after. The portal admin reads it.",
        error_messages={"required": "Say why you need it."},
    )

    def __init__(self, *args: Any, program: Program | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programs = Program.objects.order_by("name")
        self.fields["program"].queryset = programs
        self.fields["program"].initial = program
        if len(programs) == 1:
            self.fields["program"].widget = forms.HiddenInput()
            self.fields["program"].initial = programs[0]
        self.fields["role"].choices = [("", "Choose a role"), *role_choices(program)]
        self.fields["department"].queryset = Department.objects.select_related("program").order_by(
            "program__name", "name"
        )


class RoleAnswerForm(forms.Form):
    """Granted or not, with the reason."""

    decision = forms.ChoiceField(
        label="Your answer",
        choices=RoleRequest.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an answer."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who asked gets it by letter. If they also need an account on the portal, say how it is arranged.",
        error_messages={"required": "Give a reason; who asked reads it."},
    )
