"""The forms of reviews: asking for one, and giving a verdict."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.models import Review


class ReviewRequestForm(forms.Form):
    """Ask a role for a review: which kind, and the question."""

    kind = forms.ChoiceField(label="Whose review")
    question = forms.CharField(
        label="Your question",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What should they look at? It stands in the letter they get.",
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds


class VerdictForm(forms.Form):
    """A verdict, and the words that a refusal or conditions need."""

    verdict = forms.ChoiceField(
        label="Your verdict",
        choices=Review.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a verdict."},
    )
    conditions = forms.CharField(
        label="Conditions, or what must change",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed unless you approve without conditions. The people concerned read it.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("verdict") not in ("", None, Review.Verdict.APPROVED) and not data.get("conditions"):
            self.add_error(
                "conditions", "Say what must change, or under which conditions; the people concerned read it."
            )
        return data
