"""Three portals at once, each a stand-in of its own, and the settings that point at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from publishing import encode
from tests.cast import Cast, cast_create
from tests.publishing.contract.houses import CkanHouse, SocrataHouse, StaticHouse, started
from tests.publishing.places.work import Houses


@pytest.fixture(scope="session")
def running_houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    folder = tmp_path_factory.mktemp("places")
    with (
        started(SocrataHouse, folder) as socrata,
        started(CkanHouse, folder) as ckan,
        started(StaticHouse, folder) as static,
    ):
        yield {"socrata": socrata, "ckan": ckan, "static": static}


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def houses(running_houses: Houses, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Houses]:
    for house in running_houses.values():
        house.quiet()
        for name, value in house.settings.items():
            setattr(settings, name, value)
    settings.TIME_SCALE = 0.02
    plan = encode.plan_chunks
    monkeypatch.setattr(encode, "plan_chunks", lambda frame: plan(frame, max_rows=10))
    yield running_houses
    for house in running_houses.values():
        house.quiet()
