"""Bars as SVG, drawn on the server: one line a bar, the words beside it. The table under a chart says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _LINE, _BAR = 560, 26, 16
_LABEL, _VALUE = 210, 110
_PAIR_GAP = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, and what stands behind it. `second` draws a softer one beneath it."""

    label: str
    value: float
    words: str
    is_late: bool = False
    second: float | None = None
    second_words: str = ""


def bars_svg(bars: Sequence[Bar], *, most: float | None = None, width: int = _WIDTH) -> SafeString:
    """Horizontal bars; `most` is the length of a full one (the largest value when left out)."""
    longest = most or max((max(bar.value, bar.second or 0) for bar in bars), default=0) or 1
    room = width - _LABEL - _VALUE
    is_paired = any(bar.second is not None for bar in bars)
    line = _LINE + (_BAR + _PAIR_GAP if is_paired else 0)
    drawn = format_html_join(
        "", "{}", ((_bar(bar, at * line, room / longest, width),) for at, bar in enumerate(bars))
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" focusable="false">{}'
        '<line class="axis" x1="{}" y1="0" x2="{}" y2="{}"></line></svg>',
        width,
        len(bars) * line,
        width,
        len(bars) * line,
        drawn,
        _LABEL,
        _LABEL,
        len(bars) * line,
    )


def _bar(bar: Bar, top: int, scale: float, width: int) -> SafeString:
    first = _one(bar.value, bar.words, top, scale, "bar bar--late" if bar.is_late else "bar")
    label = format_html(
        '<text x="{}" y="{}" text-anchor="end">{}</text>', _LABEL - 8, top + 17, _short(bar.label)
    )
    if bar.second is None:
        return format_html("{}{}", label, first)
    second = _one(bar.second, bar.second_words, top + _BAR + _PAIR_GAP, scale, "bar bar--soft")
    return format_html("{}{}{}", label, first, second)


def _one(value: float, words: str, top: int, scale: float, kind: str) -> SafeString:
    length = round(max(value * scale, 1.5 if value else 0), 1)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"></rect><text x="{}" y="{}" class="soft">{}</text>',
        kind,
        _LABEL,
        top + 4,
        length,
        _BAR,
        _LABEL + length + 6,
        top + 17,
        words,
    )


def _short(words: str, most: int = 30) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
