"""Bundles on the stand-in: strangers see all of one or nothing, also after a failure and a killed worker."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
import requests

from publishing.models import Publication
from tests.cast import Cast
from tests.factories.bundles import approved, bundled, look, newest
from tests.factories.workflow import review_all
from tests.publishing.conftest import Orders
from tests.publishing.releases import run_to_the_end, seen_by_strangers
from tests.services.celery_worker import celery_worker
from tests.services.processes import wait_until
from workflow.models import Bundle, Release
from workflow.services.bundle_settle import bundle_settle
from workflow.services.bundles import bundle_retry
from workflow.services.settle import release_settle
from workflow.stages import Stage

State = Bundle.State
PATIENCE = 180


@pytest.fixture
def empty_portal(orders: Orders, standin: Any) -> None:
    """Datasets are found by the number of the inventory, and every test begins with the first."""
    for view in orders.get("/api/views.json", limit=1000).json():
        requests.delete(f"{orders.base}/api/views/{view['id']}.json", auth=orders.key, timeout=10)


def copied(cast: Cast, releases: list[Release]) -> None:
    """The private copies stand on the portal, and the stewards have looked at them."""
    for release in releases:
        release_settle(release_id=release.pk)
        assert run_to_the_end(row_of(release)).reached == "private"
        release_settle(release_id=release.pk)
        review_all(release, "publish", cast)


def row_of(release: Release) -> Publication:
    row = newest(release)
    assert row is not None
    return row


def seen(orders: Orders, releases: list[Release]) -> list[bool]:
    return [seen_by_strangers(orders, row_of(release)) is not None for release in releases]


@pytest.mark.django_db
@pytest.mark.usefixtures("small_steps", "empty_portal")
def test_strangers_see_all_of_a_bundle_or_nothing_of_it(
    cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = approved(cast, monkeypatch, ["Budget", "Salaries"])
    copied(cast, releases)
    bundle = bundled(cast, releases)
    assert look(bundle, releases) == State.GOING
    run_to_the_end(row_of(releases[0]))
    assert seen(orders, releases) == [True, False]
    orders.fault("status", status=403, path="permissions", times=3)
    assert run_to_the_end(row_of(releases[1])).status == Publication.Status.DEAD
    assert look(bundle, releases) == State.TAKING_BACK
    orders.quiet()
    for release in releases:
        run_to_the_end(row_of(release))
    assert look(bundle, releases) == State.STOPPED
    assert seen(orders, releases) == [False, False]
    bundle_retry(bundle_id=bundle.pk, actor=cast.coordinator, reason="The key may publish again.")
    look(bundle, releases)
    for release in releases:
        run_to_the_end(row_of(release))
    assert look(bundle, releases) == State.PUBLIC
    assert seen(orders, releases) == [True, True]
    assert set(Release.objects.values_list("stage", flat=True)) == {Stage.PUBLISHED}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_bundle_leaves_it_whole(
    transactional_db: None,
    cast: Cast,
    standin: Any,
    orders: Orders,
    empty_portal: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    releases = approved(cast, monkeypatch, ["Budget", "Salaries"])
    copied(cast, releases)
    bundle = bundled(cast, releases)
    assert look(bundle, releases) == State.GOING
    # Making the first public is quick, making the second public takes long: there the worker dies.
    orders.fault("slow", path="permissions", skip=1, seconds=4)
    with celery_worker("doomed", **standin.environment) as worker:
        wait_until(lambda: any(seen(orders, releases)), seconds=PATIENCE, what="The first of the bundle")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    orders.quiet()
    bundle.refresh_from_db()
    assert bundle.state == State.GOING
    assert not Release.objects.filter(stage=Stage.PUBLISHED).exists()
    with celery_worker("heir", **standin.environment):
        wait_until(lambda: rests(bundle), seconds=PATIENCE, what="The end of the bundle")
    assert len(set(seen(orders, releases))) == 1
    stages = set(Release.objects.values_list("stage", flat=True))
    assert stages == ({Stage.PUBLISHED} if seen(orders, releases)[0] else {Stage.STAGED})


def rests(bundle: Bundle) -> bool:
    return bundle_settle(bundle_id=bundle.pk) in (State.PUBLIC, State.STOPPED)
