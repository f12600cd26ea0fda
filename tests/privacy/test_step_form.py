from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from privacy.recipe_changes import changes, moved, put, removed
from privacy.remedies.registry import REMEDIES
from privacy.step_form import Choices, blank_form, faults_of, form_of, params_posted, remedy_groups

COLUMNS = ["permit_no", "status", "zip", "sex", "age"]


@dataclass
class Column:
    column: str
    position: int
    type: str = "text"
    group: str = "none"
    entity: str = ""
    entities: list[str] = field(default_factory=list)


CHOICES = Choices(
    columns=COLUMNS,
    verdicts={
        **{name: Column(name, at) for at, name in enumerate(COLUMNS)},
        "zip": Column("zip", 2, group="quasi", entity="ZIP_CODE"),
        "age": Column("age", 4, type="integer", group="quasi", entity="AGE"),
    },
    quasi={"zip", "age"},
)


def posted(remedy: str, **data: str | list[str]) -> tuple[dict[str, object], dict[str, str], str]:
    """The parameters read from a form, its faults by field, and the fault of the whole."""
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    one = REMEDIES[remedy]
    params = params_posted(one, query, COLUMNS)
    form = form_of(one, params, CHOICES, faults=faults_of(one, params, set(), COLUMNS))
    return params, {each.name: each.fault for each in form.fields if each.fault}, form.fault


def test_numbers_lists_and_choices_are_read_as_what_they_are() -> None:
    params, faults, _ = posted("bands", **{"p-column": "age", "p-width": "1,000", "p-top": "2.5"})
    assert params == {"column": "age", "width": 1000, "top": 2.5} and not faults
    data = {"p-column": "status", "p-which": "listed", "p-values": " open \n\nclosed\n", "p-fewer_than": "9"}
    params, faults, _ = posted("suppress_cells", **data)
    assert params == {"column": "status", "which": "listed", "values": ["open", "closed"]} and not faults
    params, faults, _ = posted("drop_small_classes", **{"p-columns": ["zip", "sex"], "p-k": "11"})
    assert params == {"columns": ["zip", "sex"], "k": 11} and not faults


def test_columns_with_hierarchies_and_levels_are_read_from_their_table() -> None:
    data = {"l-2-on": "yes", "l-2-by": "zip", "l-2-to": "1", "l-4-by": "age", "l-4-to": "2", "p-k": "5"}
    params, faults, _ = posted("k_anonymise", **data)
    assert params == {"columns": ["zip"], "hierarchies": ["zip"], "levels": [1], "k": 5} and not faults


@pytest.mark.parametrize(
    ("remedy", "data", "place", "sentence"),
    [
        (
            "round_numbers",
            {"p-column": "age", "p-to": "ten"},
            "p-to",
            "“To the nearest” is not right. Write a number.",
        ),
        (
            "age_bands",
            {"p-column": "age", "p-width": "0"},
            "p-width",
            "“Years in a band” must be at least 1.",
        ),
        ("drop_column", {"p-column": ""}, "p-column", "“Column” is missing. Choose a column of the file."),
        ("drop_column", {"p-column": "nowhere"}, "p-column", "“Column”: there is no column “nowhere”"),
        ("drop_small_classes", {"p-k": "5"}, "p-columns", "“Columns” is missing."),
        (
            "suppress_cells",
            {"p-column": "status", "p-which": "listed", "p-values": " "},
            "p-values",
            "“Values” is missing. Write one value on each line.",
        ),
        ("mask", {"p-column": "zip", "p-keep": "all"}, "p-keep", "“Keep” cannot be “all”."),
        (
            "generalise",
            {"p-column": "zip", "p-hierarchy": "tree", "p-level": "1"},
            "p-hierarchy",
            "There is no hierarchy “tree”.",
        ),
        (
            "generalise",
            {"p-column": "zip", "p-hierarchy": "zip", "p-level": "9"},
            "p-hierarchy",
            "The hierarchy “ZIP code” has levels 1 to 4.",
        ),
        (
            "k_anonymise",
            {"l-2-on": "yes", "l-2-by": "zip", "l-2-to": "9", "p-k": "5"},
            "p-columns",
            "The hierarchy “ZIP code” of “zip” has levels 0 to 4.",
        ),
    ],
)
def test_each_fault_stands_at_its_field(remedy: str, data: dict[str, str], place: str, sentence: str) -> None:
    _, faults, _ = posted(remedy, **data)
    assert faults.get(place, "").startswith(sentence)


