"""Forms of the checklists, built from the catalogue. They carry answers; what is an answer, `validation` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from checklists.catalogue import Catalogue, Item

_RADIOS_UP_TO = 7
_ONE_LINE_UP_TO = 300


class ChecklistForm(forms.Form):
    """One field per question that people are asked. Nothing is required: a page may be saved half done."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, catalogue: Catalogue, answers: Mapping[str, Any]) -> None:
        super().__init__(
            data, initial={key: value for key, value in answers.items() if not isinstance(value, dict)}
        )
        for item in catalogue.items:
            if item.is_asked:
                self.fields[item.id] = forms.Field(
                    required=False, label=item.question, help_text=_hint(item), widget=_widget(item)
                )


def posted(catalogue: Catalogue, data: QueryDict, *, only: str = "") -> dict[str, Any]:
    """What a form sent, by item; files come apart. `only` names the one item of an autosave."""
    values: dict[str, Any] = {}
    for item in catalogue.items:
        if not item.is_asked or item.type == "file" or (only and item.id != only):
            continue
        values[item.id] = data.getlist(item.id) if item.type == "multi" else data.get(item.id, "")
    return values


class WaiverForm(forms.Form):
    """Why an error may stand, and by when it is repaired."""

    reason = forms.CharField(
        label="Why this error may stand",
        help_text="The approvers read it. Name no person of the data.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why this error may stand; the approvers will read it."},
    )
    until = forms.DateField(
        label="It is repaired by",
        help_text="Leave it empty if it cannot be repaired.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "This is not a date. Write it like 2026-03-31."},
    )


def _hint(item: Item) -> str:
    if item.example and not item.choices:
        return f"For example: {item.example}"
    if item.type == "file":
        return "PDF, Word, Excel, CSV, text, mail or picture, up to 20 MB."
    return ""


def _widget(item: Item) -> forms.Widget:
    pairs = [(option.value, option.label) for option in item.choices]
    if item.type == "multi":
        return forms.CheckboxSelectMultiple(choices=pairs)
    if pairs and len(pairs) <= _RADIOS_UP_TO:
        return forms.RadioSelect(choices=pairs)
    if pairs:
        return forms.Select(choices=[("", "Not chosen yet"), *pairs])
    if item.type == "number":
        return forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 18})
    if item.type == "date":
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if item.type == "file":
        return forms.FileInput()
    if item.max_length <= _ONE_LINE_UP_TO:
        return forms.TextInput(attrs={"maxlength": item.max_length})
    return forms.Textarea(attrs={"rows": 3, "maxlength": item.max_length})
