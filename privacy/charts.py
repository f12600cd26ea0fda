"""Bars as SVG, drawn on the server: the name above each bar, so that a phone shows it whole.

The table under a chart says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH = 360
_NAME, _BAR, _GAP, _BETWEEN = 18, 13, 3, 9
# Room for what stands behind a bar.
_VALUE = 84
_LONGEST = 52


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, and what stands behind it. `second` draws a softer one beneath it."""

    label: str
    value: float
    words: str
    is_late: bool = False
    second: float | None = None
    second_words: str = ""


def bars_svg(bars: Sequence[Bar], *, most: float | None = None) -> SafeString:
    """Horizontal bars; `most` is the length of a full one (the largest value when left out)."""
    longest = most or max((max(bar.value, bar.second or 0) for bar in bars), default=0) or 1
    is_paired = any(bar.second is not None for bar in bars)
    line = _NAME + _BAR + _BETWEEN + (_GAP + _BAR if is_paired else 0)
    scale = (_WIDTH - _VALUE) / longest
    drawn = format_html_join("", "{}", ((_bar(bar, at * line, scale),) for at, bar in enumerate(bars)))
    height = len(bars) * line
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" focusable="false">{}</svg>',
        *(_WIDTH, height, _WIDTH, height, drawn),
    )


def _bar(bar: Bar, top: int, scale: float) -> SafeString:
    under = top + _NAME
    parts = [
        format_html('<text x="0" y="{}">{}</text>', top + 13, _short(bar.label)),
        _one(bar.value, bar.words, under, scale, "bar bar--late" if bar.is_late else "bar"),
    ]
    if bar.second is not None:
        parts.append(_one(bar.second, bar.second_words, under + _BAR + _GAP, scale, "bar bar--soft"))
    return format_html_join("", "{}", ((part,) for part in parts))


def _one(value: float, words: str, top: int, scale: float, kind: str) -> SafeString:
    length = round(max(value * scale, 1.5), 1) if value else 0
    return format_html(
        '<rect class="{}" x="0" y="{}" width="{}" height="{}"></rect><text x="{}" y="{}" class="soft">{}</text>',
        *(kind, top, length, _BAR, length + 6, top + 11, words),
    )


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
