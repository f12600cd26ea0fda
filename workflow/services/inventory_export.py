"""An inventory as a file: CSV or Excel, in full or for the public, with an audit event."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from accounts.models import Department, Program, User
from accounts.selectors import profile_for
from audit.services import event_record
from workflow.inventory_columns import cell_guard
from workflow.selectors.inventory_io import columns_for, departments_to_import, export_table, inventory_rows

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# The longest text that Excel takes in one cell.
_CELL_MAX = 32_767


@dataclass(frozen=True)
class ExportFile:
    name: str
    content_type: str
    body: bytes
    rows: int


def check_export(actor: User, program: Program, department: Department | None, audience: str) -> None:
    """Raise PermissionDenied unless `actor` may have this export. The public one is for whoever sees the rows.

    The full one holds security details and addresses: for who may register there.
    """
    if audience == "public":
        return
    allowed = departments_to_import(actor, program)
    if not (allowed.filter(pk=department.pk) if department else allowed).exists():
        raise PermissionDenied(
            "The full inventory holds what the public may not read. It is exported by the department's "
            "coordinator, the open data team or the CDO; the public export is open to you."
        )


@transaction.atomic
def inventory_export(
    *,
    program: Program,
    department: Department | None,
    audience: str,
    form: str,
    actor: User,
    now: datetime | None = None,
) -> ExportFile:
    """The inventory of a department, or of all that `actor` may export, as a file (M01).

    `audience` is "full" or "public", `form` "csv" or "xlsx". Every holding has a row, public or not. Raises
    PermissionDenied.
    """
    check_export(actor, program, department, audience)
    now = now or timezone.now()
    today = timezone.localdate(now)
    holdings = inventory_rows(actor, program, department=department)
    if audience == "full":
        holdings = holdings.filter(department__in=departments_to_import(actor, program).values("pk"))
    rows = list(holdings)
    headings, table = export_table(rows, profile_for(program), audience=audience, today=today)
    body = csv_bytes(headings, table) if form == "csv" else xlsx_bytes(headings, table)
    event_record(
        action="workflow.inventory_exported",
        actor=actor,
        subject=department or program,
        data={"audience": audience, "form": form, "rows": len(rows)},
        program_id=program.pk,
        now=now,
    )
    place = department.code.lower() if department else program.code
    name = f"inventory-{place}-{audience}-{today.isoformat()}.{form}"
    return ExportFile(name, FORMATS[form], body, len(rows))


def template_bytes(form: str) -> bytes:
    """An empty inventory with the headings that an import reads."""
    headings = [column.heading for column in columns_for("full") if column.field]
    return csv_bytes(headings, []) if form == "csv" else xlsx_bytes(headings, [])


def csv_bytes(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read accents; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([cell_guard(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def xlsx_bytes(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet; every cell is text, never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Inventory")
    sheet.freeze_panes = "A2"
    first = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        first.append(cell)
    sheet.append(first)
    for row in rows:
        # Guarded text never begins with "=", so openpyxl takes no cell for a formula.
        sheet.append([cell_guard(text)[:_CELL_MAX] for text in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
