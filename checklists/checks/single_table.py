"""QUA-09: one plain table, as the reader of the file found it."""

from __future__ import annotations

import polars as pl

from checklists.checks.base import CheckResult, ColumnResult, Subject, conclude, counted, positions

NAME, ITEM, VERSION = "single_table", "QUA-09", 1
_LEVELS = {
    "merged_cells": "error",
    "header_looks_like_data": "error",
    "extra_sheets": "warn",
    "hidden_sheets": "warn",
    "blank_rows": "warn",
}
_TAIL = 20


def check(subject: Subject) -> CheckResult:
    """What the reader noted about sheets, merged cells and headers, and rows at the end that look like notes."""
    noted = [note for note in subject.notes if note["code"] in _LEVELS]
    parts = [ColumnResult("", _LEVELS[note["code"]], note["sentence"], count=1, of=1) for note in noted]
    footnotes = _footnotes(subject)
    if footnotes:
        parts.append(footnotes)
    # One result for the table, so that one waiver speaks of it.
    rank = {"warn": 1, "error": 2}
    merged = (
        [
            ColumnResult(
                "",
                max((part.level for part in parts), key=lambda level: rank[level]),
                " ".join(part.sentence for part in parts),
                count=len(parts),
                of=len(parts),
                rows=footnotes.rows if footnotes else (),
            )
        ]
        if parts
        else []
    )
    return conclude(NAME, ITEM, "It is one plain table: nothing above, below or beside it.", merged)


def _footnotes(subject: Subject) -> ColumnResult | None:
    """Rows at the very end with words in the first cell only, under a table of three columns or more."""
    frame = subject.table.frame
    if frame.width < 3 or frame.height < 2:
        return None
    lonely = frame.select(
        (pl.nth(0).is_not_null() & pl.all_horizontal(pl.nth(range(1, frame.width)).is_null())).alias("v")
    ).to_series()
    tail = lonely.tail(_TAIL)
    run = 0
    for value in reversed(tail.to_list()):
        if not value:
            break
        run += 1
    if not run or run == len(tail):
        return None
    mask = pl.Series([False] * (len(lonely) - run) + [True] * run)
    return ColumnResult(
        "",
        "error",
        f"The last {counted(run, 'row')} {'holds' if run == 1 else 'hold'} words in the first cell only, like a "
        "footnote. Move notes into the description, and delete them here.",
        count=run,
        of=frame.height,
        rows=positions(mask),
    )
