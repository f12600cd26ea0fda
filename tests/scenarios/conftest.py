"""Scenarios run against the real stand-in portal, with background work done in place."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.services.standin import StandIn


@pytest.fixture(autouse=True)
def _portal(db: None, standin: StandIn, settings: Any) -> None:
    """The portal of every scenario, with nothing of an earlier one on it; no wait is long."""
    settings.TIME_SCALE = 0.02
    key = (standin.key_id, standin.key_secret)
    views = requests.get(f"{standin.url}/api/views.json", params={"limit": 1000}, auth=key, timeout=10)
    for view in views.json():
        requests.delete(f"{standin.url}/api/views/{view['id']}.json", auth=key, timeout=10)
