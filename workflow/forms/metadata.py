"""The metadata of a release as a form: the program's fields, its labels, its meanings as help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.profiles import Profile
from workflow.metadata import USES, clean, refusal_of
from workflow.metadata_fields import Field
from workflow.selectors.metadata import Line, MetadataPage

_NOT_OFFERED = "This is none of the values offered. Choose one of them."
_NOT_CHOSEN = ("", "Not chosen yet")


class MetadataForm(forms.Form):
    """One field per metadata field that is written on the page. Nothing is required: it may be saved half done."""

    use_required_attribute = False

    def __init__(self, *args: Any, page: MetadataPage, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in page.edited:
            field = line.asked.field
            control = _WIDGETS.get(field.kind, _line_of_text)(field)
            if field.kind == "choice":
                control = forms.Select(choices=_choices(field, line, profile))
            elif field.code == "keywords":
                control = forms.TextInput()
            self.fields[line.asked.code] = forms.CharField(
                required=False,
                label=line.asked.label if not line.asked.is_required else f"{line.asked.label} (required)",
                help_text=_help(line),
                initial=_initial(field, line.value if line.proposal is None else line.proposal),
                widget=control,
            )
        self._profile = profile
        self._lines = {line.asked.code: line for line in page.edited}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for code, line in self._lines.items():
            value = data.get(code, "")
            if code == "keywords":
                value = value.replace(",", "\n")
            try:
                data[code] = clean(line.asked.field, value)
            except ValidationError as fault:
                self.add_error(code, fault)
                continue
            choices = getattr(self.fields[code].widget, "choices", None)
            if choices and data[code] not in dict(choices):
                refused = code == "update_method"
                self.add_error(code, refusal_of(self._profile, data[code]) if refused else _NOT_OFFERED)
        return data

    def add_errors_of(self, error: ValidationError) -> None:
        """Show what the service refused, each sentence at its field where the form has it."""
        for code, sentences in error.message_dict.items():
            self.add_error(code if code in self.fields else None, sentences)

    def differing(self) -> list[str]:
        """Labels of the fields in which the form says something else than what is kept now."""
        return [
            line.asked.label
            for code, line in self._lines.items()
            if code in self.cleaned_data
            and self.cleaned_data[code] != (line.value or type(self.cleaned_data[code])())
        ] or ["nothing any more"]

    def written(self) -> dict[str, Any]:
        """What to write: everything but a default that stands as it was shown, which goes on following."""
        return {
            code: value
            for code, value in self.cleaned_data.items()
            if not (self._lines[code].is_default and value == self._lines[code].value)
        }


def _help(line: Line) -> str:
    use = "" if line.asked.is_required else f" {USES[line.asked.use]}."
    how = " Separated by commas." if line.asked.code == "keywords" else " One a line."
    return f"{line.asked.meaning}{how if line.asked.field.kind == 'list' else ''}{use}"


def _initial(field: Field, value: Any) -> str:
    if isinstance(value, list):
        return (", " if field.code == "keywords" else "\n").join(value)
    return "" if value is None else str(value)


def _choices(field: Field, line: Line, profile: Profile) -> list[tuple[str, str]]:
    offered: list[tuple[str, str]] = list(field.options)
    if field.code == "category":
        offered = [(name, name) for name in profile.publication.get("categories", ())]
    elif field.code == "licence":
        offered = [(row.code, row.label) for row in profile.licences]
    elif field.code == "update_method":
        offered = [(method, dict(field.options).get(method, method)) for method in profile.updates.methods]
    kept = line.value
    if kept and kept not in dict(offered):
        offered.append((kept, f"{kept} (no longer offered)"))
    return [_NOT_CHOSEN, *offered]


def _line_of_text(field: Field) -> forms.Widget:
    return forms.TextInput(attrs={"maxlength": field.max_length})


_WIDGETS: dict[str, Callable[[Field], forms.Widget]] = {
    "longtext": lambda field: forms.Textarea(attrs={"rows": 4}),
    "list": lambda field: forms.Textarea(attrs={"rows": 3}),
    "email": lambda field: forms.EmailInput(attrs={"maxlength": field.max_length}),
    "url": lambda field: forms.URLInput(attrs={"maxlength": field.max_length, "placeholder": "https://"}),
}
