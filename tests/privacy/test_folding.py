"""Identifiers written with the blanks, hyphens and digits of word processors, web pages and wide letters."""

from __future__ import annotations

import polars as pl
import pytest

from privacy.folding import as_written, with_folded
from privacy.remedies.base import Context, changed_column
from privacy.remedies.registry import REMEDIES
from privacy.scanner import ColumnResult, scan
from tests.privacy.samples import column

FILLER: list[str | None] = ["paint", "timber", "roof tiles", "gravel", "nails", "cement"] * 20
WRITTEN = [
    ("SSN", "219\u00a046\u00a08813"),
    ("SSN", "219\u200946\u20098813"),
    ("SSN", "219\u00ad46\u00ad8813"),
    ("SSN", "219\ufe6346\ufe638813"),
    ("SSN", "219\u200b-46-8813"),
    ("SSN", "\uff12\uff11\uff19-\uff14\uff16-\uff18\uff18\uff11\uff13"),
    ("SSN", "219 - 46 - 8813"),
    ("SSN", "219-46- 8813"),
    ("PHONE", "919\u00a0556\u00a01843"),
    ("PHONE", "(919)\u00a0556\u20111843"),
    ("PHONE", "919 - 556 - 1843"),
    ("CREDIT_CARD", "4111\u00a01111\u00a01111\u00a01111"),
    ("CREDIT_CARD", "4111\u20111111\u20111111\u20111111"),
    ("EMAIL", "ann.reed\uff20mail.example.org"),
]


def verdict(name: str, values: list[str | None]) -> ColumnResult:
    return scan(column(name, values)).columns[0]


@pytest.mark.parametrize(("entity", "value"), WRITTEN, ids=[f"{e}:{v!a}" for e, v in WRITTEN])
def test_one_in_other_signs_is_found_where_it_stands(entity: str, value: str) -> None:
    result = verdict("item", [*FILLER, f"for {value}"])
    assert (entity, [121]) in [(hit.entity, hit.rows) for hit in result.hits], result.explanation
    assert result.decision == "flag"


@pytest.mark.parametrize(("entity", "value"), WRITTEN, ids=[f"{e}:{v!a}" for e, v in WRITTEN])
def test_redaction_takes_it_out_of_the_text_as_it_was_written(entity: str, value: str) -> None:
    text = f"the café\u00a0noted {value}, and {value} again"
    series = pl.Series("remarks", [text, "nothing here"])
    rewritten = changed_column(
        series, REMEDIES["redact_text"], {"column": "remarks", "entities": [entity]}, Context()
    )
    mark = f"[redacted {entity.replace('_', ' ')}]"
    assert rewritten.to_list() == [f"the café\u00a0noted {mark}, and {mark} again", "nothing here"]


def test_a_whole_column_in_other_blanks_is_what_it_is() -> None:
    result = verdict("q7", [f"{219 + i}\u00a0{46 + i % 40}\u00a0{1000 + 37 * i}" for i in range(60)])
    assert (result.entity, result.decision) == ("SSN", "flag"), result.explanation


def test_plain_values_are_searched_as_they_are() -> None:
    plain = pl.DataFrame({"v": ["219-46-8813", "peña y señor"]})
    assert with_folded(plain) is plain


def test_every_way_in_which_a_match_is_written_is_given_back() -> None:
    values = with_folded(pl.DataFrame({"v": ["1\u00a02 and 1 2"]}))
    assert as_written(values.with_columns(m=pl.lit("1 2"))).get_column("m").to_list() == ["1\u00a02", "1 2"]
