"""For the pages of retirements: the form that belongs to an objection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def answer_form(forms: Mapping[int, Any], objection: Any) -> Any:
    """The form in which this objection is answered; None when it is answered."""
    return forms.get(objection.pk)
