"""The publication plan as a form, in the time zone of the program."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.models import PublicationPlan

_MINUTES = "%Y-%m-%dT%H:%M"


class PlanForm(forms.Form):
    """When a release goes public and how people hear of it. Use it under the program's time zone."""

    release_at = forms.DateTimeField(
        label="Goes public on",
        required=False,
        input_formats=[_MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES),
        error_messages={"invalid": "Give a date and a time, such as 12/04/2026, 9:00 AM."},
    )
    tactics = forms.MultipleChoiceField(
        label="How people hear of it",
        required=False,
        choices=PublicationPlan.Tactic.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    audience = forms.CharField(
        label="Who should hear of it",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    message = forms.CharField(
        label="What to say",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Two or three sentences that anybody may quote.",
    )

    def __init__(self, *args: Any, plan: PublicationPlan | None, zone: str, **kwargs: Any) -> None:
        initial = {
            name: getattr(plan, name) for name in ("release_at", "tactics", "audience", "message") if plan
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields[
            "release_at"
        ].help_text = (
            f"In the time zone {zone.replace('_', ' ')}. A moment in the past means: as soon as all is ready."
        )

    def clean_tactics(self) -> list[str]:
        tactics = self.cleaned_data["tactics"]
        if PublicationPlan.Tactic.NONE in tactics and len(tactics) > 1:
            raise forms.ValidationError("Choose either “No announcement” or how to announce it, not both.")
        return tactics
