"""The forms of reviews: asking for one, giving a verdict, assigning, stepping aside, ordering something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from workflow.models import Review, ReviewOrder

_DAY = "%Y-%m-%d"


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
        help_text="Needed unless you approve without conditions. Your colleagues read it.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("verdict") not in ("", None, Review.Verdict.APPROVED) and not data.get("conditions"):
            self.add_error(
                "conditions", "Say what must change, or under which conditions; the people concerned read it."
            )
        return data


class AssignForm(forms.Form):
    """Give a review to a named holder of its role."""

    person = forms.ModelChoiceField(
        label="To whom", queryset=User.objects.none(), empty_label="Choose a person"
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=1000,
        help_text="Needed when somebody else has it; both read it.",
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(pk__in=[person.pk for person in people])


class ReasonForm(forms.Form):
    """A reason in words; whether one is needed, the service says."""

    reason = forms.CharField(
        label="Reason", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, label: str = "Reason", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text


class OrderForm(forms.Form):
    """Order an audit or an update before the approval."""

    kind = forms.ChoiceField(label="What", choices=ReviewOrder.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="What is to be done",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is to be done; the owner of the order reads it."},
    )
    owner = forms.ModelChoiceField(
        label="By whom",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose who does it."},
    )
    due = forms.DateField(
        label="Due",
        widget=forms.DateInput(attrs={"type": "date"}, format=_DAY),
        input_formats=[_DAY],
        error_messages={"required": "Give the day by which it is due."},
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by(
            "full_name", "pk"
        )


class OrderAnswerForm(forms.Form):
    """What was done about an order, and what came of it."""

    answer = forms.CharField(
        label="What was done, and what came of it",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was done and what came of it; who ordered it reads it."},
    )


class OrderCloseForm(forms.Form):
    """Accept an answer, send it back, or withdraw the order."""

    outcome = forms.ChoiceField(label="Your decision", widget=forms.RadioSelect)
    words = forms.CharField(
        label="Why",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed unless you accept the answer. The owner of the order reads it.",
    )

    def __init__(self, *args: Any, answered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("withdraw", "Withdraw the order")]
        if answered:
            choices = [("accept", "Accept the answer"), ("reopen", "Send it back"), *choices]
        self.fields["outcome"].choices = choices
