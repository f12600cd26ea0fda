"""Forms of what a department adds: a question, a stricter severity, a review."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Department
from accounts.profiles import Profile
from checklists.catalogue import Catalogue
from workflow.additions import MOVES_WITH_REVIEWS, role_for
from workflow.models import Review
from workflow.stages import MOVES

_TYPES = [
    ("yn", "Yes or no"),
    ("yn_unsure", "Yes, no or not sure"),
    ("choice", "One of several answers"),
    ("text", "Words"),
    ("number", "A number"),
    ("date", "A date"),
    ("file", "A file"),
]
_SEVERITIES = [
    ("blocks", "Must be answered; a bad answer stands in the way"),
    ("warns", "Should be answered; a bad answer is a warning"),
    ("informs", "For information"),
]
_STRICTER = [("blocks", "Must be answered; a bad answer stands in the way"), ("warns", "Warns")]
_YES_NO = {"yn": ("yes", "no"), "yn_unsure": ("yes", "no", "unsure")}


class QuestionForm(forms.Form):
    """A question of the department's own."""

    question = forms.CharField(
        label="The question",
        max_length=300,
        error_messages={"required": "Write the question."},
    )
    help = forms.CharField(
        label="Why you ask, and what a good answer is",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you ask; people read it beside the question."},
    )
    type = forms.ChoiceField(label="How it is answered", choices=_TYPES)
    options = forms.CharField(
        label="The answers to choose from",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One per line; only for “One of several answers”.",
    )
    severity = forms.ChoiceField(label="How much it weighs", choices=_SEVERITIES, initial="warns")
    bad = forms.CharField(
        label="Bad answers",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One per line, as they are written above, or: yes, no, unsure.",
    )
    sentence = forms.CharField(
        label="What people read after a bad answer",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Say what is wrong and what to do next.",
    )
    only_if = forms.ChoiceField(label="Asked only if", required=False)

    def __init__(self, *args: Any, catalogue: Catalogue, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        pairs = [
            (f"{item.id}={option.value}", f"“{item.question}” is answered “{option.label}”")
            for item in catalogue.items
            if item.choices and item.type != "multi"
            for option in item.choices
        ]
        self.fields["only_if"].choices = [("", "Always"), *pairs]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        labels = _lines(data.get("options", ""))
        if data.get("type") == "choice" and len(labels) < 2:
            self.add_error("options", "Write at least two answers, one per line.")
        known = self._values(data)
        bad = _lines(data.get("bad", ""))
        unknown = [one for one in bad if one.lower() not in known]
        if unknown:
            self.add_error("bad", f"“{unknown[0]}” is none of the answers. Write it as it stands there.")
        if bad and not data.get("sentence"):
            self.add_error("sentence", "Say what people read after a bad answer, and what to do next.")
        if bad and data.get("severity") == "informs":
            self.add_error("severity", "A question with bad answers warns or must be answered.")
        return data

    def content(self) -> dict[str, Any]:
        """The item, as the catalogue has it."""
        data = self.cleaned_data
        known = self._values(data)
        item: dict[str, Any] = {
            "question": data["question"],
            "help": data["help"],
            "type": data["type"],
            "severity": data["severity"],
            "section": "department",
            "source": f"added by {self.department}",
        }
        if data["type"] == "choice":
            item["options"] = [[value, label] for label, value in _options(data["options"])]
        bad = [known[one.lower()] for one in _lines(data["bad"])]
        if bad:
            item["blocks_on" if data["severity"] == "blocks" else "warns_on"] = bad
            item["sentence"] = data["sentence"]
        if data["severity"] != "informs":
            item["missing"] = f"“{data['question']}” is not answered. Your department asks for it."
        if data["only_if"]:
            item_id, _, value = data["only_if"].partition("=")
            item["when"] = {"item": item_id, "is": value}
        return {"item": item}

    def _values(self, data: dict[str, Any]) -> dict[str, str]:
        """What a bad answer may be written as -> its value."""
        if data.get("type") == "choice":
            return {label.lower(): value for label, value in _options(data.get("options", ""))}
        return {value: value for value in _YES_NO.get(data.get("type", ""), ())}


class StricterForm(forms.Form):
    """A question of the program that the department takes more seriously."""

    harden = forms.ChoiceField(label="Question", error_messages={"required": "Choose a question."})
    severity = forms.ChoiceField(label="From now on", choices=_STRICTER)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        # The page holds a second form with a severity: each field needs an id of its own.
        super().__init__(*args, **{"auto_id": "stricter_%s", **kwargs})
        self.fields["harden"].choices = [
            ("", "Choose one"),
            *((item.id, f"{item.id}: {item.question}") for item in catalogue.items if not item.is_required),
        ]

    def content(self) -> dict[str, Any]:
        return {"harden": self.cleaned_data["harden"], "severity": self.cleaned_data["severity"]}


class AddedReviewForm(forms.Form):
    """A review of the department's own."""

    kind = forms.ChoiceField(label="Review", error_messages={"required": "Choose a review."})
    move = forms.ChoiceField(
        label="Before", choices=[(name, MOVES[name].label) for name in MOVES_WITH_REVIEWS]
    )
    people = forms.IntegerField(
        label="Given by how many people",
        min_value=1,
        max_value=5,
        initial=1,
        error_messages={
            "min_value": "At least one person gives it.",
            "max_value": "At most five people give it.",
        },
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind, f"{label}, by the {profile.role_words(role)}")
            for kind, label in Review.Kind.choices
            if (role := role_for(kind, profile))
        ]


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _options(text: str) -> list[tuple[str, str]]:
    """Label -> the value that is kept; numbered, so that a corrected label keeps its answers apart."""
    return [(label, f"o{number}") for number, label in enumerate(_lines(text), start=1)]
