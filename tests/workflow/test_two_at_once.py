"""Two opposite decisions at the same moment: exactly one is made (PostgreSQL, real transactions)."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from audit.models import AuditEvent
from tests.cast import Cast, cast_create
from tests.factories.workflow import release_at
from workflow.errors import MoveRefused
from workflow.models import Release, StageVisit
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def race(release: Release, *moves: tuple[str, object]) -> list[str]:
    """Make the moves at once, each on a connection of its own; returns what each got."""
    barrier = threading.Barrier(len(moves))
    got: dict[int, str] = {}

    def run(number: int, name: str, actor: object) -> None:
        try:
            barrier.wait(timeout=10)
            release_transition(release_id=release.pk, name=name, actor=actor, reason="Decided.")
            got[number] = "moved"
        except (MoveRefused, PermissionDenied) as error:
            got[number] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, *move)) for i, move in enumerate(moves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [got[i] for i in range(len(moves))]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return cast_create()


@pytest.mark.parametrize("attempt", range(5))
def test_of_approve_and_reject_at_once_one_is_made(cast: Cast, attempt: int) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    results = race(release, ("approve", cast.cdo), ("reject", cast.second_cdo))
    assert sorted(results) == ["WrongStage", "moved"]
    stage = Release.objects.get(pk=release.pk).stage
    assert stage == (Stage.STAGED if results[0] == "moved" else Stage.REJECTED)
    actions = {"workflow.approved", "workflow.rejected"}
    assert AuditEvent.objects.filter(action__in=actions, release_id=release.pk).count() == 1
    assert StageVisit.objects.filter(release=release, left_at=None).count() == 1


def test_six_presses_of_approve_make_one_move(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    results = race(release, *[("approve", cast.cdo)] * 6)
    assert sorted(results) == ["WrongStage"] * 5 + ["moved"]
