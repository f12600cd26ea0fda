"""The form by which somebody lends one of their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.context import role_sentences
from accounts.models import RoleAssignment, User
from accounts.selectors_delegation import colleagues_of, own_roles

_DAY = "%Y-%m-%d"


class _RoleChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: RoleAssignment) -> str:
        return role_sentences([obj])[0]


class DelegationForm(forms.Form):
    """Which role, to whom, from when until when, and why."""

    assignment = _RoleChoice(
        label="Your role", queryset=RoleAssignment.objects.none(), empty_label="Choose a role"
    )
    to_user = forms.ModelChoiceField(
        label="Who stands in for you",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        help_text="Colleagues of your programs. What you prepared or decided, they cannot decide in your place.",
    )
    starts = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}, format=_DAY), input_formats=[_DAY]
    )
    ends = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format=_DAY),
        input_formats=[_DAY],
        help_text="That day still counts. You can end it earlier at any time.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="A few words, such as “on leave”. Your colleague and the portal admin read it.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["assignment"].queryset = own_roles(user)
        fields["to_user"].queryset = colleagues_of(user)
        self.fields["starts"].initial = timezone.localdate
