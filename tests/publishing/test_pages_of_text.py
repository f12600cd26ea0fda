"""Rows read back from Socrata as text: page after page, each while the one before it is read."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from publishing.encode import encode_table, portal_text
from publishing.portals.socrata import SocrataPortal, bulk
from publishing.records import PortalRecord
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.test_adapter import made


def forty_rows(portal: SocrataPortal) -> tuple[str, PortalRecord]:
    remote_id, record, rows, _ = made(portal, 40)
    portal.push_chunk(remote_id, rows)
    return remote_id, record


def test_pages_of_text_grow_to_the_size_that_is_set_and_are_the_whole_table(
    portal: SocrataPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id, record = forty_rows(portal)
    monkeypatch.setattr(bulk, "PAGE", 2)
    monkeypatch.setattr(bulk, "_MOST_ROWS", 11)
    pages = list(portal.read_text(remote_id, record.fields))
    # Four times as many at the most: an answer that came cut short says little.
    assert [page.height for page in pages] == [2, 8, 11, 11, 8]
    assert portal_text(pl.concat(pages), record).equals(encode_table(samples.table(40), record))
    monkeypatch.setattr(bulk, "_PAGE_BYTES", 1)
    assert [page.height for page in portal.read_text(remote_id, record.fields)] == [2, *[1] * 38]


def test_who_reads_is_told_of_every_answer_also_of_those_that_are_fetched_ahead(
    portal: SocrataPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id, record = forty_rows(portal)
    monkeypatch.setattr(bulk, "PAGE", 10)
    monkeypatch.setattr(bulk, "_MOST_ROWS", 10)
    heard: list[str] = []
    pages = portal.read_text(remote_id, record.fields, still=lambda: heard.append("an answer"))
    assert next(pages).height == 10 and len(heard) == 2
    assert sum(page.height for page in pages) == 30 and len(heard) == 4


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "code": "too-many-requests", "times": 2},
        {"kind": "reset_before"},
        {"kind": "truncated", "times": 2},
        {"kind": "ticket"},
        {"kind": "html", "status": 200},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
def test_passing_trouble_in_any_page_of_text_leaves_every_row_there_once_and_in_order(
    portal: SocrataPortal, orders: Orders, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    remote_id, record = forty_rows(portal)
    monkeypatch.setattr(bulk, "PAGE", 10)
    monkeypatch.setattr(bulk, "_MOST_ROWS", 10)
    for skipped in range(4):
        orders.fault(method="GET", path=r"^/resource/.*\.csv", skip=skipped, **fault)
        pages = list(portal.read_text(remote_id, record.fields))
        assert [page.height for page in pages] == [10] * 4
        assert portal_text(pl.concat(pages), record).equals(encode_table(samples.table(40), record))
