"""The forms of public requests: asking, following and finding for everybody; deciding for the open data team."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError

from workflow.models import Dataset, DatasetRequest

_WORDS = forms.Textarea(attrs={"rows": 4})
_PUBLIC_ANSWER = "Everybody who wants this dataset reads it, on the page and by mail."


class NobodyForm(forms.Form):
    """A form that strangers fill in: a field that people do not see catches programs that fill in all."""

    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        seen = (name for name in self.fields if name != "website")
        self.helper.layout = Layout(*seen, Div("website", css_class="visually-hidden", aria_hidden="true"))

    @property
    def is_trapped(self) -> bool:
        """True when something was written where no person writes. Call after is_valid."""
        return bool(self.cleaned_data.get("website"))


class AskForm(NobodyForm):
    """Ask for a dataset."""

    title = forms.CharField(
        label="Which data would you like to have?",
        max_length=200,
        help_text="A short name, as it could stand in a list. Everybody can read it.",
        error_messages={"required": "Say in a few words which data you would like to have."},
    )
    purpose = forms.CharField(
        label="What would you use it for?",
        max_length=4000,
        widget=_WORDS,
        help_text="It helps to decide what comes first. Everybody can read it: leave out what is private.",
        error_messages={"required": "Say in a sentence what you would use it for."},
    )
    name = forms.CharField(
        label="Your name, if you like",
        max_length=150,
        required=False,
        help_text="Only the open data team sees it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text=(
            "You get a link to confirm it, and hear what becomes of your request. Only the open data team sees "
            "it, and it is erased when the request is closed."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Give the address at which we can tell you."},
    )
    field_order = ("title", "purpose", "name", "email", "website")

    def record(self) -> dict[str, str]:
        """The answers as the service takes them."""
        return {name: self.cleaned_data[name] for name in ("title", "purpose", "name", "email")}

    def add_errors_of(self, error: ValidationError) -> None:
        """Show what the service refused, each sentence at its field where the form has it."""
        show_errors(self, error)


class FollowForm(NobodyForm):
    """Vote with an address, and hear what becomes of the request."""

    email = forms.EmailField(
        label="Your e-mail address",
        help_text="You get a link to confirm it. It is erased when the request is closed.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Give the address at which we can tell you."},
    )
    field_order = ("email", "website")


class RequestFilterForm(forms.Form):
    """Search and order of a list of requests. All is optional; what makes no sense is left out."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "All"), ("open", "Open"), ("closed", "Closed")],
    )
    sort = forms.ChoiceField(
        required=False,
        label="Order",
        choices=[("", "Most votes first"), ("newest", "Newest first"), ("oldest", "Oldest first")],
    )

    def wanted(self) -> dict[str, str]:
        """What was asked for, for the selector."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return {
            "words": data.get("q", ""),
            "state": data.get("state", ""),
            "order": data.get("sort", ""),
        }

    @property
    def is_filtering(self) -> bool:
        wanted = self.wanted()
        return bool(wanted["words"] or wanted["state"])


class QueueFilterForm(RequestFilterForm):
    """The same for the team: what is open comes first, and what is due first on top."""

    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "Open"), ("new", "Not answered yet"), ("closed", "Closed"), ("all", "All")],
    )
    sort = forms.ChoiceField(
        required=False,
        label="Order",
        choices=[("", "Due first"), ("votes", "Most votes first"), ("newest", "Newest first")],
    )

    def wanted(self) -> dict[str, str]:
        wanted = super().wanted()
        return wanted | {"state": wanted["state"] or "open", "order": wanted["order"] or "due"}

    @property
    def is_filtering(self) -> bool:
        wanted = self.wanted()
        return bool(wanted["words"] or wanted["state"] != "open")


class AcceptForm(forms.Form):
    """Take a request into work, for a dataset that the inventory has."""

    dataset = forms.ModelChoiceField(
        queryset=None,
        label="Dataset of the inventory",
        empty_label="Choose one",
        error_messages={"required": "Choose the dataset, or propose a new one to a department."},
    )
    answer = forms.CharField(
        label="What the public reads",
        required=False,
        max_length=4000,
        widget=_WORDS,
        help_text=_PUBLIC_ANSWER,
    )

    def __init__(self, *args: Any, request_row: DatasetRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_datasets(self, request_row)


class AnswerForm(forms.Form):
    """Say something and keep the request open."""

    answer = forms.CharField(
        label="What the public reads",
        max_length=4000,
        widget=_WORDS,
        help_text=_PUBLIC_ANSWER,
        error_messages={"required": "Say what the public shall read."},
    )

    def __init__(self, *args: Any, request_row: DatasetRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class MergeForm(forms.Form):
    """Close as asked for already; the votes move."""

    into = forms.ModelChoiceField(
        queryset=None,
        label="The request that asks for the same",
        empty_label="Choose one",
        error_messages={"required": "Choose the request that goes on."},
    )

    def __init__(self, *args: Any, request_row: DatasetRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        field.queryset = _mergeable(request_row)
        field.label_from_instance = lambda row: f"{row.title} ({row.asked_at:%d %b %Y})"


class CloseForm(forms.Form):
    """Close with a circumstance, and what it asks for; the service says what is missing."""

    circumstance = forms.ChoiceField(
        label="Why it is closed",
        choices=[choice for choice in DatasetRequest.Circumstance.choices if choice[0] not in ("duplicate",)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it is closed."},
    )
    dataset = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label="Dataset, when it was published",
        empty_label="None",
    )
    link = forms.URLField(
        required=False,
        assume_scheme="https",
        max_length=500,
        label="Address, when it is available already",
    )
    citation = forms.CharField(
        required=False,
        max_length=300,
        label="Law, when it is restricted",
        help_text="For example NCGS 132-1.10.",
    )
    answer = forms.CharField(
        label="What the public reads",
        required=False,
        max_length=4000,
        widget=_WORDS,
        help_text=f"{_PUBLIC_ANSWER} Needed when it is declined.",
    )

    def __init__(self, *args: Any, request_row: DatasetRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_datasets(self, request_row)


class HideForm(forms.Form):
    """Take the words from the public pages, or put them back."""

    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the history only.",
        error_messages={"required": "Say why; the history keeps it."},
    )

    def __init__(self, *args: Any, request_row: DatasetRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def show_errors(form: forms.Form, error: ValidationError) -> None:
    """Put the sentences of a service at the fields they speak of, else above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


def _offer_datasets(form: forms.Form, request: DatasetRequest) -> None:
    field: Any = form.fields["dataset"]
    field.queryset = Dataset.objects.filter(program=request.program_id).order_by("title", "pk")
    field.label_from_instance = lambda row: f"{row.title} ({row.inventory_id})"
    form.initial.setdefault("dataset", request.dataset_id)


def _mergeable(request: DatasetRequest) -> Any:
    rows = DatasetRequest.objects.filter(program=request.program_id).exclude(pk=request.pk)
    return rows.filter(state__in=("new", "answered", "accepted")).order_by("title", "pk")
