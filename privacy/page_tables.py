"""The pages Tables of counts and Already public: what was said of the rows, and what the copy tells beside that.

Names of columns, counts and positions of rows only: no value of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from privacy.aggregates.calhhs import UNMASKED_MOST, VARIABLES
from privacy.aggregates.differencing import (
    CellDifferences,
    RowDifferences,
    difference_sentences,
    telling_sentences,
)
from privacy.aggregates.presets import TableColumn, presets_of
from privacy.aggregates.rules import POPULATION_LIMITS, RULES
from privacy.aggregates.small_cells import CellFinding, CellFindings, cell_sentences
from privacy.catalogue import catalogue_digest, published_sketches
from privacy.copy_inputs import CopyInputs, check_of, inputs_of, shape_of
from privacy.copy_state import LOST, copy_columns, differences_in, tables_compared, told_of
from privacy.models import AggregateShape, CopyCheck
from privacy.mosaic import Join, join_sentence
from privacy.page import moving_part
from privacy.selectors import PrivacyState, state_of

# What a column of a table may be: code -> words.
ROLES = {
    "dimension": "What the table is broken down by",
    "count": "A count",
    "denominator": "Out of how many people",
    "statistic": "Another figure (rate, money)",
}
_FINDINGS = {
    "small": "Shown and too small",
    "few_people": "Shown for areas with too few people",
    "worked_out": "Hidden, and can be worked out from the totals",
    "alone": "Hidden alone in a line",
    "proven_small": "Hidden, and proven to be small",
    "denominator": "Out of fewer people than asked for",
}


# Headings of the tables on both pages.
HEADINGS: dict[str, list[str | dict[str, Any]]] = {
    "cells": ["Finding", {"label": "Cells", "number": True}, "Rows", "Standing"],
    "score": ["Variable", "How the table shows it", {"label": "Points", "number": True}],
    "last": ["What was compared", {"label": "Number", "number": True}],
    "tables": [
        "Table",
        "Columns of ours that are public there",
        "Joined on",
        {"label": "Rows that would meet one row", "number": True},
        {"label": "Values in common", "number": True},
    ],
}


def tables_page(
    release_id: int, *, sentence: str = "", typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The context of the page Tables of counts. `typed` is a form that was refused for the reason in `sentence`."""
    state = state_of(release_id)
    declared, inputs = shape_of(release_id), inputs_of(state)
    check = check_of(release_id, inputs) if inputs else None
    return moving_part(state) | {
        "headings": HEADINGS,
        "declared": declared,
        "refused": sentence,
        "table_form": _form(state, declared, typed),
        "roles": list(ROLES.items()),
        "rules": [{"rule": rule, "says": rule.says()} for rule in RULES.values()],
        "limits": POPULATION_LIMITS,
        "variables": _variables(declared, typed),
        "most_points": UNMASKED_MOST,
        "cells": _cells(state, check, declared),
        "recipe_number": state.recipe_version.number if state.recipe_version else 0,
    }


def _form(
    state: PrivacyState, declared: AggregateShape | None, typed: dict[str, Any] | None
) -> dict[str, Any]:
    """The form as it was sent, as it was said last, or as the names of the columns suggest."""
    said = typed or (_as_typed(declared) if declared else {})
    roles = said.get("roles")
    columns = copy_columns(state)
    presets = presets_of(_as_known(state, columns))
    return {
        "is_table": said.get("is_table"),
        "is_suggested": roles is None,
        "columns": [
            {
                "position": position,
                "column": name,
                "role": roles.get(name, "") if roles is not None else presets[name].role,
                "is_total": presets[name].is_total,
            }
            for position, name in enumerate(columns)
        ],
        "rule": said.get("rule") or "calhhs",
        "is_high_risk": said.get("is_high_risk", False),
        "totals_known": said.get("totals_known", True),
        "reason": said.get("reason", ""),
    }


def _as_typed(declared: AggregateShape) -> dict[str, Any]:
    """What was said last, as the form would have sent it."""
    roles = dict.fromkeys(declared.dimensions, "dimension") | dict.fromkeys(declared.counts, "count")
    roles |= dict.fromkeys(declared.statistics, "statistic")
    if declared.denominator:
        roles[declared.denominator] = "denominator"
    return {
        "is_table": declared.is_table,
        "roles": roles if declared.is_table else None,
        "rule": declared.rule,
        "is_high_risk": declared.is_high_risk,
        "totals_known": declared.totals_known,
        "breakdown": declared.breakdown,
    }


def _as_known(state: PrivacyState, columns: Sequence[str]) -> list[TableColumn]:
    """The columns as the scan of the file saw them; of those that the recipe made, as they stand in the copy."""
    seen = {row.column: TableColumn(row.column, row.type, row.group) for row in state.verdicts}
    made = state.treatment.columns if state.treatment else []
    types = {column["name"]: column["type"] for column in made}
    return [seen.get(name) or TableColumn(name, types.get(name, "")) for name in columns]


