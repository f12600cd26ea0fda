"""The sweep settles every open release for which something is due, whatever happens to one of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.services import settle
from workflow.services.settle import Step, releases_settle

pytestmark = pytest.mark.django_db


def test_a_release_that_cannot_be_settled_does_not_keep_the_others_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = release_at("INVENTORY", cast)
    second = release_at("INVENTORY", cast, title="Street trees")
    settled: list[int] = []

    def run(context: Any, now: Any) -> None:
        if context.release.pk == first.pk:
            raise ValueError("This one cannot be settled.")
        settled.append(context.release.pk)

    monkeypatch.setattr(settle, "STEPS", (Step("odd", lambda context: True, run),))
    assert releases_settle() == 2
    assert settled == [second.pk]
