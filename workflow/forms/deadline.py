"""Stopping the clock of a stage by hand."""

from __future__ import annotations

from django import forms


class PauseForm(forms.Form):
    """Whom the holder of the stage waits for, and what was asked of them."""

    waiting_on = forms.CharField(
        label="Whom do you wait for?",
        max_length=200,
        help_text="The role or the name of whoever must answer, such as “County clerk”.",
        error_messages={"required": "Say whom you wait for."},
    )
    why = forms.CharField(
        label="What did you ask of them?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what you asked of them."},
    )
