"""What a recipe would do, for people: risk before and after, what is lost, and the columns it touches.

Values stand in it only where the reader may read the raw file, and never of a direct identifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from privacy.charts import Bar, bars_svg
from privacy.errors import RecipeRefused
from privacy.hierarchies import MOST_CLASSES_ON_PAGES, is_for_pages
from privacy.page_risk_rows import of, percent
from privacy.remedies.what_if import ColumnChange, Sizes, WhatIf
from privacy.selectors import PrivacyState
from privacy.services.proposals import recipe_what_if
from privacy.services.searches import effect_of, measurement_made

_LARGE = (
    f"The file has more than {MOST_CLASSES_ON_PAGES:,} different combinations in the measured columns, so what steps "
    "do is measured in the background."
)


def effect_part(
    state: PrivacyState, steps: Sequence[dict[str, Any]], *, shows_values: bool
) -> dict[str, Any]:
    """The part of a page that says what `steps` would do; a sentence instead while that cannot be said.

    Of very many groups it is what a worker measured (services.searches), how far that is, or an offer to ask for it.
    """
    if not is_for_pages(state):
        return _from_worker(state, steps)
    started = perf_counter()
    try:
        effect = recipe_what_if(release_id=state.release_id, steps=list(steps))
    except RecipeRefused as error:
        return {"effect": None, "no_effect": error.sentence}
    return {"effect": effect_words(effect, shows_values=shows_values), "no_effect": ""} | _timed(
        effect, started
    )


def _from_worker(state: PrivacyState, steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found = measurement_made(state, steps)
    part: dict[str, Any] = {"effect": None, "no_effect": "", "measurement": found, "may_measure": False}
    if found is not None and found.found:
        effect = effect_of(found.found["effect"])
        return part | {
            "effect": effect_words(effect, shows_values=False),
            "groups": effect.before.groups,
            "by_worker": True,
        }
    if found is None or not found.is_live:
        why = (found.refused or found.error) if found else ""
        part |= {
            "no_effect": f"{why} {_LARGE}".strip(),
            "may_measure": True,
            "measurement": None,
        }
    return part


def effect_words(effect: WhatIf, *, shows_values: bool) -> dict[str, Any]:
    """A what-if as rows, sentences and charts."""
    before, after = effect.before, effect.after
    touched = [one for one in effect.columns if one.rows_changed or not one.is_left]
    return {
        "rows": _rows(before, after),
        "is_empty": not after.rows,
        "holds": after.k >= after.threshold,
        "k": after.k,
        "threshold": after.threshold,
        "loss": percent(effect.information_loss),
        "rows_removed": of(effect.rows_removed, before.rows),
        "rows_changed": of(effect.rows_changed, before.rows),
        "cells_changed": f"{effect.cells_changed:,}",
        "columns": [_column(one, before.rows) for one in effect.columns],
        "touched": len(touched),
        "untried": effect.untried,
        "charts": [_chart(at, one) for at, one in enumerate(touched) if one.before] if shows_values else [],
    }


def _timed(effect: WhatIf, started: float) -> dict[str, Any]:
    return {"groups": effect.before.groups, "milliseconds": round((perf_counter() - started) * 1000)}


def _rows(before: Sizes, after: Sizes) -> list[dict[str, str]]:
    limit = after.threshold
    rows = [
        ("Smallest group (k)", f"{before.k:,}", f"{after.k:,}" if after.rows else "no rows left"),
        ("Rows that stand alone", of(before.unique_rows, before.rows), of(after.unique_rows, after.rows)),
        ("Rows in groups under 5", of(before.rows_under_5, before.rows), of(after.rows_under_5, after.rows)),
        (
            "Rows in groups under 11",
            of(before.rows_under_11, before.rows),
            of(after.rows_under_11, after.rows),
        ),
        (
            f"Rows in groups under {limit:,}",
            of(before.rows_under, before.rows),
            of(after.rows_under, after.rows),
        ),
        ("Different combinations", f"{before.groups:,}", f"{after.groups:,}"),
    ]
    if limit in (5, 11):
        rows.pop(4)
    return [{"words": words, "before": one, "after": other} for words, one, other in rows]


def _column(one: ColumnChange, rows: int) -> dict[str, str]:
    return {
        "column": one.column,
        "changed": "left out" if not one.is_left else of(one.rows_changed, rows),
        "values": f"{one.values_before:,} to {one.values_after:,}"
        if one.is_left
        else f"{one.values_before:,} to none",
        "loss": percent(one.loss),
    }


def _chart(at: int, one: ColumnChange) -> dict[str, Any]:
    """The largest categories of a column, before and after; rare ones are counted together."""
    before, after = dict(one.before), dict(one.after)
    names = [*before, *(name for name in after if name not in before)]
    bars = [
        Bar(
            _named(name),
            after.get(name, 0),
            f"{after.get(name, 0):,}",
            second=before.get(name, 0),
            second_words=f"{before.get(name, 0):,}",
        )
        for name in names
    ]
    if one.others_before or one.others_after:
        bars.append(
            Bar(
                "all others",
                one.others_after,
                f"{one.others_after:,}",
                second=one.others_before,
                second_words=f"{one.others_before:,}",
            )
        )
    return {
        "chart_id": f"values-{at}",
        "title": f"Rows by “{one.column}”",
        "sentence": "Dark bars: with these steps. Light bars: the file as it is. "
        "Values of fewer than 11 rows are counted with the others.",
        "svg": bars_svg(bars),
        "columns": ["Value", "With these steps", "The file as it is"],
        "rows": [[bar.label, bar.words, bar.second_words] for bar in bars],
    }


def _named(value: str) -> str:
    return value if value else "(empty)"
