"""An inventory goes out as a file and comes in again: nothing twice, nothing half, every fault in a sentence."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.models import Department
from accounts.selectors import profile_for
from audit.models import AuditEvent
from datafiles.errors import DataFileError
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.workflow import dataset_make, release_at
from workflow.inventory_cells import cell_value
from workflow.inventory_columns import BY_KEY, cell_guard, cell_unguard
from workflow.models import Dataset, InventoryImport
from workflow.selectors.inventory_plan import Plan
from workflow.services.inventory_export import csv_bytes, inventory_export, template_bytes
from workflow.services.inventory_import import (
    imports_forget,
    inventory_apply,
    inventory_discard,
    inventory_plan,
    inventory_receive,
)
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
HEAD = ["Dataset name", "Description"]


def upload(cast: Cast, rows: list[list[str]], *, head: list[str] = HEAD, **where: Any) -> InventoryImport:
    return upload_bytes(cast, csv_bytes(head, rows), **where)


def upload_bytes(
    cast: Cast,
    body: bytes,
    *,
    name: str = "inventory.csv",
    actor: Any = None,
    department: Department | None = None,
) -> InventoryImport:
    return inventory_receive(
        department=department or cast.public_works,
        upload=SimpleUploadedFile(name, body),
        name=name,
        actor=actor or cast.coordinator,
    )


def plan_of(cast: Cast, row: InventoryImport) -> Plan:
    return inventory_plan(row=row, viewer=row.uploaded_by)


def apply(cast: Cast, row: InventoryImport, *, leave_out: bool = False) -> dict[str, int]:
    digest = plan_of(cast, row).digest
    return inventory_apply(row=row, digest=digest, leave_out_errors=leave_out, actor=row.uploaded_by)


def sentences(plan: Plan) -> str:
    return " ".join(f"{row.number} {heading}: {what}" for row in plan.rows for heading, what in row.errors)


def test_500_rows_imported_twice_give_no_duplicates(cast: Cast) -> None:
    rows = [[f"Holding {n:03d}", f"What number {n} is about."] for n in range(500)]
    assert apply(cast, upload(cast, rows)) == {"new": 500}
    assert Dataset.objects.count() == 500
    assert Dataset.objects.order_by("-inventory_id")[0].inventory_id == "PUB0500"
    events = AuditEvent.objects.count()
    plan = plan_of(cast, again := upload(cast, rows))
    assert plan.changes_nothing
    assert apply(cast, again) == {"unchanged": 500}
    assert Dataset.objects.count() == 500
    assert AuditEvent.objects.count() == events + 2  # read and decided; no record changed


def test_an_export_can_be_imported_again_and_changes_nothing(cast: Cast) -> None:
    dataset_make(cast, title="=cmd|' /C calc'!A0", description="-1\r\nline two", keywords=["a", "b;c"])
    dataset_make(cast, high_value=["C", "A"], security_level="", quality_rating="low", priority="high")
    for form in ("csv", "xlsx"):
        file = inventory_export(
            program=cast.program,
            department=cast.public_works,
            audience="full",
            form=form,
            actor=cast.coordinator,
        )
        plan = plan_of(cast, upload_bytes(cast, file.body, name=file.name))
        assert sentences(plan) == ""
        assert plan.counts == {"unchanged": 2}


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'\"\n,;"), max_size=40)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_record_holds_comes_back_as_it_was(
    cast: Cast, title: str, words: str, keywords: list[str]
) -> None:
    Dataset.objects.all()._raw_delete("default")
    row = Dataset(
        program=cast.program,
        department=cast.public_works,
        inventory_id="PUB0001",
        title=title.strip() or "A title",
        description=words,
        technical_challenges=words,
        keywords=keywords,
    )
    row.save()
    file = inventory_export(
        program=cast.program,
        department=cast.public_works,
        audience="full",
        form="csv",
        actor=cast.coordinator,
    )
    plan = plan_of(cast, upload_bytes(cast, file.body))
    assert sentences(plan) == ""
    assert plan.counts == {"unchanged": 1}


@given(st.text(max_size=30))
def test_a_guarded_cell_is_no_formula_and_gives_its_text_back(text: str) -> None:
    kept = cell_unguard(cell_guard(text))
    assert cell_guard(text).lstrip(" ")[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert cell_guard(kept) == cell_guard(text)


def test_a_row_says_what_changes_and_an_empty_cell_leaves_what_is_there(cast: Cast) -> None:
    dataset = dataset_make(cast, title="Street trees", source_system="Tree book")
    head = ["INVENTORY id", "name of dataset", "Brief Description", "Data Source/System", "Update frequency"]
    row = upload(cast, [["pub0001", "Street Trees", "Every tree.", "", "yearly"]], head=head)
    (planned,) = plan_of(cast, row).rows
    assert planned.status == "changed"
    assert [(c.heading, c.after) for c in planned.changes] == [
        ("Dataset name", "Street Trees"),
        ("Description", "Every tree."),
        ("Update frequency", "annually"),
    ]
    apply(cast, row)
    dataset.refresh_from_db()
    assert (dataset.title, dataset.description) == ("Street Trees", "Every tree.")
    assert dataset.source_system == "Tree book"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        # Connecticut's list (DOMAIN g1) ...
        ("Not updated", "not_updated"),
        ("As needed", "as_needed"),
        ("Annually", "annually"),
        ("Bi-annually", "biannually"),
        ("Quarterly", "quarterly"),
        ("Bi-monthly", "bimonthly"),
        ("Monthly", "monthly"),
        ("Bi-weekly", "biweekly"),
        ("Weekly", "weekly"),
        ("Every weekday", "weekdays"),
        ("Daily", "daily"),
        ("Other", "other"),
        # ... and what that of Los Angeles and New York has besides (DOMAIN g3).
        ("Not updated [historical only]", "not_updated"),
        ("Annual", "annually"),
        ("Hourly", "hourly"),
        ("Continuous", "continuous"),
    ],
)
def test_every_update_frequency_of_the_programs_lists_can_be_said(cast: Cast, words: str, code: str) -> None:
    profile = profile_for(cast.program)
    assert cell_value(BY_KEY["accrual_periodicity"], words, profile) == code


def test_a_name_in_other_letters_is_the_same_dataset(cast: Cast) -> None:
    dataset_make(cast, title="Street trees")
    plan = plan_of(cast, upload(cast, [["STREET  TREES", "Every tree."]]))
    assert [row.status for row in plan.rows] == ["changed"]


def test_the_template_of_los_angeles_is_understood(cast: Cast) -> None:
    head = [
        "Department/Division",
        "Dataset Name",
        "Brief Description",
        "Data Steward (Business knowledge)",
        "Data Source/System",
        "Start Date",
        'End Date (or "Current")',
        "Priority/value",
        "Technical challenges",
        "Public/Protected/Sensitive",
        "Protected-Details",
        "Data Quality",
        "High Value Criteria",
        "Reviewer's notes",
    ]
    cells = [
        "public works",
        "Sidewalk repairs",
        "Where and when.",
        "Maria Lopez",
        "Work orders",
        "3/31/2019",
        "Current",
        "Med",
        "Old system",
        "PROTECTED",
        "State law 12",
        "High",
        "a, C",
        "see me",
    ]
    row = upload(cast, [cells], head=head)
    plan = plan_of(cast, row)
    assert sentences(plan) == ""
    assert plan.ignored == ["Reviewer's notes"]
    apply(cast, row)
    dataset = Dataset.objects.get()
    assert dataset.steward == cast.steward
    assert (str(dataset.coverage_start), dataset.coverage_end) == ("2019-03-31", None)
    assert (dataset.priority, dataset.classification, dataset.quality_rating) == (
        "medium",
        "protected",
        "high",
    )
    assert dataset.high_value == ["A", "C"]


@pytest.mark.parametrize(
    ("head", "cells", "sentence"),
    [
        (["Inventory ID"], ["HLT0001"], "2 Inventory ID: HLT0001 is not a number of Public Works"),
        (["Inventory ID"], ["PUB1"], "is no inventory ID: three letters and four digits, as in PUB0042"),
        (["Inventory ID"], ["PUB0009"], "has no name to enter it under"),
        (["Dataset name", "Department"], ["X", "Health"], "“Health” is not Public Works"),
        (
            ["Dataset name", "Start date"],
            ["X", "soon"],
            "2 Start date: is not a date. Write it as 2024-03-31.",
        ),
        (
            ["Dataset name", "Classification"],
            ["X", "secret"],
            "“secret” is none of the choices: Public, Sensitive",
        ),
        (["Dataset name", "Rows in the source"], ["X", "many"], "is not a whole number"),
        (["Dataset name", "Rows in the source"], ["X", "12"], "on which day the source counted"),
        (["Dataset name", "High-value criteria"], ["X", "A; Z"], "letters of criteria only, A to H"),
        (["Dataset name", "Contact e-mail"], ["X", "me"], "is not an e-mail address"),
        (["Dataset name", "Existing publication"], ["X", "javascript://x"], "is not a web address"),
        (
            ["Dataset name", "Data steward e-mail"],
            ["X", "hugo.brandt@example.gov"],
            "Invite the person first",
        ),
        (
            ["Dataset name", "Start date", "End date"],
            ["X", "2026-01-01", "2025-01-01"],
            "ends before it begins",
        ),
        (["Dataset name"], ["X" * 201], "at most 200 are kept"),
        (
            ["Dataset name", "Ground of the published class"],
            ["X", "The number 219-09-9998 goes."],
            "may not be taken over. This looks like a",
        ),
    ],
)
def test_a_bad_cell_is_named_with_row_and_column_and_stops_the_whole_import(
    head: list[str], cells: list[str], sentence: str, cast: Cast
) -> None:
    padded = ["Dataset name", "Description", *[name for name in head if name != "Dataset name"]]
    values = dict(zip(head, cells, strict=True))
    bad = [values.get(name, "") for name in padded]
    good = ["A good one", "It is fine.", *[""] * (len(padded) - 2)]
    row = upload(cast, [bad, good], head=padded)
    assert sentence in sentences(plan_of(cast, row))
    with pytest.raises(ValidationError, match="1 row has errors, so nothing was taken over"):
        apply(cast, row)
    assert not Dataset.objects.exists()
    assert apply(cast, row, leave_out=True) == {"error": 1, "new": 1}
    assert [dataset.title for dataset in Dataset.objects.all()] == ["A good one"]


def test_a_dataset_stands_once_in_a_file(cast: Cast) -> None:
    dataset_make(cast, title="Street trees")
    rows = [["PUB0001", "Street trees"], ["", "street trees"], ["", "New"], ["", "NEW"]]
    plan = plan_of(cast, upload(cast, rows, head=["Inventory ID", "Dataset name"]))
    assert [row.status for row in plan.rows] == ["unchanged", "error", "new", "error"]
    assert "This dataset is in row 4 already" in sentences(plan)


def test_a_permanent_number_comes_along_and_the_next_one_follows_it(cast: Cast) -> None:
    apply(cast, upload(cast, [["PUB0042", "Old one"]], head=["Inventory ID", "Dataset name"]))
    apply(cast, upload(cast, [["Next one", ""]]))
    assert set(Dataset.objects.values_list("inventory_id", flat=True)) == {"PUB0042", "PUB0043"}


def test_two_datasets_of_one_name_need_the_number(cast: Cast) -> None:
    dataset_make(cast, title="Trees")
    dataset_make(cast, title="Trees")
    assert "Several datasets have this name (PUB0001, PUB0002)" in sentences(
        plan_of(cast, upload(cast, [["Trees", "x"]]))
    )


def test_a_record_that_was_judged_does_not_change_by_an_import(cast: Cast) -> None:
    release_at(Stage.CDO_REVIEW, cast, title="Judged")
    row = upload(cast, [["Judged", "Other words."]])
    assert "Its release is in CDO review" in sentences(plan_of(cast, row))


def test_a_preview_that_is_out_of_date_takes_nothing_over(cast: Cast) -> None:
    row = upload(cast, [["Street trees", "Every tree."]])
    digest = plan_of(cast, row).digest
    dataset_make(cast, title="Street trees")
    with pytest.raises(ValidationError, match="has changed since this preview"):
        inventory_apply(row=row, digest=digest, leave_out_errors=False, actor=cast.coordinator)
    assert Dataset.objects.count() == 1


def test_an_import_is_decided_once_and_then_holds_no_rows(cast: Cast) -> None:
    row = upload(cast, [["Street trees", "Every tree."]])
    apply(cast, row)
    row.refresh_from_db()
    assert (row.status, row.rows, row.headers) == ("applied", [], [])
    with pytest.raises(ValidationError, match="decided already"):
        inventory_apply(row=row, digest="", leave_out_errors=True, actor=cast.coordinator)
    other = upload(cast, [["Other", ""]])
    newer = upload(cast, [["Newer", ""]])
    other.refresh_from_db()
    assert (other.status, other.rows) == ("discarded", [])
    inventory_discard(row=newer, actor=cast.coordinator)
    assert not Dataset.objects.filter(title__in=["Other", "Newer"]).exists()


def test_a_steward_gets_one_letter_for_many_datasets(cast: Cast) -> None:
    head = ["Dataset name", "Data steward e-mail"]
    apply(cast, upload(cast, [[f"Set {n}", cast.steward.email] for n in range(3)], head=head))
    letter = OutgoingMessage.objects.get(recipient=cast.steward)
    assert letter.message_id == "inventory_imported"
    assert letter.context["dataset"] == "3 datasets of Public Works"


def test_only_who_may_register_imports(cast: Cast) -> None:
    for person in (cast.steward, cast.other_coordinator, cast.outsider, cast.foreign_cdo, cast["auditor"]):
        with pytest.raises(PermissionDenied):
            upload(cast, [["X", ""]], actor=person)
    row = upload(cast, [["X", ""]], actor=cast.cdo)
    with pytest.raises(PermissionDenied):
        inventory_apply(row=row, digest="", leave_out_errors=False, actor=cast.steward)


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("i.csv", b"", "empty"),
        ("i.csv", b"Dataset name,Description\nCaf\xe9,x\n", "UTF-8"),
        ("i.csv", b"Dataset name,Description\nA,b,c\n", "2"),
        ("i.csv", b"Dataset name,Description\n", "no rows"),
        ("i.csv", b"Color,Size\nred,1\n", "no column with the name of the dataset"),
        ("i.csv", b"Dataset name,Title\na,b\n", "mean the same"),
        ("i.pdf", b"%PDF", "not accepted"),
        ("i.xlsx", workbook([["Dataset name"], ["A"]])[:-200], "The workbook is cut off"),
        ("i.csv", b"Dataset name\n" + b"x\n" * 5_001, "5,000"),
        ("i.csv", b"x" * 21_000_000, "20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    name: str, body: bytes, sentence: str, cast: Cast
) -> None:
    with pytest.raises(DataFileError) as refusal:
        upload_bytes(cast, body, name=name)
    assert sentence in refusal.value.sentence
    assert not InventoryImport.objects.exists()
    assert AuditEvent.objects.filter(action="workflow.inventory_unreadable").exists()


def test_dates_of_a_workbook_and_its_formula_cells_are_read_as_what_they_show(cast: Cast) -> None:
    import datetime

    body = workbook([["Dataset name", "Start date"], ["Trees", datetime.date(2019, 3, 31)], ["=1+1", ""]])
    plan = plan_of(cast, upload_bytes(cast, body, name="i.xlsx"))
    assert str(plan.rows[0].fields["coverage_start"]) == "2019-03-31"
    assert len(plan.rows) == 1 or plan.rows[1].title == ""


def test_the_empty_template_has_a_heading_for_every_field(cast: Cast) -> None:
    text = template_bytes("csv").decode("utf-8-sig")
    assert text.startswith("Inventory ID,Department,Dataset name")
    assert "Publication status" not in text


def test_new_rows_are_warned_of_years_and_of_what_is_there_already(cast: Cast) -> None:
    dataset_make(cast, title="Crashes 2024")
    (row,) = plan_of(cast, upload(cast, [["Crashes 2025", ""]])).rows
    assert "append each year" in row.warnings[0]
    assert "Consolidate with “Crashes 2024” (PUB0001)" in row.warnings[1]


def test_an_upload_that_nobody_decides_is_forgotten_after_a_week(cast: Cast) -> None:
    row = upload(cast, [["Street trees", "Every tree."]])
    assert imports_forget(now=timezone.now() + timedelta(days=6)) == 0
    assert imports_forget(now=timezone.now() + timedelta(days=8)) == 1
    row.refresh_from_db()
    assert (row.status, row.rows) == ("discarded", [])
