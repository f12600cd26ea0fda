"""A dataset that carries our key and that we neither made nor filled: no row of ours goes there by itself."""

from __future__ import annotations

import pytest

from publishing.models import Chunk, PortalAsset, PortalNotice, Publication
from publishing.portals.socrata import SocrataPortal
from publishing.services import publication_make_private, publication_resume
from publishing.services.notices import notice_run, notices_put
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
from work.services import work_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def of_others(cast: Cast) -> tuple[str, str]:
    """A public dataset of 25 rows, made by another installation; its key and its id."""
    first = Prepared(cast)
    remote_id = public(first).asset.remote_id
    # Ours knows nothing of it.
    PortalAsset.objects.filter(remote_id=remote_id).update(
        remote_id="", public_publication=None, create_asked_at=None
    )
    return first.key, remote_id


def resumed(prepared: Prepared, cast: Cast) -> Publication:
    publication = publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)
    assert publication is not None
    return run_to_the_end(publication)


def rows_there(orders: Orders, remote_id: str) -> int:
    return len(orders.get(f"/resource/{remote_id}.json").json())


def test_one_that_was_made_private_by_hand_keeps_its_rows_until_somebody_empties_it(
    cast: Cast, orders: Orders, portal: SocrataPortal
) -> None:
    key, remote_id = of_others(cast)
    prepared = Prepared(cast, samples.table(5), key=key)
    stopped = run_to_the_end(prepared.ask("private"))
    assert "we did not make it so" in stopped.failure
    portal.set_scope(remote_id, "private")
    for _ in range(2):
        stopped = resumed(prepared, cast)
        assert stopped.status == "dead" and not stopped.chunks.exists()
        assert "holds rows that we did not send" in stopped.failure and prepared.key in stopped.failure
        assert rows_there(orders, remote_id) == 25
    orders.send("PUT", f"/resource/{remote_id}.json", [])
    assert resumed(prepared, cast).reached == "private"
    assert one_equal_dataset(orders, prepared)


def test_one_that_is_found_private_is_left_as_it_is(
    cast: Cast, orders: Orders, portal: SocrataPortal
) -> None:
    key, remote_id = of_others(cast)
    portal.set_scope(remote_id, "private")
    prepared = Prepared(cast, samples.table(5), key=key)
    stopped = run_to_the_end(prepared.ask("private"))
    assert "holds rows that we did not send" in stopped.failure
    assert rows_there(orders, remote_id) == 25
    orders.send("DELETE", f"/api/views/{remote_id}.json", None)
    again = resumed(prepared, cast)
    assert again.reached == "private" and again.asset.remote_id != remote_id
    assert one_equal_dataset(orders, prepared)


def test_an_empty_one_is_ours_from_the_first_row_on(
    cast: Cast, orders: Orders, portal: SocrataPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Prepared(cast)
    portal.create(prepared.record)
    publication = prepared.ask("private")
    # The first rows arrive, and the worker dies before it writes that down.
    with monkeypatch.context() as dying:
        dying.setattr(type(Chunk.objects), "update_or_create", lambda *args, **about: 1 / 0)
        run(publication)
    assert publication.is_live and not publication.chunks.exists()
    assert run_to_the_end(publication).reached == "private", publication.failure
    assert one_equal_dataset(orders, prepared)


def test_one_that_took_the_place_of_a_deleted_one_of_ours_is_not_ours(
    cast: Cast, orders: Orders, portal: SocrataPortal
) -> None:
    prepared = Prepared(cast)
    publication = run_to_the_end(prepared.ask("private"))
    orders.send("DELETE", f"/api/views/{publication.asset.remote_id}.json", None)
    theirs = portal.create(prepared.record).remote_id
    portal.push_chunk(theirs, samples.rows(prepared.table, prepared.record)[:3])
    prepared.treat(samples.table(5))
    for _ in range(2):
        second = run_to_the_end(prepared.ask("private"))
        assert "holds rows that we did not send" in second.failure
        assert rows_there(orders, theirs) == 3
        publication_resume(release_id=prepared.release.pk, actor=cast.coordinator)


def test_what_others_made_public_is_not_made_private_by_a_copy_that_is_taken_back(
    cast: Cast, orders: Orders
) -> None:
    key, remote_id = of_others(cast)
    prepared = Prepared(cast, samples.table(5), key=key)
    prepared.allow()
    publication = run_to_the_end(prepared.ask("public"))
    assert publication.status == "dead"
    publication_make_private(release_id=prepared.release.pk)
    run_to_the_end(publication)
    publication.asset.refresh_from_db()
    assert (publication.goal, publication.status) == ("hidden", "done"), publication.failure
    assert publication.asset.remote_id == remote_id
    assert len(seen_by_strangers(orders, publication) or []) == 25


def test_a_dataset_of_others_is_not_retired_with_ours(cast: Cast, orders: Orders) -> None:
    key, remote_id = of_others(cast)
    prepared = Prepared(cast, samples.table(5), key=key)
    stopped = run_to_the_end(prepared.ask("private"))
    before = orders.get(f"/api/views/{remote_id}.json").json()["description"]
    (notice,) = notices_put(dataset_id=prepared.release.dataset_id, wanted="gone", text="Retired in June.")
    work_run(PortalNotice, notice.pk, notice_run)
    notice.refresh_from_db()
    assert (notice.status, notice.error) == ("done", "")
    assert len(seen_by_strangers(orders, stopped) or []) == 25
    assert orders.get(f"/api/views/{remote_id}.json").json()["description"] == before
