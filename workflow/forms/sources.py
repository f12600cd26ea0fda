"""The extract-transform-load record as a form: the fields of one kind of source, and what holds for every kind."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.profiles import Profile
from privacy.personal_values import raw_values_in
from publishing.models import EtlRecord
from publishing.services.etl import EtlTerms
from publishing.sources import KINDS
from publishing.sources.base import Field

_TYPED = ("extraction", "transformation", "change_note")
_HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class KindForm(forms.Form):
    """Where the data comes from: chosen first, because each kind asks for other things."""

    source = forms.ChoiceField(
        label="Where the data comes from", choices=[(code, kind.label) for code, kind in KINDS.items()]
    )


class EtlForm(forms.Form):
    """What a version of the record says."""

    extraction = forms.CharField(
        label="Extraction: what is read, and with which rights",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as: a view of the permit system that shows only the columns below, over an account that "
        "can only read it; made new every night at 2.",
    )
    columns = forms.CharField(
        label="Columns that are read",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One on each line, as they are named in the file.",
    )
    transformation = forms.CharField(
        label="Transformation: what is done to the data before it is published",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The recipe of remedies is replayed on every new file; it stands here as it is now.",
    )
    method = forms.ChoiceField(label="Load: how a new file changes what is public", widget=forms.RadioSelect)
    frequency = forms.ChoiceField(
        label="Schedule: how often the source is asked", choices=EtlRecord.Frequency.choices
    )
    hour = forms.TypedChoiceField(label="At which hour", choices=_HOURS, coerce=int, initial=6)
    change_note = forms.CharField(
        label="What changes, and why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The department reads it before it approves.",
    )
    meanwhile = forms.ChoiceField(
        label="Until this version is approved",
        choices=EtlRecord.Meanwhile.choices,
        widget=forms.RadioSelect,
        initial=EtlRecord.Meanwhile.KEEPS,
    )

    def __init__(
        self, *args: Any, kind: str, profile: Profile, recipe: str, in_force: EtlRecord | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.recipe = KINDS[kind], recipe
        own = {f"config_{one.name}": _form_field(one) for one in self.kind.fields}
        self.fields = {**own, **self.fields}
        methods = dict(EtlRecord.Method.choices)
        self.fields["method"].choices = [(code, methods[code]) for code in profile.updates.methods]
        if kind == "upload":
            self.fields["frequency"].label = "Schedule: how often a new file is due"
            del self.fields["hour"]
        if in_force is None:
            del self.fields["change_note"], self.fields["meanwhile"]

    @property
    def config(self) -> dict[str, str]:
        """What is said of the source itself, as far as it was typed."""
        typed = {one.name: self.data.get(f"config_{one.name}", "").strip() for one in self.kind.fields}
        return {name: value for name, value in typed.items() if value}

    def clean(self) -> dict[str, Any]:
        """No value of a person stands in a record that is kept for good."""
        found = super().clean() or {}
        for name in _TYPED:
            if name in self.fields and (sentence := raw_values_in(found.get(name, ""))):
                self.add_error(name, sentence)
        return found

    def terms(self) -> EtlTerms:
        said = self.cleaned_data
        return EtlTerms(
            source=self.kind.code,
            config=self.config,
            extraction=said["extraction"].strip(),
            columns=tuple(line.strip() for line in said["columns"].splitlines() if line.strip()),
            transformation=said["transformation"].strip(),
            recipe=self.recipe,
            method=said["method"],
            frequency=said["frequency"],
            hour=said.get("hour", 6),
        )

    def add_faults(self, faults: dict[str, list[str]]) -> None:
        """What the service refuses, beside the fields that it is about."""
        for name, sentences in faults.items():
            place = f"config_{name}" if f"config_{name}" in self.fields else name
            for sentence in sentences:
                self.add_error(place if place in self.fields else None, sentence)


class DecisionForm(forms.Form):
    """The department's word on a version."""

    digest = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Your words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when you send it back: the steward reads what is to be changed.",
    )

    def clean_note(self) -> str:
        """No value of a person stands in what is kept for good."""
        note = str(self.cleaned_data["note"])
        if sentence := raw_values_in(note):
            raise forms.ValidationError(sentence)
        return note


def _form_field(one: Field) -> forms.Field:
    """A field of a source. What it may hold is judged by the source; here only that it fits."""
    words = f"{one.help} Such as: {one.example}".strip() if one.example else one.help
    if one.kind == "words":
        widget: forms.Widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false"})
    else:
        widget = forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"})
    return forms.CharField(
        label=one.label, required=one.required, max_length=20_000, widget=widget, help_text=words
    )
