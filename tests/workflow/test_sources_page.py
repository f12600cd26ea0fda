"""The refresh page: described, tested, proposed, approved, fetched, parked; each by who may and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from publishing.models import EtlRecord, Fetch, RefreshState
from publishing.services.fetches import fetch_run
from tests.cast import Cast
from tests.factories.publications import published, stage_put
from tests.factories.workflow import dataset_make
from tests.publishing.sources.server import Site, serving
from work.services import work_run
from workflow.models import Dataset
from workflow.selectors.errands import errands_of
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


def by(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(site: Site, **changes: str) -> dict[str, str]:
    about = {
        "source": "url",
        "config_url": f"{site.url}/permits.csv",
        "extraction": "The nightly export.",
        "columns": "number\nstatus",
        "transformation": "Nothing is changed.",
        "method": "replace",
        "frequency": "daily",
        "hour": "6",
        "action": "propose",
    }
    return about | changes


def page(person: Any, dataset: Dataset) -> str:
    answer = by(person).get(reverse("dataset_source", args=[dataset.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def propose(cast: Cast, dataset: Dataset, site: Site, **changes: str) -> EtlRecord:
    url = reverse("source_propose", args=[dataset.pk])
    answer = by(cast.steward).post(url, said(site, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return EtlRecord.objects.filter(dataset=dataset).first()


def decide(person: Any, record: EtlRecord, **changes: str) -> Any:
    url = reverse("source_decide", args=[record.dataset_id, record.pk])
    about = {"digest": record.digest, "note": "", "decision": "approve"}
    return by(person).post(url, about | changes)


def run(dataset: Dataset) -> None:
    for fetch in Fetch.objects.filter(dataset=dataset, status="queued"):
        Fetch.objects.filter(pk=fetch.pk).update(due_at=timezone.now())
        work_run(Fetch, fetch.pk, fetch_run)


def test_a_steward_describes_the_source_and_the_department_approves_it(
    cast: Cast, dataset: Dataset, site: Site
) -> None:
    assert "Nobody has said yet" in page(cast.steward, dataset)
    record = propose(cast, dataset, site)
    approver = cast[Role.DEPARTMENT_APPROVER]
    assert "Read and decide" in {errand.button for errand in errands_of(approver)}
    assert "Read and decide" not in {errand.button for errand in errands_of(cast.steward)}
    assert "Approve version 1" in page(approver, dataset)
    assert "Approve version 1" not in page(cast.steward, dataset)
    assert decide(cast.steward, record).status_code == 403
    assert decide(approver, record).status_code == 302
    shown = page(cast.steward, dataset)
    assert "In force: version 1" in shown
    assert "Every day, at 6:00" in shown
    assert f"approved by {approver}" in shown


def test_what_is_sent_back_says_why_and_stays_in_the_versions(
    cast: Cast, dataset: Dataset, site: Site
) -> None:
    record = propose(cast, dataset, site)
    decide(cast[Role.DEPARTMENT_APPROVER], record, decision="refuse", note="Read the view, not the table.")
    shown = page(cast.steward, dataset)
    assert "Sent back" in shown
    assert "Read the view, not the table." in shown


def test_each_kind_of_source_asks_for_its_own_things(cast: Cast, dataset: Dataset) -> None:
    client = by(cast.steward)
    for kind, label in (
        ("soda", "Domain of the portal"),
        ("ckan", "Identifier of the resource"),
        ("arcgis", "Address of the layer"),
        ("s3", "Which files"),
        ("sql", "Name of the connection"),
        ("upload", "how often a new file is due"),
    ):
        answer = client.get(reverse("source_propose", args=[dataset.pk]), {"source": kind})
        assert answer.status_code == 200
        assert label in answer.content.decode()


def test_a_test_shows_columns_and_types_and_no_value(cast: Cast, dataset: Dataset, site: Site) -> None:
    url = reverse("source_propose", args=[dataset.pk])
    answer = by(cast.steward).post(url, said(site, action="test", extraction=""))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "The source answers: 2 columns" in shown
    assert "A-1" not in shown
    assert not EtlRecord.objects.exists()
    assert "This field is required" not in shown


def test_what_cannot_work_is_said_beside_its_field(cast: Cast, dataset: Dataset, site: Site) -> None:
    url = reverse("source_propose", args=[dataset.pk])
    wrong = said(site, config_url="https://data.example.gov/x.csv?token=abc")
    answer = by(cast.steward).post(url, wrong)
    assert answer.status_code == 422
    assert "holds a key" in answer.content.decode()
    answer = by(cast.steward).post(url, said(site, transformation="We drop the row of SSN 536-22-8726."))
    assert answer.status_code == 422


def test_a_parked_refresh_is_shown_to_its_people_and_the_public_reads_the_notice(
    cast: Cast, dataset: Dataset, site: Site
) -> None:
    decide(cast[Role.DEPARTMENT_APPROVER], propose(cast, dataset, site))
    site.refuses["/permits.csv"] = (404, {})
    client = by(cast.steward)
    client.post(reverse("source_fetch", args=[dataset.pk]))
    for _ in range(3):
        run(dataset)
    assert RefreshState.objects.get(dataset=dataset).parked_at
    shown = page(cast.steward, dataset)
    assert "The automated refresh is parked" in shown
    assert "cannot be read at the moment" in shown
    assert "look why the automated refresh is parked" in {e.what for e in errands_of(cast.steward)}
    site.refuses.clear()
    client.post(reverse("source_fetch", args=[dataset.pk]))
    run(dataset)
    shown = page(cast.steward, dataset)
    assert "The automated refresh is parked" not in shown
    assert "New data" in shown


def test_only_who_prepares_the_data_may_touch_the_source(cast: Cast, dataset: Dataset, site: Site) -> None:
    for person, status in ((cast.other_steward, 404), (cast.outsider, 403), (cast[Role.AUDITOR], 403)):
        answer = by(person).post(reverse("source_fetch", args=[dataset.pk]))
        assert answer.status_code in (status, 302 if person == cast.outsider else status)
        assert by(person).get(reverse("source_propose", args=[dataset.pk])).status_code != 200
    assert not Fetch.objects.exists()


def test_the_overview_leads_to_the_source(cast: Cast, dataset: Dataset) -> None:
    answer = by(cast.steward).get(reverse("release", args=[dataset.current_release.pk]))
    assert reverse("dataset_source", args=[dataset.pk]) in answer.content.decode()


def test_the_public_reads_the_notice_of_the_program_while_the_refresh_is_parked(cast: Cast) -> None:
    dataset = published(cast, title="Building permits").dataset
    url = reverse("catalogue_dataset", args=[dataset.program.code, dataset.inventory_id])
    state = RefreshState.objects.create(dataset=dataset, parked_at=timezone.now(), parked_because="It broke.")
    shown = Client().get(url).content.decode()
    assert "The source of this data cannot be read at the moment" in shown
    assert "It broke." not in shown
    RefreshState.objects.filter(pk=state.pk).update(parked_at=None)
    assert "cannot be read at the moment" not in Client().get(url).content.decode()


def test_nobody_is_asked_where_the_new_data_of_a_retired_dataset_comes_from(
    cast: Cast, dataset: Dataset
) -> None:
    release = dataset.current_release
    overview, ask = reverse("release", args=[release.pk]), reverse("source_propose", args=[dataset.pk])
    assert "Say where it comes from" in by(cast.steward).get(overview).content.decode()
    assert ask in page(cast.steward, dataset)
    stage_put(release, Stage.RETIRED, timezone.now())
    assert "Say where it comes from" not in by(cast.steward).get(overview).content.decode()
    assert ask not in page(cast.steward, dataset)
    assert "No new data comes to it" in page(cast.steward, dataset)
    refused = by(cast.steward).get(ask)
    assert refused.status_code == 403
    assert "This dataset was retired" in refused.content.decode()


def test_a_version_that_waits_is_taken_back_after_the_retirement_too(
    cast: Cast, dataset: Dataset, site: Site
) -> None:
    record = propose(cast, dataset, site)
    stage_put(dataset.current_release, Stage.RETIRED, timezone.now())
    shown = page(cast.steward, dataset)
    assert "Change it" not in shown
    withdraw = reverse("source_withdraw", args=[dataset.pk, record.pk])
    assert withdraw in shown
    by(cast.steward).post(withdraw)
    record.refresh_from_db()
    assert record.state == EtlRecord.State.WITHDRAWN
