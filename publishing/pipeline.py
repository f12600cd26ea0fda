"""One helper thread beside the work: what comes next is made ready while the portal answers.

The helper only computes. Requests, the lease and the database stay with the thread of the worker, in their order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
# How long one thread may keep the interpreter while another waits for it. The usual 5 ms, at each of the many
# small reads of an answer, would make the portal wait for the helper.
_SHORT_TURN = 0.0005
_USUAL_TURN = sys.getswitchinterval()
_LOOK = 2.0
_END = object()


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items in the same order, each made while the one before it is in use."""
    source = iter(items)
    with _short_turns(), ThreadPoolExecutor(1, thread_name_prefix="ahead") as helper:
        waiting = helper.submit(next, source, _END)
        while (item := waiting.result()) is not _END:
            waiting = helper.submit(next, source, _END)
            yield item  # type: ignore[misc]


def following(items: Iterable[T], work: Callable[[T], R]) -> Iterator[tuple[T, Future[R]]]:
    """Each item and what `work` makes of it, which goes on while the next item is fetched."""
    with _short_turns(), ThreadPoolExecutor(1, thread_name_prefix="following") as helper:
        waiting: tuple[T, Future[R]] | None = None
        for item in items:
            before, waiting = waiting, (item, helper.submit(work, item))
            if before is not None:
                yield before
        if waiting is not None:
            yield waiting


@contextmanager
def _short_turns() -> Iterator[None]:
    sys.setswitchinterval(_SHORT_TURN)
    try:
        yield
    finally:
        # Not what it was before: two helpers may end in the order in which they began.
        sys.setswitchinterval(_USUAL_TURN)


@contextmanager
def meanwhile(items: Iterable[T], work: Callable[[T], None], still: Callable[[], None]) -> Iterator[None]:
    """`work` on all items while the block runs. It ends when both have; an error of the block ends the work too.

    `still` is called now and then while only the work is left.
    """
    stopped = Event()

    def go() -> None:
        for item in items:
            if stopped.is_set():
                return
            work(item)

    with _short_turns(), ThreadPoolExecutor(1, thread_name_prefix="meanwhile") as helper:
        working = helper.submit(go)
        try:
            yield
            while not wait([working], timeout=_LOOK).done:
                still()
        except BaseException:
            stopped.set()
            raise
        working.result()


class Behind(Generic[T]):
    """`work` on items in their order, one at a time, while the caller fetches the next.

    At most one item waits, so memory stays small. What `work` raises comes out of `put`, or of the end of the
    block.
    """

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._turns = _short_turns()
        self._waiting: Future[None] | None = None

    def __enter__(self) -> Behind[T]:
        self._turns.__enter__()
        return self

    def put(self, item: T) -> None:
        self._settle()
        self._waiting = self._helper.submit(self._work, item)

    def _settle(self) -> None:
        if self._waiting is not None:
            self._waiting.result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._settle()
        finally:
            self._helper.shutdown()
            self._turns.__exit__(kind, error, trace)
