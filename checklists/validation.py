"""Is this an answer to that question? Cleans what came from a form, or says what is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from checklists.catalogue import Item
from checklists.errors import AnswerRefused

_LARGEST = 10**15
# The option of a list that says "none of these": it stands alone.
NONE = "none"


def clean(item: Item, raw: Any) -> Any:
    """The value to keep, None for an answer that is taken back. Raises AnswerRefused with the sentence."""
    if not item.is_asked:
        raise AnswerRefused(owner_sentence(item), item=item.id)
    if item.type == "file":
        return raw or None
    if item.type == "multi":
        return _ticks(item, raw)
    text = "" if raw is None else str(raw).strip()
    if not text:
        return None
    if item.choices:
        return _choice(item, text)
    if item.type == "number":
        return _number(item, text)
    if item.type == "date":
        return _day(item, text)
    return _words(item, text)


def owner_sentence(item: Item) -> str:
    """Who answers an item that is not asked here."""
    if item.machine or item.answers_from.startswith("score."):
        return "The machine answers this from the data file. Correct the file, and the answer follows."
    if item.type == "sign":
        return item.stage_words
    if item.answers_from.startswith("dataset."):
        return "This comes from the inventory record. Change it there, and every checklist follows."
    if item.answers_from.startswith("item."):
        return "This is answered in another checklist. Change it there, and this one follows."
    return "The product answers this from what it knows about the release. Change the thing itself."


def _choice(item: Item, text: str) -> str:
    if text not in [option.value for option in item.choices]:
        raise AnswerRefused("This is none of the answers offered. Choose one of them.", item=item.id)
    return text


def _ticks(item: Item, raw: Any) -> list[str] | None:
    wanted = [raw] if isinstance(raw, str) else list(raw or [])
    known = [option.value for option in item.choices]
    if any(value not in known for value in wanted if value):
        raise AnswerRefused("One of these is none of the answers offered. Choose among them.", item=item.id)
    if NONE in wanted and len({value for value in wanted if value}) > 1:
        raise AnswerRefused(
            f"“{item.label_of(NONE)}” and another answer are both ticked. Take one of them back.",
            item=item.id,
        )
    return [value for value in known if value in wanted] or None


def _number(item: Item, text: str) -> int:
    digits = text.replace(",", "").replace(" ", "")
    if not digits.isascii() or not digits.isdigit() or int(digits) > _LARGEST:
        raise AnswerRefused(
            "This is not a whole number of zero or more. Write digits only, for example 12.", item=item.id
        )
    return int(digits)


def _day(item: Item, text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise AnswerRefused("This is not a date. Write it like 2026-03-31.", item=item.id) from None
    if not 1900 <= day.year <= 2200:
        raise AnswerRefused("The year of this date cannot be right. Correct it.", item=item.id)
    return day.isoformat()


def _words(item: Item, text: str) -> str:
    text = "".join(char for char in text.replace("\r\n", "\n") if char.isprintable() or char in "\n\t")
    if len(text) > item.max_length:
        raise AnswerRefused(
            f"The answer is {len(text):,} characters long; {item.max_length:,} fit. Shorten it, or add a file.",
            item=item.id,
        )
    return text
