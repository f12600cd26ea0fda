"""The types of columns in words for people."""

from __future__ import annotations

from django import template

from dossier.page import TYPE_WORDS

register = template.Library()


@register.filter
def type_words(code: str) -> str:
    """As "Whole number" for "integer"; a dash where the type is not known."""
    return TYPE_WORDS.get(code, code or "–")
