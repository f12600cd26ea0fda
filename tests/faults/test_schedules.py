"""Whatever goes wrong during a push, it ends in one equal public dataset that nobody saw half done.

A few fixed seeds here; `make faults SCHEDULES=200 SEED=1` runs as many as one likes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.faults.schedules.plan import CHUNK_ROWS, plan_of
from tests.faults.schedules.trial import trial
from tests.faults.schedules.world import TIME_SCALE, World, world
from tests.services.celery_worker import empty_broker

FIRST = int(os.environ.get("FAULT_SEED", "11"))
SCHEDULES = int(os.environ.get("FAULT_SCHEDULES", "4"))


@pytest.fixture
def city(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world(tmp_path) as made:
        for name, value in made.standin.environment.items():
            setattr(settings, name, value)
        settings.TIME_SCALE = float(TIME_SCALE)
        monkeypatch.setattr("publishing.encode.CHUNK_ROWS", CHUNK_ROWS)
        empty_broker()
        yield made


def tell(line: object) -> None:
    """For whoever runs it by hand; pytest keeps it back."""
    sys.stdout.write(f"\n{line}")
    sys.stdout.flush()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_random_faults_end_in_one_equal_dataset_that_nobody_saw_half_done(
    transactional_db: None, cast: Cast, city: World
) -> None:
    violations = []
    for seed in range(FIRST, FIRST + SCHEDULES):
        verdict = trial(plan_of(seed), city, cast)
        tell(verdict)
        if verdict.broken:
            violations.append(str(verdict))
    tell(f"{SCHEDULES} schedules, {len(violations)} violations")
    assert not violations
