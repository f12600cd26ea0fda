"""What the source itself counts, said by the person who signs."""

from __future__ import annotations

from django import forms


class ReconciliationForm(forms.Form):
    """The counts of the source, and why something differs."""

    source_rows = forms.IntegerField(
        label="Rows in the source",
        min_value=0,
        max_value=10**12,
        help_text="As the source system itself counts them, not the file.",
        error_messages={"required": "Say how many rows the source has."},
    )
    source_columns = forms.IntegerField(
        label="Columns in the source",
        min_value=1,
        max_value=10_000,
        error_messages={"required": "Say how many columns the source has."},
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which columns or rows were left out on purpose, and why. No personal data.",
    )
