"""The reconciliation note: rows and columns from the source to the portal, signed by a person, stopped by a gap."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from dossier.services import fact_record
from publishing.models import Publication
from tests.cast import Cast
from tests.factories.publications import published
from tests.factories.workflow import TREATED
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import Dataset, Reconciliation, Release
from workflow.selectors.reconciliation import first_counts, note_of
from workflow.services.datasets import release_open
from workflow.services.reconciliation import reconciliation_sign

pytestmark = pytest.mark.django_db

COLUMNS = [{"name": "permit", "type": "text"}]


@pytest.fixture
def release(cast: Cast) -> Release:
    release = published(cast, title="Permits")
    counted(release, file_rows=40)
    publication = Publication.objects.get(release=release)
    publication.receipt["public"] |= {"rows": 40, "columns": 2}
    publication.save()
    return release


def counted(release: Release, file_rows: int) -> None:
    about, columns = {"file": f"file of {file_rows}"}, COLUMNS
    for kind, data in (
        ("file", {"rows": file_rows, "columns": len(columns)}),
        ("treated", {"sha256": TREATED, "rows": 40, "columns": columns}),
    ):
        fact_record(release_id=release.pk, kind=kind, ok=True, about=about, data=data)


def test_a_person_signs_the_counts_and_the_page_keeps_who_and_when(
    cast: Cast, client: Client, release: Release
) -> None:
    client.force_login(cast.coordinator)
    way_in = client.get(reverse("release_publication", args=[release.pk])).content.decode()
    url = reverse("release_reconciliation", args=[release.pk])
    assert url in way_in
    posted = client.post(url, {"source_rows": 40, "source_columns": 1, "note": ""})
    assert posted.status_code == 302
    note = Reconciliation.objects.get()
    assert [(line["rows"], line["columns"]) for line in note.lines] == [(40, 1), (40, 1), (40, 2)]
    shown = client.get(url).content.decode()
    assert "Signed" in shown and str(cast.coordinator) in shown and "data.example.gov" in shown
    event = AuditEvent.objects.get(action="workflow.reconciled")
    assert event.data == {"rows": 40, "columns": 1, "places": 1}


def test_the_count_of_a_newer_file_is_not_proposed_for_an_earlier_release(
    cast: Cast, release: Release
) -> None:
    Dataset.objects.filter(pk=release.dataset_id).update(source_rows=40)
    assert first_counts(context_of(release.pk))["source_rows"] == 40
    release_open(dataset=release.dataset, actor=cast.coordinator)
    Dataset.objects.filter(pk=release.dataset_id).update(source_rows=55)
    assert first_counts(context_of(release.pk))["source_rows"] is None


@pytest.mark.parametrize(
    ("rows", "columns", "sentence"),
    [(41, 1, "The source has 41 rows, the file 40."), (40, 3, "The source has 3 columns, the file 1.")],
)
def test_a_gap_is_named_and_nothing_is_signed(
    cast: Cast, client: Client, release: Release, rows: int, columns: int, sentence: str
) -> None:
    client.force_login(cast.coordinator)
    url = reverse("release_reconciliation", args=[release.pk])
    refused = client.post(url, {"source_rows": rows, "source_columns": columns})
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert not Reconciliation.objects.exists()


def test_columns_left_out_on_purpose_are_explained_but_a_portal_that_lacks_rows_is_not(
    cast: Cast, release: Release
) -> None:
    Publication.objects.update(receipt={"public": {"rows": 39, "columns": 2}})
    said = {"release_id": release.pk, "source_rows": 40, "source_columns": 3, "actor": cast.coordinator}
    with pytest.raises(MoveRefused, match="has 39 rows, the treated copy 40"):
        reconciliation_sign(**said, note="Two columns are for the office only.")  # type: ignore[arg-type]
    Publication.objects.update(receipt={"public": {"rows": 40, "columns": 2}})
    signed = reconciliation_sign(**said, note="Two columns are for the office only.")  # type: ignore[arg-type]
    assert signed.source_columns == 3
    assert reconciliation_sign(**said).pk == signed.pk  # type: ignore[arg-type]


def test_another_file_needs_another_note(cast: Cast, release: Release) -> None:
    reconciliation_sign(release_id=release.pk, source_rows=40, source_columns=1, actor=cast.coordinator)
    assert note_of(context_of(release.pk)) is not None
    counted(release, file_rows=50)
    assert note_of(context_of(release.pk)) is None


def test_who_only_reads_the_release_does_not_sign(cast: Cast, client: Client, release: Release) -> None:
    client.force_login(cast.privacy_officer)
    url = reverse("release_reconciliation", args=[release.pk])
    assert "Sign the reconciliation" not in client.get(url).content.decode()
    assert client.post(url, {"source_rows": 40, "source_columns": 1}).status_code == 403
