"""ZIP codes are cut to three digits, as the HIPAA Safe Harbor rule does (45 CFR 164.514(b)(2)(i)(B))."""

from __future__ import annotations

from typing import Any

import polars as pl

LABEL = "Cut the ZIP code to three digits"
SAYS = "Each ZIP code keeps its first three digits; areas with few people become 000."

# Areas of at most 20,000 people (HHS guidance on de-identification, Census 2000).
FEW_PEOPLE = (
    *("036", "059", "063", "102", "203", "556", "692", "790", "821"),
    *("823", "830", "831", "878", "879", "884", "890", "893"),
)


def apply(frame: pl.DataFrame, params: dict[str, Any]) -> pl.DataFrame:
    """`frame` with the ZIP codes of `params["column"]` cut; what is no ZIP code is emptied."""
    name = params["column"]
    # A spreadsheet may have taken the leading zero.
    five = pl.col(name).str.strip_chars().str.extract(r"^([0-9]{3,5})(?:-?[0-9]{4})?$", 1).str.zfill(5)
    three = five.str.slice(0, 3)
    cut = pl.when(three.is_in(FEW_PEOPLE)).then(pl.lit("000")).otherwise(three)
    return frame.with_columns(cut.alias(name))
