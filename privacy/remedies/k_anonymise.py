"""Several columns become coarser together, and the rows that still are too few in their group are left out.

The result of the lattice search as a step: the chosen level of each hierarchy, and k.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from privacy.remedies.base import Context, Param, Params, Remedy, distinct_values
from privacy.remedies.built_in import hierarchy_named
from privacy.remedies.hierarchy import ANY

_REST = (("drop", "They are left out"), ("star", "Their columns lose everything; the rows stay"))


def _reshape(frame: pl.DataFrame, params: Params, context: Context) -> pl.DataFrame:
    columns, k = list(params["columns"]), params["k"]
    chosen = zip(columns, params["hierarchies"], params["levels"], strict=True)
    coarser = frame.with_columns(
        generalised(frame.get_column(name), hierarchy, level, context).alias(name)
        for name, hierarchy, level in chosen
    )
    enough = pl.len().over(columns) >= k
    if params.get("rest", "drop") == "drop":
        return coarser.filter(enough)
    return _starred(coarser, columns, k)


def generalised(series: pl.Series, hierarchy: str, level: int, context: Context) -> pl.Series:
    """A column at a level of a hierarchy; null stays null."""
    if level == 0:
        return series
    values, _ = distinct_values(series)
    after = hierarchy_named(hierarchy, context.hierarchies).at(values, level)
    return series.replace_strict(values, after, default=None, return_dtype=pl.String)


def _starred(frame: pl.DataFrame, columns: list[str], k: int) -> pl.DataFrame:
    """Rows of small groups become one group of stars; should even that be too small, they are left out."""
    small = frame.select((pl.len().over(columns) < k).alias("s")).to_series()
    starred = frame.with_columns(
        pl.when(small).then(pl.lit(ANY)).otherwise(pl.col(name)).alias(name) for name in columns
    )
    return starred.filter(pl.len().over(columns) >= k)


def _faults(params: Params) -> Iterator[str]:
    columns, levels = params["columns"], params["levels"]
    if len(params["hierarchies"]) != len(columns) or len(levels) != len(columns):
        yield "Each column needs one hierarchy and one level."
        return
    for name, key, level in zip(columns, params["hierarchies"], levels, strict=True):
        try:
            known = hierarchy_named(key, {})
        except LookupError:
            continue  # an uploaded one: its levels are known at the replay
        if level >= len(known.levels):
            yield (
                f"The hierarchy “{known.label}” of “{name}” has levels 0 to {len(known.levels) - 1}. "
                "Choose one of them."
            )


def _changes(params: Params) -> list[str]:
    if params.get("rest") == "star":
        return list(params["columns"])
    return [name for name, level in zip(params["columns"], params["levels"], strict=True) if level]


def _listed(columns: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(columns[:-1]), columns[-1]]))


def _says(params: Params) -> str:
    changed = [name for name, level in zip(params["columns"], params["levels"], strict=True) if level]
    verb = "becomes" if len(changed) == 1 else "become"
    coarser = f"{_listed(changed)} {verb} coarser" if changed else "No column becomes coarser"
    rest = "lose all of them" if params.get("rest") == "star" else "are left out"
    return (
        f"{coarser}; rows whose combination of {_listed(params['columns'])} fewer than {params['k']} rows "
        f"share {rest}."
    )


REMEDY = Remedy(
    name="k_anonymise",
    label="Make groups of at least k",
    says=_says,
    params=(
        Param("columns", "Columns", "columns"),
        Param("hierarchies", "Hierarchy of each", "hierarchies"),
        Param("levels", "Level of each", "integers", help="0 leaves the column as it is.", least=0, most=20),
        Param("k", "Smallest group", "integer", default=5, least=2, most=1_000_000),
        Param("rest", "Rows in smaller groups", "choice", choices=_REST, required=False, default="drop"),
    ),
    reshape=_reshape,
    faults=_faults,
    stays_text=True,
    changes=_changes,
    guards=True,
)
