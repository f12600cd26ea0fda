"""The charts of the page Risk: sizes of groups, and which columns and combinations single rows out."""

from __future__ import annotations

from typing import Any

from privacy.charts import Bar, bars_svg
from privacy.page_risk_rows import NOTHING, percent
from privacy.risk.profile import RiskProfile

_MOST_BARS = 12
_LEGEND = "Dark bars: the copy. Light bars: the file as it is."


def class_chart(before: RiskProfile | None, after: RiskProfile | None) -> dict[str, Any] | None:
    """How many rows share their combination with how many others."""
    first, second = _first_second(before, after)
    if first is None:
        return None
    bars, rows = [], []
    for at, (low, high, count, groups) in enumerate(first.class_sizes):
        other = second.class_sizes[at] if second else None
        share, other_share = (
            _share(count, first.rows),
            _share(other[2], second.rows) if second and other else None,
        )
        bars.append(
            Bar(
                band_words(low, high),
                share,
                percent(share),
                is_late=high is not None and high < 5,
                second=other_share,
                second_words=percent(other_share) if other_share is not None else "",
            )
        )
        counted = [f"{count:,}", f"{groups:,}"]
        rows.append([band_words(low, high), *counted, *([f"{other[2]:,}", f"{other[3]:,}"] if other else [])])
    names = ("copy", "file as it is") if second else ("copy",) if after else ("file as it is",)
    return {
        "chart_id": "class-sizes",
        "title": "How large the groups are: share of the rows in groups of each size",
        "sentence": _sentence("Rows in small groups are the easier to find.", second),
        "svg": bars_svg(bars, most=1.0),
        "columns": [
            "Size of the group",
            *(f"{what}, {name}" for name in names for what in ("Rows", "Groups")),
        ],
        "rows": rows,
    }


def column_chart(before: RiskProfile | None, after: RiskProfile | None) -> dict[str, Any] | None:
    """The part that each column has in what singles rows out."""
    first, second = _first_second(before, after, "columns")
    if first is None:
        return None
    others = {one.column: one for one in second.columns} if second else {}
    known = sorted(first.columns, key=lambda one: -one.share)
    if not any(one.share for one in [*first.columns, *others.values()]):
        return None
    bars = [
        Bar(
            one.column,
            one.share,
            percent(one.share),
            second=others[one.column].share if one.column in others else None,
            second_words=percent(others[one.column].share) if one.column in others else "",
        )
        for one in known
    ]
    return {
        "chart_id": "column-risk",
        "title": "Which columns single rows out",
        "sentence": _sentence(
            "The part that a column has in all special uniqueness: making the first ones coarser helps most.",
            second,
        ),
        "svg": bars_svg(bars, most=1.0),
        "columns": [
            "Column",
            "Different values",
            "Empty rows",
            "Rows it singles out alone",
            "Part in all that does",
        ],
        "rows": [
            [
                one.column,
                f"{one.distinct:,}",
                f"{one.null_rows:,}",
                f"{one.unique_rows:,}",
                percent(one.share),
            ]
            for one in known
        ],
    }


def combination_chart(before: RiskProfile | None, after: RiskProfile | None) -> dict[str, Any] | None:
    """The pairs and triples that single out most rows."""
    first, second = _first_second(before, after, "uniques")
    if first is None or not (first.combinations or (second and second.combinations)):
        return None
    shown = first.combinations or (second.combinations if second else [])
    main = {tuple(one.columns): one for one in first.combinations}
    others = {tuple(one.columns): one for one in second.combinations} if second else {}
    bars, rows = [], []
    for one in shown:
        key, words = tuple(one.columns), " + ".join(one.columns)
        count = main[key].unique_rows if key in main else 0
        other = others[key].unique_rows if key in others else None
        bars.append(
            Bar(
                words,
                count,
                f"{count:,}",
                second=other,
                second_words=f"{other:,}" if other is not None else "",
            )
        )
        rows.append(
            [words, f"{count:,}", *([f"{other:,}" if other is not None else NOTHING] if second else [])]
        )
    names = ["copy", "file as it is"] if second else ["copy"] if after else ["file as it is"]
    return {
        "chart_id": "combinations",
        "title": "Which pairs and triples of columns single rows out",
        "sentence": _sentence(
            f"Rows that nobody else matches in these columns alone; the {min(len(bars), _MOST_BARS)} worst.",
            second,
        ),
        "svg": bars_svg(bars[:_MOST_BARS]),
        "columns": ["Columns", *(f"Rows singled out, {name}" for name in names)],
        "rows": rows,
    }


def band_words(low: int, high: int | None) -> str:
    if low == high:
        return "1 row: stands alone"
    return f"{low} to {high} rows" if high else f"{low} rows or more"


def _first_second(
    before: RiskProfile | None, after: RiskProfile | None, part: str = ""
) -> tuple[RiskProfile | None, RiskProfile | None]:
    """What is drawn dark (the copy, or the file until there is one) and what light, where `part` was measured."""
    measured = [one for one in (after, before) if one and (not part or getattr(one, part))]
    return (measured[0] if measured else None, measured[1] if len(measured) > 1 else None)


def _share(count: int, rows: int) -> float:
    return count / rows if rows else 0.0


def _sentence(words: str, second: RiskProfile | None) -> str:
    return f"{words} {_LEGEND}" if second else words
