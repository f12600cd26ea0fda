"""Rows that go over in smaller steps when a step was too large or too slow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from publishing.portals.base import ChunkReceipt, Retryable, TooLarge
from publishing.portals.shared.config import Pause


class _Cut(Protocol):
    """Rows that can be counted and cut: a list, or their JSON text."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Any: ...


Rows = TypeVar("Rows", bound=_Cut)


def in_halves(push: Callable[[Rows], ChunkReceipt], rows: Rows, pause: Pause) -> ChunkReceipt:
    """`push` the rows; when they are too many for the portal, each half of them. Raises what `push` raises."""
    try:
        return push(rows)
    except (TooLarge, Retryable) as error:
        timed_out = isinstance(error, Retryable) and error.timed_out
        if len(rows) < 2 or not (isinstance(error, TooLarge) or timed_out):
            raise
    middle = len(rows) // 2
    pause(0, "The portal takes smaller steps.")
    return in_halves(push, rows[:middle], pause).plus(in_halves(push, rows[middle:], pause))
