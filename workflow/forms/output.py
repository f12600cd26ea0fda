"""Of which class the published form is."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.profiles import Profile
from workflow.models import Dataset


class OutputForm(forms.Form):
    """The classification of what is published, apart from that of the data, and the security level."""

    classification = forms.ChoiceField(
        label="The published form is", error_messages={"required": "Choose of which class it is."}
    )
    ground = forms.CharField(
        label="Why",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when it is of another class than the data itself: what the treatment took away.",
    )
    security_level = forms.ChoiceField(
        label="Security level", error_messages={"required": "Choose a security level."}
    )
    security_level_reason = forms.CharField(
        label="Why this level", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, profile: Profile, dataset: Dataset, **kwargs: Any) -> None:
        initial = {
            "classification": dataset.output_classification or self._as_it_is(profile, dataset),
            "ground": dataset.output_ground,
            "security_level": dataset.security_level,
            "security_level_reason": dataset.security_level_reason,
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        fields: Any = self.fields
        fields["classification"].choices = [
            ("", "Choose one"),
            *((choice.code, choice.label) for choice in profile.classifications if choice.may_be_published),
        ]
        if profile.security_levels:
            fields["security_level"].choices = [
                ("", "Choose one"),
                *((level.code, f"{level.label}. {level.help}") for level in profile.security_levels),
            ]
        else:
            del fields["security_level"], fields["security_level_reason"]

    @staticmethod
    def _as_it_is(profile: Profile, dataset: Dataset) -> str:
        """The data's own class where it may go out as it is; else a person says what the treatment made of it."""
        own = profile.classification(dataset.classification)
        return own.code if own and own.may_be_published else ""
