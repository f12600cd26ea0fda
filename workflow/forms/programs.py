"""The forms of program profiles: a text to check, what is needed to adopt it, and the copy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# A profile of every part there is takes some 20 KB.
MAX_BYTES = 200_000


class ProfileTextForm(forms.Form):
    """A profile as TOML: typed into the page, or as a file, which then counts."""

    text = forms.CharField(
        label="The profile, as TOML",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code-area"}),
        help_text="Begin with the present version, which is filled in, or put in another text.",
    )
    file = forms.FileField(
        label="Or a TOML file",
        required=False,
        help_text="Where a file is chosen, it is checked and not the text above.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        upload = data.get("file")
        if upload is not None:
            data["text"] = _read(upload)
        if not (data.get("text") or "").strip():
            raise ValidationError(
                "There is nothing to check. Put the profile into the text, or choose a file."
            )
        if len(data["text"].encode()) > MAX_BYTES:
            raise ValidationError(f"A profile has at most {MAX_BYTES // 1000} KB. Is this the right text?")
        return data


def _read(upload: Any) -> str:
    if upload.size > MAX_BYTES:
        raise ValidationError(f"A profile has at most {MAX_BYTES // 1000} KB. Is this the right file?")
    try:
        return upload.read().decode("utf-8")
    except UnicodeDecodeError:
        raise ValidationError("The file is no text. Save it as TOML in UTF-8 and choose it again.") from None


class AdoptForm(forms.Form):
    """What adopting needs besides the text that was checked."""

    text = forms.CharField(strip=False, widget=forms.HiddenInput(), max_length=MAX_BYTES)
    based_on = forms.IntegerField(widget=forms.HiddenInput())
    reason = forms.CharField(
        label="Why the profile changes",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history of the program.",
        error_messages={"required": "Say why the profile changes. Whoever reads the history wants to know."},
    )


class ProgramCopyForm(forms.Form):
    name = forms.CharField(
        label="Name of the new program",
        max_length=200,
        help_text="As people will read it.",
        error_messages={"required": "Give the program the name that people will read."},
    )
    code = forms.SlugField(
        label="Short name",
        max_length=40,
        help_text="Letters, digits, - and _; it stands in addresses and cannot be changed.",
        error_messages={"required": "Give the program a short name, as in springfield."},
    )
