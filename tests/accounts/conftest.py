"""The cast, and a browser-less client of each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.cast import Cast, cast_create


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def as_(cast: Cast) -> Callable[[User], Client]:
    """A client who is logged in as somebody of the cast."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture(autouse=True)
def _no_failures_of_other_tests(request: pytest.FixtureRequest) -> None:
    if "cast" in request.fixturenames:
        cache.clear()
