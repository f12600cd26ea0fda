"""The drift in one sentence for people: the numbers that matter, and that nothing else stands out."""

from __future__ import annotations

from datafiles.drift import Drift, Shift

# From here on a shift is worth a word (see datafiles.drift on the bounds).
PSI_NOTED, PSI_MUCH = 0.1, 0.25
TV_NOTED = 0.2
EMPTY_NOTED = 0.05
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def drift_sentence(drift: Drift) -> str:
    """What changed, most telling first: "One column was renamed, and 4 % more rows; nothing else stands out.\""""
    said = [*_columns_said(drift), *_values_said(drift)]
    rows = _rows_said(drift)
    if not said and not rows:
        return "Nothing changed but the values themselves: the columns and the number of rows are the same."
    if not said:
        return f"{_capital(rows)}; nothing else stands out."
    words = _joined([*said, rows] if rows else said)
    return f"{_capital(words)}; nothing else stands out."


def is_noted(row: Shift) -> bool:
    """Whether the spread of a column moved so far that people should hear of it."""
    if not row.counts:
        return False
    return row.shift > (TV_NOTED if row.measure == "tv" else PSI_NOTED)


def is_emptier(row: Shift) -> bool:
    return abs(row.empty_now - row.empty_before) > EMPTY_NOTED


def shift_words(row: Shift) -> str:
    """How far the values of a column moved, in words."""
    if not row.measure:
        return "not compared"
    strong = row.shift > (2 * TV_NOTED if row.measure == "tv" else PSI_MUCH)
    if not row.counts:
        return "moved on" if row.shift > PSI_NOTED else "as before"
    if strong:
        return "spread very differently"
    return "spread differently" if is_noted(row) else "spread as before"


def _columns_said(drift: Drift) -> list[str]:
    kinds = (
        (drift.renamed, "renamed"),
        (drift.added, "added"),
        (drift.vanished, "missing"),
        (drift.retyped, "of another type"),
    )
    said = [f"{_count(len(found), 'column')} {word}" for found, word in kinds if found]
    if drift.is_reordered:
        said.append("the columns stand in another order")
    return said


def _values_said(drift: Drift) -> list[str]:
    said = []
    emptier = [row for row in drift.columns if is_emptier(row)]
    if emptier:
        said.append(_count(len(emptier), "column") + " emptier or fuller than before")
    moved = [row for row in drift.columns if is_noted(row)]
    if moved:
        said.append(f"the values of {_named(moved)} spread differently")
    return said


def _rows_said(drift: Drift) -> str:
    if drift.rows_now == drift.rows_before:
        return ""
    share = abs(drift.more_rows)
    kind = "more" if drift.rows_now > drift.rows_before else "fewer"
    if not drift.rows_before:
        return f"{drift.rows_now:,} rows where there were none"
    percent = f"{share * 100:.0f} %" if share >= 0.01 else "less than 1 %"
    return f"{percent} {kind} rows"


def _named(rows: list[Shift]) -> str:
    names = [f"“{row.name}”" for row in rows[:3]]
    more = len(rows) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _count(count: int, noun: str) -> str:
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
    return f"{number} {noun} was" if count == 1 else f"{number} {noun}s were"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f", and {parts[-1]}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
