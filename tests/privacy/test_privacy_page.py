from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from dossier.services import dossier_open
from privacy.detectors import REGISTRY_VERSION
from privacy.models import Disposition, QuasiIdentifiers, RiskDecision, Scan
from privacy.services import finding_dispose, findings_dispose, quasi_confirm, scan_request
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import SOON, SSN
from workflow.models import Release

WHY = "Checked with the department."


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


def page(client: Client, release: Release) -> str:
    response = client.get(reverse("release_privacy", args=[release.pk]))
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, name: str, release: Release, data: dict[str, object] | None = None) -> object:
    return client.post(reverse(name, args=[release.pk]), data or {}, follow=True)


def test_the_page_says_what_was_found_and_what_it_does_not_do(officer: Client, scanned: Release) -> None:
    text = page(officer, scanned)
    assert "6 columns: 1 direct, 2 quasi, 1 free text, 2 clear" in text
    assert "it clears nothing by itself" in text
    assert "Social Security number" in text and "row 31" in text
    assert "*********88" in text and SSN not in text
    assert "Columns to decide (4)" in text


def test_a_decision_is_recorded_with_its_reason(officer: Client, scanned: Release) -> None:
    scan = Scan.objects.get()
    data = {"column": "remarks", "choice": "remedy:redact_matches", "reason": WHY, "scan": scan.pk}
    response = post(officer, "finding_dispose", scanned, data)
    assert "Recorded for “remarks”: Redact the cells that were found." in response.content.decode()
    row = Disposition.objects.get()
    assert (row.decision, row.remedy, row.reason) == ("remedy", "redact_matches", WHY)


def test_a_refused_decision_keeps_what_was_typed(officer: Client, scanned: Release) -> None:
    data = {"column": "remarks", "choice": "accept", "reason": "because"}
    response = post(officer, "finding_dispose", scanned, data)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Say why, in at least 10 characters" in text and ">because</textarea>" in text


def test_several_columns_are_decided_at_once(officer: Client, scanned: Release) -> None:
    data = {"column": ["zip", "sex"], "choice": "accept", "reason": WHY, "where": "bulk"}
    response = post(officer, "finding_dispose", scanned, data)
    assert "Recorded for 2 columns: Stays as it is." in response.content.decode()


def test_a_decision_on_an_earlier_scan_is_refused(officer: Client, scanned: Release) -> None:
    data = {"column": "zip", "choice": "accept", "reason": WHY, "scan": Scan.objects.get().pk + 1}
    response = post(officer, "finding_dispose", scanned, data)
    assert "scanned again meanwhile" in response.content.decode()
    assert not Disposition.objects.exists()


def test_quasi_identifiers_are_confirmed_with_the_threshold_of_the_program(
    officer: Client, scanned: Release
) -> None:
    post(officer, "quasi_confirm", scanned, {"quasi": ["zip", "sex"]})
    row = QuasiIdentifiers.objects.get()
    assert (row.columns, row.k_min) == (["zip", "sex"], 5)


def test_the_risk_is_shown_and_can_be_accepted(
    officer: Client, scanned: Release, cast: Cast, work: Callable[[], None]
) -> None:
    columns = ["contractor_phone", "zip", "sex", "remarks"]
    findings_dispose(
        release_id=scanned.pk, columns=columns, decision="accept", reason=WHY, actor=cast.privacy_officer
    )
    quasi_confirm(
        release_id=scanned.pk, columns=["permit_no"], k_min=5, reason=WHY, actor=cast.privacy_officer
    )
    assert "Making the copy that will be published" in page(officer, scanned)
    work()
    assert "At least one person stands alone: 60 of 60 rows" in page(officer, scanned)
    post(officer, "risk_accept", scanned, {"reason": WHY, "until": SOON})
    assert RiskDecision.objects.get().k == 1
    assert "Risk accepted" in page(officer, scanned)


