"""Sequences of which each step alone is harmless: one dataset, equal rows, none twice, none public unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from datafiles.table import Table
from publishing import file_loads
from publishing.encode import encode_table, portal_text
from publishing.models import PortalAsset, Publication
from publishing.portals.socrata import SocrataPortal, bulk
from publishing.records import PortalView
from publishing.services import publication_resume, publication_stay_private
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import (
    Prepared,
    one_equal_dataset,
    public,
    run,
    run_to_the_end,
    seen_by_strangers,
)
from work.services import work_cancel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAGE", 10)
    monkeypatch.setattr(bulk, "_MOST_ROWS", 10)


# another worker


def test_a_worker_whose_place_another_publication_took_sends_no_more_rows(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    other = Publication.objects.create(
        release=prepared.release,
        asset=publication.asset,
        treated_sha256="1" * 64,
        record_digest="2" * 64,
        record={},
        status="running",
    )
    push, sent = SocrataPortal.push_json, []

    def taken_over(self: SocrataPortal, remote_id: str, rows: Any) -> Any:
        receipt = push(self, remote_id, rows)
        sent.append(len(rows))
        # So slow that its hold on the place lapsed, and somebody else took it.
        held = timezone.now() + timedelta(minutes=5)
        PortalAsset.objects.filter(pk=publication.asset_id).update(writer=other, writer_until=held)
        return receipt

    monkeypatch.setattr(SocrataPortal, "push_json", taken_over)
    run(publication)
    assert sent == [10] and publication.status == "queued"
    assert "Another publication of this dataset" in publication.error
    place = PortalAsset.objects.get(pk=publication.asset_id)
    assert place.writer == other
    monkeypatch.setattr(SocrataPortal, "push_json", push)
    PortalAsset.objects.update(writer=None)
    assert run_to_the_end(publication).reached == "private"
    assert one_equal_dataset(orders, prepared)


def taken_up(publication: Publication) -> None:
    """As when the lease of a worker lapsed, and the next one claimed the work and holds the place."""
    until = timezone.now() + timedelta(minutes=5)
    Publication.objects.filter(pk=publication.pk).update(
        status="running", lease_token="of the next worker", lease_until=until
    )


@pytest.mark.parametrize("trouble", ["differs", "refused"])
def test_a_worker_that_lost_its_work_writes_nothing_of_what_it_found(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    real = SocrataPortal.attach

    def late(self: SocrataPortal, *args: Any) -> Any:
        """The last thing that is asked before the evidence is judged."""
        taken_up(publication)
        if trouble == "refused":
            orders.fault("status", status=401, path="/api/", times=-1)
        return real(self, *args)

    if trouble == "differs":
        orders.fault("corrupt", path="^/resource/", method="POST")
    monkeypatch.setattr(SocrataPortal, "attach", late)
    run(publication)
    orders.quiet()
    assert (publication.failure, publication.evidence) == ("", [])
    assert publication.chunks.count() == 3 and publication.working_id
    place = PortalAsset.objects.get(pk=publication.asset_id)
    assert place.writer == publication


def test_a_cancelled_comparison_leaves_what_was_sent_and_goes_on_at_a_resume(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch, small_pages: None
) -> None:
    prepared = Prepared(cast, samples.table(100))
    publication = prepared.ask("private")
    real, pages = SocrataPortal._body, []

    def cancelled_meanwhile(self: SocrataPortal, *args: Any, **about: Any) -> Any:
        pages.append(args)
        if len(pages) == 4:
            work_cancel(publication)
        return real(self, *args, **about)

    monkeypatch.setattr(SocrataPortal, "_body", cancelled_meanwhile)
    run(publication)
    assert publication.status == "cancelled" and publication.reached == "none"
    assert publication.evidence == [] and publication.chunks.count() == 10
    before = len(orders.log())
    publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
    publication = run_to_the_end(prepared.ask("private"))
    assert publication.reached == "private", publication.failure
    assert not [
        e for e in orders.log()[before:] if e["path"].startswith("/resource/") and e["method"] == "POST"
    ]
    assert one_equal_dataset(orders, prepared)


# the portal


def test_a_row_that_changes_between_comparing_and_exposing_is_taken_back_with_its_views(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    view = PortalView("Open permits", "open", "true")
    prepared.record = prepared.describe(views=(view,))
    prepared.allow()
    publication = prepared.ask("public")
    real, changed = SocrataPortal.set_scope, list[Any]()

    def changed_before(self: SocrataPortal, remote_id: str, scope: str) -> Any:
        if scope == "public" and not changed:
            row = {"row_key": "1", "remarks": "a name"}
            changed.append(orders.send("POST", f"/resource/{remote_id}.json", [row]))
        return real(self, remote_id, scope)

    monkeypatch.setattr(SocrataPortal, "set_scope", changed_before)
    run_to_the_end(publication)
    publication.refresh_from_db()
    publication.asset.refresh_from_db()
    assert publication.status == "dead" and "so it was taken back" in publication.failure
    assert seen_by_strangers(orders, publication) is None
    views = orders.get("/api/views.json", limit=1000).json()
    ours = [one for one in views if str(one.get("resourceName", "")).startswith(prepared.key)]
    ours = [one for one in ours if one["name"].endswith(view.name)]
    assert ours
    for one in ours:
        assert orders.get(f"/api/views/{one['id']}.json", signed=False).status_code != 200
        assert orders.get(f"/resource/{one['id']}.json", signed=False).status_code != 200


def test_what_changed_after_it_was_exposed_and_before_anybody_looked_is_taken_back(
    cast: Cast, orders: Orders
) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = prepared.ask("public")
    orders.fault("status", status=503, path="^/resource/", anonymous=True, times=-1)
    run(publication)
    assert publication.is_live and publication.step == "check"
    orders.quiet()
    row = {"row_key": "1", "remarks": "a name"}
    orders.send("POST", f"/resource/{publication.asset.remote_id}.json", [row])
    run_to_the_end(publication)
    assert publication.status == "dead" and "so it was taken back" in publication.failure
    assert seen_by_strangers(orders, publication) is None
    publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
    assert run_to_the_end(publication).reached == "public", publication.failure
    assert one_equal_dataset(orders, prepared)


@pytest.mark.parametrize("cut", [1, 3, 9])
def test_a_page_that_ends_within_its_last_row_is_read_again(
    portal: SocrataPortal, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    table = samples.table(12)
    record = samples.record(table)
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, samples.rows(table, record))
    monkeypatch.setattr(bulk, "PAGE", 5)
    real = SocrataPortal._body

    def body(self: SocrataPortal, *args: Any, **about: Any) -> bytes:
        return real(self, *args, **about).rstrip()[:-cut]

    monkeypatch.setattr(SocrataPortal, "_body", body)
    found = portal_text(pl.concat(portal.read_text(remote_id, record.fields)), record)
    assert found.equals(encode_table(table, record))


def test_one_row_that_comes_cut_short_is_asked_for_again(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast, samples.table(1))
    prepared.allow()
    orders.fault("truncated", method="GET", path=r"^/resource/.*\.csv")
    publication = run_to_the_end(prepared.ask("public"))
    assert publication.reached == "public", publication.failure
    assert one_equal_dataset(orders, prepared)


@pytest.mark.parametrize("rows", [1, 40])
def test_pages_that_come_cut_short_for_ever_end_in_a_sentence_and_nothing_is_public(
    cast: Cast, orders: Orders, small_pages: None, rows: int
) -> None:
    prepared = Prepared(cast, samples.table(rows))
    prepared.allow()
    publication = prepared.ask("public")
    orders.fault("truncated", method="GET", path=r"^/resource/.*\.csv", skip=min(1, rows - 1), times=-1)
    run_to_the_end(publication)
    assert publication.status == "dead" and publication.reached == "none"
    assert "Press Resume" in publication.failure, publication.failure
    assert seen_by_strangers(orders, publication) is None
    assert publication.chunks.exists()
    orders.quiet()
    publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
    assert run_to_the_end(publication).reached == "public"
    assert one_equal_dataset(orders, prepared)


def test_an_answer_without_rows_does_not_make_the_next_page_a_huge_one(
    cast: Cast, orders: Orders, portal: SocrataPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = Table.of(pl.DataFrame({"Note": [f"{row} {'x' * 3000}" for row in range(200)]}))
    record = samples.record(wide)
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, samples.rows(wide, record))
    monkeypatch.setattr(bulk, "PAGE", 4)
    monkeypatch.setattr(bulk, "_PAGE_BYTES", 12_000)
    orders.fault("html", method="GET", path=r"^/resource/.*\.csv", status=200)
    assert max(page.height for page in portal.read_text(remote_id, record.fields)) <= 32


# a hold


def test_a_hold_while_the_portal_applies_a_file_leaves_nothing_new_public(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SocrataPortal, "wants_file", lambda portal, size: True)
    monkeypatch.setattr(file_loads, "PART_BYTES", 400)
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = prepared.ask("public")
    real, held = SocrataPortal.set_scope, list[Any]()

    def held_meanwhile(self: SocrataPortal, remote_id: str, scope: str) -> Any:
        if scope == "public" and not held:
            held.append(publication_stay_private(release_id=prepared.release.pk))
        return real(self, remote_id, scope)

    monkeypatch.setattr(SocrataPortal, "set_scope", held_meanwhile)
    run(publication)
    assert held and seen_by_strangers(orders, publication) is None
    run_to_the_end(publication)
    assert seen_by_strangers(orders, publication) is None
    assert run_to_the_end(prepared.ask("public")).reached == "public"
    assert one_equal_dataset(orders, prepared)


def test_a_hold_while_a_refresh_is_applied_as_a_file(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    public(prepared)
    monkeypatch.setattr(SocrataPortal, "wants_file", lambda portal, size: True)
    monkeypatch.setattr(file_loads, "PART_BYTES", 400)
    prepared.treat(samples.table(60))
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = prepared.ask("public")
    real, held = SocrataPortal.publish, list[Any]()

    def held_meanwhile(self: SocrataPortal, remote_id: str) -> Any:
        result = real(self, remote_id)
        if self.is_draft(remote_id) and not held:
            held.append(publication_stay_private(release_id=prepared.release.pk))
        return result

    monkeypatch.setattr(SocrataPortal, "publish", held_meanwhile)
    run(publication)
    assert held
    rows = seen_by_strangers(orders, publication)
    assert rows is None or len(rows) == 25
    run_to_the_end(publication)
    rows = seen_by_strangers(orders, publication)
    assert rows is None or len(rows) == 25
    assert run_to_the_end(prepared.ask("public")).reached == "public", publication.failure
    assert one_equal_dataset(orders, prepared)