def test_a_fault_of_no_single_field_stands_on_top() -> None:
    _, faults, fault = posted("top_bottom", **{"p-column": "age"})
    assert fault == "Give a highest or a lowest number, or both." and not faults


def test_columns_that_a_remedy_fits_stand_first() -> None:
    column = blank_form(REMEDIES["generalise_zip"], CHOICES).fields[0]
    assert [name for name, _ in column.options] == ["zip"]
    assert [name for name, _ in column.others] == ["permit_no", "status", "sex", "age"]


def test_a_form_for_several_columns_begins_with_those_that_single_out() -> None:
    columns = blank_form(REMEDIES["drop_small_classes"], CHOICES).fields[0]
    assert columns.values == ["zip", "age"]
    assert [row.column for row in blank_form(REMEDIES["k_anonymise"], CHOICES).fields[0].rows] == [
        "zip",
        "age",
    ]


def test_every_remedy_has_a_form_and_is_offered_once() -> None:
    offered = [name for _, remedies in remedy_groups() for name, _ in remedies]
    assert sorted(offered) == sorted(REMEDIES)
    for remedy in REMEDIES.values():
        form = blank_form(remedy, CHOICES, column="zip")
        assert form.fields and not form.has_faults


@given(
    st.sampled_from(sorted(REMEDIES)),
    st.dictionaries(
        st.sampled_from(
            [
                "p-column",
                "p-columns",
                "p-k",
                "p-width",
                "p-top",
                "p-values",
                "p-which",
                "p-hierarchy",
                "p-level",
                "p-to",
                "p-test",
                "p-number",
                "p-entities",
                "l-2-on",
                "l-2-by",
                "l-2-to",
                "p-fewer_than",
                "p-sums",
                "p-days",
                "p-other",
            ]
        ),
        st.text(max_size=12),
    ),
)
def test_no_input_breaks_a_form_and_what_passes_is_a_step(remedy: str, data: dict[str, str]) -> None:
    params, faults, fault = posted(remedy, **data)
    if not faults and not fault:
        assert REMEDIES[remedy].says({**{p.name: p.default for p in REMEDIES[remedy].params}, **params})


STEP = {"remedy": "drop_column", "params": {"column": "sex"}}
OTHER = {"remedy": "generalise_zip", "params": {"column": "zip"}}


def test_steps_are_put_moved_and_removed() -> None:
    assert put([STEP], OTHER, None) == [STEP, OTHER] and put([STEP], OTHER, 1) == [OTHER]
    assert moved([STEP, OTHER], 2, -1) == [OTHER, STEP] and moved([STEP, OTHER], 2, 1) == [STEP, OTHER]
    assert removed([STEP, OTHER], 1) == [OTHER] and removed([STEP], 7) == [STEP]


def test_a_comparison_names_what_came_what_went_and_what_moved() -> None:
    assert changes([STEP], [STEP]) == []
    assert [(one.kind, one.says[:10]) for one in changes([STEP], [OTHER])] == [
        ("Removed", "The column"),
        ("Added", "Each ZIP c"),
    ]
    assert [one.kind for one in changes([STEP, OTHER], [OTHER, STEP])] == ["Moved"]
    strange = changes([], [{"remedy": "shred", "params": {}}])
    assert "not understood any more (shred)" in strange[0].says
