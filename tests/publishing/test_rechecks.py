"""What is public is compared once more, later: edited by hand, made private or deleted there, people hear of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from publishing.models import PublicCheck
from publishing.portals.socrata import SocrataPortal
from publishing.services import publication_make_private
from publishing.services.recheck import recheck_request, recheck_run, rechecks_sweep
from tests.cast import Cast
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run_to_the_end
from work.services import work_run
from workflow.services.settle import release_settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def checked(prepared: Prepared) -> PublicCheck:
    """Asked for, and made by a worker."""
    (check,) = recheck_request(release_id=prepared.release.pk)
    work_run(PublicCheck, check.pk, recheck_run)
    check.refresh_from_db()
    return check


def place(orders: Orders, prepared: Prepared) -> str:
    return str(orders.assets(prepared.key)[0]["id"])


def test_a_public_copy_that_nobody_touched_is_equal(cast: Cast, orders: Orders) -> None:
    public(prepared := Prepared(cast))
    check = checked(prepared)
    assert (check.status, check.differs) == ("done", "") and check.checked_at is not None
    assert {"Who may see it", "Rows as a stranger reads them"} <= {proof["what"] for proof in check.evidence}
    assert all(proof["ok"] for proof in check.evidence)


def test_a_row_edited_by_hand_is_told_once_by_its_place_and_again_when_it_is_mended(
    cast: Cast, orders: Orders
) -> None:
    public(prepared := Prepared(cast))
    row = {"row_key": "7", "remarks": "Ms Smith called"}
    orders.send("POST", f"/resource/{place(orders, prepared)}.json", [row])
    check = checked(prepared)
    assert check.differs == "1 row other than approved (row 7 of the approved copy); in Remarks"
    assert "Smith" not in str(check.evidence) + check.differs
    since = check.differs_since
    release_settle(release_id=prepared.release.pk)
    letters = OutgoingMessage.objects.filter(message_id="public_copy_differs")
    told = letters.count()
    assert told >= 2 and letters.filter(recipient=prepared.release.dataset.steward).exists()
    assert checked(prepared).differs_since == since
    release_settle(release_id=prepared.release.pk)
    assert letters.count() == told
    mended = {"row_key": "7", "remarks": prepared.table.frame["Remarks"][6]}
    orders.send("POST", f"/resource/{place(orders, prepared)}.json", [mended])
    assert checked(prepared).differs == ""
    events = AuditEvent.objects.filter(
        release_id=prepared.release.pk, action__startswith="publishing.public_"
    )
    assert [event.action for event in events.order_by("pk")][-2:] == [
        "publishing.public_differs",
        "publishing.public_equal_again",
    ]


def test_missing_and_added_rows_are_counted(cast: Cast, orders: Orders) -> None:
    public(prepared := Prepared(cast))
    changes: list[dict[str, Any]] = [
        {"row_key": "3", ":deleted": True},
        {"row_key": "4", ":deleted": True},
        {"row_key": "99", "remarks": "more"},
    ]
    for change in changes:
        orders.send("POST", f"/resource/{place(orders, prepared)}.json", [change])
    differs = checked(prepared).differs
    assert "2 rows missing (rows 3 and 4 of the approved copy), 1 row too many" in differs


def test_a_dataset_made_private_or_deleted_on_the_portal_is_told(
    cast: Cast, orders: Orders, portal: SocrataPortal
) -> None:
    public(prepared := Prepared(cast))
    dataset = place(orders, prepared)
    portal.set_scope(dataset, "private")
    assert checked(prepared).differs == "who may see it (approved public, found private)"
    orders.send("DELETE", f"/api/views/{dataset}.json", None)
    assert "gone: it was deleted" in checked(prepared).differs


def test_a_copy_that_was_taken_back_has_nothing_to_be_equal_to(cast: Cast, orders: Orders) -> None:
    publication = public(prepared := Prepared(cast))
    (check,) = recheck_request(release_id=prepared.release.pk)
    publication_make_private(release_id=prepared.release.pk)
    run_to_the_end(publication)
    work_run(PublicCheck, check.pk, recheck_run)
    check.refresh_from_db()
    assert (check.status, check.differs, check.publication) == ("done", "", None)
    assert recheck_request(release_id=prepared.release.pk) == []


def test_the_sweep_asks_once_a_day_for_every_public_copy(cast: Cast, settings: Any) -> None:
    settings.TIME_SCALE = 1
    settings.PUBLISHING_RECHECK_HOURS = 24
    public(Prepared(cast))
    now = timezone.now()
    assert rechecks_sweep(now=now + timedelta(hours=23)) == 0
    assert rechecks_sweep(now=now + timedelta(hours=25)) == 1
    assert rechecks_sweep(now=now + timedelta(hours=25)) == 0
    PublicCheck.objects.update(status="done", finished_at=now + timedelta(hours=25))
    assert rechecks_sweep(now=now + timedelta(hours=26)) == 0
    settings.PUBLISHING_RECHECK_HOURS = 0
    assert rechecks_sweep(now=now + timedelta(days=9)) == 0


def test_the_button_has_it_compared_and_the_page_shows_what_came_of_it(
    client: Client, cast: Cast, orders: Orders
) -> None:
    public(prepared := Prepared(cast))
    page = reverse("release_publication", args=[prepared.release.pk])
    client.force_login(cast.steward)
    assert "can have it compared at once" in client.get(page).content.decode()
    assert client.post(reverse("publication_recheck", args=[prepared.release.pk])).status_code == 403
    client.force_login(cast.coordinator)
    assert "Check again" in client.get(page).content.decode()
    orders.send("POST", f"/resource/{place(orders, prepared)}.json", [{"row_key": "2", "remarks": "x"}])
    answer = client.post(reverse("publication_recheck", args=[prepared.release.pk]), follow=True)
    assert "is being compared" in answer.content.decode()
    check = PublicCheck.objects.get()
    assert check.asked_by == cast.coordinator
    work_run(PublicCheck, check.pk, recheck_run)
    text = client.get(page).content.decode()
    assert "what the public sees differs from what was approved" in text
    assert "row 2 of the approved copy" in text


def test_above_a_stated_size_rows_drawn_by_chance_are_compared_and_it_says_so(
    cast: Cast, orders: Orders, settings: Any
) -> None:
    settings.PUBLISHING_WHOLE_ROWS, settings.PUBLISHING_SAMPLE_ROWS = 20, 8
    publication = public(prepared := Prepared(cast))
    lines = {proof["what"]: proof for proof in publication.evidence}
    assert lines["Rows drawn by chance (8 of 25)"]["found"] == "all 8 equal"
    assert lines["Rows counted by the portal"]["found"] == "25"
    assert publication.receipt["public"]["verified"] == "a sample of 8 of 25 rows, from outside"
    settings.PUBLISHING_SAMPLE_ROWS = 25
    row = {"row_key": "7", "remarks": "other"}
    orders.send("POST", f"/resource/{place(orders, prepared)}.json", [row])
    assert "other in Remarks" in checked(prepared).differs
