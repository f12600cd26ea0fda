"""QUA-12: names of columns that people and programs can read."""

from __future__ import annotations

import re
from collections import Counter

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude

NAME, ITEM, VERSION = "headers", "QUA-12", 1
_LONGEST = 29  # "<30 characters" (SF-STD)
_PLAIN = re.compile(r"^[A-Za-z0-9._-]+$")
_EMPTY_WORDS = re.compile(r"^(?:unnamed.*|(?:column|col|field|var|variable|f|v|x)?[._ -]?\d+|[a-z])$", re.I)


def check(subject: Subject) -> CheckResult:
    """An error for names that differ only in case or punctuation; warnings for the rest."""
    alike = Counter(_plain(name) for name in subject.table.names)
    found = []
    for name in subject.table.names:
        if alike[_plain(name)] > 1:
            found.append(
                _result(
                    name,
                    "error",
                    f"“{name}” is too like the name of another column. Give every column a name of its own.",
                )
            )
        elif _EMPTY_WORDS.match(name):
            found.append(_result(name, "warn", f"“{name}” says nothing about what is in it. Name the thing."))
        elif faults := _faults(name):
            found.append(_result(name, "warn", f"“{name}” {' and '.join(faults)}. Try “{_proposal(name)}”."))
    return conclude(NAME, ITEM, "Column names are unique, short and plain.", found)


def _faults(name: str) -> list[str]:
    faults = []
    if len(name) > _LONGEST:
        faults.append(f"is {len(name)} characters long (30 are too many)")
    if not _PLAIN.match(name):
        faults.append("has characters other than letters, digits, point, hyphen and underscore")
    return faults


def _plain(name: str) -> str:
    """Portals make names lower-case and drop punctuation; what is then equal collides."""
    return re.sub(r"[^a-z0-9]+", "", name.lower()) or name


def _proposal(name: str) -> str:
    words = re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_.-").lower()
    return words[:_LONGEST].strip("_.-") or "a name of letters"


def _result(name: str, level: str, sentence: str) -> ColumnResult:
    return ColumnResult(name, level, sentence, count=1, of=1)
