"""Datasets that may be the same thing twice: judged by title, description, columns and source system.

Connecticut asks to consolidate new data with what exists, or to plan a filtered view of it, rather than to
enter the same data every year (guidelines, step 2). Never a refusal: a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workflow.models import ColumnDescription, Dataset

_WORD = re.compile(r"[a-z0-9]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_SMALL_WORDS = """
a an and as at by city county data dataset department for from in list of on or our per report state table the
to town with
"""
_STOP = frozenset(_SMALL_WORDS.split())
_LIKENESS = 0.6
_COLUMNS_LIKENESS = 0.8
_COMPARED = 2_000


@dataclass(frozen=True)
class Likeness:
    """What is compared of one dataset."""

    title: str
    description: str = ""
    source_system: str = ""
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Similar:
    """Another dataset, how alike it is from 0 to 1, and the sentence for people."""

    dataset: Dataset
    share: float
    sentence: str


def tokens(text: str) -> frozenset[str]:
    """The words that tell of a subject: lower case, without years, small words and the plural s."""
    words = _WORD.findall(_YEAR.sub(" ", text.casefold()))
    return frozenset(_singular(word) for word in words if word not in _STOP and len(word) > 1)


def likeness(one: Likeness, other: Likeness) -> float:
    """From 0 to 1. The title decides; description and source system add; equal columns decide alone."""
    title = jaccard(tokens(one.title), tokens(other.title))
    if len(one.columns) > 2 and jaccard(one.columns, other.columns) >= _COLUMNS_LIKENESS:
        return max(_COLUMNS_LIKENESS, title)
    if not title:
        return 0.0
    more = 0.2 * jaccard(tokens(one.description), tokens(other.description))
    if one.source_system and one.source_system.casefold() == other.source_system.casefold():
        more += 0.1
    return min(1.0, title + more)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets share, of all that is in either; 0 for two empty ones."""
    return len(one & other) / len(one | other) if one or other else 0.0


def year_in_title(title: str) -> str:
    """The sentence for a title that names one year; a span of years is one table and is fine."""
    years = _YEAR.findall(title)
    if len(set(years)) != 1:
        return ""
    return (
        f"The title names a year ({years[0]}). Keep one dataset and append each year to it, rather than a new "
        "entry every year; a filtered view can show the newest."
    )


def similar_to(dataset: Dataset, *, limit: int = 3) -> list[Similar]:
    """Datasets of the same program that look like the same thing, most alike first."""
    others = Dataset.objects.filter(program=dataset.program_id).exclude(pk=dataset.pk)
    rows = list(others.order_by("-pk")[:_COMPARED])
    columns = _columns_of([dataset.pk] if dataset.pk else [], rows)
    mine = _likeness_of(dataset, columns)
    found = [(likeness(mine, _likeness_of(row, columns)), row) for row in rows]
    close = sorted(
        (pair for pair in found if pair[0] >= _LIKENESS),
        key=lambda pair: (-pair[0], pair[1].title, pair[1].pk),
    )
    return [Similar(row, share, consolidate_words(row)) for share, row in close[:limit]]


class SimilarTitles:
    """Looks up by title alone, for many new rows at once: only titles that share a word are compared."""

    def __init__(self, others: Iterable[Dataset]) -> None:
        self._rows = [(tokens(other.title), other) for other in others]
        self._by_word: dict[str, list[int]] = {}
        for number, (words, _) in enumerate(self._rows):
            for word in words:
                self._by_word.setdefault(word, []).append(number)

    def find(self, title: str) -> Dataset | None:
        """The dataset whose title is most alike, if one is alike enough; the oldest of equals."""
        mine = tokens(title)
        shared = {number for word in mine for number in self._by_word.get(word, ())}
        scored = [(jaccard(mine, self._rows[number][0]), -number) for number in shared]
        share, number = max(scored, default=(0.0, 0))
        return self._rows[-number][1] if share >= _LIKENESS else None


def consolidate_words(other: Dataset) -> str:
    return f"Consolidate with “{other.title}” ({other.inventory_id}), or plan a filtered view of it."


def _likeness_of(row: Dataset, columns: dict[int, frozenset[str]]) -> Likeness:
    return Likeness(row.title, row.description, row.source_system, columns.get(row.pk, frozenset()))


def _columns_of(ids: list[int], rows: list[Dataset]) -> dict[int, frozenset[str]]:
    """The column names of each dataset whose file was read, in one query."""
    found: dict[int, set[str]] = {}
    wanted = [*ids, *(row.pk for row in rows)]
    lines = ColumnDescription.objects.filter(distribution__dataset__in=wanted, position__isnull=False)
    for pk, name in lines.values_list("distribution__dataset_id", "name"):
        found.setdefault(pk, set()).add(name.casefold())
    return {pk: frozenset(names) for pk, names in found.items()}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
