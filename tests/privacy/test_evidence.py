"""Evidence tells finds apart, also where there are as many of them, and gives none of them away."""

from __future__ import annotations

import random

import polars as pl
import pytest

from datafiles.table import Table
from privacy.marks import NOTHING, added, mark_of, sealed_mark
from privacy.scanner import ColumnResult, scan
from privacy.search import _ALL_GRADED

KEY = b"a secret of the server"
OTHER = b"another secret"
ROWS = 400


def evidence(name: str, values: list[str], key: bytes = KEY) -> str:
    return result(name, values, key).evidence_digest


def result(name: str, values: list[str], key: bytes = KEY) -> ColumnResult:
    return scan(Table.of(pl.DataFrame({name: values})), key=key).columns[0]


def notes(*hidden: str) -> list[str]:
    """Sentences, with finds in every fortieth of them."""
    cells = [f"Visited plot {i} and spoke to the people there about the open work" for i in range(ROWS)]
    for place, find in enumerate(hidden):
        cells[place * 40] = f"Caller gave {find} at the counter and left the building again"
    return cells


def test_another_number_in_as_many_cells_is_other_evidence() -> None:
    before, after = result("remarks", notes("123-45-6788")), result("remarks", notes("123-45-6787"))
    assert [hit.to_dict() | {"samples_masked": []} for hit in before.hits] == [
        hit.to_dict() | {"samples_masked": []} for hit in after.hits
    ]
    assert before.evidence_digest != after.evidence_digest
    assert evidence("remarks", notes("123-45-6788")) == before.evidence_digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("123-45-6788", "234-56-7891"), ("123-45-6791", "234-56-7888")),  # digits swapped between rows
        (("123-45-6788 and 234-56-7891",), ("123-45-6788 and 234-56-7892",)),  # the second one of a cell
        (("123-45-6788 and 234-56-7891",), ("123-45-6787 and 234-56-7891",)),
        (("123-45-6788", "123-45-6788", "234-56-7891"), ("123-45-6788", "234-56-7891", "234-56-7891")),
        (("ann.lee@mail.example",), ("ann.lee@mail.examples",)),
        (("a" * 80 + "@mail.example",), ("a" * 79 + "b@mail.example",)),
    ],
)
def test_no_other_choice_of_finds_gives_the_same_evidence(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    assert evidence("remarks", notes(*before)) != evidence("remarks", notes(*after))


def test_the_order_of_the_rows_does_not_matter() -> None:
    cells = notes("123-45-6788", "234-56-7891", "ann.lee@mail.example", "ann.lee@mail.example")
    shuffled = random.Random(4).sample(cells, len(cells))
    assert evidence("remarks", shuffled) == evidence("remarks", cells)


def test_a_value_that_repeats_is_other_evidence_when_it_changes() -> None:
    before = ["open"] * 300 + ["123-45-6788"] * 20 + ["closed"] * 300
    after = ["open"] * 300 + ["123-45-6787"] * 20 + ["closed"] * 300
    assert evidence("state", before) != evidence("state", after)


def test_few_filled_cells_are_no_column_of_the_entity() -> None:
    """Of three filled cells two are numbers: more than half, and yet somebody decided on these two."""
    rest = [""] * ROWS
    text = "Talked to the caller for a long time about all the open work here"
    before = result("remarks", [f"{text} 123-45-6788", f"{text} 234-56-7891", text, *rest])
    after = result("remarks", [f"{text} 345-67-8912", f"{text} 234-56-7891", text, *rest])
    assert before.hits[0].share > 0.5 and before.entity is None
    assert before.evidence_digest != after.evidence_digest


def test_of_a_column_that_is_the_entity_only_that_it_is_counts() -> None:
    before = [f"(213) 556-{i:04d}" for i in range(ROWS)]
    after = [f"(213) 557-{i:04d}" for i in range(ROWS)]
    assert evidence("contractor_phone", before) == evidence("contractor_phone", after)


def test_cells_that_the_validator_passes_over_are_marked_too() -> None:
    """In a long column that is a kind as a whole one of eight is judged; none of the others goes unseen."""
    count = _ALL_GRADED + 64
    values = pl.Series([f"p{i}@mail.example" if i % 3 == 0 else f"no. {i}" for i in range(count)])
    place = next(i for i in range(_ALL_GRADED, count) if i % 8 and i % 3 == 0)
    changed = values.clone().scatter(place, "somebody@mail.example")
    one, other = (
        scan(Table.of(pl.DataFrame({"contact": column})), key=KEY).columns[0] for column in (values, changed)
    )
    assert [hit.count for hit in one.hits] == [hit.count for hit in other.hits]
    assert one.evidence_digest != other.evidence_digest


def test_evidence_cannot_be_tried_out_without_the_secret() -> None:
    cells = notes("123-45-6788")
    assert len({evidence("remarks", cells, key) for key in (KEY, OTHER, b"")}) == 3
    shown = str(result("remarks", cells)) + str(result("remarks", cells).to_dict())
    assert result("remarks", cells).hits[0].mark and result("remarks", cells).hits[0].mark not in shown


def test_a_mark_is_the_sum_of_the_marks_of_its_parts() -> None:
    dice = random.Random(7)
    found = pl.Series([f"{dice.randrange(10**9):09d}" for _ in range(3_000)] + ["ü", "x" * 300, ""])
    cells = pl.Series([dice.randrange(1, 9) for _ in range(len(found))], dtype=pl.UInt32)
    whole = mark_of(found, cells, KEY)
    parts = [
        mark_of(found[start : start + 700], cells[start : start + 700], KEY) for start in range(0, 3003, 700)
    ]
    total = NOTHING
    for part in parts:
        total = added(total, part)
    assert total == whole
    assert sealed_mark(whole, KEY) != sealed_mark(whole, OTHER)
    # A value that stands in so many cells is that value so many times.
    assert mark_of(pl.Series(["a", "a"]), pl.Series([1, 2]), KEY) == mark_of(
        pl.Series(["a"]), pl.Series([3]), KEY
    )


def test_a_text_that_somebody_read_is_that_text() -> None:
    """Nothing is found in it, so a person reads it: what they said of it they said of these words."""
    before = result("remarks", notes())
    assert (before.group, before.decision, before.hits) == ("free_text", "confirm", [])
    other = notes()
    other[7] = "The tenant in the flat upstairs was seen with a knife again"
    assert evidence("remarks", other) != before.evidence_digest
    assert evidence("remarks", list(reversed(notes()))) == before.evidence_digest
    assert evidence("remarks", other, b"") == evidence("remarks", notes(), b"")
