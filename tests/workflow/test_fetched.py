"""What was fetched opens the next refresh by itself, and waits where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from dossier.models import StoredFile
from publishing.models import EtlRecord, Fetch
from publishing.services.etl import EtlTerms, etl_decide, etl_propose
from publishing.services.fetches import fetch_request, fetch_run
from tests.cast import Cast
from tests.factories.publications import stage_put
from tests.factories.workflow import dataset_make
from tests.publishing.sources.server import Site, serving
from work.services import work_run
from workflow.models import Dataset, Refresh
from workflow.services.fetched import fetched_sweep, fetched_take
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.files["/permits.csv"] = ("text/csv", b"number,status\nA-1,open\n")
        yield running


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    made = dataset_make(cast, title="Building permits")
    stage_put(made.current_release, Stage.PUBLISHED, timezone.now())
    return made


def approved(dataset: Dataset, cast: Cast, site: Site, note: str = "", **changes: Any) -> EtlRecord:
    about: dict[str, Any] = {
        "source": "url",
        "config": {"url": f"{site.url}/permits.csv"},
        "extraction": "The nightly export.",
        "transformation": "Nothing is changed.",
        "method": "replace",
        "frequency": "daily",
    }
    terms = EtlTerms(**(about | changes))
    record = etl_propose(dataset_id=dataset.pk, terms=terms, actor=cast.steward, change_note=note)
    return etl_decide(
        record_id=record.pk, approve=True, digest=record.digest, actor=cast[Role.DEPARTMENT_APPROVER]
    )


def fetched(dataset: Dataset, cast: Cast) -> Fetch:
    fetch = fetch_request(dataset_id=dataset.pk, actor=cast.steward)
    Fetch.objects.filter(pk=fetch.pk).update(due_at=timezone.now())
    work_run(Fetch, fetch.pk, fetch_run)
    fetch.refresh_from_db()
    assert fetch.outcome == "new", fetch.error
    return fetch


def test_a_fetched_file_opens_the_next_refresh(dataset: Dataset, cast: Cast, site: Site) -> None:
    approved(dataset, cast, site)
    fetch = fetched(dataset, cast)
    assert fetched_take(dataset_id=dataset.pk)
    fetch.refresh_from_db()
    refresh = Refresh.objects.get()
    assert fetch.release_id == refresh.release_id
    assert (refresh.origin, refresh.method, refresh.method_changed) == ("fetch", "replace", False)
    assert StoredFile.objects.get(release=refresh.release_id, kind="raw").sha256 == fetch.sha256
    assert fetched_sweep() == 0


def test_a_newer_version_of_the_record_answers_that_the_method_changed(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, site)
    fetched(dataset, cast)
    fetched_take(dataset_id=dataset.pk)
    approved(dataset, cast, site, note="Counted by week now.", extraction="The weekly export.")
    site.files["/permits.csv"] = ("text/csv", b"number,status\nA-1,closed\n")
    fetched(dataset, cast)
    assert fetched_take(dataset_id=dataset.pk)
    refresh = Refresh.objects.get()
    assert (refresh.method_changed, refresh.method_note) == (True, "Counted by week now.")


def test_what_cannot_be_taken_now_waits_and_says_why(dataset: Dataset, cast: Cast, site: Site) -> None:
    approved(dataset, cast, site)
    fetch = fetched(dataset, cast)
    stage_put(dataset.current_release, Stage.RETRACTED, timezone.now())
    assert not fetched_take(dataset_id=dataset.pk)
    fetch.refresh_from_db()
    assert fetch.is_waiting_for_release
    assert "nothing to refresh" in fetch.waits_because
    stage_put(dataset.current_release, Stage.PUBLISHED, timezone.now())
    assert fetched_sweep() == 1


def test_appended_rows_are_taken_one_file_at_a_time(dataset: Dataset, cast: Cast, site: Site) -> None:
    approved(dataset, cast, site, method="append")
    first = fetched(dataset, cast)
    site.files["/permits.csv"] = ("text/csv", b"number,status\nA-2,open\n")
    second = fetched(dataset, cast)
    assert fetched_take(dataset_id=dataset.pk)
    assert not fetched_take(dataset_id=dataset.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.release_id is not None
    assert second.is_waiting_for_release
