"""The test of a portal's connection: what each line says, and that looking writes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from publishing.portals.base import Finding
from publishing.portals.socrata import SocrataPortal
from publishing.portals.socrata.try_out import KEY, RECORD
from tests.cast import Cast
from tests.publishing.conftest import Orders


def lines(findings: list[Finding]) -> dict[str, str]:
    return {finding.what: finding.tone for finding in findings}


def left_over(orders: Orders) -> list[Any]:
    return orders.assets(KEY)


def test_a_portal_that_is_set_up_rightly_has_no_bad_line(orders: Orders) -> None:
    with SocrataPortal(orders.config(read_only=True, tries=1)) as portal:
        found = portal.examine()
    assert lines(found) == {
        "The portal answers": "good",
        "Our clocks agree": lines(found)["Our clocks agree"],
        "Who we are there": "good",
        "What we may do": "good",
        "An app token": "good",
        "Who approves what becomes public": lines(found)["Who approves what becomes public"],
        "Sites that show its data too": "",
        "Limits on requests": "good",
    }
    assert all(finding.next_step for finding in found if finding.tone in ("warn", "bad"))


@pytest.mark.parametrize(
    ("changes", "what", "tone"),
    [
        ({"key_secret": "wrong-secret"}, "Who we are there", "bad"),
        ({"domain": "127.0.0.1:9"}, "The portal answers", "bad"),
        ({"app_token": ""}, "An app token", "warn"),
        ({"federated_sites": ("127.0.0.1:9",)}, "The site 127.0.0.1:9", "warn"),
    ],
)
def test_each_thing_that_is_wrong_is_a_line_with_its_way_out(
    orders: Orders, changes: dict[str, Any], what: str, tone: str
) -> None:
    with SocrataPortal(orders.config(read_only=True, tries=1, **changes)) as portal:
        found = {finding.what: finding for finding in portal.examine()}
    assert found[what].tone == tone
    assert found[what].next_step
    assert "wrong-secret" not in str(found)


def test_reviewers_of_the_portal_are_told_of(orders: Orders) -> None:
    with SocrataPortal(orders.config()) as portal:
        orders.settings(approvals="manual")
        trial = portal.rehearse()
    approval = next(line for line in trial if line.what == "Who approves what becomes public")
    assert approval.tone in ("warn", "good")


def test_a_site_that_the_portal_federates_to_and_nobody_named_is_told(orders: Orders) -> None:
    orders.settings(federates_to=["other.example.gov"])
    try:
        with SocrataPortal(orders.config(read_only=True, tries=1)) as portal:
            found = {finding.what: finding for finding in portal.examine()}
    finally:
        orders.settings(federates_to=[])
    line = found["Sites that the portal federates to"]
    assert (line.tone, line.found) == ("warn", "Not named here: other.example.gov.")
    assert "SOCRATA_FEDERATED_SITES" in line.next_step


def test_the_trial_makes_fills_and_removes_a_private_dataset(orders: Orders) -> None:
    with SocrataPortal(orders.config()) as portal:
        found = portal.rehearse()
    assert [finding.tone for finding in found if finding.tone == "bad"] == []
    assert list(lines(found)) == [
        "Create a private dataset",
        "Fill it, and send the same rows again",
        "Look at it from outside",
        "Who approves what becomes public",
        "Remove it again",
    ]
    assert left_over(orders) == []


def test_a_trial_that_failed_half_way_leaves_nothing_behind(orders: Orders) -> None:
    orders.fault("status", method="POST", path="^/resource/", status=400, times=-1)
    with SocrataPortal(orders.config(tries=1)) as portal:
        found = lines(portal.rehearse())
    assert found["Fill it, and send the same rows again"] == "bad"
    assert found["Remove it again"] == "good"
    assert left_over(orders) == []


def test_a_creation_whose_answer_got_lost_is_found_and_removed(orders: Orders) -> None:
    orders.fault("reset_after", method="POST", path=r"^/api/views\.json")
    with SocrataPortal(orders.config(tries=1)) as portal:
        found = lines(portal.rehearse())
    assert (found["Create a private dataset"], found["Remove it again"]) == ("bad", "good")
    assert left_over(orders) == []


def test_a_dataset_of_others_under_the_tests_key_is_never_removed(orders: Orders) -> None:
    with SocrataPortal(orders.config()) as portal:
        remote_id = portal.create(RECORD).remote_id
        portal.signed.soda.update_metadata(remote_id, {"name": "Somebody's dataset"})
        found = lines(portal.rehearse())
        assert found["Remove it again"] == "bad"
        assert portal.view(remote_id).name == "Somebody's dataset"
    orders.send("DELETE", f"/api/views/{remote_id}.json", None)


def test_a_session_that_only_reads_sends_no_write(orders: Orders) -> None:
    with SocrataPortal(orders.config(read_only=True)) as portal:
        before = len(orders.log())
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with pytest.raises(ValueError, match="only reads"):
                portal.signed.send(method, "/api/views.json")
        assert len(orders.log()) == before


# the page


@pytest.mark.django_db
@pytest.mark.usefixtures("standin")
def test_the_portal_admin_looks_without_a_write_and_tries_by_a_button(
    cast: Cast, client: Client, orders: Orders
) -> None:
    client.force_login(cast.portal_admin)
    before = len(orders.log())
    page = client.get(reverse("portal_connection"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Who we are there" in text and "Try a private test dataset" in text
    asked = orders.log()[before:]
    assert asked and {entry["method"] for entry in asked} == {"GET"}
    assert not AuditEvent.objects.filter(action="publishing.connection_tried").exists()

    tried = client.post(reverse("portal_connection")).content.decode()
    assert "The whole way works" in tried and "It is gone." in tried
    assert AuditEvent.objects.get(action="publishing.connection_tried").actor == cast.portal_admin
    assert left_over(orders) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("standin")
def test_others_do_not_see_the_connection(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    assert client.get(reverse("portal_connection")).status_code == 403


@pytest.mark.django_db
def test_a_portal_that_is_not_set_says_what_to_set(cast: Cast, client: Client, settings: Any) -> None:
    settings.SOCRATA_DOMAIN = ""
    client.force_login(cast.portal_admin)
    text = client.get(reverse("portal_connection")).content.decode()
    assert "SOCRATA_DOMAIN, SOCRATA_KEY_ID and SOCRATA_KEY_SECRET" in text
