"""Faults are ordered by route, number, chance and seed, before or after the work is kept; and the process itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from publishing.devserver.faults import KINDS, FaultBox, Hit, random_schedule
from publishing.devserver.router import NAMES
from tests.publishing.conftest import Orders
from tests.services.standin import StandIn, standin_portal

COLUMNS = [
    {"fieldName": "key", "name": "Key", "dataTypeName": "text"},
    {"fieldName": "n", "name": "N", "dataTypeName": "number"},
]


@pytest.fixture
def dataset(orders: Orders) -> str:
    body = {"name": "Faulty", "columns": COLUMNS, "metadata": {"rowIdentifier": "key"}}
    return str(orders.send("POST", "/api/views.json", body).json()["id"])


def count(orders: Orders, dataset: str) -> int:
    return int(orders.get(f"/resource/{dataset}.json", **{"$select": "count(*)"}).json()[0]["count"])


def send(orders: Orders, dataset: str) -> requests.Response | None:
    """One row; None when the connection breaks off or the answer takes too long."""
    try:
        return requests.post(
            f"{orders.base}/resource/{dataset}.json",
            json=[{"key": "a", "n": 1}],
            auth=orders.key,
            timeout=0.5,
            allow_redirects=False,
        )
    except (requests.ConnectionError, requests.Timeout):
        return None


@pytest.mark.parametrize(
    ("fault", "status", "kept"),
    [
        ({"kind": "status", "status": 429, "retry_after": "3"}, 429, 0),
        ({"kind": "status", "status": 500}, 500, 0),
        ({"kind": "status", "status": 504, "when": "after"}, 504, 1),
        ({"kind": "status", "status": 409, "code": "soda.dataset.cannot-acquire-write-lock"}, 409, 0),
        ({"kind": "html", "status": 502}, 502, 0),
        ({"kind": "html", "status": 502, "when": "after"}, 502, 1),
        ({"kind": "redirect"}, 302, 0),
        ({"kind": "reset_before"}, None, 0),
        ({"kind": "reset_after"}, None, 1),
        ({"kind": "slow", "seconds": 0.8}, None, 1),
        ({"kind": "too_large", "bytes": 5}, 413, 0),
        ({"kind": "errors"}, 200, 0),
        ({"kind": "ticket"}, 202, 1),
        ({"kind": "truncated"}, 200, 1),
        ({"kind": "corrupt"}, 200, 1),
    ],
    ids=lambda value: str(value.get("kind")) + value.get("when", "") if isinstance(value, dict) else "",
)
def test_every_fault_strikes_its_route_once_and_the_work_is_kept_or_not(
    orders: Orders, dataset: str, fault: dict[str, Any], status: int | None, kept: int
) -> None:
    orders.fault(**fault, route="^rows.upsert$")
    answer = send(orders, dataset)
    assert (None if answer is None else answer.status_code) == status
    assert count(orders, dataset) == kept
    if fault.get("retry_after"):
        assert answer is not None and answer.headers["Retry-After"] == "3"
    if fault["kind"] == "truncated":
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            json.loads(answer.text if answer is not None else "")
    # It is used up.
    again = send(orders, dataset)
    assert again is not None and again.status_code == 200


def test_a_ticket_is_polled_until_it_becomes_the_answer(orders: Orders, dataset: str) -> None:
    orders.fault("ticket", route="rows.upsert", polls=2)
    first = send(orders, dataset)
    assert first is not None
    polls = [orders.get(f"/resource/{dataset}.json", ticket=first.json()["ticket"]) for _ in range(2)]
    assert [answer.status_code for answer in polls] == [202, 200]
    assert polls[-1].json()["Rows Created"] == 1


def test_the_same_seed_strikes_the_same_requests() -> None:
    def struck(seed: int) -> list[int]:
        box = FaultBox()
        box.add({"kind": "status", "chance": 0.3, "seed": seed, "times": -1})
        hit = Hit("POST", "/resource/a.json", "rows.upsert", 10, anonymous=False)
        return [number for number in range(50) if box.take(hit) is not None]

    assert struck(7) == struck(7) != struck(8)
    assert random_schedule(7, 5) == random_schedule(7, 5) != random_schedule(8, 5)
    assert {fault["kind"] for seed in range(80) for fault in random_schedule(seed, 5)} <= set(KINDS)


def test_orders_are_listed_with_every_route_and_refused_when_they_make_no_sense(orders: Orders) -> None:
    about = requests.post(f"{orders.base}/__standin/faults", json={"schedule": 3, "length": 4}, timeout=5)
    assert len(about.json()) == 4
    listed = requests.get(f"{orders.base}/__standin/faults", timeout=5).json()
    assert len(listed["faults"]) == 4 and "dsmapi.chunk" in listed["routes"] == NAMES
    for wrong in ({"kind": "status", "when": "never"}, {"kind": "status", "route": "("}, {"nonsense": 1}):
        answer = requests.post(f"{orders.base}/__standin/faults", json=wrong, timeout=5)
        assert answer.status_code == 400


# --- the process


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state"


def call(portal: StandIn, method: str, path: str, **about: Any) -> requests.Response:
    key = (portal.key_id, portal.key_secret)
    return requests.request(method, f"{portal.url}{path}", auth=key, timeout=20, **about)


def test_what_was_kept_is_there_after_a_restart_revisions_and_uploads_too(place: Path) -> None:
    source = {"source_type": {"type": "upload", "filename": "a.csv"}}
    with standin_portal(place) as first:
        view = call(first, "POST", "/api/views.json", json={"name": "Kept", "columns": COLUMNS}).json()["id"]
        call(first, "POST", f"/resource/{view}.json", json=[{"key": "a"}])
        opened = call(first, "POST", f"/api/publishing/v1/revision/{view}", json={}).json()["links"]
        upload = call(first, "POST", opened["create_source"], json=source).json()["links"]
        call(first, "POST", upload["initiate"], json={"content_type": "text/csv"})
        call(first, "POST", upload["chunk"].format(seq_num=0, byte_offset=0), data=b"key,n\nb,1\n")
    with standin_portal(place) as second:
        assert call(second, "GET", f"/resource/{view}.json").json() == [{"key": "a"}]
        assert call(second, "GET", opened["show"]).json()["resource"]["closed_at"] is None
        end = upload["commit"].format(seq_num=0, byte_offset=10)
        assert call(second, "POST", end).status_code == 201
        told = call(second, "GET", upload["show"]).json()["resource"]
        assert told["schemas"][0]["total_rows"] == 1


def test_two_clients_at_once_lose_nothing_of_each_other(orders: Orders, dataset: str) -> None:
    def push(name: str) -> None:
        with requests.Session() as session:
            session.auth = orders.key
            for number in range(20):
                body = [{"key": f"{name}{number}-{row}", "n": row} for row in range(50)]
                session.post(f"{orders.base}/resource/{dataset}.json", json=body, timeout=20)

    threads = [threading.Thread(target=push, args=(name,)) for name in "xy"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(orders, dataset) == 2000


def test_a_long_table_goes_in_and_out_in_pieces(place: Path) -> None:
    rows, width = 30_000, 1000
    line = "x" * width

    def body() -> Iterator[bytes]:
        yield b"["
        for start in range(0, rows, 1000):
            part = [{"key": str(number), "t": line} for number in range(start, start + 1000)]
            yield (b"," if start else b"") + json.dumps(part).encode()[1:-1]
        yield b"]"

    columns = [COLUMNS[0], {"fieldName": "t", "name": "T", "dataTypeName": "text"}]
    with standin_portal(place) as portal:
        about = {"name": "Long", "columns": columns, "metadata": {"rowIdentifier": "key"}}
        view = call(portal, "POST", "/api/views.json", json=about).json()["id"]
        before = _peak(portal)
        sent = call(portal, "PUT", f"/resource/{view}.json", data=body())
        assert sent.json()["Rows Created"] == rows
        answer = call(portal, "GET", f"/resource/{view}.csv", params={"$limit": rows}, stream=True)
        assert sum(len(piece) for piece in answer.iter_content(65_536)) > rows * width
        # The table alone is 30 MB of text; held as Python objects it would be several times that.
        assert _peak(portal) - before < rows * width // 1024


def _peak(portal: StandIn) -> int:
    """The most memory, in kB, that the process ever held."""
    status = Path(f"/proc/{portal.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
