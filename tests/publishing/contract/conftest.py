"""Every test of this folder runs against every portal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from publishing.portals.base import Portal
from tests.publishing.contract.houses import HOUSES, House, started


@pytest.fixture(scope="session", params=HOUSES, ids=lambda kind: kind.name)
def running_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with started(request.param, tmp_path_factory.mktemp("contract")) as house:
        yield house


@pytest.fixture
def house(running_house: House) -> Iterator[House]:
    running_house.quiet()
    yield running_house
    running_house.quiet()


@pytest.fixture
def portal(house: House) -> Iterator[Portal]:
    with house.portal() as portal:
        yield portal
