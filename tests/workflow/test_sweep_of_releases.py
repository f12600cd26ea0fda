"""The sweep settles every open release for which something is due, whatever happens to one of them."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.services import settle
from workflow.services.settle import Step, releases_settle
from workflow.stages import Stage

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


def test_the_sweep_writes_the_letter_of_a_scan_whose_nudge_was_lost(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    letters = OutgoingMessage.objects.filter(release_id=release.pk, message_id="scan_finished")
    assert not letters.exists()
    releases_settle()
    assert set(letters.values_list("recipient", flat=True)) == {cast.privacy_officer.pk, cast.steward.pk}
    releases_settle()
    assert letters.count() == 2
