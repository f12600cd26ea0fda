"""A worker killed with -9 in the middle of a publication: the next one takes it up, and no row is there twice."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from publishing.models import Publication
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, one_equal_dataset
from tests.services.celery_worker import celery_worker
from tests.services.processes import wait_until

ROWS = 12_000
PATIENCE = 90


def ended(publication: Publication) -> bool:
    return Publication.objects.filter(pk=publication.pk, status__in=("done", "dead")).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_one_equal_dataset(
    transactional_db: None, cast: Cast, standin: Any, orders: Orders
) -> None:
    prepared = Prepared(cast, samples.table(ROWS))
    orders.fault("slow", method="POST", path="^/resource/", skip=1, seconds=1.5)
    with celery_worker("doomed", **standin.environment) as worker:
        publication = prepared.ask("private")
        # The first part is in the ledger, the second on its way and slow.
        wait_until(publication.chunks.exists, seconds=PATIENCE, what="The first part")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    publication.refresh_from_db()
    assert publication.status == "running" and publication.reached == "none"
    with celery_worker("heir", **standin.environment):
        wait_until(lambda: ended(publication), seconds=PATIENCE, what="The end of the publication")
    publication.refresh_from_db()
    assert publication.reached == "private", publication.error
    assert publication.attempts >= 2
    assert one_equal_dataset(orders, prepared)
