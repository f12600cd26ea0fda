"""Taking a copy back, and the next release of a dataset that is public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from dossier.selectors import facts
from publishing.errors import PermitMissing
from publishing.models import Publication
from publishing.portals.socrata import SocrataPortal
from publishing.services import publication_make_private
from publishing.services.recheck import rechecks_sweep
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run, run_to_the_end, seen_by_strangers
from workflow.models import Release
from workflow.services.datasets import release_open
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]

Status = Publication.Status


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


def test_what_a_portal_refused_to_make_private_for_hours_is_asked_for_again_the_next_day(
    cast: Cast, orders: Orders, settings: Any
) -> None:
    settings.PUBLISHING_RECHECK_HOURS = 24
    prepared = Prepared(cast)
    publication = public(prepared)
    publication_make_private(release_id=prepared.release.pk)
    orders.fault("status", status=503, path="permissions", times=1000)
    Publication.objects.filter(pk=publication.pk).update(attempts=publication.MAX_ATTEMPTS - 1)
    assert run(publication).status == Status.DEAD
    orders.quiet()
    now = timezone.now()
    rechecks_sweep(now=now - timedelta(hours=1))
    publication.refresh_from_db()
    assert publication.status == Status.DEAD
    rechecks_sweep(now=now + timedelta(hours=25))
    publication.refresh_from_db()
    assert publication.status == Status.QUEUED
    run_to_the_end(publication)
    assert publication.status == Status.DONE and seen_by_strangers(orders, publication) is None


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


def test_a_hold_stops_the_way_to_the_public(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast, release=release_at("STAGED", cast))
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = prepared.ask("public")
    release_transition(release_id=prepared.release.pk, name="hold", actor=cast.cdo, reason="A question.")
    publication = run_to_the_end(publication)
    assert (publication.status, publication.reached) == (Status.DONE, "private")
    assert seen_by_strangers(orders, publication) is None
    # The permit still stands: asked again, it goes on to the public.
    assert run_to_the_end(prepared.ask("public")).reached == "public"
