from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.remedies.built_in import BUILT_IN, hierarchy_named, numbers_by
from privacy.remedies.hierarchies import hierarchy_parse, listed, suggested_hierarchy
from privacy.remedies.hierarchy import Hierarchy
from privacy.remedies.ladder import Ladder
from privacy.remedies.lattice import nodes_of, search
from privacy.remedies.loss import column_loss, discernibility, entropy_loss, joined
from privacy.risk.classes import ClassTable

COLUMNS = ("one", "two", "three")


def tree(name: str, values: int, *, base: int = 2) -> Hierarchy:
    """Values 0, 1, 2, ... in groups of `base`, then of `base` times as many, then all."""
    widths, width = [], base
    while width < values:
        widths.append(width)
        width *= base
    rows = [[f"v{value}", *(f"{wide}:{value // wide}" for wide in widths), "*"] for value in range(values)]
    return listed(name, [f"by {wide}" for wide in (*widths, values)], rows)


def tables() -> st.SearchStrategy[dict[str, list[int]]]:
    rows = st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=40
    )
    return rows.map(lambda found: dict(zip(COLUMNS, map(list, zip(*found, strict=True)), strict=True)))


def brute_force(
    table: ClassTable, ladders: list[Ladder], k: int, limit: float
) -> tuple[float, tuple[int, ...]] | None:
    """Every node by hand: the least loss, and a node that has it."""
    frame = table.frame().with_columns(pl.Series("\x00n", table.sizes))
    best: tuple[float, tuple[int, ...]] | None = None
    for node in itertools.product(*(range(ladder.height) for ladder in ladders)):
        codes = [
            ladder.codes[level][table.codes[ladder.name]] for ladder, level in zip(ladders, node, strict=True)
        ]
        shares = [
            ladder.shares[level][code] for ladder, level, code in zip(ladders, node, codes, strict=True)
        ]
        rows = list(zip(*codes, strict=True))
        sizes: dict[tuple[int, ...], int] = {}
        for row, size in zip(rows, frame["\x00n"], strict=True):
            sizes[row] = sizes.get(row, 0) + size
        small = np.array([sizes[row] < k for row in rows])
        if table.sizes[small].sum() > limit * table.rows + 1e-9:
            continue
        parts = []
        for ladder, share in zip(ladders, shares, strict=True):
            total = float(np.where(small, 1.0, share) @ table.sizes)
            least = table.rows / ladder.domain
            parts.append(0.0 if ladder.domain <= 1 else max(0.0, (total - least) / (table.rows - least)))
        loss = joined(parts)
        if best is None or loss < best[0] - 1e-9:
            best = (loss, node)
    return best


@given(tables(), st.integers(2, 4), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
@settings(max_examples=40, deadline=None)
def test_the_search_finds_what_trying_every_node_finds(
    columns: dict[str, list[int]], k: int, limit: float
) -> None:
    frame = pl.DataFrame({name: [f"v{value}" for value in values] for name, values in columns.items()})
    table = ClassTable.of(frame, COLUMNS)
    ladders = [
        Ladder.of(table, name, tree(name, size)) for name, size in zip(COLUMNS, (6, 4, 5), strict=True)
    ]
    expected, found = brute_force(table, ladders, k, limit), search(table, ladders, k=k, limit=limit)
    if expected is None:
        assert found is None
        return
    assert found is not None and found.loss == pytest.approx(expected[0], abs=1e-9)
    assert found.nodes == nodes_of(ladders) and found.checked <= found.nodes
    assert found.k >= k or found.groups == 0


def test_the_search_does_not_look_at_every_node() -> None:
    dice = np.random.default_rng(5)
    frame = pl.DataFrame({name: [f"v{value}" for value in dice.integers(0, 30, 3_000)] for name in "abcdef"})
    table = ClassTable.of(frame, list("abcdef"))
    ladders = [Ladder.of(table, name, tree(name, 30)) for name in "abcdef"]
    found = search(table, ladders, k=5)
    assert found is not None and found.k >= 5 and found.suppressed == 0
    assert found.checked < found.nodes / 20


def test_there_is_no_answer_when_the_table_is_smaller_than_k() -> None:
    table = ClassTable.of(pl.DataFrame({"a": ["x", "y"]}), ["a"])
    assert search(table, [Ladder.of(table, "a", BUILT_IN["category"])], k=3) is None


VALUES: dict[str, st.SearchStrategy[str]] = {
    "age": st.one_of(st.integers(0, 130).map(str), st.sampled_from(["", "?", "34.5", "n/a"])),
    "date": st.one_of(
        st.dates().map(str),
        st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year}"),
        st.sampled_from(["1961", "March 1961", "4/12/61", "?", "1961-13-01"]),
    ),
    "zip": st.one_of(
        st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True), st.sampled_from(["2139", "London"])
    ),
    "income": st.one_of(st.integers(-10, 900_000).map(str), st.sampled_from(["$1,200.50", "none"])),
    "geography": st.from_regex(r"[0-9]{1,15}", fullmatch=True),
    "category": st.text(max_size=5),
    "numbers:0.1": st.floats(-50, 50, allow_nan=False).map(lambda number: f"{number:.3f}"),
    "numbers:7": st.integers(-500, 500).map(str),
}


