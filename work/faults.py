"""How an unexpected error is written into the log: what it was and where, never its message.

A library that fails over a cell quotes the cell in its message, and the log must hold no value of a file.
"""

from __future__ import annotations

import traceback

_SHOWN = 12
# Code that holds cells of a file in its hands, and the library that it works with.
_NEAR_CELLS = (
    "/datafiles/",
    "/dossier/",
    "/privacy/",
    "/checklists/checks/",
    "/publishing/sources/",
    "/polars/",
)


def is_near_cells(error: BaseException) -> bool:
    """True when the error, or one that led to it, passed through code that works on the cells of a file."""
    return any(
        part in frame.filename
        for one in _chain(error)
        for frame in traceback.extract_tb(one.__traceback__)
        for part in _NEAR_CELLS
    )


def told_without_values(error: BaseException) -> str:
    """The kinds of the error and of what caused it, each with the places in the code that it passed."""
    told = []
    for one in _chain(error):
        kind = type(one)
        places = [
            f"{frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(one.__traceback__)[-_SHOWN:]
        ]
        told.append(f"{kind.__module__}.{kind.__qualname__}, raised through " + " > ".join(places))
    return "; after ".join(told)


def _chain(error: BaseException) -> list[BaseException]:
    """The error, what caused it, and so on."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found
