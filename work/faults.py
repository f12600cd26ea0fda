"""How an unexpected error is written into the log: what it was and where, never its message.

A library that fails over a cell quotes the cell in its message, and the log must hold no value of a file.
"""

from __future__ import annotations

import traceback

_SHOWN = 12


def told_without_values(error: BaseException) -> str:
    """The kinds of the error and of what caused it, each with the places in the code that it passed."""
    told: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = type(current)
        places = [
            f"{frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)[-_SHOWN:]
        ]
        told.append(f"{kind.__module__}.{kind.__qualname__}, raised through " + " > ".join(places))
        current = current.__cause__ or current.__context__
    return "; after ".join(told)
