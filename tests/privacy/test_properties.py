"""What must hold for any value: planted numbers are found, masks hide, k is what counting says."""

from __future__ import annotations

import math
from collections import Counter
from itertools import accumulate

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.detectors import DETECTORS
from privacy.masking import mask
from privacy.risk.diversity import diversity
from privacy.risk.profile import risk_profile
from privacy.risk.wildcard import k_null_wildcard
from privacy.scanner import scan
from tests.privacy.samples import column

digits = st.integers(0, 9)
valid_ssn = st.builds(
    lambda area, group, serial: f"{area:03}-{group:02}-{serial:04}",
    st.integers(1, 899).filter(lambda area: area != 666),
    st.integers(1, 99),
    st.integers(1, 9999),
)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=60)
@given(
    ssn=valid_ssn, cells=st.lists(words, min_size=1, max_size=40), place=st.integers(0, 39), data=st.data()
)
def test_a_planted_ssn_is_always_found(ssn: str, cells: list[str], place: int, data: st.DataObject) -> None:
    row = place % len(cells)
    before, after = data.draw(words), data.draw(words)
    cells[row] = f"{before} {ssn} {after}"
    result = scan(column("anything", list(cells))).columns[0]
    hits = {hit.entity: hit for hit in result.hits}
    assert "SSN" in hits, result.explanation
    assert row + 1 in hits["SSN"].rows or hits["SSN"].count > 5
    assert result.decision == "flag"
    assert ssn not in str(result.to_dict())


@given(value=st.text(min_size=1, max_size=60), entity=st.sampled_from([one.entity for one in DETECTORS]))
def test_a_mask_shows_at_most_two_characters_or_the_domain(value: str, entity: str) -> None:
    masked = mask(value, entity)
    if entity == "EMAIL" and "@" in value:
        assert masked == "***@" + value.rsplit("@", 1)[1].lower()
        return
    shown = masked.lstrip("*") if not value.endswith("*") else ""
    assert len(shown) <= 2
    assert value.endswith(shown)
    assert masked.startswith("***")


cell = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))


@given(rows=st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=60))
def test_k_with_null_as_any_value_is_what_comparing_all_pairs_says(
    rows: list[tuple[str | None, ...]],
) -> None:
    def fits(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
        return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))

    frame = pl.DataFrame(rows, schema=dict.fromkeys("xyz", pl.String), orient="row")
    assert k_null_wildcard(frame, ["x", "y", "z"]) == min(sum(fits(a, b) for b in rows) for a in rows)


@given(rows=st.lists(st.tuples(cell, st.sampled_from([None, "1", "2", "5", "11"])), min_size=1, max_size=40))
def test_l_and_t_are_what_their_definitions_say(rows: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(["zip", "cost"], pl.String), orient="row")
    order = [value for value in (None, "1", "2", "5", "11") if value in {cost for _, cost in rows}]
    whole = Counter(cost for _, cost in rows)
    groups = {key: Counter(cost for zip_, cost in rows if zip_ == key) for key, _ in rows}
    shares = [{v: n / group.total() for v, n in group.items()} for group in groups.values()]
    apart = [[whole[v] / len(rows) - share.get(v, 0.0) for v in order] for share in shares]
    for ordered, distance in ((False, _half), (True, _moved)):
        found = diversity(frame, ["zip"], "cost", ordered=ordered)
        assert found is not None
        assert found.l == min(len(group) for group in groups.values())
        entropy = min(-sum(p * math.log(p) for p in share.values()) for share in shares)
        assert math.isclose(found.entropy_l, math.exp(entropy), abs_tol=1e-9)
        assert math.isclose(found.t, max(distance(one) for one in apart), abs_tol=1e-9)


def _half(apart: list[float]) -> float:
    return sum(abs(one) for one in apart) / 2


def _moved(apart: list[float]) -> float:
    return sum(abs(one) for one in accumulate(apart)) / (len(apart) - 1) if len(apart) > 1 else 0.0


@given(rows=st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=60))
def test_k_is_what_counting_says(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys("xyz", pl.String), orient="row")
    counted = Counter(rows)
    measures = risk_profile(frame, ["x", "y", "z"])
    assert measures.k == min(counted.values())
    assert measures.classes == len(counted)
    assert measures.unique_rows == sum(1 for n in counted.values() if n == 1)
    assert measures.rows_under_5 == sum(n for n in counted.values() if n < 5)
    assert measures.rows_under_11 == sum(n for n in counted.values() if n < 11)
    assert measures.prosecutor_average == len(counted) / len(rows)
    assert sum(band[2] for band in measures.class_sizes) == len(rows)
    assert sum(band[3] for band in measures.class_sizes) == len(counted)
