"""A street address keeps its hundred-block: "1234 Main St Apt 5" becomes "1200 block of Main St".

As DataSF and Philadelphia publish incidents. In the country a block may hold a single house: look at the map.
"""

from __future__ import annotations

import polars as pl

from privacy.remedies.base import ColumnFacts, Context, Params, Remedy, column_and

_ADDRESS = r"^\s*([0-9]{1,6})[A-Za-z]?(?:\s*-\s*[0-9A-Za-z]+)?(?:\s+1/2)?\s+(.+)$"
_UNIT = r"(?i)(?:,.*|\s+(?:apt|apartment|unit|suite|ste|fl|floor|rm|room|bldg|lot)\b\.?.*|\s*#.*)$"
_BLOCK = 100


def _recode(values: pl.Series, _counts: pl.Series, _params: Params, _context: Context) -> pl.Series:
    number = values.str.extract(_ADDRESS, 1).cast(pl.Int64, strict=False)
    street = values.str.extract(_ADDRESS, 2).str.replace(_UNIT, "").str.strip_chars()
    block = number // _BLOCK * _BLOCK
    text = pl.when(number.is_not_null() & (street.str.len_chars() > 0)).then(
        pl.format("{} block of {}", block, street)
    )
    return pl.select(text).to_series().alias(values.name)


def _fits(column: ColumnFacts) -> bool:
    return column.entity == "STREET_ADDRESS" or "STREET_ADDRESS" in column.entities


REMEDY = Remedy(
    name="hundred_block",
    label="Keep the hundred-block of an address",
    says=lambda params: (
        f"Each address of “{params['column']}” becomes its hundred-block; what is no address is emptied."
    ),
    params=column_and(),
    recode=_recode,
    fits=_fits,
)
