"""Publications run as a worker runs them, against the real stand-in: the way there, and its permit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from dossier.selectors import facts
from publishing.errors import NothingToPublish, PermitMissing
from publishing.models import Permit, PortalAsset, Publication
from publishing.services import facts_rebuild, publication_request
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

Status = Publication.Status


def test_a_private_copy_is_made_compared_and_told_of(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = run(prepared.ask("private"))
    assert (publication.status, publication.reached) == (Status.DONE, "private")
    assert one_equal_dataset(orders, prepared)
    assert seen_by_strangers(orders, publication) is None
    fact = facts(prepared.release.pk)["private_copy"]
    assert fact.ok and fact.about == {"treated": prepared.sha256, "record": prepared.record.digest}
    assert (fact.data["rows"], fact.data["verified"], fact.data["columns"]) == (25, "whole", 8)
    assert fact.data["url"].endswith(f"/d/{publication.asset.remote_id}")
    assert [(c.first_row, c.rows) for c in publication.chunks.all()] == [(1, 10), (11, 10), (21, 5)]
    assert all(proof["ok"] for proof in publication.evidence)
    actions = AuditEvent.objects.filter(release_id=prepared.release.pk).values_list("action", flat=True)
    assert {"publishing.requested", "publishing.private_copy_made"} <= set(actions)


def test_the_public_copy_is_checked_from_outside_and_answers_a_stranger(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    rows = seen_by_strangers(orders, publication)
    assert rows is not None and len(rows) == 25
    fact = facts(prepared.release.pk)["public_copy"]
    assert fact.ok and fact.data["public_url"].endswith(f"/d/{publication.asset.remote_id}")
    assert publication.asset.public_publication == publication
    found = {proof["what"]: proof["found"] for proof in publication.evidence}
    assert found["Answer to a stranger"] == "200" and found["Rows counted from outside"] == "25"


def test_asking_twice_makes_one_publication_and_one_dataset(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    first = run(prepared.ask("private"))
    assert prepared.ask("private").pk == first.pk
    assert run(first).attempts == 1
    assert one_equal_dataset(orders, prepared)


def test_nothing_goes_public_without_a_permit_for_exactly_this(cast: Cast) -> None:
    prepared = Prepared(cast)
    with pytest.raises(PermitMissing, match="approval of exactly this copy"):
        prepared.ask("public")
    prepared.allow(treated_sha256="0" * 64)
    with pytest.raises(PermitMissing):
        prepared.ask("public")
    prepared.allow(record_digest="0" * 64)
    with pytest.raises(PermitMissing):
        prepared.ask("public")
    prepared.allow(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(PermitMissing):
        prepared.ask("public")


def test_the_database_refuses_public_without_a_permit(cast: Cast) -> None:
    publication = Prepared(cast).ask("private")
    for field in ("goal", "reached"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.filter(pk=publication.pk).update(**{field: "public"})


def test_a_permit_that_ends_before_the_run_keeps_the_copy_private(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = prepared.ask("public")
    Permit.objects.update(revoked_at=timezone.now())
    run(publication)
    assert publication.status == Status.DEAD and "no longer holds" in publication.error
    assert not facts(prepared.release.pk)["public_copy"].ok
    assert orders.assets(prepared.key) == []


def test_there_is_nothing_to_publish_without_a_treated_copy(cast: Cast) -> None:
    prepared = Prepared(cast)
    with pytest.raises(NothingToPublish):
        publication_request(
            release_id=prepared.release.pk, record=prepared.record, treated_sha256="0" * 64, goal="private"
        )


def test_a_table_without_rows_is_a_copy_like_any_other(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast, samples.table(0))
    prepared.allow()
    publication = run(prepared.ask("public"))
    assert publication.reached == "public", publication.error
    assert seen_by_strangers(orders, publication) == []


def test_one_publication_writes_to_a_dataset_at_a_time(cast: Cast) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    other = Publication.objects.create(
        release=prepared.release,
        asset=publication.asset,
        treated_sha256="1" * 64,
        record_digest="2" * 64,
        record={},
    )
    held = timezone.now() + timedelta(minutes=1)
    PortalAsset.objects.filter(pk=publication.asset_id).update(writer=other, writer_until=held)
    run(publication)
    assert publication.status == Status.QUEUED and "Another publication of this dataset" in publication.error
    PortalAsset.objects.filter(pk=publication.asset_id).update(writer_until=timezone.now())
    assert run(publication).status == Status.DONE
    assert PortalAsset.objects.get(pk=publication.asset_id).writer is None


def test_a_new_copy_with_other_columns_replaces_the_private_one(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    first = run(prepared.ask("private"))
    table = samples.table(12)
    prepared.treat(type(table).of(table.frame.drop("Remarks").rename({"Fee": "Amount"})))
    second = run_to_the_end(prepared.ask("private"))
    assert second.pk != first.pk and second.reached == "private", second.error
    assert second.asset == first.asset
    assert one_equal_dataset(orders, prepared)


def test_a_request_for_a_newer_copy_cancels_the_earlier_one(cast: Cast) -> None:
    prepared = Prepared(cast)
    first = prepared.ask("private")
    prepared.treat(samples.table(3))
    second = prepared.ask("private")
    first.refresh_from_db()
    assert first.status == Status.CANCELLED and second.status == Status.QUEUED
    assert run(first).status == Status.CANCELLED


def test_a_cancelled_publication_that_is_asked_for_again_runs(cast: Cast) -> None:
    publication = (prepared := Prepared(cast)).ask("private")
    work_cancel(publication)
    assert run(prepared.ask("private")).status == Status.DONE


def test_the_fact_of_the_private_copy_keeps_its_time_when_the_copy_goes_public(cast: Cast) -> None:
    prepared = Prepared(cast)
    run(prepared.ask("private"))
    compared = facts(prepared.release.pk)["private_copy"].at
    public(prepared)
    assert facts(prepared.release.pk)["private_copy"].at == compared


def test_facts_rebuilt_are_the_facts_there_were(cast: Cast) -> None:
    prepared = Prepared(cast)
    public(prepared)
    before = {kind: (f.ok, f.about, f.data, f.at) for kind, f in facts(prepared.release.pk).items()}
    facts_rebuild(prepared.release.pk)
    assert {kind: (f.ok, f.about, f.data, f.at) for kind, f in facts(prepared.release.pk).items()} == before


def test_a_text_that_is_too_long_is_named_by_column_and_row_not_by_value(cast: Cast) -> None:
    table = samples.table(3)
    long = table.frame.with_columns(remarks=samples.pl.Series(["a", "b" * 5000, "c"])).drop("Remarks")
    publication = run(Prepared(cast, table=type(table).of(long)).ask("private"))
    assert publication.status == Status.DEAD
    assert (
        "Column remarks holds a text of more than 4,096 bytes in 1 row (the first is row 2)"
        in publication.error
    )
    assert "bbbb" not in publication.error