def _variables(declared: AggregateShape | None, typed: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The variables of the publication score, with what was chosen of each."""
    chosen = (typed or {}).get("breakdown") or (declared.breakdown if declared else {})
    return [{"variable": one, "chosen": (chosen.get(one.code) or [""])[0]} for one in VARIABLES]


def _cells(
    state: PrivacyState, check: CopyCheck | None, declared: AggregateShape | None
) -> dict[str, Any] | None:
    """What was found in the table; None while nobody said that it is one, or before there is a copy."""
    if declared is None or not declared.is_table or not state.is_treated:
        return None
    told = told_of(state)
    if check is None or check.checked_at is None:
        return {"is_pending": True, "check": check}
    if check.fault:
        return {"check": check, "blocks": told.blocks, "notes": []}
    found = CellFindings.of_dict(check.cells)
    return {
        "check": check,
        "blocks": told.blocks,
        "notes": [*told.notes, *cell_sentences(found, warnings=True), *found.notes],
        "found": found,
        "rows": [_finding_row(row, blocks=row in found.blocks) for row in [*found.blocks, *found.warns]],
        "score": check.score,
        "is_broken_down": bool(declared.breakdown),
        "may_suppress": any(
            row.kind in ("small", "few_people", "alone", "worked_out") for row in found.blocks
        ),
    }


def _finding_row(row: CellFinding, *, blocks: bool) -> dict[str, Any]:
    more = " and more" if row.cells > len(row.rows) else ""
    return {
        "label": _FINDINGS[row.kind],
        "cells": row.cells,
        "rows": ", ".join(f"{number:,}" for number in row.rows) + more,
        "word": "Must be mended" if blocks else "Deserves a look",
        "tone": "bad" if blocks else "warn",
    }


def mosaic_page(release_id: int) -> dict[str, Any]:
    """The context of the page Already public: the last release of this dataset, and the program's other ones."""
    state = state_of(release_id)
    inputs = inputs_of(state)
    check = check_of(release_id, inputs) if inputs else None
    done = check if check and check.checked_at else None
    return moving_part(state) | {
        "headings": HEADINGS,
        "check": check,
        "done": done,
        "has_previous": inputs is not None and inputs.previous is not None,
        "lost": _lost(state, inputs),
        "compared_tables": tables_compared(inputs) if inputs else [],
        "difference": _difference(state, inputs, done) if done else None,
        "compared": done.mosaic.get("compared", 0) if done else 0,
        "tables": [_table(table) for table in done.mosaic.get("tables", ())] if done else [],
        "is_older": done is not None
        and done.catalogue_digest != catalogue_digest(published_sketches(release_id)),
    }


def _lost(state: PrivacyState, inputs: CopyInputs | None) -> dict[str, Any] | None:
    """What is said where the copy that was public before is not found."""
    if inputs is None or not inputs.is_previous_lost:
        return None
    return {"sentence": LOST, "is_accepted": _is_accepted(state), "acceptance": state.acceptance}


def _is_accepted(state: PrivacyState) -> bool:
    return state.acceptance is not None and state.acceptance.holds_on(timezone.localdate())


def _difference(state: PrivacyState, inputs: CopyInputs | None, check: CopyCheck) -> dict[str, Any] | None:
    found = differences_in(check)
    if found is None:
        return None
    is_accepted = _is_accepted(state)
    return {
        "sentences": difference_sentences(found),
        "isolates": found.isolates,
        "blocks": bool(telling_sentences(found)) and not is_accepted,
        "is_accepted": is_accepted,
        "acceptance": state.acceptance,
        "rows": _row_figures(found) if isinstance(found, RowDifferences) else _cell_figures(found),
        "places": found.rows,
    }


def _row_figures(found: RowDifferences) -> list[tuple[str, int]]:
    return [
        ("Rows that came", found.added),
        ("Came with too few like them", found.alone_added),
        ("Rows that went", found.removed),
        ("Went with too few like them", found.alone_removed),
    ]


def _cell_figures(found: CellDifferences) -> list[tuple[str, int]]:
    return [
        ("Cells that both releases have", found.compared),
        (f"Differ by fewer than {found.fewer_than}", found.small),
        ("Hidden in one and shown in the other", found.laid_open),
        (f"Sums that differ by fewer than {found.fewer_than}", found.sums),
    ]


def _table(table: dict[str, Any]) -> dict[str, Any]:
    """A published table that shares columns or rows with the copy."""
    made = [Join(**one) for one in table["joins"]]
    return {
        "title": table["title"],
        "dataset": table["dataset"],
        "rows": table["rows"],
        "public": table["public"],
        "sentence": join_sentence(table["title"], made[0]) if made else "",
        "joins": made,
    }
