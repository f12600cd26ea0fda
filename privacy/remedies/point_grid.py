"""Coordinates move to the corner of a grid cell, or keep fewer decimals.

A degree of latitude is about 111 km: 3 decimals are some 110 m, 2 about 1.1 km. Blocks and tracts need a
boundary file and are not made here. With as many decimals as the detector calls exact, a place is not made coarser.
"""

from __future__ import annotations

import polars as pl

from privacy.detectors.coordinates import EXACT
from privacy.remedies.base import ColumnFacts, Context, Param, Params, Remedy, column_and, named_columns

_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]+)?"
_HOW = (("decimals", "Fewer decimals"), ("grid", "A grid"))


def _recode(values: pl.Series, _counts: pl.Series, params: Params, _context: Context) -> pl.Series:
    """Every number of a value is rounded, so that “34.0522, -118.2437” and “POINT (-118.2 34.0)” work too."""
    frame = values.alias("v").to_frame().with_row_index("at")
    parts = frame.select("at", n=pl.col("v").str.extract_all(_NUMBER)).explode("n").drop_nulls("n")
    number = pl.col("n").cast(pl.Float64)
    step = params["step"] if params["how"] == "grid" else 10.0 ** -params["decimals"]
    places = _places(step)
    moved = (((number / step) + 1e-9).floor() if params["how"] == "grid" else (number / step).round()) * step
    parts = parts.with_columns(moved.round(places).alias("m"))
    joined = parts.group_by("at", maintain_order=True).agg(pl.col("m"), pl.len().alias("k"))
    texts = frame.join(joined, on="at", how="left")
    one = pl.col("m").list.get(0, null_on_oob=True)
    two = pl.format("{}, {}", one, pl.col("m").list.get(1, null_on_oob=True))
    well_known = pl.format("POINT ({} {})", one, pl.col("m").list.get(1, null_on_oob=True))
    is_point = pl.col("v").str.contains(r"(?i)^\s*POINT")
    text = (
        pl.when(pl.col("k") == 1)
        .then(one.cast(pl.String))
        .when((pl.col("k") == 2) & is_point)
        .then(well_known)
        .when(pl.col("k") == 2)
        .then(two)
    )
    return texts.sort("at").select(text.alias(values.name)).to_series()


def _places(step: float) -> int:
    text = f"{step:.10f}".rstrip("0")
    return len(text.partition(".")[2])


def _fits(column: ColumnFacts) -> bool:
    return column.entity == "COORDINATES" or column.type == "geometry"


def _is_coarser(params: Params) -> bool:
    if params["how"] == "grid":
        return bool(params["step"] >= 10.0 ** (1 - EXACT))
    return bool(params["decimals"] < EXACT)


def _changes(params: Params) -> list[str]:
    return named_columns(params) if _is_coarser(params) else []


def _says(params: Params) -> str:
    name = params["column"]
    still = "" if _is_coarser(params) else " That is still an exact place, so it decides no finding."
    if params["how"] == "grid":
        return f"The coordinates of “{name}” move to a grid of {params['step']:g} degrees.{still}"
    return f"The coordinates of “{name}” keep {params['decimals']} decimals.{still}"


REMEDY = Remedy(
    name="point_grid",
    label="Make points coarser",
    says=_says,
    params=column_and(
        Param("how", "How", "choice", choices=_HOW, default="decimals"),
        Param(
            "decimals",
            "Decimals that stay",
            "integer",
            help="2 decimals are about 1.1 km, 3 about 110 m.",
            default=2,
            least=0,
            most=5,
            only_if=("how", ("decimals",)),
        ),
        Param(
            "step",
            "Width of the grid in degrees",
            "number",
            help="0.01 is about 1.1 km.",
            default=0.01,
            least=0.0001,
            most=10,
            only_if=("how", ("grid",)),
        ),
    ),
    recode=_recode,
    fits=_fits,
    changes=_changes,
)
