"""What was fetched opens the next refresh by itself, and waits where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from dossier.models import StoredFile
from publishing.models import EtlRecord, Fetch
from publishing.services.etl import EtlTerms, etl_decide, etl_propose, etl_withdraw
from publishing.services.fetches import fetch_request, fetch_run
from tests.cast import Cast
from tests.factories.publications import stage_put
from tests.factories.workflow import dataset_make
from tests.publishing.sources.server import Site, serving
from work.services import work_run
from workflow.models import Dataset, Refresh, Release
from workflow.selectors.refresh import due_lines, freshness_of_many
from workflow.services.fetched import fetched_sweep, fetched_take
from workflow.services.freshness import freshness_sweep
from workflow.services.refresh import refresh_received
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


def test_that_the_method_changed_is_said_until_a_fetch_by_the_new_record_is_public(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, site)
    fetched(dataset, cast)
    fetched_take(dataset_id=dataset.pk)
    first = Refresh.objects.get().release
    stage_put(Refresh.objects.get().base, Stage.SUPERSEDED, timezone.now())
    stage_put(first, Stage.PUBLISHED, timezone.now())
    approved(dataset, cast, site, note="Counted by week now.", extraction="The weekly export.")
    said = []
    for status in ("closed", "void", "open again"):
        site.files["/permits.csv"] = ("text/csv", f"number,status\nA-1,{status}\n".encode())
        fetched(dataset, cast)
        assert fetched_take(dataset_id=dataset.pk)
        refresh = Refresh.objects.exclude(release=first).order_by("pk").last()
        assert refresh is not None
        said.append((refresh.method_changed, refresh.method_note))
        if status == "closed":
            # What privacy did not let through says nothing of what is public.
            stage_put(refresh.release, Stage.WITHDRAWN, timezone.now())
        elif status == "void":
            stage_put(first, Stage.SUPERSEDED, timezone.now())
            stage_put(refresh.release, Stage.PUBLISHED, timezone.now())
    assert said == [(True, "Counted by week now.")] * 2 + [(False, "")]


def test_a_fetched_file_in_the_place_of_another_takes_no_answer_back(dataset: Dataset, cast: Cast) -> None:
    for is_changed in (True, False):
        refresh_received(
            dataset_id=dataset.pk,
            upload=ContentFile(f"number,changed\nA-1,{is_changed}\n".encode(), name="permits.csv"),  # type: ignore[arg-type]
            name="permits.csv",
            actor=None,
            method_changed=is_changed,
            method_note="Counted by week now." if is_changed else "",
        )
    refresh = Refresh.objects.get()
    assert (refresh.method_changed, refresh.method_note) == (True, "Counted by week now.")


def test_what_a_replaced_record_brought_is_set_aside_and_the_source_asked_anew(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, site)
    stale = fetched(dataset, cast)
    record = approved(dataset, cast, site, note="It read the wrong table.", extraction="The right view.")
    assert not fetched_take(dataset_id=dataset.pk)
    stale.refresh_from_db()
    assert not stale.is_waiting_for_release
    assert (stale.release_id, Refresh.objects.count()) == (None, 0)
    assert f"version {record.version} of the record was approved before" in stale.waits_because
    # The same bytes are new under the new record: no release took them.
    assert fetched(dataset, cast).record == record
    assert fetched_take(dataset_id=dataset.pk)


def test_what_was_fetched_waits_while_a_proposed_record_pauses_fetching(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    record = approved(dataset, cast, site)
    fetched(dataset, cast)
    proposed = etl_propose(
        dataset_id=dataset.pk,
        terms=EtlTerms("url", record.config, "The weekly export.", transformation="None.", method="replace"),
        actor=cast.steward,
        change_note="It read the wrong table.",
        meanwhile="pauses",
    )
    assert fetched_sweep() == 0
    etl_withdraw(record_id=proposed.pk, actor=cast.steward)
    assert fetched_sweep() == 1


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


@pytest.mark.parametrize("method", ["append", "upsert"])
def test_new_and_changed_rows_are_taken_one_file_at_a_time(
    dataset: Dataset, cast: Cast, site: Site, method: str
) -> None:
    """A newer file does not hold the rows of the one before: none is passed."""
    approved(dataset, cast, site, method=method)
    first = fetched(dataset, cast)
    site.files["/permits.csv"] = ("text/csv", b"number,status\nA-2,open\n")
    second = fetched(dataset, cast)
    assert fetched_take(dataset_id=dataset.pk)
    assert not fetched_take(dataset_id=dataset.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.release_id is not None
    assert second.is_waiting_for_release
    become_public(first)
    assert fetched_take(dataset_id=dataset.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert None not in (first.release_id, second.release_id)
    assert first.release_id != second.release_id


def become_public(fetch: Fetch) -> None:
    """The refresh with what was fetched takes the place of what was public."""
    refresh = Refresh.objects.get(release=fetch.release_id)
    stage_put(refresh.base, Stage.SUPERSEDED, timezone.now())
    stage_put(refresh.release, Stage.PUBLISHED, timezone.now())


def nothing_new(dataset: Dataset, cast: Cast) -> Fetch:
    fetch = fetch_request(dataset_id=dataset.pk, actor=cast.steward)
    Fetch.objects.filter(pk=fetch.pk).update(due_at=timezone.now())
    work_run(Fetch, fetch.pk, fetch_run)
    fetch.refresh_from_db()
    assert fetch.outcome == "same", fetch.error
    return fetch


def test_data_whose_source_was_read_today_and_holds_nothing_newer_is_not_late(
    dataset: Dataset, cast: Cast, site: Site, client: Client
) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(accrual_periodicity="daily", steward=cast.steward)
    approved(dataset, cast, site)
    fetch = fetched(dataset, cast)
    fetched_take(dataset_id=dataset.pk)
    fetch.refresh_from_db()
    become_public(fetch)
    public = Release.objects.filter(dataset=dataset, stage=Stage.PUBLISHED)
    public.update(published_at=timezone.now() - timedelta(days=5))
    Fetch.objects.filter(pk=fetch.pk).update(fetched_at=timezone.now() - timedelta(days=6))
    assert [line.dataset for line in due_lines()] == [dataset]
    looked = nothing_new(dataset, cast)
    assert due_lines() == []
    assert freshness_sweep() == 0
    assert freshness_of_many([dataset.pk])[dataset.pk].looked_at == looked.fetched_at
    client.force_login(cast.steward)
    page = client.get(reverse("dataset_refresh", args=[dataset.pk])).content.decode()
    assert "and its source held nothing new on" in page
    # It is counted from that look: a day without another is late again.
    (line,) = due_lines(now=timezone.now() + timedelta(days=3))
    assert line.freshness.band == "delinquent"


def test_data_is_late_although_its_source_gave_nothing_new_while_what_it_gave_before_is_not_public(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(accrual_periodicity="daily")
    Release.objects.filter(dataset=dataset).update(published_at=timezone.now() - timedelta(days=5))
    approved(dataset, cast, site)
    fetched(dataset, cast)
    fetched_take(dataset_id=dataset.pk)
    stage_put(Refresh.objects.get().release, Stage.WITHDRAWN, timezone.now())
    nothing_new(dataset, cast)
    (line,) = due_lines()
    assert line.freshness.looked_at is None
