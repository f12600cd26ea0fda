"""A confirmation of quasi-identifiers speaks of what the scan said of the columns, not of their names alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.selectors import facts
from dossier.services import digest_of, dossier_open
from privacy.models import QuasiIdentifiers
from privacy.selectors import offered_digest, state_of
from privacy.services import findings_dispose, quasi_confirm, scan_request
from tests.cast import Cast
from tests.factories.files import file_put
from workflow.models import Release

Work = Callable[[], None]
ROWS = 120
WHY = "Looked at with the court's statistics office."
HARMLESS = {"where": [f"unit {i % 5}" for i in range(ROWS)], "born": ["n"] * ROWS}


def telling(seed: int) -> dict[str, list[str]]:
    draw = random.Random(seed)
    return {
        "where": [
            f"34.{draw.randint(10_000, 99_999)}, -118.{draw.randint(10_000, 99_999)}" for _ in range(ROWS)
        ],
        "born": [
            f"{draw.randint(1, 12)}/{draw.randint(1, 28)}/19{draw.randint(40, 99)}" for _ in range(ROWS)
        ],
    }


@pytest.fixture
def put(release: Release, tmp_path: Path, work: Work) -> Callable[[dict[str, list[str]]], None]:
    dossier_open(release_id=release.pk, parts=["file", "privacy"])

    def putting(columns: dict[str, list[str]]) -> None:
        file_put(release, columns, tmp_path)
        scan_request(release_id=release.pk)
        work()

    return putting


Put = Callable[[dict[str, list[str]]], None]


def confirm(release: Release, cast: Cast, *columns: str, reason: str = "") -> None:
    quasi_confirm(release_id=release.pk, columns=columns, k_min=5, reason=reason, actor=cast.privacy_officer)


def kept(release: Release, cast: Cast) -> None:
    found = [row.column for row in state_of(release.pk).open]
    if found:
        findings_dispose(
            release_id=release.pk, columns=found, decision="accept", reason=WHY, actor=cast.privacy_officer
        )


def test_none_confirmed_of_harmless_columns_does_not_speak_of_birth_dates_under_the_same_names(
    release: Release, cast: Cast, put: Put, work: Work
) -> None:
    put(HARMLESS)
    confirm(release, cast)
    work()
    assert facts(release.pk)["risk"].ok
    put(telling(1))
    kept(release, cast)
    work()
    assert state_of(release.pk).quasi is None
    risk = facts(release.pk)["risk"]
    assert not risk.ok and "has not been confirmed" in risk.sentences[0]


@pytest.mark.parametrize("older", [False, True])
def test_a_refresh_with_the_same_verdicts_keeps_the_confirmation(
    release: Release, cast: Cast, put: Put, older: bool
) -> None:
    """Also one whose row names the columns only."""
    put(telling(1))
    confirm(release, cast, "born", "where")
    if older:
        QuasiIdentifiers.objects.update(offered_digest=digest_of(["where", "born"]))
    put(telling(2))
    quasi = state_of(release.pk).quasi
    assert quasi is not None and quasi.columns == ["where", "born"]


def test_an_older_confirmation_does_not_speak_of_other_verdicts(
    release: Release, cast: Cast, put: Put
) -> None:
    put(HARMLESS)
    confirm(release, cast)
    QuasiIdentifiers.objects.update(offered_digest=digest_of(["where", "born"]))
    assert state_of(release.pk).quasi is not None
    put(telling(1))
    assert state_of(release.pk).quasi is None


@pytest.mark.parametrize("older", [False, True])
def test_an_older_answer_that_chose_nothing_and_gave_no_reason_is_asked_for_again(
    release: Release, cast: Cast, put: Put, older: bool
) -> None:
    put(telling(1))
    state = state_of(release.pk)
    QuasiIdentifiers.objects.create(
        release=release,
        columns=[],
        offered_digest=digest_of(state.columns) if older else offered_digest(state.verdicts),
        k_min=5,
        by=cast.privacy_officer,
    )
    assert state_of(release.pk).quasi is None
    confirm(release, cast, reason=WHY)
    assert state_of(release.pk).quasi is not None
