"""Filters of the development mailbox."""

from __future__ import annotations

from typing import Any

from django import forms


class MailboxFilter(forms.Form):
    """Whose letters, and which words. What makes no sense counts as not asked for."""

    person = forms.ChoiceField(required=False)
    search = forms.CharField(label="Dataset, subject or name", required=False, max_length=100)

    def __init__(self, data: Any, *, people: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["person"].choices = [("", "Everybody"), *people]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The filters as the selector takes them."""
        self.full_clean()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
