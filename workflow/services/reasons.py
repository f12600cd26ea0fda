"""A reason that a person typed, where something needs one."""

from __future__ import annotations

from privacy.personal_values import raw_values_in
from workflow.errors import MoveRefused, ReasonRequired


def reason_checked(text: str, missing: str) -> str:
    """The reason without blanks around it. Raises ReasonRequired with `missing`, MoveRefused for personal values."""
    text = text.strip()
    if not text:
        raise ReasonRequired(missing)
    if sentence := raw_values_in(text):
        raise MoveRefused(sentence)
    return text
