"""The forms of a ground for withholding, and of lifting it."""

from __future__ import annotations

from django import forms

from workflow.models import Withholding

_KIND_HELP = "Where the law only permits it, somebody elected to withhold, and the record says who."


class WithholdingForm(forms.Form):
    """Everything that the record of a ground holds (Durham III; Connecticut step 1)."""

    kind = forms.ChoiceField(
        label="How the law stands",
        choices=Withholding.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_KIND_HELP,
        error_messages={"required": "Say whether the law forbids disclosure, or permits withholding."},
    )
    ground = forms.ChoiceField(
        label="Ground",
        choices=[("", "Choose one"), *Withholding.Ground.choices],
        error_messages={"required": "Choose the ground."},
    )
    citation = forms.CharField(
        label="Law, with its section",
        max_length=300,
        help_text="For example NCGS 132-1.10, or C.G.S. 1-210(b)(2). The public export shows it.",
        error_messages={
            "required": "Name the law, with its section: everything is open unless a law says otherwise."
        },
    )
    elected_by = forms.CharField(
        label="Who elected to withhold",
        required=False,
        max_length=200,
        help_text="The office or the person who decided. Only where the law permits, not where it forbids.",
    )
    details = forms.CharField(
        label="In words",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which part of the data it concerns, and whether a treated form could be open. Never public.",
    )
    until = forms.DateField(
        label="To be reviewed on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="After this day the ground no longer holds until somebody records it again. Empty: it stays.",
    )


class LiftForm(forms.Form):
    """Why a ground no longer holds."""

    reason = forms.CharField(
        label="Why the ground no longer holds",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the ground no longer holds."},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"auto_id": "id_lift_%s", **kwargs})
