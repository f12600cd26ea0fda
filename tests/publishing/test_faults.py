"""Whatever fails on the way ends in one dataset with equal rows, or in a sentence; a kill does no harm."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dossier.selectors import facts
from publishing.models import Chunk, PortalAsset, Publication
from publishing.portals.socrata import SocrataPortal
from publishing.services import publication_resume
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, one_equal_dataset, run, run_to_the_end, seen_by_strangers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]

Status = Publication.Status


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
    push, calls = SocrataPortal.push_json, []

    def killed_after_two(self: SocrataPortal, remote_id: str, rows: Any) -> Any:
        receipt = push(self, remote_id, rows)
        calls.append(len(rows))
        if len(calls) == 2:
            # The rows have arrived and the ledger does not know it yet.
            raise SystemExit
        return receipt

    monkeypatch.setattr(SocrataPortal, "push_json", killed_after_two)
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
    assert (
        "differs from the approved copy: 1 row other than approved (row 1 of the approved copy); in Permit number."
        in publication.error
    )
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
