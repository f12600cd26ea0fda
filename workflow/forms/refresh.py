"""The form by which a person hands in a new file of public data."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.models import Refresh

METHODS = {
    Refresh.Method.REPLACE: "The whole table, as it is to be public from now on",
    Refresh.Method.APPEND: "New rows only; they are added to what is public",
    Refresh.Method.UPSERT: "New rows and changed ones; changed rows take the place of theirs",
}


class RefreshForm(forms.Form):
    """What the file holds, and the question that each refresh asks."""

    method = forms.ChoiceField(
        label="What does the file hold?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say what the file holds."},
    )
    method_changed = forms.ChoiceField(
        label="Did the structure of the data, or the way it is put together or aggregated, change since the last time?",
        choices=[("no", "No, it is made as before"), ("yes", "Yes, something changed")],
        widget=forms.RadioSelect,
        help_text="The file alone does not show it: for example, other sources, other groups, other rounding.",
        error_messages={"required": "Answer the question: the file alone does not show it."},
    )
    method_note = forms.CharField(
        label="What changed",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed if something changed. Whoever reads the refresh reads this.",
    )
    source_rows = forms.IntegerField(
        label="Rows in the source today",
        required=False,
        min_value=0,
        help_text="If the source system says how many rows the whole table has, they are compared.",
    )

    def __init__(self, *args: Any, methods: tuple[str, ...], usual: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"method": usual}, **kwargs})
        choices: Any = self.fields["method"]
        choices.choices = [(code, words) for code, words in METHODS.items() if code in methods]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("method_changed") == "yes" and not data.get("method_note", "").strip():
            self.add_error("method_note", "Say what changed: whoever reads the refresh reads this.")
        return data
