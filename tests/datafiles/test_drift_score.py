"""One number for how much changed between two tables, between nothing and everything."""

from __future__ import annotations

from datafiles.drift import Drift, Shift
from datafiles.drift_score import drift_score


def drift(**fields: object) -> Drift:
    same = [
        Shift("a", "text", 0.0, 0.0, 5, 5, "tv", 0.0),
        Shift("b", "integer", 0.0, 0.0, 90, 90, "psi", 0.0),
    ]
    return Drift(**{"rows_before": 100, "rows_now": 100, "columns": same, **fields})  # type: ignore[arg-type]


def test_nothing_that_differs_is_nought() -> None:
    assert drift_score(drift()) == 0


def test_each_part_raises_it_and_no_part_passes_a_hundred() -> None:
    parts: list[dict[str, object]] = [
        {"rows_now": 110},
        {"added": ["c"]},
        {"renamed": [("x", "a")]},
        {"columns": [Shift("a", "text", 0.0, 0.3, 5, 5)]},
        {"columns": [Shift("a", "text", 0.0, 0.0, 5, 5, "tv", 0.2)]},
        {"columns": [Shift("a", "integer", 0.0, 0.0, 90, 90, "psi", 0.25)]},
    ]
    single = [drift_score(drift(**part)) for part in parts]
    assert all(0 < score < 100 for score in single)
    everything = drift(rows_before=0, rows_now=10**9, columns=[], added=["a"], vanished=["b"])
    assert drift_score(everything, 1.0) == 100
    assert drift_score(drift(rows_now=110, added=["c"])) > max(single[:2])


def test_dates_and_keys_may_move_on() -> None:
    moved = Shift("day", "date", 0.0, 0.0, 90, 90, "psi", 4.0, counts=False)
    assert drift_score(drift(columns=[moved])) == 0


def test_a_description_that_reads_otherwise_counts_and_is_never_rounded_away() -> None:
    assert drift_score(drift(), 0.25) == 25
    assert drift_score(drift(), 0.001) == 1
