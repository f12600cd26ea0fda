"""Everything that is measured of the risk to single somebody out, computed from the class table (PRIVACY 3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
import polars as pl

from privacy.risk.classes import ClassTable, Floats, Ints
from privacy.risk.columns import Frame, rows_of
from privacy.risk.diversity import diversity_of
from privacy.risk.individual import individual_risks
from privacy.risk.parts import (
    ColumnRisk,
    CombinationRisk,
    Individual,
    Population,
    Sensitive,
    Uniques,
    Wildcard,
)
from privacy.risk.suda import Combination, SpecialUniques, special_uniques
from privacy.risk.wildcard import wildcard_sizes

# Class sizes as the page draws them: lower and upper bound.
BANDS: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 4), (5, 10), (11, 50), (51, None))
# El Emam: a record in a group under 5 is at high risk.
TAU = 0.2
_SHOWN_ROWS = 20
_SHOWN_COMBINATIONS = 40
_SHOWN_SIZE = 3

# How the parts of a profile are read back.
_ONE: dict[str, type[Any]] = {
    "wildcard": Wildcard,
    "population": Population,
    "individual": Individual,
    "uniques": Uniques,
}
_SEVERAL: dict[str, type[Any]] = {
    "sensitive": Sensitive,
    "columns": ColumnRisk,
    "combinations": CombinationRisk,
}


@dataclass(frozen=True, slots=True)
class RiskProfile:
    """Rows in groups that share one combination of the quasi-identifiers. Null counts as a value of its own.

    The prosecutor knows that somebody is in the file: `prosecutor_max` is 1/k, `prosecutor_average` groups per
    row, `rows_over_tau` the rows whose 1/f is above `tau`. Parts that were not asked for, or have no ground in
    the data (no weights, no nulls), are None or empty; `class_sizes` holds (from, to, rows, groups), `to` None
    is open.
    """

    quasi: list[str]
    rows: int
    k: int
    classes: int
    unique_rows: int
    rows_under_5: int
    rows_under_11: int
    prosecutor_max: float
    prosecutor_average: float
    class_sizes: list[tuple[int, int | None, int, int]]
    threshold: int | None = None
    rows_under_threshold: int | None = None
    tau: float = TAU
    rows_over_tau: int = 0
    wildcard: Wildcard | None = None
    population: Population | None = None
    individual: Individual | None = None
    sensitive: list[Sensitive] = field(default_factory=list)
    uniques: Uniques | None = None
    columns: list[ColumnRisk] = field(default_factory=list)
    combinations: list[CombinationRisk] = field(default_factory=list)

    @property
    def unique_share(self) -> float:
        return self.unique_rows / self.rows if self.rows else 0.0

    def to_dict(self) -> dict[str, Any]:
        """For JSON: names of columns, numbers and row numbers only."""
        return asdict(self)

    @classmethod
    def of_dict(cls, data: Mapping[str, Any]) -> RiskProfile:
        """Read what `to_dict` wrote, by this version or an earlier one that measured less."""
        given = _known(cls, data)
        for name, part in _ONE.items():
            if given.get(name) is not None:
                given[name] = part(**_known(part, given[name]))
        for name, part in _SEVERAL.items():
            given[name] = [part(**_known(part, one)) for one in given.get(name, [])]
        given["class_sizes"] = [tuple(band) for band in given["class_sizes"]]
        return cls(**given)


def risk_profile(
    frame: Frame,
    quasi: Sequence[str],
    *,
    sensitive: Sequence[str] = (),
    ordered: Collection[str] | None = None,
    weights: str | None = None,
    population: Frame | None = None,
    threshold: int | None = None,
    tau: float = TAU,
) -> RiskProfile:
    """Measure a table over its quasi-identifiers.

    Takes sensitive columns, which of them hold numbers (`ordered`; None: those of a numeric type), the column of
    sampling weights or a table of the whole population with the same columns, the program's smallest group size
    and the risk above which a row counts as at high risk. A table without rows has k 0. Raises ValueError with a
    sentence for a missing column or weights that are not numbers above 0.
    """
    if ordered is None:
        schema = frame.collect_schema()
        ordered = [name for name in sensitive if name in schema and schema[name].is_numeric()]
    table = ClassTable.of(frame, quasi, sensitive=sensitive, ordered=ordered, weights=weights)
    everybody = _population_sizes(table, population) if population is not None else None
    return profile_of(table, everybody=everybody, threshold=threshold, tau=tau, frame=frame)


def profile_of(
    table: ClassTable,
    *,
    everybody: Ints | None = None,
    threshold: int | None = None,
    tau: float = TAU,
    frame: Frame | None = None,
    deep: bool = True,
) -> RiskProfile:
    """The same from a class table: `everybody` are the population's sizes of its classes.

    With the `frame` it was made of, the rows at the highest risk are named by number. Without `deep` special
    uniques, combinations of columns and null as any value are left out: enough for a what-if.
    """
    sizes = table.sizes
    rows, k = table.rows, int(sizes.min(initial=2**62)) if len(sizes) else 0
    found = special_uniques(table) if deep and rows else None
    expected = everybody.astype(np.float64) if everybody is not None else table.weights
    return RiskProfile(
        quasi=list(table.names),
        rows=rows,
        k=k,
        classes=len(table),
        unique_rows=rows_under(sizes, sizes, 2),
        rows_under_5=rows_under(sizes, sizes, 5),
        rows_under_11=rows_under(sizes, sizes, 11),
        prosecutor_max=1 / k if k else 0.0,
        prosecutor_average=len(table) / rows if rows else 0.0,
        class_sizes=_bands(sizes),
        threshold=threshold,
        rows_under_threshold=rows_under(sizes, sizes, threshold) if threshold else None,
        tau=tau,
        rows_over_tau=int(sizes[1 / sizes > tau].sum()),
        wildcard=_wildcard(table, threshold) if deep and rows else None,
        population=_population(sizes, expected, "weights" if everybody is None else "population"),
        individual=_individual(table, tau, frame),
        sensitive=[part for name in table.cells if (part := _sensitive(table, name))],
        uniques=_uniques(table, found, frame) if found else None,
        columns=_columns(table, found) if found else [],
        combinations=_combinations(found.combinations) if found else [],
    )


def rows_under(sizes: Ints, judged: Ints, limit: int) -> int:
    """The rows in classes whose judged size is under the limit."""
    return int(sizes[judged < limit].sum())


def _bands(sizes: Ints) -> list[tuple[int, int | None, int, int]]:
    bands = []
    for low, high in BANDS:
        inside = sizes[(sizes >= low) & (sizes <= (high or sizes.max(initial=0)))]
        bands.append((low, high, int(inside.sum()), len(inside)))
    return bands


def _wildcard(table: ClassTable, threshold: int | None) -> Wildcard:
    fitting = wildcard_sizes(table)
    return Wildcard(
        k=int(fitting.min()),
        unique_rows=rows_under(table.sizes, fitting, 2),
        rows_under_5=rows_under(table.sizes, fitting, 5),
        rows_under_11=rows_under(table.sizes, fitting, 11),
        rows_under_threshold=rows_under(table.sizes, fitting, threshold) if threshold else None,
    )


def _population_sizes(table: ClassTable, population: Frame) -> Ints:
    """How many people of the population are in each class; never fewer than the rows of the file."""
    classes = table.frame().with_row_index("\x00class")
    counted = (
        population.lazy()
        .select(pl.col(name).cast(classes.schema[name]) for name in table.names)
        .group_by(table.names)
        .agg(pl.len().alias("\x00n"))
    )
    joined = classes.lazy().join(counted, on=table.names, how="left", nulls_equal=True)
    sizes = joined.sort("\x00class").select(pl.col("\x00n").fill_null(0)).collect().to_series()
    return np.maximum(sizes.to_numpy().astype(np.int64), table.sizes)


def _population(sizes: Ints, expected: Floats | None, source: str) -> Population | None:
    if expected is None or not len(sizes):
        return None
    # Weights under 1 would make the population smaller than the file.
    everybody = np.maximum(expected, sizes)
    return Population(
        source=source,
        smallest=float(everybody.min()),
        journalist_max=float(1 / everybody.min()),
        marketer=float((sizes / everybody).sum() / sizes.sum()),
    )


def _individual(table: ClassTable, tau: float, frame: Frame | None) -> Individual | None:
    if table.weights is None or not len(table):
        return None
    risks = individual_risks(table.sizes, table.weights)
    expected = float((risks * table.sizes).sum())
    first = np.argsort(-risks, kind="stable")[:_SHOWN_ROWS]
    highest = [{"row": row, "risk": float(risks[first[at]])} for at, row in _shown_rows(table, frame, first)]
    return Individual(
        max=float(risks.max()),
        average=expected / table.rows,
        expected=expected,
        tau=tau,
        rows_over_tau=int(table.sizes[risks > tau].sum()),
        highest=highest,
    )


def _sensitive(table: ClassTable, name: str) -> Sensitive | None:
    found = diversity_of(table, name)
    if found is None:
        return None
    return Sensitive(
        column=name,
        l=found.l,
        entropy_l=found.entropy_l,
        t=found.t,
        t_categorical=found.t_categorical,
        t_ordered=found.t_ordered,
        certain_rows=found.certain_rows,
        recursive=[{"l": l, "c": c} for l, c in found.recursive_c.items()],  # noqa: E741
    )


def _uniques(table: ClassTable, found: SpecialUniques, frame: Frame | None) -> Uniques:
    first = np.argsort(-found.scores, kind="stable")[:_SHOWN_ROWS]
    first = first[found.scores[first] > 0]
    highest = [
        {"row": row, "score": float(found.scores[first[at]]), "columns": int(found.smallest[first[at]])}
        for at, row in _shown_rows(table, frame, first)
    ]
    by_size = np.bincount(found.smallest, minlength=found.largest + 1)
    return Uniques(
        largest=found.largest,
        rows=int((found.smallest > 0).sum()),
        score_max=float(found.scores.max()),
        score_sum=float(found.scores.sum()),
        sizes=[{"columns": n, "sets": sets, "rows": int(by_size[n])} for n, sets in found.sets.items()],
        highest=highest,
    )


def _shown_rows(table: ClassTable, frame: Frame | None, classes: Ints) -> list[tuple[int, int]]:
    """For the classes given: the position of each among them and the number of a row in it; the first rows."""
    if frame is None or not len(classes):
        return []
    return rows_of(frame, table.frame()[classes], first=_SHOWN_ROWS)[:_SHOWN_ROWS]


def _columns(table: ClassTable, found: SpecialUniques) -> list[ColumnRisk]:
    alone = {one.names[0]: one.unique_rows for one in found.combinations if len(one.names) == 1}
    risks = []
    for name, codes in table.codes.items():
        there = np.bincount(codes, minlength=1) > 0
        risks.append(
            ColumnRisk(
                column=name,
                distinct=int(there[1:].sum()),
                null_rows=int(table.sizes[codes == 0].sum()),
                unique_rows=alone.get(name, 0),
                share=found.share[name],
            )
        )
    return risks


def _combinations(found: list[Combination]) -> list[CombinationRisk]:
    """The pairs and triples that single out most, the smaller first where they single out as many."""
    several = [one for one in found if 1 < len(one.names) <= _SHOWN_SIZE and one.unique_rows]
    several.sort(key=lambda one: (-one.unique_rows, len(one.names)))
    return [
        CombinationRisk(list(one.names), one.unique_rows, one.minimal_rows)
        for one in several[:_SHOWN_COMBINATIONS]
    ]


def _known(cls: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What of the data this version has a place for."""
    names = {one.name for one in fields(cls)}
    return {name: value for name, value in data.items() if name in names}
