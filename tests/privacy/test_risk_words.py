"""What the measures say to a privacy officer, and which columns are proposed."""

from __future__ import annotations

import polars as pl

from datafiles.table import Table
from privacy.risk.classes import ClassTable
from privacy.risk.profile import profile_of, risk_profile
from privacy.risk.sentences import profile_sentences, risk_sentences, standing
from privacy.risk.suggest import KNOWN, OTHER, Candidate, suggest
from privacy.scanner import scan
from tests.privacy.samples import permits

PEOPLE = pl.DataFrame(
    {
        "zip": ["90012", "90012", "90013", "90013", "90014", None],
        "sex": ["F", "M", "F", "M", "F", "F"],
        "diagnosis": ["flu", "flu", "asthma", "flu", "asthma", "flu"],
        "weight": [10.0] * 6,
    }
)


def test_a_privacy_officer_is_told_what_each_measure_means() -> None:
    found = risk_profile(PEOPLE, ["zip", "sex"], sensitive=["diagnosis"], weights="weight")
    assert standing(found) == (
        "At least one person stands alone: 6 of 6 rows have a combination of zip and sex that nobody else has."
    )
    text = "\n".join(profile_sentences(found))
    assert "“zip” alone singles out 2 rows: it acts like a name." in text
    assert "2 columns, zip and sex, alone single out 6 rows." in text
    assert "2 rows are singled out by one column alone (special uniques, SUDA)" in text
    assert "Who finds a group may learn “diagnosis” for certain: 6 rows are in groups" in text
    assert "far from those of the whole table (t = 0.67;" in text
    assert "would be expected to find 1.5 of 6 rows again" in text
    assert "the smallest group holds 10 people" in text
    assert "a chance of 100 % at most and 100 % on average (prosecutor)" in text
    assert "If an empty cell may stand for any value" not in text  # k is 1 either way


def test_values_of_the_file_are_in_no_sentence_and_in_no_profile() -> None:
    found = risk_profile(PEOPLE, ["zip", "sex"], sensitive=["diagnosis"], weights="weight")
    text = " ".join([*risk_sentences(found, k_min=5), *profile_sentences(found), str(found.to_dict())])
    for value in ("90012", "90014", "asthma", "flu"):
        assert value not in text


def test_empty_cells_are_told_of_where_they_matter() -> None:
    found = risk_profile(pl.DataFrame({"x": ["1", "1", "1", "1", None]}), ["x"])
    assert profile_sentences(found)[-1] == (
        "Empty cells count as a value of their own here. If an empty cell may stand for any value, k is 5 "
        "and 0 rows stand alone."
    )


def test_groups_in_which_values_differ_are_told_as_such() -> None:
    frame = pl.DataFrame({"zip": ["1"] * 4 + ["2"] * 4, "cost": [1, 2, 3, 4] * 2})
    text = " ".join(profile_sentences(risk_profile(frame, ["zip"], sensitive=["cost"])))
    assert "In each group “cost” has at least 4 different values (l = 4), as telling as 4.0" in text
    assert "are close to those of the whole table (t = 0.00;" in text
    assert "SUDA" not in text and "singles out" not in text


def test_nothing_is_said_of_an_empty_table_or_of_what_was_not_measured() -> None:
    empty = risk_profile(PEOPLE.clear(), ["zip"])
    assert profile_sentences(empty) == []
    assert standing(empty) == "The table has no rows, so nobody can be singled out in it."
    quick = profile_of(ClassTable.of(PEOPLE, ["zip", "sex"]), deep=False)
    assert len(profile_sentences(quick)) == 1


def test_columns_are_proposed_with_a_reason_the_most_telling_first() -> None:
    found = suggest(
        [
            Candidate("Gender", "quasi", "SEX"),
            Candidate("diagnosis", "sensitive", "HEALTH"),
            Candidate("shoe_size", "quasi", "SHOE_SIZE"),
            Candidate("name", "direct", "PERSON_NAME"),
            Candidate("home", "direct", "STREET_ADDRESS"),
            Candidate("born", "quasi", "DATE_OF_BIRTH"),
            Candidate("cost", "none"),
            Candidate("zip", "quasi", "ZIP_CODE", left=False),
        ]
    )
    assert [name for name, _ in found] == ["born", "home", "Gender", "shoe_size"]
    assert [why for _, why in found] == [
        KNOWN["DATE_OF_BIRTH"],
        KNOWN["STREET_ADDRESS"],
        KNOWN["SEX"],
        OTHER,
    ]


def test_a_scan_gives_the_proposal() -> None:
    result = scan(Table.of(pl.DataFrame(permits())))
    proposed = suggest(Candidate(one.name, one.group, one.entity) for one in result.columns)
    assert [name for name, _ in proposed] == ["zip", "sex"]
