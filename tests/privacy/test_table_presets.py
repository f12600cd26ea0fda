"""What the page Tables of counts suggests of each column."""

from __future__ import annotations

import pytest

from privacy.aggregates.presets import Preset, TableColumn, presets_of


@pytest.mark.parametrize(
    ("name", "kind", "group", "role"),
    [
        ("clinic", "text", "", "dimension"),
        ("report_date", "date", "", "dimension"),
        ("year", "integer", "", "dimension"),
        ("YearOfBirth", "integer", "quasi", "dimension"),
        ("fiscal_quarter", "integer", "", "dimension"),
        ("zip", "integer", "quasi", "dimension"),
        ("block_no", "integer", "", "dimension"),
        ("case_number", "integer", "key", "dimension"),
        ("Age Group", "text", "quasi", "dimension"),
        ("visit_count", "integer", "", "count"),
        ("Number of arrests", "integer", "", "count"),
        ("n", "integer", "", "count"),
        ("deaths", "integer", "", "count"),
        ("women", "integer", "", "count"),
        ("count", "text", "", "dimension"),
        ("population", "integer", "", "denominator"),
        ("total_enrollment", "integer", "", "denominator"),
        ("rate_per_100k", "decimal", "", "statistic"),
        ("pct_of_total", "decimal", "", "statistic"),
        ("total_cost", "integer", "", "statistic"),
        ("score", "integer", "", "statistic"),
        ("sum of income", "decimal", "", "statistic"),
    ],
)
def test_a_column_is_what_its_name_and_type_say(name: str, kind: str, group: str, role: str) -> None:
    assert presets_of([TableColumn(name, kind, group)])[name].role == role


def test_a_sum_of_other_counts_is_marked() -> None:
    columns = [TableColumn(name, "integer") for name in ("women", "men", "all_people", "total")]
    assert [preset.is_total for preset in presets_of(columns).values()] == [False, False, True, True]


def test_only_one_column_is_suggested_as_the_people_that_counts_are_out_of() -> None:
    columns = [TableColumn("population", "integer"), TableColumn("adult_population", "integer")]
    assert list(presets_of(columns).values()) == [Preset("denominator"), Preset("statistic")]
