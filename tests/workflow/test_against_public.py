"""Whoever judges a release of data that is public reads what differs: rows, columns, values and every word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.profiles import profile_of
from accounts.selectors import profile_current
from audit.models import AuditEvent
from dossier.services_files import file_receive
from publishing.models import Permit, PortalAsset, Publication
from tests.cast import Cast
from tests.factories.publications import published
from tests.workflow.refreshes import HEADER, csv_of, public_dataset, refreshed, rows, run
from tests.workflow.test_refresh import reasons
from workflow.context import context_of
from workflow.models import Dataset, Refresh, Release
from workflow.refreshing import refresh_of
from workflow.selectors.against_public import replacing_warning
from workflow.services.catalogue import record_for
from workflow.services.datasets import dataset_change, release_open
from workflow.services.describing import against_of, description_changes
from workflow.services.refresh import refresh_on_its_way

pytestmark = pytest.mark.django_db


def next_by_hand(dataset: Dataset, cast: Cast, table: bytes) -> Release:
    release = release_open(dataset=dataset, actor=cast.coordinator)
    upload: Any = ContentFile(table, name="permits.csv")
    file_receive(release_id=release.pk, upload=upload, name="permits.csv", actor=cast.steward)
    run(release.pk)
    return Release.objects.get(pk=release.pk)


def kept_public(dataset: Dataset) -> None:
    """What publishing keeps of the copy on the portal: the record that was approved."""
    public = Release.objects.get(dataset=dataset, stage="PUBLISHED")
    context = context_of(public.pk)
    asset = PortalAsset.objects.create(dataset=dataset, domain="data.example.gov", remote_id="abcd-1234")
    Publication.objects.create(
        release=public,
        asset=asset,
        treated_sha256=context.data("treated", "sha256"),
        record=record_for(context).as_json(),
        record_digest=record_for(context).digest,
        permit=Permit.objects.get(release=public, revoked_at=None),
    )


def test_a_release_that_people_prepare_anew_is_compared_with_what_is_public(
    cast: Cast, client: Client
) -> None:
    dataset = public_dataset(cast)
    first = Release.objects.get(dataset=dataset)
    assert against_of(context_of(first.pk)) is None, "the first release is compared with nothing"
    table = csv_of(rows(1, 90), HEADER.replace("cost", "cost_usd"))
    release = next_by_hand(dataset, cast, table)
    sentence = "One column was renamed, and 25 % fewer rows; nothing else stands out."
    assert refresh_of(context_of(release.pk)) is None, "it is prepared from the start"
    assert refresh_on_its_way(dataset) is None
    client.force_login(cast.coordinator)
    for page in ("release", "release_reviews"):
        shown = client.get(reverse(page, args=[release.pk])).content.decode()
        assert sentence in shown
        assert "was called “cost”" in shown
        assert "Drift score: <strong>" in shown
    event = AuditEvent.objects.get(action="workflow.release_compared", release_id=release.pk)
    assert event.data == {"sentence": sentence, "base": 1}

    upload: Any = ContentFile(csv_of(rows()), name="permits.csv")
    file_receive(release_id=release.pk, upload=upload, name="permits.csv", actor=cast.steward)
    run(release.pk)
    again = Refresh.objects.get(release=release)
    assert again.sentence.startswith("Nothing changed but the values themselves")


def test_what_is_said_of_a_column_that_is_renamed_is_not_told_as_lost(cast: Cast) -> None:
    dataset = public_dataset(cast)
    kept_public(dataset)
    release = next_by_hand(dataset, cast, csv_of(rows(), HEADER.replace("cost", "cost_usd")))
    fields = [change.field for change in description_changes(context_of(release.pk))]
    assert not [field for field in fields if "“cost”" in field]


def test_every_field_that_reads_otherwise_is_named_with_both_its_words(cast: Cast, client: Client) -> None:
    public = published(cast, title="Permits", description="Every permit.", keywords=["building"])
    dataset = public.dataset
    release = release_open(dataset=dataset, actor=cast.coordinator)
    assert description_changes(context_of(release.pk)) == []
    fields = {
        "title": "Building permits",
        "keywords": ["building", "permits"],
        "accrual_periodicity": "annually",
        "geographic_coverage": "The whole county",
    }
    dataset_change(dataset=dataset, actor=cast.coordinator, fields=fields)
    changes = {row.field: (row.before, row.now) for row in description_changes(context_of(release.pk))}
    assert changes == {
        "Title": ("Permits", "Building permits"),
        "Keywords": ("building", "building, permits"),
        "Update frequency": ("Monthly", "Annually"),
        "Geographic coverage": ("", "The whole county"),
    }
    client.force_login(cast.coordinator)
    shown = client.get(reverse("release_reviews", args=[release.pk])).content.decode()
    assert "What reads otherwise" in shown and "Building permits" in shown and "Not said" in shown


def test_the_reason_why_a_refresh_is_reviewed_names_the_fields(cast: Cast) -> None:
    dataset = public_dataset(cast)
    kept_public(dataset)
    Dataset.objects.filter(pk=dataset.pk).update(title="Licences to build")
    refresh = refreshed(Dataset.objects.get(pk=dataset.pk), csv_of(rows(1, 125)))
    assert "The description of the data changed since it was approved: Title." in reasons(refresh)


def test_where_a_program_never_replaces_it_is_said_before_the_next_release_is_opened(cast: Cast) -> None:
    profile = profile_of(profile_current(cast.program))
    appends = replace(profile, updates=replace(profile.updates, methods=("append",)))
    assert "refresh the dataset instead" in replacing_warning(appends)
    assert not replacing_warning(replace(profile, updates=replace(profile.updates, methods=("replace",))))


def test_the_page_that_opens_it_leads_to_the_refresh(cast: Cast, client: Client) -> None:
    public = published(cast, title="Permits")
    client.force_login(cast.coordinator)
    shown = client.get(reverse("dataset_open_release", args=[public.dataset_id])).content.decode()
    assert reverse("dataset_refresh", args=[public.dataset_id]) in shown
