"""The demo has a dataset that is refreshed from a source which answers, and whose refresh went public by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossier.models import StoredFile
from publishing.models import EtlRecord, Fetch
from tests.services.standin import StandIn
from tests.workflow.refreshes import read_here
from workflow.demo.holdings import HOLDINGS
from workflow.demo.journey import Journey
from workflow.demo.world import world_make
from workflow.demo.year import followed
from workflow.models import Dataset, Refresh
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def test_its_source_its_fetch_and_its_drift_stand_on_the_pages(
    client: Client, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOURCE_ALLOW_LOOPBACK = True
    monkeypatch.setattr("dossier.services_files.read_in_child", read_here)
    world = world_make()
    holding = next(one for one in HOLDINGS if one.title == "Water main breaks")
    followed(Journey(world, holding, start=timezone.now() - timedelta(days=150), seed=1))
    dataset = Dataset.objects.get()
    record = EtlRecord.objects.get(dataset=dataset)
    assert (record.state, record.source) == ("approved", "url")
    fetch = Fetch.objects.get()
    assert (fetch.outcome, fetch.sha256) == ("new", refresh_file(fetch))
    refresh = Refresh.objects.get()
    assert (refresh.decision, refresh.release.stage) == ("publish", Stage.PUBLISHED)
    steward = dataset.steward
    assert steward is not None
    client.force_login(steward)
    page = client.get(reverse("dataset_source", args=[dataset.pk])).content.decode()
    assert "Release that took it" in page
    overview = client.get(reverse("release", args=[refresh.release_id])).content.decode()
    assert refresh.sentence and refresh.sentence in overview


def refresh_file(fetch: Fetch) -> str:
    """What the release took, as it came."""
    return StoredFile.objects.get(release=fetch.release_id, kind=StoredFile.Kind.RAW).sha256


def test_where_this_machine_may_not_be_asked_there_is_no_source(
    standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOURCE_ALLOW_LOOPBACK = False
    monkeypatch.setattr("workflow.demo.year.published", lambda journey: None)
    followed(Journey(world_make(), HOLDINGS[0], start=timezone.now(), seed=1))
    assert not EtlRecord.objects.exists()
