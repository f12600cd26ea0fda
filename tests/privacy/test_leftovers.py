"""A recipe takes care of a column when it changes it: what stays as it was is left over, whatever step names it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from datafiles.table import Table
from privacy.leftovers import leftovers
from privacy.models import ColumnVerdict, Disposition, QuasiIdentifiers, RecipeVersion, Treatment
from privacy.remedies.base import Context
from privacy.remedies.recipe import columns_guarded, columns_touched, replay
from privacy.scanner import ColumnResult, scan
from privacy.selectors import PrivacyState, columns_remedied

KEY = b"a secret"
ROWS = 60
SSN = "123-45-6788"


def step(remedy: str, **params: Any) -> dict[str, Any]:
    return {"remedy": remedy, "params": params}


def k_anonymise(level: int, *columns: str, rest: str = "drop") -> dict[str, Any]:
    hierarchies = ["age" if name == "age" else "category" for name in columns]
    return step(
        "k_anonymise",
        columns=list(columns),
        hierarchies=hierarchies,
        levels=[level] * len(columns),
        k=2,
        rest=rest,
    )


def people() -> dict[str, list[str]]:
    notes = [f"Inspected on site {i}, work goes on as planned there" for i in range(ROWS)]
    notes[10] = f"Owner gave {SSN} at the counter of the office"
    notes[40] = "Owner gave 234-56-7891 at the counter of the office"
    return {
        "birth_date": [f"19{60 + i % 20}-0{1 + i % 5}-1{i % 4}" for i in range(ROWS)],
        "age": [str(20 + i % 30) for i in range(ROWS)],
        "sex": [("F", "M")[i % 2] for i in range(ROWS)],
        "status": [("open", "closed")[i % 2] for i in range(ROWS)],
        "lat": [f"34.{50_000 + 7 * i}1" for i in range(ROWS)],
        "home_lat": [f"34.{50_000 + 7 * i}1" for i in range(ROWS)],
        "remarks": notes,
        "ssn": [f"{150 + i}-{11 + i}-{4001 + 7 * i}" for i in range(ROWS)],
        "email": [f"jane{10 + i}.doe@gmail.com" for i in range(ROWS)],
        "student_no": [f"{48_213_907 + 613_577 * i}" for i in range(ROWS)],
    }


def verdict_of(column: ColumnResult) -> ColumnVerdict:
    return ColumnVerdict(
        column=column.name,
        type=column.type,
        group=column.group,
        entity=column.entity or "",
        decision=column.decision,
        hits=[hit.to_dict() for hit in column.hits],
        evidence_digest=column.evidence_digest,
    )


def left_of(
    column: str, *steps: dict[str, Any], decision: str = "remedy", measured: tuple[str, ...] = ()
) -> str:
    """What is said of a column of the copy, decided like this, after the steps."""
    table = Table.of(pl.DataFrame(people()))
    state = PrivacyState(release_id=0, raw=None, columnar=None, scan=None, running=None)
    state.verdicts = [verdict_of(one) for one in scan(table, key=KEY).columns]
    state.decided = {column: Disposition(column=column, decision=decision)}
    state.recipe_version = RecipeVersion(steps=list(steps))
    made = replay(table, list(steps), Context(secret=KEY))
    found = scan(made.table, key=KEY).columns
    left = leftovers(state, found, changed=made.changed, measured=measured)
    state.treatment = Treatment(leftovers=left)
    return next((one["sentence"] for one in state.leftovers if one["column"] == column), "")


@pytest.mark.parametrize(
    ("column", "steps"),
    [
        ("birth_date", [step("drop_rows", column="birth_date", test="empty")]),
        ("birth_date", [k_anonymise(0, "birth_date")]),
        ("birth_date", [step("drop_small_classes", columns=["birth_date"], k=2)]),
        ("sex", [k_anonymise(0, "sex", rest="star")]),
        ("sex", [step("suppress_cells", column="sex", which="listed", values=["X"])]),
        ("remarks", [step("truncate_text", column="remarks", characters=10_000)]),
        ("age", [step("top_bottom", column="age", top=48)]),
        ("lat", [step("point_grid", column="lat", decimals=5)]),
        ("lat", [step("point_grid", column="lat", how="grid", step=0.001)]),
        ("home_lat", [step("point_grid", column="home_lat", decimals=5)]),
        ("home_lat", [step("point_grid", column="home_lat", decimals=3)]),
    ],
)
def test_a_column_that_a_recipe_leaves_as_it_was_is_left_over(
    column: str, steps: list[dict[str, Any]]
) -> None:
    assert left_of(column, *steps)


@pytest.mark.parametrize(
    ("column", "steps"),
    [
        ("birth_date", [step("generalise_date", column="birth_date")]),
        ("birth_date", [step("date_shift", column="birth_date", days=30)]),
        ("birth_date", [step("drop_column", column="birth_date")]),
        ("sex", [step("mask", column="sex")]),
        ("age", [step("age_bands", column="age")]),
        ("age", [k_anonymise(2, "age")]),
        ("remarks", [step("redact_matches", column="remarks", entities=["SSN"])]),
        ("lat", [step("point_grid", column="lat", decimals=2)]),
        ("home_lat", [step("point_grid", column="home_lat", how="grid", step=0.01)]),
    ],
)
def test_a_column_that_a_recipe_changes_is_not_left_over(column: str, steps: list[dict[str, Any]]) -> None:
    assert left_of(column, *steps) == ""


def cut(column: str, characters: int) -> dict[str, Any]:
    return step("truncate_text", column=column, characters=characters)


@pytest.mark.parametrize(
    ("column", "steps"),
    [
        ("ssn", [cut("ssn", 9)]),
        ("email", [cut("email", 17)]),
        ("student_no", [cut("student_no", 7)]),
        ("student_no", [step("round_numbers", column="student_no", to=100)]),
        ("birth_date", [cut("birth_date", 9)]),
        ("birth_date", [step("generalise_date", column="birth_date", to="month")]),
        # A redaction that finds nothing does not excuse the cut, and fewer rows do not either.
        ("ssn", [step("redact_matches", column="ssn", entities=["EMAIL"]), cut("ssn", 9)]),
        ("ssn", [step("drop_rows", column="status", values=["open"]), cut("ssn", 9)]),
    ],
)
def test_a_column_that_still_tells_people_apart_is_left_over(
    column: str, steps: list[dict[str, Any]]
) -> None:
    """One character less of a number is still the number of one person, whatever the scan makes of it."""
    assert "still tells people apart" in left_of(column, *steps)


@pytest.mark.parametrize(
    ("column", "steps"),
    [
        ("ssn", [cut("ssn", 1)]),
        ("ssn", [step("pseudonym", column="ssn"), cut("ssn", 9)]),
        ("ssn", [step("mask", column="ssn", keep="last4")]),
        ("birth_date", [cut("birth_date", 3)]),
    ],
)
def test_a_column_that_tells_nobody_apart_any_more_is_not_left_over(
    column: str, steps: list[dict[str, Any]]
) -> None:
    assert "tells people apart" not in left_of(column, *steps)


def test_what_tells_people_apart_is_measured_or_accepted_instead() -> None:
    cut_date = cut("birth_date", 9)
    assert left_of("birth_date", cut_date, measured=("birth_date",)) == ""
    assert "tells people apart" not in left_of("ssn", cut("ssn", 9), decision="accept")
    assert "tells people apart" in left_of("ssn", cut("ssn", 9), measured=("ssn",)), "an SSN is nobody else's"


def test_an_identifier_that_a_remedy_leaves_as_it_was_counts_as_kept() -> None:
    """Whoever decides at the end is told that people can be identified."""
    state = PrivacyState(release_id=0, raw=None, columnar=None, scan=None, running=None)
    flag = ColumnVerdict.Decision.FLAG
    state.verdicts = [
        ColumnVerdict(column="ssn", group="direct", entity="SSN", decision=flag),
        ColumnVerdict(column="name", group="direct", entity="PERSON_NAME", decision=flag),
        ColumnVerdict(column="sex", group="quasi", entity="SEX", decision=flag),
    ]
    state.decided = {row.column: Disposition(column=row.column, decision="remedy") for row in state.verdicts}
    left = [{"column": name, "decided": "remedied", "sentence": "Still there."} for name in ("ssn", "sex")]
    state.treatment = Treatment(leftovers=left)
    assert state.identifiers_kept == ["ssn"]


def test_a_measured_quasi_identifier_may_stay_as_it_was_and_a_direct_identifier_may_not() -> None:
    assert left_of("sex", k_anonymise(0, "sex"), measured=("sex",)) == ""
    assert left_of("home_lat", step("point_grid", column="home_lat", decimals=5), measured=("home_lat",))


def test_one_find_taken_away_is_not_all_of_them() -> None:
    gone = step("suppress_cells", column="remarks", which="listed", values=[people()["remarks"][10]])
    assert "nearly as it was" in left_of("remarks", gone)


def test_a_kept_column_stays_covered_when_rows_go() -> None:
    """What somebody accepted of the file they accepted of each of its rows."""
    rows = step("drop_rows", column="remarks", values=[people()["remarks"][10]])
    assert left_of("remarks", rows, decision="accept") == ""
    assert left_of("birth_date", step("drop_rows", column="status", values=["open"]), decision="accept") == ""


def test_the_same_copy_is_judged_by_the_decisions_in_force() -> None:
    """A decision may change while the recipe, and so the copy, stays."""
    steps = [k_anonymise(0, "birth_date", rest="star")]
    assert "nearly as it was" in left_of("birth_date", *steps, decision="remedy")
    assert left_of("birth_date", *steps, decision="accept") == ""


def test_steps_that_leave_out_rows_touch_no_column() -> None:
    columns = ["age", "sex", "home_lat"]
    rows = [
        step("drop_rows", column="age", values=["20"]),
        step("drop_small_classes", columns=["sex"], k=2),
        k_anonymise(0, "age", "sex"),
    ]
    assert columns_touched(rows, columns) == set()
    assert columns_guarded(rows) == {"age", "sex"}
    assert columns_touched([k_anonymise(1, "age")], columns) == {"age"}
    assert columns_touched([k_anonymise(0, "age", rest="star")], columns) == {"age"}
    assert columns_touched([step("point_grid", column="home_lat", decimals=4)], columns) == set()
    assert columns_touched([step("point_grid", column="home_lat")], columns) == {"home_lat"}


def test_a_step_over_groups_takes_care_of_confirmed_quasi_identifiers_only() -> None:
    state = PrivacyState(release_id=0, raw=None, columnar=None, scan=None, running=None)
    state.verdicts = [ColumnVerdict(column=name) for name in ("age", "sex")]
    state.recipe_version = RecipeVersion(steps=[k_anonymise(0, "age", "sex")])
    assert columns_remedied(state) == set()
    state.quasi = QuasiIdentifiers(columns=["age"])
    assert columns_remedied(state) == {"age"}
