"""Publications run as a worker runs them, against the real stand-in: the way, each fault, the way back."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import AuditEvent
from dossier.selectors import facts
from publishing import encode
from publishing.errors import NothingToPublish, PermitMissing
from publishing.models import Chunk, Permit, PortalAsset, Publication
from publishing.portals.socrata import SocrataPortal
from publishing.services import (
    facts_rebuild,
    publication_make_private,
    publication_request,
    publication_resume,
    publication_run,
)
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared
from work.services import work_cancel, work_run
from workflow.models import Release
from workflow.services.datasets import release_open
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

Status = Publication.Status


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch, settings: Any, standin: Any, orders: Orders) -> None:
    """Ten rows to a chunk, short waits, and the settings pointing at the stand-in."""
    plan = encode.plan_chunks
    monkeypatch.setattr(encode, "plan_chunks", lambda frame: plan(frame, max_rows=10))
    settings.TIME_SCALE = 0.02


def run(publication: Publication, *, now: bool = True) -> Publication:
    if now:
        Publication.objects.filter(pk=publication.pk).update(due_at=timezone.now())
    work_run(Publication, publication.pk, publication_run)
    publication.refresh_from_db()
    return publication


def run_to_the_end(publication: Publication, tries: int = 12) -> Publication:
    for _ in range(tries):
        if not run(publication).is_live:
            break
    return publication


def public(prepared: Prepared) -> Publication:
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = run_to_the_end(prepared.ask("public"))
    assert publication.reached == "public", publication.error
    return publication


def seen_by_strangers(orders: Orders, publication: Publication) -> list[dict[str, Any]] | None:
    answer = orders.get(f"/resource/{publication.asset.remote_id}.json", signed=False)
    return answer.json() if answer.status_code == 200 else None


def one_equal_dataset(orders: Orders, prepared: Prepared) -> bool:
    """Exactly one dataset on the portal under our key, and its rows are those of the treated copy."""
    views = orders.assets(prepared.key)
    rows = orders.get(f"/resource/{views[0]['id']}.json", **{"$limit": 10_000}).json()
    expected = encode.table_fingerprint(encode.encode_table(prepared.table, prepared.record))
    return len(views) == 1 and encode.rows_fingerprint(rows, prepared.record) == expected


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


FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 429, "retry_after": "60", "path": "^/resource/", "method": "POST"},
    {"kind": "status", "status": 429, "times": 7, "path": "^/resource/", "method": "POST"},
    {"kind": "status", "status": 500, "times": 7, "path": "^/resource/", "method": "POST", "skip": 1},
    {"kind": "html", "status": 502, "times": 7, "path": "^/resource/", "method": "POST"},
    {"kind": "status", "status": 503, "times": 7, "path": "^/api/views/"},
    {"kind": "reset_before", "times": 3, "path": "."},
    {"kind": "reset_after", "path": r"^/api/views\.json", "method": "POST"},
    {"kind": "reset_after", "times": 3, "path": "^/resource/", "method": "POST"},
    {"kind": "reset_after", "path": "publication", "method": "POST"},
    {"kind": "reset_after", "path": "permissions", "method": "PUT"},
    {"kind": "slow", "seconds": 2.5, "path": "^/resource/", "method": "POST", "skip": 1},
    {"kind": "status", "status": 413, "path": "^/resource/", "method": "POST"},
    {
        "kind": "status",
        "status": 409,
        "code": "soda.dataset.cannot-acquire-write-lock",
        "times": 6,
        "path": "^/res",
    },
    {"kind": "ticket", "path": "^/resource/", "method": "POST"},
    {"kind": "ticket", "path": r"^/api/views\.json", "method": "POST"},
    {"kind": "truncated", "times": 2, "path": "^/resource/"},
    {"kind": "redirect", "times": 2, "path": "^/resource/"},
    {"kind": "status", "status": 403, "code": "permission_denied", "path": "^/api/views/", "anonymous": True},
]


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda f: f"{f['kind']}{f.get('status', '')}-{f['path'].strip('^/')}"
)
def test_every_passing_fault_ends_in_one_equal_public_dataset(
    cast: Cast, orders: Orders, fault: dict[str, Any]
) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    orders.fault(**fault)
    publication = run_to_the_end(prepared.ask("public"))
    assert (publication.status, publication.reached) == (Status.DONE, "public"), publication.error
    assert one_equal_dataset(orders, prepared)
    assert len(seen_by_strangers(orders, publication) or []) == 25


def test_a_throttled_publication_says_so_and_waits_as_long_as_asked(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    orders.fault("status", path="^/resource/", method="POST", skip=1, status=429, retry_after="600")
    publication = run(prepared.ask("private"))
    assert publication.status == Status.QUEUED and publication.is_waiting_again
    assert "asked us to wait 600 seconds" in publication.error
    assert publication.due_at > timezone.now() + timedelta(seconds=10)
    assert Chunk.objects.filter(publication=publication).count() in (0, 1)
    assert run(publication).status == Status.DONE
    assert one_equal_dataset(orders, prepared)


def test_a_refused_key_stops_with_a_sentence_and_the_button_resumes(
    cast: Cast, orders: Orders, settings: Any
) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    right, settings.SOCRATA_KEY_SECRET = settings.SOCRATA_KEY_SECRET, "not-the-secret"
    run(publication)
    assert publication.status == Status.DEAD and "refused our key" in publication.error
    fact = facts(prepared.release.pk)["private_copy"]
    assert not fact.ok and fact.sentences == [publication.error]
    assert "not-the-secret" not in str(Publication.objects.values().get())
    settings.SOCRATA_KEY_SECRET = right
    assert publication_resume(release_id=prepared.release.pk, actor=cast.coordinator) == publication
    assert run(publication).status == Status.DONE
    assert facts(prepared.release.pk)["private_copy"].ok
    assert publication_resume(release_id=prepared.release.pk, actor=cast.coordinator) is None


def test_a_portal_that_stays_down_stops_after_its_tries_and_keeps_the_ledger(
    cast: Cast, orders: Orders
) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    orders.fault("status", status=503, path="^/resource/", method="POST", skip=1, times=-1)
    run_to_the_end(publication)
    assert publication.status == Status.DEAD and publication.attempts == 12
    assert "trouble just now" in publication.error and "Press Resume" in publication.error
    assert not facts(prepared.release.pk)["private_copy"].ok
    sent = publication.chunks.count()
    orders.quiet()
    publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
    assert run(publication).status == Status.DONE
    assert publication.chunks.count() == 3 >= sent
    assert one_equal_dataset(orders, prepared)


def test_no_portal_set_up_is_a_sentence(cast: Cast, settings: Any) -> None:
    settings.SOCRATA_KEY_SECRET = ""
    publication = run(Prepared(cast).ask("private"))
    assert publication.status == Status.DEAD and "No portal is set up" in publication.error


def test_a_worker_killed_between_chunks_leaves_no_row_twice(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    push, calls = SocrataPortal.push_chunk, []

    def killed_after_two(self: SocrataPortal, remote_id: str, rows: list[dict[str, Any]]) -> Any:
        receipt = push(self, remote_id, rows)
        calls.append(len(rows))
        if len(calls) == 2:
            # The rows have arrived and the ledger does not know it yet.
            raise SystemExit
        return receipt

    monkeypatch.setattr(SocrataPortal, "push_chunk", killed_after_two)
    with pytest.raises(SystemExit):
        run(publication)
    publication.refresh_from_db()
    assert publication.status == Status.RUNNING and publication.chunks.count() == 1
    Publication.objects.filter(pk=publication.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run(publication, now=False).status == Status.DONE
    assert calls == [10, 10, 10, 5]
    assert one_equal_dataset(orders, prepared)


@pytest.mark.parametrize("call", ["create", "publish", "set_scope", "set_metadata", "verify_public"])
def test_a_worker_killed_after_any_other_call_is_no_harm(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = prepared.ask("public")
    real, calls = getattr(SocrataPortal, call), []

    def killed_once(self: SocrataPortal, *args: Any, **kwargs: Any) -> Any:
        result = real(self, *args, **kwargs)
        calls.append(call)
        if len(calls) == 1:
            raise SystemExit
        return result

    monkeypatch.setattr(SocrataPortal, call, killed_once)
    with pytest.raises(SystemExit):
        run(publication)
    Publication.objects.filter(pk=publication.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_to_the_end(publication)
    assert publication.reached == "public", publication.error
    assert one_equal_dataset(orders, prepared)


def test_a_copy_that_differs_is_stopped_and_sent_anew_on_resume(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = prepared.ask("public")
    orders.fault("corrupt", path="^/resource/", method="POST")
    run_to_the_end(publication)
    assert publication.status == Status.DEAD
    assert "differs from the approved copy: fingerprint of all rows" in publication.error
    assert seen_by_strangers(orders, publication) is None
    assert not facts(prepared.release.pk)["private_copy"].ok
    publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
    assert run_to_the_end(publication).reached == "public", publication.error
    assert len(seen_by_strangers(orders, publication) or []) == 25


def test_rows_changed_on_the_portal_before_publishing_are_noticed(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = run(prepared.ask("private"))
    orders.send(
        "POST", f"/resource/{publication.asset.remote_id}.json", [{"row_key": 1, "remarks": "changed"}]
    )
    run_to_the_end(prepared.ask("public"))
    publication.refresh_from_db()
    assert publication.status == Status.DEAD and publication.reached == "none"
    assert seen_by_strangers(orders, publication) is None


def test_reads_that_lag_behind_writes_are_waited_for(cast: Cast, orders: Orders) -> None:
    orders.settings(lag_seconds=0.4)
    prepared = Prepared(cast)
    publication = run_to_the_end(prepared.ask("private"))
    assert publication.status == Status.DONE and one_equal_dataset(orders, prepared)


def test_a_reviewer_of_the_portal_is_waited_for(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    orders.settings(approvals="manual")
    publication = run(prepared.ask("public"))
    assert publication.status == Status.QUEUED and "own approval queue" in publication.error
    assert publication.reached == "private"
    path = f"/api/views/{publication.asset.remote_id}/approvals"
    guidance = orders.get(path, method="guidance_v2").json()["public"]
    orders.send("PUT", guidance["updateUrl"], {"state": "approved"})
    assert run(publication).reached == "public"


def test_a_catalogue_that_lags_never_leads_to_a_second_dataset(cast: Cast, orders: Orders) -> None:
    orders.settings(catalog_lag_seconds=0.5)
    orders.fault("reset_after", path=r"^/api/views\.json", method="POST")
    prepared = Prepared(cast)
    publication = run(prepared.ask("private"))
    assert "never a second one" in run(publication).error
    time.sleep(0.5)
    run_to_the_end(publication)
    assert publication.status == Status.DONE, publication.error
    assert one_equal_dataset(orders, prepared)


def test_a_dataset_that_somebody_deleted_is_made_again(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = run(prepared.ask("private"))
    gone = publication.asset.remote_id
    orders.send("DELETE", f"/api/views/{gone}.json", None)
    prepared.allow()
    run_to_the_end(prepared.ask("public"))
    publication.refresh_from_db()
    assert publication.reached == "public", publication.error
    assert PortalAsset.objects.get(pk=publication.asset_id).remote_id != gone
    assert one_equal_dataset(orders, prepared)


def test_a_dataset_that_others_made_visible_gets_no_row(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = run(prepared.ask("private"))
    remote_id = publication.asset.remote_id
    orders.send("PUT", f"/api/views/{remote_id}.json?method=setPermission&value=public.read", None)
    prepared.treat(samples.table(5))
    second = run(prepared.ask("private"))
    assert second.status == Status.DEAD and "we did not make it so" in second.error
    assert len(seen_by_strangers(orders, second) or []) == 25


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


def test_a_retraction_makes_the_copy_private_and_ends_the_permit(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    publication_make_private(release_id=prepared.release.pk)
    with pytest.raises(PermitMissing):
        prepared.ask("public")
    assert run(publication).status == Status.DONE
    assert seen_by_strangers(orders, publication) is None
    assert publication.reached == "private" and "public_copy" not in facts(prepared.release.pk)
    assert facts(prepared.release.pk)["private_copy"].ok


def test_a_retraction_keeps_trying_until_the_portal_obeys(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    publication_make_private(release_id=prepared.release.pk)
    orders.fault("status", status=503, path="permissions", times=7)
    assert run(publication).status == Status.QUEUED
    run_to_the_end(publication)
    assert seen_by_strangers(orders, publication) is None and publication.reached == "private"


def test_a_taken_back_release_can_become_public_again_after_a_new_permit(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    publication_make_private(release_id=prepared.release.pk)
    run(publication)
    again = public(prepared)
    assert again == publication and len(seen_by_strangers(orders, publication) or []) == 25


def test_taking_back_before_any_copy_exists_is_no_error(cast: Cast) -> None:
    assert publication_make_private(release_id=Prepared(cast).release.pk) is None


def test_a_run_that_is_taken_back_meanwhile_writes_nothing_and_ends_private(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    publication = prepared.ask("public")
    real = SocrataPortal.set_scope

    def taken_back_meanwhile(self: SocrataPortal, remote_id: str, scope: str) -> Any:
        result = real(self, remote_id, scope)
        if scope == "public":
            publication_make_private(release_id=prepared.release.pk)
        return result

    monkeypatch.setattr(SocrataPortal, "set_scope", taken_back_meanwhile)
    run(publication)
    assert "public_copy" not in facts(prepared.release.pk)
    assert publication.status == Status.QUEUED and publication.goal == "hidden"
    assert run(publication).status == Status.DONE
    assert seen_by_strangers(orders, publication) is None


def test_what_another_release_has_public_stays_public_and_whole_during_a_refresh(
    cast: Cast, orders: Orders
) -> None:
    first = Prepared(cast)
    earlier = public(first)
    second = refreshed(cast, first, samples.table(8))
    publication = run_to_the_end(second.ask("private"))
    assert publication.reached == "private", publication.error
    assert publication.working_id != publication.asset.remote_id
    assert len(seen_by_strangers(orders, earlier) or []) == 25

    publication_make_private(release_id=second.release.pk)
    assert run(publication).status == Status.DONE
    assert len(seen_by_strangers(orders, earlier) or []) == 25

    second.allow()
    publication = run_to_the_end(second.ask("public"))
    assert publication.reached == "public", publication.error
    assert len(seen_by_strangers(orders, publication) or []) == 8
    assert publication.asset.remote_id == earlier.asset.remote_id


def refreshed(cast: Cast, earlier: Prepared, table: Any) -> Prepared:
    """The next release of the same dataset, the earlier one being public."""
    # Past the door on purpose: only the portal's side of a refresh is looked at here.
    QuerySet(Release).filter(pk=earlier.release.pk).update(stage=Stage.PUBLISHED)
    release = release_open(dataset=earlier.release.dataset, actor=cast.coordinator)
    return Prepared(cast, table=table, release=release, key=earlier.key)


def test_the_fact_of_the_private_copy_keeps_its_time_when_the_copy_goes_public(cast: Cast) -> None:
    prepared = Prepared(cast)
    run(prepared.ask("private"))
    compared = facts(prepared.release.pk)["private_copy"].at
    public(prepared)
    assert facts(prepared.release.pk)["private_copy"].at == compared


def test_an_unexpected_fault_on_every_try_is_a_sentence_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: SocrataPortal) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(SocrataPortal, "check_key", broken)
    prepared = Prepared(cast)
    publication = run_to_the_end(prepared.ask("private"))
    assert publication.status == Status.DEAD and "Something unexpected" in publication.failure
    assert not facts(prepared.release.pk)["private_copy"].ok
    assert "secret detail" not in str(Publication.objects.values().get())


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
