"""The helper thread beside the work: it ends with the work, and what goes wrong in it is not lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from publishing import pipeline
from publishing.pipeline import ahead, following, meanwhile


def test_all_items_are_worked_on_before_the_block_ends() -> None:
    done: list[int] = []
    with meanwhile(range(100), done.append, lambda: None):
        pass
    assert done == list(range(100))


def test_what_goes_wrong_in_the_work_comes_out_of_the_block() -> None:
    def work(item: int) -> None:
        raise ZeroDivisionError(item)

    with pytest.raises(ZeroDivisionError), meanwhile([1], work, lambda: None):
        pass


def test_an_error_of_the_block_ends_the_work_after_the_item_in_hand() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def work(item: int) -> None:
        begun.set()
        go_on.wait(10)
        done.append(item)

    def failing() -> None:
        with meanwhile(range(1_000_000), work, lambda: None):
            begun.wait(10)
            threading.Timer(0.05, go_on.set).start()
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert len(done) < 1_000_000


def test_who_waits_for_the_work_is_heard_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_LOOK", 0.01)
    heard = threading.Event()

    def work(_: int) -> None:
        heard.wait(10)

    with meanwhile([1], work, heard.set):
        pass
    assert heard.is_set()


def test_threads_take_their_usual_turns_again_after_two_helpers_at_once() -> None:
    usual = sys.getswitchinterval()
    first, second = ahead(range(3)), ahead(range(3))
    assert (next(first), next(second)) == (0, 0)
    assert list(first) == list(second) == [1, 2]
    assert sys.getswitchinterval() == usual


def test_an_item_is_worked_on_while_the_next_one_is_fetched() -> None:
    fetched_second = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        fetched_second.set()
        yield 2

    def work(item: int) -> int:
        assert fetched_second.wait(10)
        return item * 10

    assert [(item, made.result()) for item, made in following(items(), work)] == [(1, 10), (2, 20)]


def test_what_goes_wrong_with_one_item_is_told_with_that_item_and_the_next_ones_follow() -> None:
    told = []
    for item, made in following([2, 0, 4], lambda item: 8 // item):
        try:
            told.append((item, made.result()))
        except ZeroDivisionError:
            told.append((item, -1))
    assert told == [(2, 4), (0, -1), (4, 2)]
