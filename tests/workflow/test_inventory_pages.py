"""Import on the pages: upload, preview, confirm or discard."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.workflow import dataset_make
from workflow.models import Dataset, InventoryImport

pytestmark = pytest.mark.django_db
GOOD = b"Dataset name,Description,Data steward e-mail\nStreet trees,Every tree.,maria.lopez@example.gov\n"
BAD = GOOD + b"Clinics,,hugo.brandt@example.gov\n"


def page_of(response: Any) -> str:
    return str(response.content.decode())


def send(client: Client, cast: Cast, body: bytes, name: str = "trees.csv") -> Any:
    answers = {"department": cast.public_works.pk, "file": SimpleUploadedFile(name, body)}
    return client.post(reverse("inventory_import"), answers, follow=True)


def confirm(client: Client, shown: Any, **more: str) -> Any:
    row = InventoryImport.objects.latest("id")
    digest = shown.context["form"].initial["digest"]
    return client.post(
        reverse("inventory_import_apply", args=[row.pk]), {"digest": digest} | more, follow=True
    )


def test_a_coordinator_looks_at_an_inventory_and_then_takes_it_over(cast: Cast, client: Client) -> None:
    dataset_make(cast, title="Street trees", description="Some trees.")
    client.force_login(cast.coordinator)
    shown = send(client, cast, GOOD + b"Benches,Where to sit.,\n")
    page = page_of(shown)
    assert "Import 1 new and 1 changed" in page
    assert "<del>Some trees.</del> <ins>Every tree.</ins>" in page
    assert "Dataset.objects" not in page
    assert Dataset.objects.count() == 1
    assert "An upload waits for you" in page_of(client.get(reverse("inventory")))
    assert "Imported: 1 new, 1 changed, 0 unchanged." in page_of(confirm(client, shown))
    assert Dataset.objects.get(title="Street trees").description == "Every tree."
    again = send(client, cast, GOOD + b"Benches,Where to sit.,\n")
    assert "Nothing would change" in page_of(again)


def test_rows_with_errors_are_left_out_only_by_choice(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    shown = send(client, cast, BAD)
    page = page_of(shown)
    assert "Rows with errors stop the whole import" in page
    assert "hugo.brandt@example.gov” is no data steward in Public Works. Invite the person first" in page
    assert "nothing was taken over" in page_of(confirm(client, shown))
    assert not Dataset.objects.exists()
    assert "1 rows with errors were left out" in page_of(confirm(client, shown, leave_out="on"))
    assert [row.title for row in Dataset.objects.all()] == ["Street trees"]


def test_a_preview_can_be_discarded(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    send(client, cast, GOOD)
    row = InventoryImport.objects.get()
    discarded = client.post(reverse("inventory_import_discard", args=[row.pk]), follow=True)
    assert "The inventory is as it was" in page_of(discarded)
    assert "The import is decided" in page_of(client.get(reverse("inventory_import_preview", args=[row.pk])))


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("x.csv", b"Dataset name\nCaf\xe9\n", "UTF-8"),
        ("x.doc", b"words", "not accepted"),
        ("x.csv", b"", "empty"),
        ("x.csv", b"Colour\nred\n", "no column with the name of the dataset"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_at_its_field(
    name: str, body: bytes, sentence: str, cast: Cast, client: Client
) -> None:
    client.force_login(cast.coordinator)
    response = send(client, cast, body, name)
    assert response.status_code == 422
    assert sentence in page_of(response)


def test_an_upload_past_the_limit_is_dropped_while_it_arrives(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    client.force_login(cast.coordinator)
    response = send(client, cast, b"Dataset name\n" + b"x" * 70_000)
    assert response.status_code == 422
    assert "larger than 1 KB" in page_of(response)


def test_who_may_import_nowhere_gets_no_form_and_others_do_not_see_an_upload(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.coordinator)
    send(client, cast, GOOD)
    row = InventoryImport.objects.get()
    urls = [reverse(f"inventory_import_{what}", args=[row.pk]) for what in ("preview", "apply", "discard")]
    for person in (cast.steward, cast.other_coordinator, cast.foreign_cdo, cast["auditor"]):
        client.force_login(person)
        assert client.get(urls[0]).status_code == 404
        assert client.post(urls[1]).status_code == 404
        assert client.post(urls[2]).status_code == 404
    client.force_login(cast.steward)
    assert "Read the file" not in page_of(client.get(reverse("inventory")))
    assert send(client, cast, GOOD).status_code == 403
    client.force_login(cast.other_coordinator)
    assert send(client, cast, GOOD).status_code == 422, "the department is not a choice"
    row.refresh_from_db()
    assert row.status == "preview"


def test_the_template_is_for_everybody_and_has_the_headings(cast: Cast, client: Client) -> None:
    client.force_login(cast.steward)
    for form in ("csv", "xlsx"):
        assert client.get(reverse("inventory_template", args=[form])).status_code == 200
    assert client.get(reverse("inventory_template", args=["pdf"])).status_code == 404
