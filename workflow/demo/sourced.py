"""How one dataset of the demo city is refreshed from its source: an export that a server on this machine gives out.

The stand-in portal plays the server. Only development may ask this machine (SOURCE_ALLOW_LOOPBACK).
"""

from __future__ import annotations

import csv
from functools import partial

from django.conf import settings

from accounts.roles import Role
from publishing.models import EtlRecord, Fetch
from publishing.records import TEXT, PortalColumn, PortalRecord
from publishing.services.etl import EtlTerms, etl_decide, etl_propose
from publishing.services.fetches import fetch_request, fetch_run
from publishing.services.remote import open_portal
from work.services import work_run
from workflow.demo.holding import Holding
from workflow.demo.journey import Journey
from workflow.models import Refresh, Release
from workflow.services.fetched import fetched_take

# What the source system has recorded since the dataset was published.
_MORE_ROWS = 7
# One settling does a few steps of a refresh: it is read, scanned, checked, treated, compared and published.
_ROUNDS = 4


def source_follow(journey: Journey) -> None:
    """Describe the source of a public dataset, have it approved, fetch once, and let the refresh go its way."""
    if not settings.SOURCE_ALLOW_LOOPBACK:
        return
    holding, dataset_id = journey.holding, Release.objects.get(pk=journey.release_id).dataset_id
    rows = holding.file(seed=journey.seed, rows=holding.rows + _MORE_ROWS)
    record = source_describe(journey, dataset_id, export_offer(holding, rows))
    journey.wait(20, 30)
    fetch = fetch_request(dataset_id=dataset_id, actor=journey.holder(Role.STEWARD), now=journey.now)
    work_run(Fetch, fetch.pk, partial(fetch_run, now=journey.now))
    if not fetched_take(dataset_id=dataset_id, now=journey.now):
        return
    journey.release_id = Refresh.objects.get(release__fetches__record=record).release_id
    for _ in range(_ROUNDS):
        journey.run_pending()


def source_describe(journey: Journey, dataset_id: int, url: str) -> EtlRecord:
    """The steward proposes the record, the department's lead approves it some days later."""
    holding = journey.holding
    journey.wait(2, 5)
    terms = EtlTerms(
        source="url",
        config={"url": url},
        extraction=f"The weekly export of the {holding.source.lower()}, with every record since the beginning.",
        columns=tuple(name for name, _, _ in holding.columns),
        transformation="Nothing is changed or left out.",
        method=EtlRecord.Method.REPLACE,
        frequency=EtlRecord.Frequency.WEEKLY,
    )
    record = etl_propose(
        dataset_id=dataset_id, terms=terms, actor=journey.holder(Role.STEWARD), now=journey.now
    )
    journey.wait(1, 3)
    return etl_decide(
        record_id=record.pk,
        approve=True,
        digest=record.digest,
        actor=journey.holder(Role.DEPARTMENT_APPROVER),
        now=journey.now,
    )


def export_offer(holding: Holding, content: bytes) -> str:
    """Put the export on the stand-in as a public table of its own. Returns the address of its CSV."""
    header, *lines = csv.reader(content.decode().splitlines())
    key = header[0]
    record = PortalRecord(
        external_key=f"demo-export-{holding.title.lower().replace(' ', '-')}",
        name=f"{holding.source}: {holding.title.lower()} (export)",
        description="What the system of the department gives out each week; the city's catalogue is made from it.",
        columns=tuple(PortalColumn(name, name, TEXT) for name in header),
        row_identifier=key,
    )
    with open_portal(lambda why: None) as portal:
        remote_id = portal.create(record).remote_id
        portal.push_chunk(remote_id, [dict(zip(header, line, strict=True)) for line in lines])
        portal.publish(remote_id)
        portal.set_scope(remote_id, "public")
    return f"{settings.SOCRATA_SCHEME}://{settings.SOCRATA_DOMAIN}/resource/{remote_id}.csv?$order={key}&$limit=50000"
