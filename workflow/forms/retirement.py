"""The forms of a retirement: proposing, agreeing, deciding, objecting and answering."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.profiles import Profile
from workflow.forms.requests import NobodyForm, show_errors
from workflow.models import Dataset, RetirementObjection
from workflow.retiring import criteria_of

__all__ = ["show_errors"]
_ROWS = {"rows": 3}
_LONGEST_NOTICE = timedelta(days=2 * 366)


def _words(label: str, help_text: str = "", *, required: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        required=bool(required),
        widget=forms.Textarea(attrs=_ROWS),
        help_text=help_text,
        error_messages={"required": required},
    )


class ProposeForm(forms.Form):
    """Why a dataset should leave the portal, and what its readers and the data itself get."""

    criteria = forms.MultipleChoiceField(
        label="Grounds",
        widget=forms.CheckboxSelectMultiple,
        help_text="At least one must hold. Age alone is no reason: several years in one dataset are better. Data that "
        "holds something protected is retracted first, at once.",
        error_messages={"required": "Choose at least one ground; without one the dataset stays."},
    )
    reason = _words(
        "Reason, in words for the public",
        "It stands on the dataset's page during the notice, and for ever after it.",
        required="Say why, in words for the public.",
    )
    successor = forms.ModelChoiceField(
        Dataset.objects.none(),
        label="Which of our datasets takes its place",
        required=False,
        empty_label="None of ours",
    )
    successor_url = forms.URLField(
        label="Or its address elsewhere",
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text="Where readers find the data from now on.",
    )
    archive_place = forms.CharField(
        label="Where an archive or library keeps a copy",
        max_length=300,
        required=False,
        help_text="For readers: a link, or the archive's number. We keep a copy of our own in any case.",
    )
    notice = _words("What else readers should know", "For example whom to ask, or until when a copy is wise.")
    plan = _words(
        "How those who use the data are told", "Meetings, newsletters, letters to known users. Not public."
    )

    def __init__(self, *args: Any, dataset: Dataset, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = [(row.code, row.label) for row in criteria_of(profile)]  # type: ignore[attr-defined]
        others = Dataset.objects.filter(program=dataset.program, releases__stage="PUBLISHED")
        self.fields["successor"].queryset = others.exclude(pk=dataset.pk).distinct()  # type: ignore[attr-defined]
        self.fields["plan"].required = profile.retirement.notification_plan


class ApprovalForm(forms.Form):
    """Yes or no, of a role whose approval is wanted besides."""

    agrees = forms.ChoiceField(
        label="Should it be retired?",
        choices=[("yes", "Yes, we agree"), ("no", "No, the data should stay")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say yes or no."},
    )
    comment = _words("Why", "Needed for a no.")


class DecideForm(forms.Form):
    """The decision: the notice begins, or the data stays."""

    goes = forms.ChoiceField(
        label="Decision",
        choices=[("yes", "Begin the public notice"), ("no", "Decline: the data stays")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    answer = _words("Why", "Needed when you decline.")
    skip_notice = forms.BooleanField(
        label="Skip the notice: the data is only a few days old",
        required=False,
        help_text="Only where nobody relies on it yet.",
    )

    def __init__(
        self, *args: Any, may_skip: bool = False, days: int = 0, is_kept: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not may_skip:
            del self.fields["skip_notice"]
        if not days:
            self.fields["goes"].choices = [  # type: ignore[attr-defined]
                ("yes", "Retire it, as soon as the archive copy is there" if is_kept else "Retire it"),
                ("no", "Decline: the data stays"),
            ]


class ExtendForm(forms.Form):
    """More time for the public."""

    until = forms.DateField(
        label="Notice runs until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day."},
    )
    answer = _words("Why there is more time", "The public reads it.", required="Say why there is more time.")

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until > timezone.localdate() + _LONGEST_NOTICE:
            raise forms.ValidationError("A notice runs two years at most. Choose an earlier day.")
        return until


class WithdrawForm(forms.Form):
    """The data stays after all."""

    answer = _words("Why the data stays", required="Say why the data stays.")


class ObjectionForm(forms.Form):
    """A colleague objects."""

    text = _words("Why should the data stay?", required="Say in a sentence why the data should stay.")


class PublicObjectionForm(NobodyForm):
    """Somebody of the public objects, with or without a name."""

    text = _words(
        "Why should the data stay?",
        "Say what you use it for. We read it before anybody else does, and answer it on this page.",
        required="Say in a sentence why the data should stay.",
    )
    name = forms.CharField(
        label="Your name, if you like",
        max_length=150,
        required=False,
        help_text="Shown with your words if we show them. Leave it empty to stay unnamed.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("text", "name", "website")


class AnswerForm(forms.Form):
    """What becomes of an objection."""

    verdict = forms.ChoiceField(
        label="What becomes of it",
        choices=RetirementObjection.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what becomes of it."},
    )
    answer = _words("Answer, in words for the public", "Not needed for what is no objection at all.")
    shown = forms.BooleanField(
        label="Show the objection with the answer on the public page",
        required=False,
        help_text="Only when its words, and a name if there is one, may stand in public.",
    )
