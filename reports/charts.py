"""Charts as SVG, made on the server from a Table: no script, no inline style, equal text for equal tables.

Series differ by pattern or marker as well as by colour, and every value stands beside its bar as a number.
Each chart is an image with a title; the page prints its table below it. `bars` draws one row per table row,
with the chosen columns beside one another or stacked; `lines` draws one line per chosen column.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from reports.tables import Cell, Table

WIDTH = 400
LABEL_CHARS, STACKED_LABEL_CHARS = 46, 26
MAX_BARS = 12
_BAR, _LINE, _GAP = 14, 20, 10
# Colour and pattern of the first, second, ... series. Contrast to white is over 4.5 for each colour.
_COLOURS = ("#005ea2", "#b51d09", "#565c65", "#4d8055")
_DASHES = ("", "6 4", "2 3", "8 3 2 3")
_PLOT_TOP, _PLOT_LEFT, _PLOT_HEIGHT = 14, 40, 170


def bars(
    table: Table, *, series: Sequence[int], title: str, stacked: bool = False, unit: str = ""
) -> SafeString:
    """Horizontal bars, one row per row of the table, up to MAX_BARS; `series` are column numbers."""
    rows = table.rows[:MAX_BARS]
    names = [table.labels[column] for column in series]
    cells = [[row[column] for column in series] for row in rows]
    reach = sum if stacked else max
    longest = max((reach(map(_number, row)) for row in cells), default=0) or 1
    parts, y = _legend(table.id, names)
    for row, values in zip(rows, cells, strict=True):
        label = _cut(str(row[0]), STACKED_LABEL_CHARS if stacked else LABEL_CHARS)
        parts.append(_text(0, y + 14, label, bold=True))
        if stacked:
            parts.append(_text(WIDTH, y + 14, _stacked_words(values, names), anchor="end"))
            drawn, height = _stacked_bar(table.id, values, longest, y + _LINE)
        else:
            drawn, height = _side_by_side(table.id, values, longest, y + _LINE, unit)
        parts += drawn
        y += _LINE + height + _GAP
    if len(table.rows) > len(rows):
        parts.append(_text(0, y + 12, f"and {len(table.rows) - len(rows)} more in the table"))
        y += _LINE
    return _image(table, title, parts, height=y)


def lines(table: Table, *, series: Sequence[int], title: str) -> SafeString:
    """Lines over the rows of the table (months, from the left); `series` are column numbers."""
    names = [table.labels[column] for column in series]
    parts, top = _legend(table.id, names, markers=True)
    top += _PLOT_TOP
    columns = [[_number(row[column]) for row in table.rows] for column in series]
    ticks = _ticks(max((max(values, default=0) for values in columns), default=0))
    for tick in ticks:
        y = _height(tick, ticks, top)
        parts.append(f'<path d="M{_PLOT_LEFT} {_n(y)}H{WIDTH}" stroke="#dfe1e2"/>')
        parts.append(_text(_PLOT_LEFT - 6, y + 4, str(tick), anchor="end"))
    for x, label in _marks(table):
        parts.append(_text(x, top + _PLOT_HEIGHT + 18, label, anchor="middle"))
    for number, values in enumerate(columns):
        points = [(_across(i, len(values)), _height(value, ticks, top)) for i, value in enumerate(values)]
        parts += _line(number, points)
    return _image(table, title, parts, height=top + _PLOT_HEIGHT + 26)


def _image(table: Table, title: str, parts: list[str], *, height: float) -> SafeString:
    ident = f"chart-{table.id}"
    described = f'<title id="{ident}-title">{escape(title)}</title>'
    body = "".join(parts)
    # Every text above was escaped by `_text`; the rest is numbers and our own words.
    return mark_safe(  # noqa: S308
        f'<svg class="chart__image" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_n(height)}" '
        f'role="img" aria-labelledby="{ident}-title">{described}{_patterns(table.id)}{body}</svg>'
    )


def _patterns(ident: str) -> str:
    """What makes the later series differ without colour: stripes, dots, a grid."""
    marks = (
        f'<rect width="3.5" height="6" fill="{_COLOURS[1]}"/>',
        f'<circle cx="3" cy="3" r="1.8" fill="{_COLOURS[2]}"/>',
        f'<path d="M0 3H6M3 0V6" stroke="{_COLOURS[3]}"/>',
    )
    patterns = "".join(
        f'<pattern id="{ident}-{number}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>{mark}</pattern>'
        for number, mark in enumerate(marks, start=1)
    )
    return f"<defs>{patterns}</defs>"


def _legend(ident: str, names: Sequence[str], *, markers: bool = False) -> tuple[list[str], float]:
    """The legend (none for a single series: the title names it), and the height it takes."""
    if len(names) < 2:
        return [], 0
    parts, x, y = [], 0.0, 0.0
    for number, name in enumerate(names):
        width = 30 + 7.4 * len(name)
        if x and x + width > WIDTH:
            x, y = 0.0, y + _LINE
        if markers:
            parts += _line(number, [(x, y + 9), (x + 20, y + 9)])
        else:
            parts.append(_rect(ident, number, x, y + 2, 20))
        parts.append(_text(x + 26, y + 14, name))
        x += width + 16
    return parts, y + _LINE + _GAP


def _rect(ident: str, number: int, x: float, y: float, width: float) -> str:
    fill = f"url(#{ident}-{number})" if number else _COLOURS[0]
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 1))}" height="{_BAR}" '
        f'fill="{fill}" stroke="{_COLOURS[number]}"/>'
    )


def _side_by_side(
    ident: str, cells: Sequence[Cell], longest: float, y: float, unit: str
) -> tuple[list[str], float]:
    """One bar per series, each with its number, below one another; and the height they take."""
    parts, top = [], y
    for number, cell in enumerate(cells):
        width = _number(cell) / longest * (WIDTH - 90)
        if cell is not None:
            parts.append(_rect(ident, number, 0, y, width))
        parts.append(_text(width + 6, y + 12, _shown(cell, unit)))
        y += _BAR + 3
    return parts, y - top


def _stacked_bar(ident: str, cells: Sequence[Cell], longest: float, y: float) -> tuple[list[str], float]:
    """One bar with a part per series that has any; and its height."""
    parts, x = [], 0.0
    for number, value in enumerate(map(_number, cells)):
        if value:
            width = value / longest * (WIDTH - 2)
            parts.append(_rect(ident, number, x, y, width))
            x += width
    return parts or [_rect(ident, 0, 0, y, 0)], _BAR


def _stacked_words(cells: Sequence[Cell], names: Sequence[str]) -> str:
    total = sum(_number(cell) for cell in cells)
    others = [
        f"{_shown(cell)} {name.lower()}"
        for cell, name in list(zip(cells, names, strict=True))[1:]
        if _number(cell)
    ]
    return f"{_n(total)}" + (f" ({', '.join(others)})" if others else "")


def _line(number: int, points: Sequence[tuple[float, float]]) -> list[str]:
    colour, dash = _COLOURS[number], _DASHES[number]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>']
    return parts + [_marker(number, x, y, colour) for x, y in points]


def _marker(number: int, x: float, y: float, colour: str) -> str:
    shapes = (
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.5"',
        f'<rect x="{_n(x - 3.5)}" y="{_n(y - 3.5)}" width="7" height="7"',
        f'<path d="M{_n(x)} {_n(y - 4.5)}L{_n(x + 4.5)} {_n(y + 3.5)}H{_n(x - 4.5)}Z"',
        f'<path d="M{_n(x)} {_n(y - 5)}L{_n(x + 5)} {_n(y)}L{_n(x)} {_n(y + 5)}L{_n(x - 5)} {_n(y)}Z"',
    )
    return f'{shapes[number]} fill="{colour}" stroke="#ffffff"/>'


def _marks(table: Table) -> list[tuple[float, str]]:
    """Labels below the lines: as many as fit, the last row always among them."""
    count = len(table.rows)
    step = max(1, math.ceil(count / 6))
    return [
        (_across(i, count), str(row[0])) for i, row in enumerate(table.rows) if (count - 1 - i) % step == 0
    ]


def _across(index: int, count: int) -> float:
    left, right = _PLOT_LEFT + 14, WIDTH - 26
    return (left + right) / 2 if count == 1 else left + (right - left) * index / (count - 1)


def _height(value: float, ticks: Sequence[int], top: float) -> float:
    return top + _PLOT_HEIGHT * (1 - value / ticks[-1])


def _ticks(highest: float) -> list[int]:
    """Four or five whole, round numbers from nought to at least `highest`."""
    rough = max(1.0, highest / 4)
    scale = 10 ** math.floor(math.log10(rough))
    step = next(int(scale * size) for size in (1, 2, 5, 10) if scale * size >= rough)
    return list(range(0, step * max(1, math.ceil(highest / step)) + 1, step))


def _text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="13"{weight}{at}>{escape(words)}</text>'


def _cut(label: str, length: int) -> str:
    return label if len(label) <= length else label[: length - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _shown(cell: Cell, unit: str = "") -> str:
    if cell is None:
        return "no data"
    words = _n(cell) if isinstance(cell, (int, float)) else str(cell)
    return f"{words} {unit}".rstrip()


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, (int, float)) else 0.0


def _n(value: float) -> str:
    """A number as short as it can be: the same text on every machine."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
