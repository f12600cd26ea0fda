"""The forms of an exception: the request, the advice, the decision, taking it back."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.profiles import Profile
from workflow.models import PublicationException

_LONGEST = 4000


def _words(label: str, help_text: str, required: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": required},
    )


class ExceptionRequestForm(forms.Form):
    """What is asked for, why, what the public gains, and for how much of the dataset's life."""

    kind = forms.ChoiceField(label="Which exception", error_messages={"required": "Choose an exception."})
    reason = _words(
        "Why can the rule not be kept?",
        "For example: a roster of licences is of no use without the names.",
        "Say why the rule cannot be kept.",
    )
    public_good = _words(
        "What does the public gain?", "Who uses it, and for what.", "Say what the public gains."
    )
    law = forms.CharField(
        label="Law or rule it rests on", max_length=300, required=False, help_text="If there is one."
    )
    whole_dataset = forms.BooleanField(
        label="For later releases of this dataset too",
        required=False,
        help_text="Otherwise it is for this release alone.",
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(rule.kind, rule.label) for rule in profile.exceptions]
        helps = [f"{rule.label}: {rule.help}" for rule in profile.exceptions if rule.help]
        self.fields["kind"].help_text = " ".join(helps)


class AdviceForm(forms.Form):
    advice = _words("Your advice", "Whoever decides reads it.", "Say what you advise, and why.")


class DecisionForm(forms.Form):
    """Granted until a day, or not; with the reason."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=PublicationException.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision."},
    )
    until = forms.DateField(
        label="It holds until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Needed when you grant it. After that day it no longer holds.",
    )
    reason = _words("Reason", "Who asked reads it, and it stays in the record.", "Give the reason.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        granted = data.get("decision") == PublicationException.Decision.GRANTED
        if granted and not data.get("until") and "until" not in self.errors:
            self.add_error("until", "Name the day until which it holds.")
        return data


class RevokeForm(forms.Form):
    reason = _words("Why is it taken back?", "It stays in the record.", "Say why it is taken back.")
