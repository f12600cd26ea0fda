"""The record is approved by the department, the source is asked on its day, and failures park it once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from audit.models import AuditEvent
from dossier.storage import open_key, private_storage
from notifications.models import OutgoingMessage
from publishing.errors import EtlRefused
from publishing.models import EtlRecord, Fetch, RefreshState, SourceHost
from publishing.selectors_sources import (
    fetches_waiting,
    record_in_force,
    record_proposed,
    refresh_page,
    versions_of,
)
from publishing.services.etl import EtlTerms, etl_decide, etl_propose, etl_withdraw
from publishing.services.fetches import fetch_request, fetch_run, fetch_taken, fetches_sweep
from publishing.services.hosts import FAILURES, host_failed
from publishing.services.sampling import source_sample
from publishing.services.timetable import next_due
from tests.cast import Cast
from tests.factories.publications import stage_put
from tests.factories.workflow import dataset_make
from tests.publishing.sources.server import Site
from work.services import work_run
from workflow.models import Dataset
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

ROWS = b"number,status\nA-1,open\nA-2,closed\n"


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    """A public dataset."""
    made = dataset_make(cast, title="Building permits")
    stage_put(made.current_release, Stage.PUBLISHED, timezone.now())
    return made


def terms(site: Site, **changes: Any) -> EtlTerms:
    site.files.setdefault("/permits.csv", ("text/csv", ROWS))
    about: dict[str, Any] = {
        "source": "url",
        "config": {"url": f"{site.url}/permits.csv"},
        "extraction": "The nightly export of the permit system.",
        "columns": ("number", "status"),
        "transformation": "Nothing is changed.",
        "method": "replace",
        "frequency": "daily",
    }
    return EtlTerms(**(about | changes))


def approved(dataset: Dataset, cast: Cast, wanted: EtlTerms, **about: Any) -> EtlRecord:
    record = etl_propose(dataset_id=dataset.pk, terms=wanted, actor=cast.steward, **about)
    return etl_decide(
        record_id=record.pk, approve=True, digest=record.digest, actor=cast[Role.DEPARTMENT_APPROVER]
    )


def run(fetch: Fetch) -> Fetch:
    Fetch.objects.filter(pk=fetch.pk).update(due_at=timezone.now())
    work_run(Fetch, fetch.pk, fetch_run)
    fetch.refresh_from_db()
    return fetch


def due(dataset: Dataset) -> datetime:
    at = RefreshState.objects.get(dataset=dataset).due_at
    assert at is not None
    return at


# the record


def test_a_record_is_proposed_approved_by_the_department_and_in_force(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    record = etl_propose(dataset_id=dataset.pk, terms=terms(site), actor=cast.steward)
    assert record_in_force(dataset.pk) is None
    letter = OutgoingMessage.objects.get(message_id="etl_proposed")
    assert (letter.recipient, letter.asked) == (cast[Role.DEPARTMENT_APPROVER], True)
    with pytest.raises(EtlRefused, match="You proposed this version"):
        etl_decide(record_id=record.pk, approve=True, digest=record.digest, actor=cast.steward)
    approver = cast[Role.DEPARTMENT_APPROVER]
    etl_decide(record_id=record.pk, approve=True, digest=record.digest, actor=approver)
    assert record_in_force(dataset.pk) == record
    assert OutgoingMessage.objects.get(message_id="etl_decided").recipient == cast.steward
    with pytest.raises(EtlRefused, match="does not wait"):
        etl_decide(record_id=record.pk, approve=True, digest=record.digest, actor=approver)
    actions = list(AuditEvent.objects.filter(action__startswith="source.").values_list("action", flat=True))
    assert sorted(actions) == ["source.approved", "source.proposed"]


def test_the_database_holds_the_four_eyes_too(dataset: Dataset, cast: Cast, site: Site) -> None:
    record = etl_propose(dataset_id=dataset.pk, terms=terms(site), actor=cast.steward)
    with pytest.raises(IntegrityError), transaction.atomic():
        EtlRecord.objects.filter(pk=record.pk).update(state="approved", decided_by=cast.steward)


def test_a_change_is_a_new_version_and_the_old_one_goes_on_until_it_is_approved(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    first = approved(dataset, cast, terms(site))
    with pytest.raises(ValidationError) as refused:
        etl_propose(dataset_id=dataset.pk, terms=terms(site), actor=cast.steward)
    assert "Nothing differs" in str(refused.value)
    changed = terms(site, frequency="weekly", columns=("number",))
    with pytest.raises(ValidationError, match="Say what changes"):
        etl_propose(dataset_id=dataset.pk, terms=changed, actor=cast.steward)
    second = etl_propose(dataset_id=dataset.pk, terms=changed, actor=cast.steward, change_note="Once a week.")
    assert record_in_force(dataset.pk) == first
    assert [view.changed for view in versions_of(dataset.pk)] == [["Columns", "Schedule"], []]
    etl_decide(record_id=second.pk, approve=True, digest=second.digest, actor=cast[Role.DEPARTMENT_APPROVER])
    first.refresh_from_db()
    assert first.state == EtlRecord.State.REPLACED
    assert record_in_force(dataset.pk) == second


def test_what_is_sent_back_needs_a_reason_and_leaves_the_old_version(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    first = approved(dataset, cast, terms(site))
    about = {"actor": cast[Role.DEPARTMENT_APPROVER], "approve": False}
    second = etl_propose(
        dataset_id=dataset.pk, terms=terms(site, hour=3), actor=cast.steward, change_note="At night."
    )
    with pytest.raises(EtlRefused, match="Say what is to be changed"):
        etl_decide(record_id=second.pk, digest=second.digest, **about)
    etl_decide(record_id=second.pk, digest=second.digest, note="The backup runs at 3.", **about)
    assert record_in_force(dataset.pk) == first
    third = etl_propose(
        dataset_id=dataset.pk, terms=terms(site, hour=4), actor=cast.steward, change_note="After the backup."
    )
    etl_withdraw(record_id=third.pk, actor=cast.steward)
    assert record_proposed(dataset.pk) is None


def test_a_version_may_pause_fetching_until_it_is_approved(dataset: Dataset, cast: Cast, site: Site) -> None:
    approved(dataset, cast, terms(site))
    etl_propose(
        dataset_id=dataset.pk,
        terms=terms(site, hour=3),
        actor=cast.steward,
        change_note="The export moved.",
        meanwhile="pauses",
    )
    assert fetches_sweep(now=due(dataset)) == 0
    with pytest.raises(EtlRefused, match="nothing is fetched until then"):
        fetch_request(dataset_id=dataset.pk, actor=cast.steward)


def test_the_methods_are_those_of_the_program(dataset: Dataset, cast: Cast, site: Site) -> None:
    with pytest.raises(ValidationError) as refused:
        etl_propose(
            dataset_id=dataset.pk,
            terms=terms(site, method="merge", extraction=" ", config={"url": "http://10.0.0.1/x.csv"}),
            actor=cast.steward,
        )
    assert set(refused.value.message_dict) == {"method", "extraction", "url"}


# the schedule


def test_the_source_is_asked_at_the_hour_of_the_program(dataset: Dataset, cast: Cast, site: Site) -> None:
    record = approved(dataset, cast, terms(site, frequency="weekly", hour=6))
    zone = "America/Los_Angeles"
    noon = datetime.fromisoformat("2026-11-20T20:00:00+00:00")  # Friday noon in Los Angeles
    record.decided_at = noon
    first = next_due(record, after=noon, zone=zone)
    assert first is not None
    assert first.isoformat() == "2026-11-21T06:00:00-08:00"
    then = next_due(record, after=first + timedelta(minutes=3), zone=zone)
    assert then is not None
    assert then.isoformat() == "2026-11-28T06:00:00-08:00"
    record.frequency = "by_hand"
    assert next_due(record, after=noon, zone=zone) is None


def test_a_source_of_weekdays_is_not_asked_on_a_weekend(dataset: Dataset, cast: Cast, site: Site) -> None:
    record = approved(dataset, cast, terms(site, frequency="weekdays", hour=6))
    record.decided_at = datetime.fromisoformat("2026-11-20T20:00:00+00:00")
    friday = datetime.fromisoformat("2026-11-27T14:03:00+00:00")
    then = next_due(record, after=friday, zone="America/Los_Angeles")
    assert then is not None
    assert then.isoformat() == "2026-11-30T06:00:00-08:00"


def test_what_is_due_is_fetched_once_and_lies_in_private_storage(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, terms(site))
    at = due(dataset)
    assert fetches_sweep(now=at - timedelta(minutes=1)) == 0
    assert fetches_sweep(now=at) == 1
    assert fetches_sweep(now=at) == 0
    fetch = run(Fetch.objects.get(dataset=dataset))
    assert (fetch.status, fetch.outcome) == ("done", "new")
    assert fetch.result == f"{len(ROWS)} bytes."
    assert fetch.name.startswith(f"{dataset.inventory_id}-")
    with open_key(fetch.storage_key) as stored:
        assert stored.read() == ROWS
    assert fetches_waiting(dataset.pk) == [fetch]
    assert due(dataset) > at


def test_unchanged_data_is_nothing_new(dataset: Dataset, cast: Cast, site: Site) -> None:
    approved(dataset, cast, terms(site))
    first = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    again = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    assert (again.outcome, again.result) == (
        "same",
        "The source says that its data did not change.",
    )
    assert fetches_waiting(dataset.pk) == [first]
    fetch_taken(fetch_id=first.pk, release_id=dataset.current_release.pk)
    assert fetches_waiting(dataset.pk) == []


def test_the_same_bytes_as_the_last_time_are_nothing_new_and_not_stored_again(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    """Else bytes whose file was deleted would lie in storage again, and no row would ever let go of them."""
    approved(dataset, cast, terms(site))
    first = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    # The source does not say what version it gives, as many do not.
    RefreshState.objects.update(validators={})
    private_storage().delete(first.storage_key)
    again = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    assert (again.outcome, again.storage_key) == ("same", "")
    assert "The same bytes came as the last time, unchanged since" in again.result
    assert not private_storage().exists(first.storage_key)


def test_of_whole_tables_the_newest_waits_and_of_appended_rows_every_one(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, terms(site))
    first = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    site.files["/permits.csv"] = ("text/csv", ROWS + b"A-3,open\n")
    second = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    assert fetches_waiting(dataset.pk) == [second]
    EtlRecord.objects.update(method="append")
    assert fetches_waiting(dataset.pk) == [first, second]


def test_a_dataset_that_is_not_public_is_not_fetched_by_schedule(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, terms(site))
    stage_put(dataset.current_release, Stage.RETIRED, timezone.now())
    assert fetches_sweep(now=due(dataset)) == 0


# failures


def test_the_third_failure_in_a_row_parks_and_tells_once(dataset: Dataset, cast: Cast, site: Site) -> None:
    approved(dataset, cast, terms(site))
    site.refuses["/permits.csv"] = (404, {})
    fetch = fetch_request(dataset_id=dataset.pk, actor=cast.steward)
    for failures in (1, 2):
        run(fetch)
        assert fetch.status == "queued"
        assert RefreshState.objects.get(dataset=dataset).failures == failures
    assert not OutgoingMessage.objects.filter(message_id="refresh_parked").exists()
    run(fetch)
    assert (fetch.status, fetch.outcome) == ("dead", "failed")
    state = RefreshState.objects.get(dataset=dataset)
    assert state.parked_at is not None
    assert "no such data any more" in state.parked_because
    letters = OutgoingMessage.objects.filter(message_id="refresh_parked")
    assert {letter.recipient for letter in letters} == {cast.steward, cast.coordinator}
    assert all(letter.asked for letter in letters)
    # Parked, nothing is asked any more, and nobody is told again.
    assert fetches_sweep(now=timezone.now() + timedelta(days=9)) == 0
    assert letters.count() == 2
    site.refuses.clear()
    again = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    assert again.outcome == "new"
    state.refresh_from_db()
    assert (state.parked_at, state.failures) == (None, 0)


def test_what_waiting_does_not_cure_is_parked_at_once(dataset: Dataset, cast: Cast, site: Site) -> None:
    wanted = terms(site, config={"url": f"{site.url}/permits.csv", "secret": "NOT_SET"})
    approved(dataset, cast, wanted)
    fetch = run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    assert fetch.status == "dead"
    assert "SOURCE_SECRET_NOT_SET" in fetch.error
    assert RefreshState.objects.get(dataset=dataset).parked_at is not None


def test_a_host_that_fails_rests_and_waiting_for_it_is_no_failure(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    approved(dataset, cast, terms(site))
    host = f"127.0.0.1:{site.port}"
    fetch = fetch_request(dataset_id=dataset.pk, actor=cast.steward)
    for _ in range(FAILURES):
        host_failed(host=host, now=timezone.now())
    run(fetch)
    assert fetch.status == "queued"
    assert "left alone for a while" in fetch.error
    assert RefreshState.objects.get(dataset=dataset).failures == 0
    assert site.asked == []
    # A person may ask all the same, and an answer ends the rest.
    assert run(fetch_request(dataset_id=dataset.pk, actor=cast.steward)).outcome == "new"
    assert SourceHost.objects.get(host=host).failures == 0


def test_no_secret_reaches_database_letters_or_history(
    dataset: Dataset, cast: Cast, site: Site, settings: Any
) -> None:
    settings.SOURCE_SECRETS = {"PERMITS": "canary-secret-of-the-source"}
    site.refuses["/permits.csv"] = (403, {})
    approved(dataset, cast, terms(site, config={"url": f"{site.url}/permits.csv", "secret": "PERMITS"}))
    fetch = fetch_request(dataset_id=dataset.pk, actor=cast.steward)
    for _ in range(3):
        run(fetch)
    assert site.asked[0][1]["authorization"] == "Bearer canary-secret-of-the-source"
    held = [
        *Fetch.objects.values(),
        *EtlRecord.objects.values(),
        *RefreshState.objects.values(),
        *AuditEvent.objects.values(),
        *OutgoingMessage.objects.values(),
    ]
    assert "canary" not in str(held)


# a look before


def test_a_test_of_the_source_tells_columns_and_types_and_keeps_nothing(
    dataset: Dataset, cast: Cast, site: Site
) -> None:
    rows = b"".join(b'P-%d,2026-01-02,"two\nlines",1.5\n' % n for n in range(20_000))
    site.files["/permits.csv"] = ("text/csv", b"number,issued,note,fee\n" + rows)
    config = {"url": f"{site.url}/permits.csv"}
    sample = source_sample(dataset=dataset, source="url", config=config, actor=cast.steward)
    assert sample.problem == ""
    assert sample.columns == (
        ("number", "text"),
        ("issued", "date"),
        ("note", "text"),
        ("fee", "decimal"),
    )
    assert sample.size == 100_000
    assert Fetch.objects.count() == 0
    site.refuses["/permits.csv"] = (503, {})
    sample = source_sample(dataset=dataset, source="url", config=config, actor=cast.steward)
    assert "has trouble just now" in sample.problem
    assert AuditEvent.objects.filter(action="source.tested").count() == 2


def test_the_page_tells_how_it_stands_in_a_handful_of_questions(
    dataset: Dataset, cast: Cast, site: Site, django_assert_max_num_queries: Any
) -> None:
    approved(dataset, cast, terms(site))
    run(fetch_request(dataset_id=dataset.pk, actor=cast.steward))
    with django_assert_max_num_queries(10):
        page = refresh_page(dataset.pk)
    assert page["is_fetched"]
    assert [one.outcome for one in page["fetches"]] == ["new"]
    assert ("Schedule", "Every day, at 6:00") in page["record_lines"]
