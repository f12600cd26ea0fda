"""The remedies: an explicit list, one per file."""

from __future__ import annotations

from privacy.remedies import (
    age_bands,
    aggregate,
    bands,
    date_shift,
    drop_column,
    drop_rows,
    drop_small_classes,
    generalise,
    generalise_date,
    generalise_zip,
    hundred_block,
    k_anonymise,
    mask,
    point_grid,
    pseudonym,
    redact_matches,
    redact_text,
    round_numbers,
    suppress_cells,
    suppress_table,
    top_bottom,
    truncate_text,
)
from privacy.remedies.base import Remedy

# In the order in which they are offered.
REMEDIES: dict[str, Remedy] = {
    remedy.name: remedy
    for remedy in (
        drop_column.REMEDY,
        redact_matches.REMEDY,
        redact_text.REMEDY,
        mask.REMEDY,
        pseudonym.REMEDY,
        generalise_date.REMEDY,
        date_shift.REMEDY,
        generalise_zip.REMEDY,
        age_bands.REMEDY,
        bands.REMEDY,
        generalise.REMEDY,
        point_grid.REMEDY,
        hundred_block.REMEDY,
        top_bottom.REMEDY,
        round_numbers.REMEDY,
        truncate_text.REMEDY,
        suppress_cells.REMEDY,
        drop_rows.REMEDY,
        drop_small_classes.REMEDY,
        k_anonymise.REMEDY,
        aggregate.REMEDY,
        suppress_table.REMEDY,
    )
}
