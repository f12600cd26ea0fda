"""One dataset of the demo: its words, its columns, and the file made from them."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

from workflow.demo.makers import DISTRICTS, Maker, one_of


@dataclass(frozen=True)
class Holding:
    """One dataset of the demo. `columns` are (name, what it means, maker of its values)."""

    department: str
    title: str
    description: str
    row_label: str
    category: str
    source: str
    frequency: str
    columns: tuple[tuple[str, str, Maker], ...]
    keywords: tuple[str, ...]
    classification: str = "public"
    rows: int = 120

    def file(self, *, seed: int, rows: int | None = None) -> bytes:
        """A CSV file of this dataset; the same seed gives the same bytes."""
        rng = random.Random(seed)  # noqa: S311 - made-up data, not a secret
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([name for name, _, _ in self.columns])
        for row in range(1, (rows or self.rows) + 1):
            writer.writerow([maker(rng, row) for _, _, maker in self.columns])
        return text.getvalue().encode()


DISTRICT = ("district", "Planning district of the city.", one_of(*DISTRICTS))
STATUS = ("status", "Where the case stands.", one_of("open", "in progress", "closed"))


def holding(
    department: str,
    title: str,
    about: str,
    row: str,
    category: str,
    source: str,
    frequency: str,
    *columns: tuple[str, str, Maker],
    **more: object,
) -> Holding:
    words = tuple(word.lower() for word in title.split() if len(word) > 3)[:4]
    return Holding(department, title, about, row, category, source, frequency, columns, words, **more)  # type: ignore[arg-type]
