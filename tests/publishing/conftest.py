"""The real adapter against the real stand-in, and orders that make the stand-in misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from sodapy import Socrata

from publishing import encode
from publishing.portals.socrata import SocrataConfig, SocrataPortal
from tests.cast import Cast, cast_create
from tests.services.standin import StandIn


class Orders:
    """What a test tells the stand-in, and what it asks behind the back of the adapter."""

    def __init__(self, process: StandIn) -> None:
        self.domain = process.domain
        self.base = process.url
        self.key = (process.key_id, process.key_secret)

    def fault(self, kind: str, **about: Any) -> None:
        answer = requests.post(f"{self.base}/__standin/faults", json={"kind": kind, **about}, timeout=5)
        assert answer.status_code == 200, answer.text

    def settings(self, **values: Any) -> None:
        answer = requests.post(f"{self.base}/__standin/settings", json=values, timeout=5)
        assert answer.status_code == 200, answer.text

    def quiet(self) -> None:
        requests.delete(f"{self.base}/__standin/faults", timeout=5)
        requests.delete(f"{self.base}/__standin/settings", timeout=5)
        self.settings(strict_content_type=True)

    def log(self) -> list[dict[str, Any]]:
        return requests.get(f"{self.base}/__standin/log", timeout=5).json()

    def get(self, path: str, *, signed: bool = True, **params: Any) -> requests.Response:
        key = self.key if signed else None
        return requests.get(f"{self.base}{path}", params=params, auth=key, timeout=10)

    def send(self, method: str, path: str, data: Any) -> requests.Response:
        return requests.request(method, f"{self.base}{path}", json=data, auth=self.key, timeout=10)

    def assets(self, external_key: str) -> list[dict[str, Any]]:
        views = self.get("/api/views.json", limit=1000).json()
        return [view for view in views if view.get("resourceName") == external_key]

    def config(self, **changes: Any) -> SocrataConfig:
        about = {
            "domain": self.domain,
            "scheme": "http",
            "key_id": self.key[0],
            "key_secret": self.key[1],
            "app_token": "test-token",
            "wait_scale": 0.01,
            "read_seconds": 5.0,
        }
        return SocrataConfig(**{**about, **changes})


@pytest.fixture
def orders(standin_process: StandIn) -> Iterator[Orders]:
    orders = Orders(standin_process)
    orders.quiet()
    # The log is a ring: a test that counts from where it began must not begin at its end.
    requests.delete(f"{orders.base}/__standin/log", timeout=5)
    yield orders
    orders.quiet()
    orders.settings(strict_content_type=False)


@pytest.fixture
def soda(orders: Orders) -> Iterator[Socrata]:
    """sodapy, unwrapped; it sends JSON without saying so."""
    orders.settings(strict_content_type=False)
    adapter = {"prefix": "http://", "adapter": HTTPAdapter()}
    with Socrata(orders.domain, "token", *orders.key, session_adapter=adapter) as client:
        yield client


@pytest.fixture
def permits(soda: Socrata) -> str:
    """Three permits on the stand-in, published and private; two of them have a place."""
    kinds = {"permit": "text", "fee": "number", "place": "point"}
    columns = [
        {"fieldName": name, "name": name.title(), "dataTypeName": kind} for name, kind in kinds.items()
    ]
    name = str(soda.create("Permits", columns=columns, row_identifier="permit")["id"])
    rows = [
        {"permit": "A-1", "fee": 12.5, "place": {"type": "Point", "coordinates": [-73.5, 41]}},
        {"permit": "A-2", "fee": 7, "place": "POINT (-73 41.5)"},
        {"permit": "B-1", "fee": 100},
    ]
    soda.upsert(name, rows)
    soda.publish(name)
    return name


@pytest.fixture
def portal(orders: Orders) -> Iterator[SocrataPortal]:
    with SocrataPortal(orders.config()) as portal:
        yield portal


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch, settings: Any, standin: StandIn, orders: Orders) -> None:
    """Ten rows to a chunk, short waits, and the settings pointing at the stand-in."""
    plan = encode.plan_chunks
    monkeypatch.setattr(encode, "plan_chunks", lambda frame: plan(frame, max_rows=10))
    settings.TIME_SCALE = 0.02
