"""The inventory as a file: every holding has a row, and the public reads nothing restricted."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from audit.models import AuditEvent
from tests.cast import Cast
from tests.factories.workflow import dataset_make, release_at
from workflow.inventory_columns import COLUMNS
from workflow.models import Dataset, Distribution
from workflow.selectors.inventory_io import columns_for
from workflow.services.inventory_export import inventory_export
from workflow.services.priority import priority_override, priority_score
from workflow.services.withholding import withholding_record
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
SECRET = "restricted-words"


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def export(cast: Cast, audience: str, *, actor: Any = None, form: str = "csv") -> bytes:
    return inventory_export(
        program=cast.program, department=None, audience=audience, form=form, actor=actor or cast.cdo
    ).body


def full_record(cast: Cast) -> Dataset:
    """A dataset with a word in every field that the public may not read."""
    dataset = dataset_make(
        cast,
        title="Case files",
        custodian=cast["custodian"],
        technical_challenges=SECRET,
        security_level=SECRET,
        security_level_reason=SECRET,
        priority_comment=SECRET,
        quality_details=SECRET,
        classification="protected",
        classification_ground=SECRET,
        output_classification="public",
        output_ground=SECRET,
        high_value=["B", "A"],
        coverage_start=date(2020, 1, 1),
    )
    priority_score(dataset=dataset, answers={"demand": "high"}, actor=cast.coordinator)
    priority_override(dataset=dataset, band="P1", reason=SECRET, actor=cast.coordinator)
    withholding_record(
        dataset=dataset,
        kind="elected",
        ground="investigation",
        citation="NCGS 132-1.4",
        details=SECRET,
        elected_by=SECRET,
        until=timezone.localdate() + timedelta(days=9),
        actor=cast.coordinator,
    )
    return dataset


def test_the_public_export_holds_no_restricted_field(cast: Cast) -> None:
    full_record(cast)
    for form in ("csv", "xlsx"):
        body = export(cast, "public", form=form)
        text = body.decode("utf-8-sig") if form == "csv" else _workbook_text(body)
        assert SECRET not in text
        assert "@" not in text
        for person in (cast.steward, cast.coordinator, cast["custodian"]):
            assert person.full_name not in text
        assert "Case files" in text
        assert "NCGS 132-1.4" in text
    restricted = {column.heading for column in COLUMNS} - {column.heading for column in columns_for("public")}
    assert {
        "Data steward e-mail",
        "Technical challenges",
        "Security level",
        "Withholding in words",
        "Contact e-mail",
    } <= restricted


def _workbook_text(body: bytes) -> str:
    sheet = load_workbook(io.BytesIO(body)).active
    return "\n".join(str(cell.value or "") for row in sheet.iter_rows() for cell in row)


def test_the_full_export_tells_everything_about_every_holding(cast: Cast) -> None:
    full_record(cast)
    published = release_at(Stage.PUBLISHED, cast, title="Street trees")
    Distribution.objects.filter(dataset=published.dataset).update(public_url="https://data.example.gov/d/1")
    dataset_make(cast, title="Resting", department=cast.health, steward=None, coordinator=None)
    Dataset.objects.filter(title="Resting").update(not_for_release_reason="Too small.")
    rows = {row["Dataset name"]: row for row in rows_of(export(cast, "full"))}
    assert set(rows) == {"Case files", "Street trees", "Resting"}
    case = rows["Case files"]
    assert case["Inventory ID"] == "PUB0001"
    assert case["High-value criteria"] == "A; B"
    assert case["Classification"] == "Protected"
    assert case["Classification of what is published"] == "Public"
    assert (case["Start date"], case["End date"]) == ("2020-01-01", "Current")
    assert case["Publication status"] == "Withheld"
    assert case["Withholding elected by"] == SECRET
    assert case["Priority by the program's scale"] == "P1"
    assert case["Why the priority was set by hand"] == SECRET
    assert rows["Street trees"]["Publication status"] == "Public"
    assert rows["Street trees"]["Public address"] == "https://data.example.gov/d/1"
    assert rows["Resting"]["Publication status"] == "Not for release"
    event = AuditEvent.objects.filter(action="workflow.inventory_exported").latest("id")
    assert event.data == {"audience": "full", "form": "csv", "rows": 3}


def test_no_cell_of_an_export_is_a_formula(cast: Cast) -> None:
    dataset_make(cast, title="=1+1", description="@SUM(A1)", technical_challenges="\t=2")
    for row in rows_of(export(cast, "full")):
        assert not [cell for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]
    sheet = load_workbook(io.BytesIO(export(cast, "full", form="xlsx"))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert "'=1+1" in _workbook_text(export(cast, "full", form="xlsx"))


def test_an_export_of_many_datasets_asks_as_much_as_one_of_a_few(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        dataset_make(cast, title=f"Dataset {number}")
    with django_assert_max_num_queries(25):
        export(cast, "full")


def test_who_may_have_which_export(cast: Cast, client: Client) -> None:
    dataset_make(cast, title="Of public works")
    dataset_make(cast, title="Of health", department=cast.health, steward=None, coordinator=None)
    url = reverse("inventory_export")
    here = {"department": cast.public_works.pk, "form": "csv"}

    def status(person: Any, **asked: Any) -> int:
        client.force_login(person)
        return int(client.get(url, here | asked).status_code)

    assert status(cast.coordinator, audience="full") == 200
    assert status(cast.coordinator, audience="full", department="") == 200
    assert status(cast.steward, audience="full", department="") == 403
    assert status(cast.cdo, audience="full", department="") == 200
    assert status(cast.steward, audience="full") == 403
    assert status(cast["auditor"], audience="full") == 403
    assert status(cast["auditor"], audience="public") == 200
    assert status(cast.other_coordinator, audience="public") == 404
    assert status(cast.foreign_cdo, audience="public") == 404
    assert status(cast.coordinator, audience="everything") == 404
    client.force_login(cast.other_coordinator)
    names = [
        row["Dataset name"]
        for row in rows_of(client.get(url, here | {"department": "", "audience": "public"}).content)
    ]
    assert names == ["Of health"]
    assert (
        "Of public works"
        not in client.get(url, here | {"department": "", "audience": "full"}).content.decode()
    )
