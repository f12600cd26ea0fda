"""QUA-15: text without markup, line breaks, control characters, damaged letters or shouting."""

from __future__ import annotations

import polars as pl

from checklists.checks.base import (
    CheckResult,
    ColumnResult,
    Subject,
    conclude,
    counted,
    merge,
    positions,
    share_good,
)

NAME, ITEM, VERSION = "text_clean", "QUA-15", 1
# A tag, a comment or a named entity; "a < b" and "R&D" are neither.
_MARKUP = (
    r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|<!--|<!\[CDATA\["
    r"|&(?:nbsp|amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});"
)
# What is wrong -> (pattern, level, words for one value, for several, what to do)
_FAULTS = (
    (_MARKUP, "error", "holds markup", "hold markup", "Take the tags out and keep the words."),
    (
        r"[\r\n\x{2028}\x{2029}]",
        "warn",
        "holds a line break",
        "hold line breaks",
        "Put spaces in their place.",
    ),
    (
        r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]",
        "warn",
        "holds a control character",
        "hold control characters",
        "Take them out.",
    ),
    (
        r"\x{FFFD}|Ã[\x{80}-\x{BF}]|â€[\x{80}-\x{FFFF}]",
        "warn",
        "holds a damaged letter",
        "hold damaged letters",
        "Export the file again as UTF-8.",
    ),
)
_SEVERAL_WORDS = r"\p{L}{2,}[^\p{L}]+\p{L}{2,}"
_SMALL_LETTER = r"\p{Ll}"
_SHOUTED = 0.8
_ENOUGH = 10


def check(subject: Subject) -> CheckResult:
    """Markup is an error (forbidden on portals); the rest are warnings."""
    found, dirty, seen = [], 0, 0
    for column in subject.table.columns:
        if column.type != "text":
            continue
        values = subject.texts(column.name)
        filled = len(values) - values.null_count()
        seen += filled
        parts = _faults(column.name, values, filled)
        dirty += max((part.count for part in parts), default=0)
        shouting = _shouting(column.name, values)
        found += merge(column.name, [*parts, *shouting])
    return conclude(NAME, ITEM, "Text is clean.", found, dimension="validity", score=share_good(dirty, seen))


def _faults(name: str, values: pl.Series, filled: int) -> list[ColumnResult]:
    parts = []
    for pattern, level, one, several, cure in _FAULTS:
        mask = values.str.contains(pattern)
        count = int(mask.sum() or 0)
        if count:
            what = f"{counted(count, 'value')} in “{name}” {one if count == 1 else several}."
            parts.append(ColumnResult(name, level, f"{what} {cure}", count, filled, positions(mask)))
    return parts


def _shouting(name: str, values: pl.Series) -> list[ColumnResult]:
    """Phrases of several words in capitals only; codes of one word are no shouting."""
    phrases = values.filter(values.str.contains(_SEVERAL_WORDS).fill_null(value=False))
    if len(phrases) < _ENOUGH:
        return []
    loud = int((~phrases.str.contains(_SMALL_LETTER)).sum())
    if loud / len(phrases) < _SHOUTED:
        return []
    return [
        ColumnResult(
            name,
            "warn",
            f"“{name}” is written in capitals. Write it as in a sentence; it is easier to read.",
            count=loud,
            of=len(phrases),
        )
    ]
