"""A retraction while a worker makes the next release public: whoever is faster, it ends private and stays so."""

from __future__ import annotations

from typing import Any

import pytest

from publishing.models import PortalAsset, Publication
from publishing.portals.socrata import SocrataPortal
from publishing.services import run_verify
from publishing.services.previewing import SHARED
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, run, run_to_the_end, seen_by_strangers
from tests.publishing.test_endings import looked_at, published, retract
from tests.publishing.test_taking_back import refreshed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def approved_next(cast: Cast, prepared: Prepared) -> tuple[Prepared, Publication]:
    following = refreshed(cast, prepared, samples.table(8))
    following.allow()
    return following, run_to_the_end(following.ask("private"))


def test_a_retraction_while_the_permit_is_looked_at_leaves_nothing_public(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, publication = published(cast)
    following, pushing = approved_next(cast, prepared)
    real, looks = run_verify.valid_permit, []

    def retracted_meanwhile(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        looks.append(found)
        if len(looks) == 2:
            retract(prepared, cast)
        return found

    monkeypatch.setattr(run_verify, "valid_permit", retracted_meanwhile)
    following.ask("public")
    run(pushing)
    assert len(looks) == 2 and pushing.goal == "hidden"
    assert seen_by_strangers(orders, publication) is None
    run_to_the_end(publication)
    assert looked_at(prepared).confirmed_at is None
    run_to_the_end(pushing)
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


@pytest.mark.parametrize("portal_fails", [False, True])
def test_a_portal_that_obeys_after_the_retraction_was_seen_through_is_made_private_again(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch, portal_fails: bool
) -> None:
    prepared, publication = published(cast)
    following, pushing = approved_next(cast, prepared)
    real, late = SocrataPortal.set_scope, []

    def set_scope(self: SocrataPortal, remote_id: str, scope: str) -> Any:
        if scope != "public" or late:
            return real(self, remote_id, scope)
        late.append(remote_id)
        retract(prepared, cast)
        PortalAsset.objects.update(writer=None, writer_until=None)
        run_to_the_end(publication)
        run_to_the_end(Publication.objects.get(pk=pushing.pk))
        assert seen_by_strangers(orders, publication) is None
        result = real(self, remote_id, scope)
        if portal_fails:
            orders.fault("status", status=503, path="permissions", times=1000)
        return result

    monkeypatch.setattr(SocrataPortal, "set_scope", set_scope)
    following.ask("public")
    run(pushing)
    assert late and (seen_by_strangers(orders, publication) is not None) == portal_fails
    assert looked_at(prepared).confirmed_at is None
    orders.quiet()
    run_to_the_end(pushing)
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


def test_a_portal_that_obeys_a_worker_that_died_is_looked_at_again_before_the_retraction_counts(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, publication = published(cast)
    following, pushing = approved_next(cast, prepared)
    real, asked = SocrataPortal.set_scope, []

    def killed(self: SocrataPortal, remote_id: str, scope: str) -> Any:
        if scope == "public":
            asked.append(remote_id)
            raise SystemExit
        return real(self, remote_id, scope)

    monkeypatch.setattr(SocrataPortal, "set_scope", killed)
    # Not even its second look comes about.
    monkeypatch.setattr(run_verify.Verifying, "_narrow_if_unwanted", lambda self: None)
    following.ask("public")
    with pytest.raises(SystemExit):
        run(pushing)
    retract(prepared, cast)
    run(publication)
    assert publication.status == "queued" and "look again" in publication.error
    run_to_the_end(pushing)
    assert looked_at(prepared).confirmed_at is None
    # Only now the portal does what the dead worker asked for.
    with SocrataPortal(orders.config()) as portal:
        real(portal, asked[0], "public")
    assert seen_by_strangers(orders, publication) is not None
    run_to_the_end(publication)
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


@pytest.mark.parametrize("was_confirmed", [False, True])
def test_every_look_asks_back_what_a_place_still_shows(
    cast: Cast, orders: Orders, was_confirmed: bool
) -> None:
    prepared, publication = published(cast)
    _, pushing = approved_next(cast, prepared)
    retract(prepared, cast)
    shown = PortalAsset.objects.filter(pk=publication.asset_id)
    if was_confirmed:
        run_to_the_end(publication)
        assert looked_at(prepared).confirmed_at is not None
    # Another worker came late, and nothing of that is on its way back.
    Publication.objects.filter(pk=pushing.pk).update(goal="private", status="cancelled")
    shown.update(public_publication=pushing)
    run_to_the_end(publication)
    assert looked_at(prepared).confirmed_at is None
    pushing.refresh_from_db()
    assert (pushing.goal, pushing.status) == ("hidden", "queued")
    run_to_the_end(pushing)
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


def test_what_was_rightly_published_after_a_retraction_was_confirmed_stays(
    cast: Cast, orders: Orders
) -> None:
    prepared, publication = published(cast)
    following, pushing = approved_next(cast, prepared)
    retract(prepared, cast)
    run_to_the_end(publication)
    assert looked_at(prepared).confirmed_at is not None
    following.ask("public")
    run_to_the_end(pushing)
    assert pushing.reached == "public", pushing.error
    assert looked_at(prepared).confirmed_at is not None
    pushing.refresh_from_db()
    assert pushing.goal == "public" and len(seen_by_strangers(orders, publication) or []) == 8


def test_what_may_be_running_is_to_be_hidden_not_only_kept_private(cast: Cast) -> None:
    prepared, _ = published(cast)
    following = refreshed(cast, prepared, samples.table(8))
    waiting = following.ask("private")
    Publication.objects.filter(pk=waiting.pk).update(status="running", lease_token="t")
    retract(prepared, cast)
    waiting.refresh_from_db()
    assert (waiting.goal, waiting.status, waiting.lease_token) == ("hidden", "queued", "")


def test_with_whom_a_copy_was_shared_is_known_until_it_is_taken_back(cast: Cast) -> None:
    prepared = Prepared(cast)
    first = run_to_the_end(prepared.ask("private"))
    first.receipt = {**first.receipt, SHARED: ["a@example.gov"]}
    first.save(update_fields=["receipt"])
    copy = prepared.sha256, prepared.record
    prepared.treat(samples.table(9))
    run_to_the_end(prepared.ask("private"))
    prepared.sha256, prepared.record = copy
    again = prepared.ask("private")
    assert again.pk == first.pk and again.receipt == {SHARED: ["a@example.gov"]}


def test_a_copy_shared_while_a_run_compares_it_stays_known_as_shared(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    publication = prepared.ask("private")
    real = run_verify.Verifying.beside

    def shared_meanwhile(self: Any, *args: Any, **kwargs: Any) -> Any:
        Publication.objects.filter(pk=publication.pk).update(receipt={SHARED: ["a@example.gov"]})
        return real(self, *args, **kwargs)

    monkeypatch.setattr(run_verify.Verifying, "beside", shared_meanwhile)
    run_to_the_end(publication)
    assert publication.reached == "private", publication.error
    assert publication.receipt[SHARED] == ["a@example.gov"]
