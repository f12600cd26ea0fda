"""What is public is compared once more, later: edited by hand, made private or deleted there, people hear of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from notifications.messages import letter_render
from notifications.models import OutgoingMessage
from publishing.models import PortalAsset, PortalNotice, PublicCheck
from publishing.portals.socrata import SocrataPortal
from publishing.recheck_page import checks_that_differ
from publishing.services import publication_make_private
from publishing.services.notices import notice_run, notices_put
from publishing.services.recheck import recheck_request, recheck_run, rechecks_sweep
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run_to_the_end, seen_by_strangers
from work.services import work_run
from workflow.models import Release
from workflow.services.settle import release_settle
from workflow.stages import Stage

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


def looked_at(prepared: Prepared) -> PublicCheck:
    """The daily sweep a month later, and a worker."""
    assert rechecks_sweep(now=timezone.now() + timedelta(days=30)) == 1
    check = PublicCheck.objects.get(asset__dataset=prepared.release.dataset_id)
    PublicCheck.objects.update(due_at=timezone.now())
    work_run(PublicCheck, check.pk, recheck_run)
    check.refresh_from_db()
    return check


def make_public_by_hand(orders: Orders, remote_id: str) -> None:
    path = f"/api/views/{remote_id}/permissions"
    users = orders.get(path).json()["users"]
    assert orders.send("PUT", path, {"scope": "public", "users": users}).status_code == 200


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_private_copy_that_was_made_public_by_hand_is_made_private_and_people_are_told(
    client: Client, cast: Cast, orders: Orders, settings: Any, taken_back: bool
) -> None:
    settings.PUBLISHING_RECHECK_HOURS = 24
    prepared = Prepared(cast)
    publication = public(prepared) if taken_back else run_to_the_end(prepared.ask("private"))
    if taken_back:
        publication_make_private(release_id=prepared.release.pk)
        run_to_the_end(publication)
    assert looked_at(prepared).differs == ""
    make_public_by_hand(orders, publication.asset.remote_id)
    assert seen_by_strangers(orders, publication) is not None
    check = looked_at(prepared)
    assert check.is_seen_without_leave and check.publication == publication
    release_settle(release_id=prepared.release.pk)
    letters = OutgoingMessage.objects.filter(message_id="private_copy_seen")
    assert letters.filter(recipient=prepared.release.dataset.steward).exists()
    assert not OutgoingMessage.objects.filter(message_id="public_copy_differs").exists()
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "strangers could see a copy that nobody had made public here" in page
    # A worker makes it private, and the next look finds it so.
    publication.refresh_from_db()
    run_to_the_end(publication)
    assert publication.status == "done" and seen_by_strangers(orders, publication) is None
    publication.asset.refresh_from_db()
    assert publication.asset.public_publication is None
    told = letters.count()
    assert looked_at(prepared).differs == ""
    release_settle(release_id=prepared.release.pk)
    assert letters.count() == told
    actions = AuditEvent.objects.filter(release_id=prepared.release.pk).values_list("action", flat=True)
    assert {"publishing.private_was_seen", "publishing.private_again"} <= set(actions)


def test_what_others_published_under_our_key_is_told_and_left_as_it_is(
    client: Client, cast: Cast, orders: Orders, settings: Any
) -> None:
    settings.PUBLISHING_RECHECK_HOURS = 24
    theirs = public(first := Prepared(cast))
    # A database that knows nothing of it: its own release goes to the same place, and stops there.
    PortalAsset.objects.filter(pk=theirs.asset_id).update(remote_id="", public_publication=None)
    prepared = Prepared(cast, samples.table(5), key=first.key)
    stopped = run_to_the_end(prepared.ask("private"))
    assert stopped.status == "dead" and "we did not make it so" in stopped.failure
    check = looked_at(prepared)
    assert check.is_seen_without_leave and check.is_of_others
    stopped.refresh_from_db()
    stopped.asset.refresh_from_db()
    assert (stopped.status, stopped.goal) == ("dead", "private") and not stopped.asset.public_publication
    assert len(seen_by_strangers(orders, stopped) or []) == 25
    release_settle(release_id=prepared.release.pk)
    letter = OutgoingMessage.objects.filter(message_id="private_copy_seen", recipient=cast.steward).get()
    told = letter_render(letter.message_id, letter.context, path=letter.path, asked=letter.asked)
    assert "others published it" in told.text and "made private at once" not in told.text
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "holds no row of ours" in page and "being made private" not in page
    actions = AuditEvent.objects.filter(release_id=prepared.release.pk).values_list("action", flat=True)
    assert "publishing.others_were_seen" in actions and "publishing.private_was_seen" not in actions


def test_making_it_private_sends_no_row_of_a_later_copy_there(
    cast: Cast, orders: Orders, settings: Any
) -> None:
    settings.PUBLISHING_RECHECK_HOURS = 24
    prepared = Prepared(cast)
    first = run_to_the_end(prepared.ask("private"))
    make_public_by_hand(orders, first.asset.remote_id)
    prepared.treat(samples.table(5))
    second = run_to_the_end(prepared.ask("private"))
    assert second.status == "dead"
    assert looked_at(prepared).is_seen_without_leave
    second.refresh_from_db()
    run_to_the_end(second)
    assert (second.status, second.chunks.count()) == ("done", 0) and seen_by_strangers(orders, second) is None
    rows = orders.get(f"/resource/{first.asset.remote_id}.json").json()
    assert len(rows) == 25


def test_a_published_release_whose_place_shows_nothing_is_told(
    cast: Cast, orders: Orders, portal: SocrataPortal, settings: Any
) -> None:
    settings.PUBLISHING_RECHECK_HOURS = 24
    publication = public(prepared := Prepared(cast))
    QuerySet(Release).filter(pk=prepared.release.pk).update(stage=Stage.PUBLISHED)
    # Dark, and nobody remembers it: the way back of another copy ended so.
    portal.set_scope(publication.asset.remote_id, "private")
    PortalAsset.objects.update(public_publication=None)
    check = looked_at(prepared)
    assert check.differs == "who may see it (approved public, found private)"
    release_settle(release_id=prepared.release.pk)
    assert OutgoingMessage.objects.filter(message_id="public_copy_differs").exists()
    # What is then taken back has nothing to be shown any more.
    publication_make_private(release_id=prepared.release.pk)
    publication.refresh_from_db()
    run_to_the_end(publication)
    QuerySet(Release).filter(pk=prepared.release.pk).update(stage=Stage.RETRACTED)
    assert checks_that_differ(prepared.release.pk) == []
    assert looked_at(prepared).differs == ""


def brought(notice: PortalNotice) -> None:
    PortalNotice.objects.update(due_at=timezone.now())
    work_run(PortalNotice, notice.pk, notice_run)


@pytest.mark.parametrize("wanted", ["announced", "none"])
def test_under_a_notice_of_ours_and_after_it_what_others_write_is_told(
    cast: Cast, orders: Orders, wanted: str
) -> None:
    public(prepared := Prepared(cast))
    dataset = prepared.release.dataset_id
    (notice,) = notices_put(dataset_id=dataset, wanted="announced", text="To be retired in June.")
    # While it is on its way nobody knows what the portal says.
    assert checked(prepared).differs == ""
    brought(notice)
    assert checked(prepared).differs == ""
    if wanted == "none":
        notices_put(dataset_id=dataset, wanted="none")
        brought(notice)
        assert checked(prepared).differs == ""
    edited = {"description": "Edited by hand", "name": "Another title"}
    orders.send("PUT", f"/api/views/{place(orders, prepared)}.json", edited)
    assert "escription of the dataset" in checked(prepared).differs
