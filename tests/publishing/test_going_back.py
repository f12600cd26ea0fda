"""Stopped on its way to the public: no request is left with the portal, and what was public before stays so."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import AuditEvent
from publishing import file_loads
from publishing.models import Publication, PublicCheck
from publishing.portals.socrata import SocrataPortal
from publishing.services import publication_make_private, publication_stay_private
from publishing.services.recheck import recheck_run
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run, run_to_the_end, seen_by_strangers
from tests.publishing.test_taking_back import refreshed
from work.services import work_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]

STOPS = [publication_make_private, publication_stay_private]


@pytest.fixture
def as_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SocrataPortal, "wants_file", lambda portal, size: True)
    monkeypatch.setattr(file_loads, "PART_BYTES", 400)
    monkeypatch.setattr(file_loads, "_STEP", 2)


def rows_outside(orders: Orders, publication: Publication) -> int | None:
    rows = seen_by_strangers(orders, publication)
    return None if rows is None else len(rows)


def one_public_and_the_next(cast: Cast) -> tuple[Prepared, Publication, Prepared]:
    """A release that strangers see, its copy, and the next one of more rows, which is approved."""
    first = Prepared(cast)
    earlier = public(first)
    second = refreshed(cast, first, samples.table(100))
    second.allow()
    return first, earlier, second


def say_yes(orders: Orders, remote_id: str) -> int:
    """A reviewer of the portal approves what was last submitted for the dataset, if it still waits."""
    last = orders.get(f"/api/views/{remote_id}.json").json()["approvals"][0]["submissionId"]
    answer = orders.send("PUT", f"/api/views/{remote_id}/approvals/{last}", {"state": "approved"})
    return answer.status_code


@pytest.mark.parametrize("stop", STOPS)
def test_a_reviewer_of_the_portal_who_says_yes_after_it_was_stopped_makes_nothing_public(
    cast: Cast, orders: Orders, stop: Any
) -> None:
    orders.settings(approvals="manual")
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = run(prepared.ask("public"))
    assert "Submitted" in publication.error
    stop(release_id=prepared.release.pk)
    run_to_the_end(publication)
    assert publication.status == "done"
    assert say_yes(orders, publication.asset.remote_id) == 404
    assert seen_by_strangers(orders, publication) is None


def test_a_reviewer_who_says_yes_while_the_request_is_withdrawn_is_answered_with_private_again(
    portal: SocrataPortal, cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders.settings(approvals="manual")
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = run(prepared.ask("public"))
    remote_id = publication.asset.remote_id
    real = portal.signed.send

    def beaten(method: str, path: str, **about: Any) -> Any:
        if method == "DELETE" and "approvals" in path:
            assert say_yes(orders, remote_id) == 200
            assert seen_by_strangers(orders, publication) is not None
        return real(method, path, **about)

    monkeypatch.setattr(portal.signed, "send", beaten)
    asset = portal.set_scope(remote_id, "private")
    assert (asset.scope, asset.waiting) == ("private", False)
    assert seen_by_strangers(orders, publication) is None


def test_while_a_request_cannot_be_withdrawn_the_copy_does_not_count_as_private(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders.settings(approvals="manual")
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = run(prepared.ask("public"))
    with monkeypatch.context() as patch:
        patch.setattr(SocrataPortal, "_withdraw", lambda self, guidance: None)
        patch.setattr(SocrataPortal, "_ask_for", lambda self, remote_id, scope, now: None)
        publication_make_private(release_id=prepared.release.pk)
        run(publication)
        assert publication.status == "queued" and "still with the reviewers" in publication.error
    run_to_the_end(publication)
    assert publication.status == "done"
    assert say_yes(orders, publication.asset.remote_id) == 404


@pytest.mark.parametrize("stop", STOPS)
def test_a_refresh_that_is_stopped_before_its_rows_were_shown_leaves_the_earlier_release_public(
    cast: Cast, orders: Orders, stop: Any
) -> None:
    _, earlier, second = one_public_and_the_next(cast)
    run_to_the_end(second.ask("private"))
    publication = second.ask("public")
    orders.fault("status", status=503, path="/publication", method="POST", times=50)
    run(publication)
    assert publication.asset.public_publication == publication
    stop(release_id=second.release.pk)
    orders.quiet()
    run_to_the_end(publication)
    publication.asset.refresh_from_db()
    assert publication.status == "done"
    assert publication.asset.public_publication == earlier and publication.asset.earlier_public is None
    assert rows_outside(orders, earlier) == 25
    events = AuditEvent.objects.filter(release_id=second.release.pk, action="publishing.stepped_back")
    assert events.count() == 1
    # It is looked at once more, whole.
    work_run(PublicCheck, PublicCheck.objects.get().pk, recheck_run)
    check = PublicCheck.objects.get()
    assert (check.status, check.differs, check.publication) == ("done", "", earlier)
    # And the way to the public is open again.
    second.allow()
    again = run_to_the_end(second.ask("public"))
    assert again.reached == "public" and rows_outside(orders, again) == 100


def test_a_draft_that_waits_for_a_reviewer_is_discarded_and_a_late_yes_shows_nothing_of_it(
    cast: Cast, orders: Orders, as_files: None
) -> None:
    first = Prepared(cast)
    earlier = public(first)
    orders.settings(approve_revisions=True)
    second = refreshed(cast, first, samples.table(100))
    second.allow()
    run_to_the_end(second.ask("private"))
    publication = run(second.ask("public"))
    assert "Submitted" in publication.error and rows_outside(orders, earlier) == 25
    publication_make_private(release_id=second.release.pk)
    run_to_the_end(publication)
    say_yes(orders, earlier.asset.remote_id)
    assert rows_outside(orders, earlier) == 25
    publication.asset.refresh_from_db()
    assert publication.asset.public_publication == earlier


def test_a_draft_that_the_portal_may_be_applying_is_no_way_back(
    cast: Cast, orders: Orders, portal: SocrataPortal, as_files: None
) -> None:
    _, earlier, second = one_public_and_the_next(cast)
    publication = run_to_the_end(second.ask("private"))
    draft = publication.working_id
    revision = f"/api/publishing/v1/revision/{draft.split(':')[0]}/{draft.split(':')[1]}"
    assert orders.send("PUT", f"{revision}/apply", {}).status_code == 201
    assert not portal.step_back(earlier.asset.remote_id, draft)


def test_once_the_new_rows_may_have_been_shown_a_stop_makes_the_dataset_private(
    cast: Cast, orders: Orders
) -> None:
    _, earlier, second = one_public_and_the_next(cast)
    run_to_the_end(second.ask("private"))
    publication = second.ask("public")
    # The portal publishes the new rows, and its answer gets lost.
    orders.fault("status", status=503, path="/publication", method="POST", times=50, when="after")
    run(publication)
    orders.quiet()
    assert rows_outside(orders, earlier) == 100
    publication_make_private(release_id=second.release.pk)
    run_to_the_end(publication)
    assert seen_by_strangers(orders, earlier) is None
    publication.asset.refresh_from_db()
    assert publication.asset.public_publication is None


def test_an_earlier_release_that_was_retracted_meanwhile_is_not_put_back(cast: Cast, orders: Orders) -> None:
    first, earlier, second = one_public_and_the_next(cast)
    run_to_the_end(second.ask("private"))
    publication = second.ask("public")
    orders.fault("status", status=503, path="/publication", method="POST", times=50)
    run(publication)
    orders.quiet()
    publication_make_private(release_id=first.release.pk)
    run_to_the_end(earlier)
    publication_make_private(release_id=second.release.pk)
    run_to_the_end(publication)
    assert seen_by_strangers(orders, earlier) is None
