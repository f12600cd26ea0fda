"""Ages in bands; 90 and over are pooled, as HIPAA Safe Harbor asks (45 CFR 164.514(b)(2)(i)(C))."""

from __future__ import annotations

import polars as pl

POOLED_FROM = 90


def age_bands(values: pl.Series, *, width: int, top: int = POOLED_FROM) -> pl.Series:
    """Each age as its band, "30-34"; `top` and over together, "90+". What is no age is emptied."""
    age = values.str.strip_chars().str.extract(r"^([0-9]{1,3})(?:\.[0-9]*)?$", 1).cast(pl.Int64, strict=False)
    low = (age // width) * width
    high = pl.select(pl.min_horizontal(low + width - 1, pl.lit(top - 1))).to_series()
    band = pl.format("{}-{}", low, high) if width > 1 else age.cast(pl.String)
    named = pl.when(age >= top).then(pl.lit(f"{top}+")).when(age.is_not_null()).then(band)
    return pl.select(named).to_series().alias(values.name)
