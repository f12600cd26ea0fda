"""The publication plan as forms, in the time zone of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from accounts.profiles import Profile
from workflow.forms.moments import MomentField, MomentsForm
from workflow.models import PlanItem, PublicationPlan, Release

_LABELS = dict(PublicationPlan.Tactic.choices)
_NONE = PublicationPlan.Tactic.NONE


def tactic_choices(profile: Profile, chosen: Sequence[str] = ()) -> list[tuple[str, str]]:
    """What the program offers, and what a plan names already from an earlier version of its profile."""
    offered = list(dict.fromkeys((_NONE.value, *profile.plan.tactics, *chosen)))
    return [(code, _LABELS.get(code, code)) for code in offered]


def _text(label: str, *, rows: int, help_text: str = "", max_length: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=max_length,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class PlanForm(MomentsForm):
    """When a release goes public and how people hear of it. Use it under the program's time zone."""

    release_at = MomentField(label="Goes public on", required=False)
    embargo_until = MomentField(
        label="Under embargo until",
        required=False,
        help_text="Leave empty when there is none. Nothing goes public before, whatever else is ready.",
    )
    tactics = forms.MultipleChoiceField(
        label="How people hear of it", required=False, widget=forms.CheckboxSelectMultiple
    )
    audience = _text("Who should hear of it", rows=2, max_length=2000)
    champions = _text(
        "Champions",
        rows=2,
        max_length=2000,
        help_text="People and groups who will speak for this data: a commissioner, a newsroom, a local group.",
    )
    message = _text("What to say", rows=4, help_text="Two or three sentences that anybody may quote.")
    talking_points = _text(
        "Talking points", rows=4, help_text="One on each line, for whoever is asked about the data."
    )

    def __init__(self, *args: Any, plan: PublicationPlan | None, profile: Profile, **kwargs: Any) -> None:
        initial = {name: getattr(plan, name) for name in self.base_fields if plan}
        super().__init__(*args, **{"initial": initial, **kwargs})
        tactics: Any = self.fields["tactics"]
        tactics.choices = tactic_choices(profile, plan.tactics if plan else ())
        self.fields["release_at"].help_text = (
            f"In the time zone {profile.timezone.replace('_', ' ')}. A moment in the past means: as soon as "
            "all is ready."
        )

    def clean_tactics(self) -> list[str]:
        tactics = self.cleaned_data["tactics"]
        if _NONE in tactics and len(tactics) > 1:
            raise forms.ValidationError("Choose either “No announcement” or how to announce it, not both.")
        return tactics

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        release_at, embargo = data.get("release_at"), data.get("embargo_until")
        if release_at and embargo and embargo > release_at:
            self.add_error(
                "embargo_until", "The embargo ends after the data goes public. Move one of the two."
            )
        return data


class PlanItemForm(forms.Form):
    """One thing to do for a plan."""

    title = forms.CharField(
        label="What is to be done",
        max_length=200,
        error_messages={"required": "Say what is to be done."},
    )
    tactic = forms.ChoiceField(label="What it belongs to")
    owner = forms.ModelChoiceField(
        label="Who does it", queryset=User.objects.none(), required=False, empty_label="Nobody yet"
    )
    due = forms.DateField(
        label="Until when",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give a date, such as 12/04/2026."},
    )
    link = forms.URLField(
        label="Link",
        required=False,
        assume_scheme="https",
        help_text="The draft, the event page or the post, once there is one.",
    )
    mandatory = forms.BooleanField(
        label="Must be done before the data goes public",
        required=False,
        help_text="Until it is marked as done, the data stays private.",
    )

    def __init__(
        self,
        *args: Any,
        item: PlanItem | None = None,
        profile: Profile,
        owners: Sequence[User],
        **kwargs: Any,
    ) -> None:
        initial = {name: getattr(item, name) for name in self.base_fields if item}
        super().__init__(*args, **{"initial": initial, **kwargs})
        tactic: Any = self.fields["tactic"]
        owner: Any = self.fields["owner"]
        tactic.choices = [
            choice
            for choice in tactic_choices(profile, [item.tactic] if item else ())
            if choice[0] != _NONE.value
        ]
        owner.queryset = User.objects.filter(pk__in=[person.pk for person in owners]).order_by("full_name")


class PlanCopyForm(forms.Form):
    """Which earlier plan to take over."""

    source = forms.ModelChoiceField(
        label="Plan of",
        queryset=Release.objects.none(),
        empty_label=None,
        error_messages={
            "invalid_choice": "There is no such plan to copy. Choose one from the list.",
            "required": "Choose whose plan to copy.",
        },
    )

    def __init__(self, *args: Any, releases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = releases
