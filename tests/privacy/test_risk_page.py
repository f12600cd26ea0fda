from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from dossier.services import dossier_open
from privacy.models import QuasiIdentifiers
from privacy.selectors import state_of
from privacy.services import findings_dispose, quasi_confirm, scan_request
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import PHONE, SSN
from workflow.models import Release

WHY = "Checked with the department."


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


def page(client: Client, release: Release, status: int = 200) -> str:
    response = client.get(reverse("privacy_risk", args=[release.pk]))
    assert response.status_code == status
    return response.content.decode()


def confirm(client: Client, release: Release, **data: object) -> object:
    return client.post(reverse("quasi_confirm", args=[release.pk]), data, follow=True)


def test_columns_are_suggested_with_the_reason_and_ticked(officer: Client, scanned: Release) -> None:
    text = page(officer, scanned)
    assert "Not confirmed yet" in text and "Nothing is measured until the columns above are confirmed" in text
    assert 'name="quasi" id="quasi-3" value="zip" checked' in text
    assert 'name="quasi" id="quasi-1" value="status"' in text
    assert 'id="quasi-1" value="status" checked' not in text
    verdict = scanned.scans.get().verdicts.get(column="zip")
    assert verdict.explanation in text


def test_columns_are_confirmed_with_sensitive_ones_and_the_programs_threshold(
    officer: Client, scanned: Release
) -> None:
    response = confirm(officer, scanned, quasi=["sex", "zip"], sensitive=["status"])
    row = QuasiIdentifiers.objects.get()
    assert (row.columns, row.sensitive, row.weights, row.k_min) == (["zip", "sex"], ["status"], "", 5)
    assert "Recorded: the columns that could single out a person are zip, sex." in response.content.decode()
    assert response.redirect_chain == [(reverse("privacy_risk", args=[scanned.pk]), 302)]


def test_a_refused_choice_is_kept_and_says_why(officer: Client, scanned: Release) -> None:
    for data, sentence in (
        ({"quasi": ["zip", "nowhere"]}, "The file has no column “nowhere”"),
        ({"quasi": ["zip"], "sensitive": ["zip"]}, "“zip” cannot single somebody out and be what is learnt"),
        ({"quasi": ["zip"], "weights": "status"}, "The weights in “status” must be numbers"),
        ({"quasi": ["zip"], "weights": "zip"}, "“zip” holds the weights, so it cannot be measured as well"),
    ):
        response = confirm(officer, scanned, **data)
        text = response.content.decode()
        assert response.status_code == 422 and sentence in text
        assert 'id="quasi-3" value="zip" checked' in text and 'id="quasi-4" value="sex" checked' not in text
    assert not QuasiIdentifiers.objects.exists()


def test_measures_stand_side_by_side_with_the_charts_and_their_tables(
    officer: Client, scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide(scanned, cast)
    quasi_confirm(
        release_id=scanned.pk,
        columns=["permit_no", "zip", "sex"],
        sensitive=["status"],
        k_min=5,
        actor=cast.privacy_officer,
    )
    work()
    text = page(officer, scanned)
    assert "The threshold does not hold" in text
    assert "At least one person stands alone: 60 of 60 rows" in text
    assert "60 of 60 (100 %)" in text
    for words in (
        "prosecutor",
        "Smallest group, an empty cell standing for anything",
        "special uniques, SUDA",
    ):
        assert words in text
    assert text.count("chart__drawing") == text.count("The numbers as a table") == 3
    assert "Sensitive columns within the groups" in text


def test_a_threshold_that_holds_is_said(
    officer: Client, scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide(scanned, cast)
    quasi_confirm(release_id=scanned.pk, columns=["zip", "sex"], k_min=5, actor=cast.privacy_officer)
    work()
    text = page(officer, scanned)
    assert "The threshold holds" in text and "(k = 15)" in text
    assert "Find the least harmful way" not in text


def test_no_column_at_all_is_an_answer_that_needs_a_reason_where_the_scan_suggests_some(
    officer: Client, scanned: Release
) -> None:
    for none in ({}, {"quasi": "permit_no"}):
        confirm(officer, scanned, **none)
        assert state_of(scanned.pk).quasi is None, "nothing of what the scan suggested would be measured"
    refused = officer.post(reverse("quasi_confirm", args=[scanned.pk]), {"reason": "short"})
    assert refused.status_code == 422 and "at least 10 characters" in refused.content.decode()
    confirm(officer, scanned, reason=WHY)
    text = page(officer, scanned)
    assert "No column was confirmed that could single out a person" in text and WHY in text
    assert AuditEvent.objects.get(action="privacy.quasi_confirmed").note.text == WHY
    memo = officer.get(reverse("privacy_memo", args=[scanned.pk])).content.decode()
    assert "The scan suggested some" not in memo, "there is no copy yet"


def test_a_file_that_is_not_there_is_said(officer: Client, release: Release) -> None:
    assert "There is nothing to measure yet" in page(officer, release)


@pytest.mark.parametrize("who", ["steward", "portal_admin"])
def test_others_read_and_confirm_nothing(who: str, client: Client, cast: Cast, scanned: Release) -> None:
    client.force_login(cast[who])
    text = page(client, scanned)
    assert "Columns that together could single somebody out" in text
    assert "Confirm the ticked columns" not in text
    assert confirm(client, scanned, quasi=["zip"]).status_code == 403
    assert not QuasiIdentifiers.objects.exists()


def test_people_of_another_department_do_not_know_of_it(client: Client, cast: Cast, scanned: Release) -> None:
    client.force_login(cast.other_steward)
    page(client, scanned, status=404)
    assert confirm(client, scanned, quasi=["zip"]).status_code == 404


def test_a_frozen_stage_is_said(officer: Client, scanned: Release) -> None:
    dossier_open(release_id=scanned.pk, parts=["plan"])
    assert "cannot be changed at this stage" in confirm(officer, scanned, quasi=["zip"]).content.decode()


def test_no_value_of_the_file_is_on_the_page(
    officer: Client, scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    decide(scanned, cast)
    columns = ["contractor_phone", "zip", "sex"]
    quasi_confirm(release_id=scanned.pk, columns=columns, k_min=5, actor=cast.privacy_officer)
    work()
    text = page(officer, scanned)
    for value in (SSN, PHONE, "556-1000", "90012", "90013"):
        assert value not in text


def test_a_hundred_columns_fit_on_the_page(
    officer: Client, release: Release, upload: Callable[..., None], work: Callable[[], None]
) -> None:
    upload({"zip": ["90012", "90013"], **{f"measure_{at}": ["1", "2"] for at in range(100)}})
    scan_request(release_id=release.pk)
    work()
    text = page(officer, release)
    assert "Other columns (100)" in text and text.count('name="quasi"') == 101


def decide(release: Release, cast: Cast) -> None:
    findings_dispose(
        release_id=release.pk,
        columns=["contractor_phone", "zip", "sex", "remarks"],
        decision="accept",
        reason=WHY,
        actor=cast.privacy_officer,
    )
