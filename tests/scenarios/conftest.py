"""Scenarios run against the real stand-in portal, with background work done in place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.standin import StandIn


@pytest.fixture(autouse=True)
def _portal(db: None, standin: StandIn, settings: Any) -> None:
    """The portal of every scenario; no wait is long."""
    settings.TIME_SCALE = 0.02
