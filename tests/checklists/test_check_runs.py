"""The machine's checks as work: asked for once, run once, waived openly, the same for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from audit.models import AuditEvent
from checklists.errors import AnswerRefused
from checklists.models import CheckRow, CheckRun, Waiver
from checklists.pages import checks_page
from checklists.selectors import latest_run
from checklists.services import (
    checks_request,
    checks_run,
    facts_rebuild,
    waiver_grant,
    waiver_withdraw,
)
from dossier.errors import DossierFrozen
from dossier.models import Fact
from dossier.selectors import facts
from dossier.services import digest_of, dossier_open
from tests.cast import Cast
from tests.checklists.conftest import DECLARED, RAW, ROWS, file_give, run_queued
from workflow.context import context_of
from workflow.gates import quality_checks_current
from workflow.models import Release

pytestmark = pytest.mark.django_db


def request(release: Release, **changed: Any) -> CheckRun | None:
    values: dict[str, Any] = {
        "source_rows": 4,
        "declared": DECLARED,
        "accrual_periodicity": "monthly",
        "data_as_of": None,
    }
    return checks_request(release_id=release.pk, **values | changed)


@pytest.fixture
def checked(release: Release) -> Release:
    file_give(release)
    dossier_open(release_id=release.pk, parts=["checklists", "quality"])
    request(release)
    run_queued()
    return release


def fact(release: Release) -> Fact:
    return facts(release.pk)["quality_checks"]


def waive(release: Release, cast: Cast, **changed: Any) -> Waiver:
    values: dict[str, Any] = {
        "check": "valid_ranges",
        "column": "issued",
        "reason": "The city was founded in 1871; the date is right.",
        "actor": cast.coordinator,
    }
    return waiver_grant(release_id=release.pk, **values | changed)


def test_without_a_file_there_is_nothing_to_check(release: Release) -> None:
    assert request(release) is None


def test_an_error_is_said_in_the_fact_with_its_count_and_its_column(checked: Release) -> None:
    held = fact(checked)
    assert not held.ok
    assert held.sentences == [
        "1 date in “issued” is before 1900. Correct them, leave the cells empty, or have the error waived "
        "with a reason."
    ]
    assert held.data["errors"] == 1
    assert held.data["score"] is not None


def test_many_columns_with_the_same_fault_share_a_sentence(release: Release) -> None:
    file_give(release, {name: ["x", "y"] for name in ("a_1", "b_1", "c_1", "d_1", "e_1")})
    request(release, source_rows=2, declared=DECLARED)
    run_queued()
    first = next(text for text in fact(release).sentences if "not described" in text)
    assert first == (
        "Column “a_1” is not described. Describe it on the Data tab. "
        "The same check found errors in “b_1”, “c_1” and 5 more."
    )


def test_the_fact_names_file_declarations_and_checks(checked: Release) -> None:
    run = latest_run(checked.pk)
    assert run is not None
    assert fact(checked).about == {
        "file": RAW,
        "checks": run.checks_version,
        "declared": digest_of(run.compared_with),
    }


def test_results_hold_positions_and_no_values(checked: Release) -> None:
    row = CheckRow.objects.get(check_name="valid_ranges", is_whole=False)
    assert (row.column, row.count, row.positions) == ("issued", 1, [2])
    assert "1899" not in " ".join(CheckRow.objects.values_list("sentence", flat=True))


def test_asking_twice_for_the_same_runs_once(checked: Release) -> None:
    assert request(checked) == latest_run(checked.pk)
    assert CheckRun.objects.count() == 1


def test_changed_declarations_replace_a_run_that_has_not_ended(release: Release) -> None:
    file_give(release)
    first = request(release)
    second = request(release, source_rows=5)
    assert first is not None and second is not None and first != second
    first.refresh_from_db()
    assert first.status == CheckRun.Status.CANCELLED


def test_a_run_that_stopped_is_started_again_by_a_person_only(release: Release, cast: Cast) -> None:
    file_give(release)
    run = request(release)
    assert run is not None
    CheckRun.objects.update(status=CheckRun.Status.DEAD)
    assert request(release) == run
    assert request(release, again=True, actor=cast.steward) != run


def test_running_the_same_row_twice_writes_its_results_once(checked: Release) -> None:
    run = latest_run(checked.pk)
    assert run is not None
    rows = run.rows.count()
    checks_run(run, lambda progress, message="": None)
    assert run.rows.count() == rows


def test_an_undeclared_source_count_stays_open_and_stops_nothing(release: Release) -> None:
    file_give(release, ROWS | {"issued": ["2026-11-01"] * 4})
    request(release, source_rows=None)
    run_queued()
    assert CheckRow.objects.get(check_name="row_count_equals_source", is_whole=True).level == "open"
    assert (fact(release).ok, fact(release).data["open"]) == (True, 1)


def test_a_waiver_lets_the_error_pass_and_says_so(checked: Release, cast: Cast) -> None:
    waive(checked, cast, until=date(2999, 1, 1))
    held = fact(checked)
    assert (held.ok, held.sentences, held.data["waived"]) == (True, [], 1)
    gate = quality_checks_current(context_of(checked.pk))
    assert (gate.ok, gate.done) == (True, "Machine checks passed, 1 waived openly")
    event = AuditEvent.objects.get(action="checklists.waiver_granted")
    assert event.actor == cast.coordinator


def test_waiving_twice_is_one_waiver(checked: Release, cast: Cast) -> None:
    assert waive(checked, cast) == waive(checked, cast)


def test_a_waiver_taken_back_puts_the_error_in_the_way_again(checked: Release, cast: Cast) -> None:
    waiver = waive(checked, cast)
    waiver_withdraw(release_id=checked.pk, waiver_id=waiver.pk, actor=cast.coordinator)
    assert not fact(checked).ok
    assert waive(checked, cast) != waiver


def test_a_waiver_speaks_of_one_file(checked: Release, cast: Cast) -> None:
    waive(checked, cast)
    file_give(checked, ROWS | {"status": ["a", "b", "c", "d"]}, sha256="b" * 64)
    request(checked)
    run_queued()
    held = fact(checked)
    assert (held.ok, held.about["file"], held.data["waived"]) == (False, "b" * 64, 0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": "  ok  "}, "Say in a sentence why"),
        ({"reason": "x" * 2001}, "too long"),
        ({"column": "status"}, "no such error"),
        ({"check": "completeness", "column": ""}, "no such error"),
        ({"until": date(2001, 1, 1)}, "is past"),
    ],
)
def test_a_waiver_needs_an_error_and_a_reason(
    checked: Release, cast: Cast, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(AnswerRefused, match=said):
        waive(checked, cast, **changed)
    assert not Waiver.objects.exists()


def test_a_frozen_dossier_takes_no_waiver(checked: Release, cast: Cast) -> None:
    dossier_open(release_id=checked.pk, parts=["plan"])
    with pytest.raises(DossierFrozen):
        waive(checked, cast)


def test_author_and_reviewer_see_one_result(checked: Release) -> None:
    run = latest_run(checked.pk)
    assert run is not None
    assert checks_page(checked.pk)["run"].result_digest == run.result_digest == fact(checked).data["result"]
    request(checked, again=True)
    run_queued()
    again = latest_run(checked.pk)
    assert again is not None and again.pk != run.pk
    assert again.result_digest == run.result_digest


def test_results_of_an_earlier_run_do_not_overwrite_the_newest(release: Release) -> None:
    file_give(release)
    first = request(release)
    assert first is not None
    file_give(release, ROWS | {"issued": ["2026-11-01"] * 4}, sha256="c" * 64)
    request(release)
    run_queued()
    assert fact(release).about["file"] == "c" * 64
    checks_run(first, lambda progress, message="": None)
    assert fact(release).about["file"] == "c" * 64


def test_rebuilding_the_fact_changes_nothing(checked: Release, cast: Cast) -> None:
    waive(checked, cast)
    before = fact(checked)
    facts_rebuild(release_id=checked.pk)
    after = fact(checked)
    assert (before.ok, before.digest, before.data, before.at) == (
        after.ok,
        after.digest,
        after.data,
        after.at,
    )
