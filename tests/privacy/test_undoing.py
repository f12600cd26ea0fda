"""Taking decisions back: what stood before stands again, exactly as it was."""

from __future__ import annotations

from typing import Any

import pytest

from privacy.errors import DispositionRefused
from privacy.models import Disposition
from privacy.selectors import state_of
from privacy.services import finding_dispose, findings_dispose, findings_undo, recipe_save
from privacy.undoing import last_batch
from tests.cast import Cast
from workflow.models import Release

WHY = "Readers do not need more than this."
OTHER = "On second thoughts, it stays as it is."
SUPPRESS = {"remedy": "suppress_cells", "params": {"column": "zip", "which": "rare", "fewer_than": 7}}
PHONES = {"remedy": "drop_column", "params": {"column": "contractor_phone"}}


@pytest.fixture
def officer(cast: Cast) -> Any:
    return cast.privacy_officer


def _undo(release: Release, actor: Any) -> list[Disposition]:
    last = last_batch(release.pk)[-1].pk
    return findings_undo(release_id=release.pk, last_id=last, actor=actor)


def test_what_stood_before_stands_again_with_its_reason_person_day_and_batch(
    scanned: Release, cast: Cast, officer: Any
) -> None:
    about: dict[str, Any] = {"release_id": scanned.pk, "decision": "accept"}
    first = findings_dispose(columns=["zip", "sex"], reason=WHY, actor=cast.cdo, **about)
    findings_dispose(columns=["zip", "remarks"], reason=OTHER, actor=officer, **about)
    _undo(scanned, officer)
    decided = state_of(scanned.pk).decided
    assert decided == {row.column: row for row in first}, "the very rows, no copies of them"
    assert decided["zip"].reason == WHY and decided["zip"].by == cast.cdo and decided["zip"].at == first[0].at


def test_the_recipe_is_again_what_it_was_and_not_the_default_of_its_remedies(
    scanned: Release, officer: Any
) -> None:
    steps = [SUPPRESS, PHONES]
    recipe_save(release_id=scanned.pk, steps=steps, note=WHY, actor=officer, expected_number=0)
    before = state_of(scanned.pk).decided
    about: dict[str, Any] = {
        "release_id": scanned.pk,
        "decision": "accept",
        "reason": OTHER,
        "actor": officer,
    }
    findings_dispose(columns=["zip", "contractor_phone"], **about)
    assert state_of(scanned.pk).recipe == []
    _undo(scanned, officer)
    state = state_of(scanned.pk)
    assert state.recipe == steps and state.decided == before
    _undo(scanned, officer)
    assert state_of(scanned.pk).recipe == [], "taking back is taken back like any other batch"


def test_what_a_saved_recipe_decided_is_one_batch_and_is_taken_back_with_it(
    scanned: Release, officer: Any
) -> None:
    steps = [SUPPRESS, PHONES]
    recipe_save(release_id=scanned.pk, steps=steps, note=WHY, actor=officer, expected_number=0)
    assert {row.column for row in last_batch(scanned.pk)} == {"zip", "contractor_phone"}
    back = _undo(scanned, officer)
    assert {row.reason for row in back} == {
        "Taken back: suppress rare or listed values.",
        "Taken back: drop the column.",
    }
    state = state_of(scanned.pk)
    assert state.recipe == [] and state.decided == {} and not state.reopened


def test_a_recipe_that_was_changed_since_is_not_lost(scanned: Release, officer: Any) -> None:
    finding_dispose(
        release_id=scanned.pk,
        column="zip",
        decision="remedy",
        remedy="generalise_zip",
        reason=WHY,
        actor=officer,
    )
    steps = [*state_of(scanned.pk).recipe, {"remedy": "drop_column", "params": {"column": "status"}}]
    recipe_save(release_id=scanned.pk, steps=steps, note=WHY, actor=officer, expected_number=1)
    with pytest.raises(DispositionRefused, match="changed the recipe since"):
        _undo(scanned, officer)
    assert state_of(scanned.pk).recipe == steps and "zip" in state_of(scanned.pk).decided
