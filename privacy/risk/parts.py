"""The parts of a risk profile. Names of columns, counts and row numbers; never a value of the file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The same counts when null may stand for any value."""

    k: int
    unique_rows: int
    rows_under_5: int
    rows_under_11: int
    rows_under_threshold: int | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """Against everybody there is: `source` says whether they were counted (population) or estimated (weights).

    `journalist_max`: somebody shows that one person can be found. `marketer`: the share of rows that somebody who
    links them all would get right.
    """

    source: str
    smallest: float
    journalist_max: float
    marketer: float


@dataclass(frozen=True, slots=True)
class Sensitive:
    """What the groups give away of one sensitive column (see diversity). `certain_rows`: rows in groups in which
    everybody has the same value. `recursive` holds l and the c above which the table is (c,l)-diverse."""

    column: str
    l: int  # noqa: E741 - its name in the literature
    entropy_l: float
    t: float
    t_categorical: float
    t_ordered: float | None
    certain_rows: int
    recursive: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Individual:
    """Risks of the people of a sample. `expected`: how many would be found again; `highest`: row and risk."""

    max: float
    average: float
    expected: float
    tau: float
    rows_over_tau: int
    highest: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Uniques:
    """Special uniques (SUDA). `sizes`: for each number of columns, how many minimal sets single a row out, and how
    many rows have none smaller; `highest`: row, score and its smallest set's size."""

    largest: int
    rows: int
    score_max: float
    score_sum: float
    sizes: list[dict[str, int]] = field(default_factory=list)
    highest: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ColumnRisk:
    """One quasi-identifier: its different values, empty rows, rows it singles out alone, and the share of all
    special uniqueness that it has a part in."""

    column: str
    distinct: int
    null_rows: int
    unique_rows: int
    share: float


@dataclass(frozen=True, slots=True)
class CombinationRisk:
    """Some quasi-identifiers together: rows they single out, and those that no smaller part of them does."""

    columns: list[str]
    unique_rows: int
    minimal_rows: int