def test_others_read_the_page_and_decide_nothing(client: Client, cast: Cast, scanned: Release) -> None:
    client.force_login(cast.steward)
    text = page(client, scanned)
    assert "Columns to decide (4)" in text
    assert "Record the decision" not in text and "Confirm the ticked columns" not in text
    for name in ("finding_dispose", "quasi_confirm", "risk_accept"):
        assert (
            post(client, name, scanned, {"column": "zip", "choice": "accept", "reason": WHY}).status_code
            == 403
        )
    assert not Disposition.objects.exists() and not QuasiIdentifiers.objects.exists()


def test_people_of_another_department_do_not_know_of_it(client: Client, cast: Cast, scanned: Release) -> None:
    client.force_login(cast.other_steward)
    assert client.get(reverse("release_privacy", args=[scanned.pk])).status_code == 404


def test_a_frozen_stage_is_said_on_the_page(officer: Client, scanned: Release) -> None:
    dossier_open(release_id=scanned.pk, parts=["plan"])
    response = post(officer, "finding_dispose", scanned, {"column": "zip", "choice": "accept", "reason": WHY})
    assert "The privacy findings cannot be changed at this stage" in response.content.decode()


def test_progress_is_polled_until_the_scan_has_ended(
    officer: Client, release: Release, upload: Callable[..., None], work: Callable[[], None]
) -> None:
    assert "There is nothing to scan yet" in page(officer, release)
    upload()
    scan_request(release_id=release.pk)
    assert "Waiting for a free worker" in page(officer, release)
    url = reverse("privacy_progress", args=[release.pk])
    response = officer.get(url)
    assert 'role="status"' in response.content.decode() and "HX-Refresh" not in response
    work()
    assert officer.get(url)["HX-Refresh"] == "true"


def test_a_scan_can_be_stopped_and_started_again(
    officer: Client, release: Release, upload: Callable[..., None]
) -> None:
    upload()
    scan_request(release_id=release.pk)
    post(officer, "privacy_scan_cancel", release)
    assert "The file has not been scanned" in page(officer, release)
    post(officer, "privacy_scan", release)
    assert Scan.objects.get().status == "queued"


def test_a_hundred_columns_cost_no_more_queries_than_one(
    officer: Client,
    release: Release,
    cast: Cast,
    upload: Callable[..., None],
    work: Callable[[], None],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    upload({f"phone_{i}": [f"213-556-{1000 + n}" for n in range(3)] for i in range(100)})
    scan_request(release_id=release.pk)
    work()
    for i in range(3):
        finding_dispose(
            release_id=release.pk,
            column=f"phone_{i}",
            decision="accept",
            reason=WHY,
            actor=cast.privacy_officer,
        )
    with django_assert_max_num_queries(80):
        page(officer, release)


def test_what_is_in_the_way_stands_in_one_box_and_hashes_are_left_out(
    client: Client, scanned: Release, cast: Cast
) -> None:
    client.force_login(cast.privacy_officer)
    text = client.get(reverse("release_privacy", args=[scanned.pk])).content.decode()
    box = text[text.index('id="in-the-way"') : text.index("privacy-nav")]
    assert box.count("notice--warn") == 1 and "In the way (" in box and "more</summary>" in box
    assert REGISTRY_VERSION not in text
    assert f"by {REGISTRY_VERSION.partition('-')[0]} detectors" in text
    assert "What the words mean" in text


def test_a_column_without_a_suggestion_leads_to_where_it_is_decided(
    client: Client, scanned: Release, cast: Cast
) -> None:
    client.force_login(cast.privacy_officer)
    text = client.get(reverse("release_privacy", args=[scanned.pk]) + "?view=list").content.decode()
    found = re.search(r'href="(\?[^"]*view=cards)#(column-\d+)">Look and decide', text)
    assert found is not None
    address = reverse("release_privacy", args=[scanned.pk]) + html.unescape(found[1])
    assert f'id="{found[2]}"' in client.get(address).content.decode()
