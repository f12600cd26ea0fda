"""ZIP codes are cut to three digits, as the HIPAA Safe Harbor rule does (45 CFR 164.514(b)(2)(i)(B))."""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Params, Remedy, column_and

# Areas of at most 20,000 people (HHS guidance on de-identification, Census 2000).
FEW_PEOPLE = (
    *("036", "059", "063", "102", "203", "556", "692", "790", "821"),
    *("823", "830", "831", "878", "879", "884", "890", "893"),
)
POOLED = "000"


def zip_prefix(values: pl.Series, digits: int) -> pl.Series:
    """ZIP codes cut to `digits` (at most 3); areas with few people are 000 at each. What is no ZIP is emptied."""
    code = values.str.strip_chars().str.extract(r"^([0-9]{3,5})(?:-?[0-9]{4})?$", 1)
    # A spreadsheet may have taken leading zeros; where no code is longer than three digits, all are cut already.
    whole = bool((code.str.len_chars() > 3).any())
    three = code.str.zfill(5).str.slice(0, 3) if whole else code
    few = three.is_in([*FEW_PEOPLE, POOLED])
    cut = pl.when(few).then(pl.lit(POOLED)).otherwise(three.str.slice(0, digits))
    return pl.select(cut).to_series().alias(values.name)


def _recode(values: pl.Series, _counts: pl.Series, _params: Params, _context: Context) -> pl.Series:
    return zip_prefix(values, 3)


def _fits(column: ColumnFacts) -> bool:
    return column.entity == "ZIP_CODE"


REMEDY = Remedy(
    name="generalise_zip",
    label="Cut the ZIP code to three digits",
    says=lambda params: (
        f"Each ZIP code of “{params['column']}” keeps its first three digits; areas with few people become 000."
    ),
    params=column_and(),
    recode=_recode,
    fits=_fits,
    stays_text=True,
)
