"""The forms of a post-mortem: the record, its measures, duties and other places."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from workflow.forms.requests import show_errors
from workflow.models import PostMortem, PostMortemDuty
from workflow.services.post_mortem import FIELDS

__all__ = ["show_errors"]
_NO_VALUES = "Never write a value of the data here."
_ROWS = {"rows": 3}
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class PostMortemForm(forms.ModelForm):
    """The record. Everything may be left open until it is signed."""

    class Meta:
        model = PostMortem
        fields = FIELDS
        labels = {
            "what_happened": "What happened",
            "found_at": "When it was found",
            "found_by": "Who found it",
            "public_since": "Public since",
            "rows_exposed": "Rows that were open",
            "people_exposed": "People concerned, if that is known",
            "details_exposed": "Kinds of details that were open",
            "downloads": "Downloads, if they are known",
            "downloads_source": "How that is known, or why it is not",
            "root_cause": "Root cause",
        }
        help_texts = {
            "what_happened": f"In the order in which it happened. {_NO_VALUES}",
            "found_by": "A reader, a colleague, a check: the office or the role, not a private person's name.",
            "details_exposed": f"For example: names and dates of birth of applicants. {_NO_VALUES}",
            "downloads_source": "For example: the portal's usage figures of that time.",
            "root_cause": f"Why it could happen, and why nobody saw it before. {_NO_VALUES}",
        }
        widgets = {
            "what_happened": forms.Textarea(attrs=_ROWS),
            "details_exposed": forms.Textarea(attrs=_ROWS),
            "root_cause": forms.Textarea(attrs=_ROWS),
            "found_at": _MOMENT,
            "public_since": _MOMENT,
        }


class MeasureForm(forms.Form):
    """What is done so that it does not happen again."""

    what = forms.CharField(label="Measure", max_length=500, error_messages={"required": "Say what is done."})
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Who takes it", error_messages={"required": "Choose who takes it."}
    )
    due = forms.DateField(
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day."},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """What was found about a duty to notify."""

    answer = forms.ChoiceField(
        label="What was found",
        choices=PostMortemDuty.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what was found."},
    )
    note = forms.CharField(
        label="On which facts",
        max_length=2000,
        widget=forms.Textarea(attrs=_ROWS),
        help_text="Whom was asked, what was sent, and when.",
        error_messages={"required": "Say on which facts that rests."},
    )


class PlaceForm(forms.Form):
    """Another place that may hold a copy."""

    place = forms.CharField(
        label="Where else may a copy be?",
        max_length=300,
        help_text="The address of a site or mirror, or the office that has a copy.",
        error_messages={"required": "Name the place."},
    )


class SettleForm(forms.Form):
    """What was done about a copy elsewhere."""

    note = forms.CharField(
        label="What was done there",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what was done there, and what you saw."},
    )