@pytest.mark.parametrize("name", list(VALUES))
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_each_level_of_a_built_in_hierarchy_only_joins_what_the_level_below_keeps_apart(
    name: str, data: st.DataObject
) -> None:
    values = pl.Series("v", data.draw(st.lists(VALUES[name], min_size=1, max_size=30)), dtype=pl.String)
    hierarchy = hierarchy_named(name, {})
    for level in range(len(hierarchy.levels) - 1):
        pairs = pl.DataFrame({"low": hierarchy.at(values, level), "high": hierarchy.at(values, level + 1)})
        assert pairs.unique().get_column("low").is_unique().all(), hierarchy.levels[level + 1]
    assert hierarchy.at(values, len(hierarchy.levels) - 1).unique().to_list() == ["*"]


def test_hipaa_pools_ages_from_90_and_areas_of_few_people() -> None:
    ages = pl.Series("v", ["89", "90", "104"])
    assert [BUILT_IN["age"].at(ages, level).to_list() for level in (1, 2)] == [
        ["89", "90+", "90+"],
        ["85-89", "90+", "90+"],
    ]
    codes = pl.Series("v", ["03601", "90012", "London"])
    assert BUILT_IN["zip"].at(codes, 1).to_list() == ["000", "900", "*"]
    assert BUILT_IN["zip"].at(codes, 3).to_list() == ["000", "9", "*"]


def test_a_block_becomes_block_group_tract_county_and_state() -> None:
    block = pl.Series("v", ["060371234561001", "60371234561001", "06037"])
    found = [BUILT_IN["geography"].at(block, level).to_list() for level in range(1, 5)]
    assert found == [
        ["060371234561", "060371234561", "06037"],
        ["06037123456", "06037123456", "06037"],
        ["06037"] * 3,
        ["06"] * 3,
    ]


def test_the_hierarchy_that_fits_a_column_is_suggested() -> None:
    def suggest(values: list[str], type_: str, entity: str = "") -> str:
        return suggested_hierarchy(pl.Series("v", values), type_, entity).name

    assert suggest(["34"], "integer", "AGE") == "age"
    assert suggest(["90012"], "integer", "ZIP_CODE") == "zip"
    assert suggest(["1961-04-12"], "date") == "date"
    assert suggest(["06037123456"], "integer", "GEOGRAPHY") == "geography"
    assert suggest(["issued", "open"], "text") == "category"
    assert suggest(["0", "100000"], "integer") == "numbers:5000"


GOOD = "value,group,all\nplumber,trades,*\nelectrician,trades,*\nnurse,care,*\n"


def test_an_uploaded_hierarchy_is_read_with_the_words_of_its_levels() -> None:
    parsed = hierarchy_parse(GOOD, ["plumber", "nurse"])
    assert parsed.faults == [] and parsed.level_labels == ["group", "all"]
    hierarchy = listed("Occupations", parsed.level_labels, parsed.rows)
    values = pl.Series("v", ["nurse", " plumber", "spy", None])
    assert hierarchy.at(values, 1).to_list() == ["care", "trades", "*", None]
    assert hierarchy_parse(GOOD.replace(",", ";")).rows == parsed.rows


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no values"),
        ("plumber\n", "has no levels"),
        ("plumber,trades,*\nnurse,care\n", "Line 2 has 1 levels and the first has 2"),
        ("plumber,trades,*\nplumber,trades,*\n", "lists the value “plumber” again (first in line 1)"),
        ("plumber,,*\n", "Line 1 has a cell that is empty"),
        ("a,x,one\nb,x,two\n", "“x” becomes “two” at level 2, but “one” in line 1"),
        (GOOD.replace("nurse", "doctor"), "1 value of the column is not listed"),
    ],
)
def test_a_hierarchy_that_cannot_be_used_says_where_and_why(text: str, sentence: str) -> None:
    faults = hierarchy_parse(text, ["nurse"] if "doctor" in text else []).faults
    assert len(faults) == 1 and sentence in faults[0]


def test_a_hierarchy_is_named_by_its_rows() -> None:
    rows = [["a", "*"]]
    assert listed("One", ["all"], rows).name == listed("Another", ["any"], rows).name
    assert listed("One", ["all"], rows).name != listed("One", ["all"], [["b", "*"]]).name


def test_bands_of_numbers_lie_within_the_wider_ones() -> None:
    values = pl.Series("v", ["0.3", "0.6", "-0.1"])
    found = [numbers_by(0.1).at(values, level).to_list() for level in (1, 2)]
    assert found[1] == ["0.2 to under 0.4", "0.6 to under 0.8", "-0.2 to under 0.0"]


def test_loss_is_0_for_values_as_they_are_and_1_when_nothing_is_left() -> None:
    counts = np.array([3, 5, 2])
    assert column_loss(np.full(3, 1 / 3), counts, 3) == pytest.approx(0)
    assert column_loss(np.ones(3), counts, 3) == pytest.approx(1)
    assert column_loss(np.zeros(3), np.zeros(3, np.int64), 3, suppressed=10) == pytest.approx(1)
    assert entropy_loss(counts, counts) == 0 and entropy_loss(counts, np.full(3, 10)) == pytest.approx(1)
    assert discernibility(np.array([10]), 10) == 1 and discernibility(np.array([2, 2]), 4) == 0.5
    assert joined([1.0, 1.0]) == pytest.approx(1) and joined([0.2, 0.6], "largest") == 0.6
