"""What an import would do: each row of the file compared with the inventory, before anything is written.

A row is a dataset of the inventory when it has its number, or else its name in the same department. Only
columns that the file has are compared, and an empty cell leaves what is there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import Role
from workflow.inventory_cells import BadCell, cell_clean, cell_value
from workflow.inventory_columns import Column, columns_found, heading_key
from workflow.models import Dataset
from workflow.selectors.inventory_io import cell_text, inventory_rows
from workflow.selectors.people import RoleBook
from workflow.selectors.similar import SimilarTitles, consolidate_words, year_in_title
from workflow.stages import OPEN_PARTS, OPEN_STAGES, Stage

NEW, CHANGED, UNCHANGED, ERROR = "new", "changed", "unchanged", "error"
_ID = re.compile(r"[A-Z]{3}[0-9]{4}")
_ROLES = {"steward": Role.STEWARD, "coordinator": Role.COORDINATOR, "custodian": Role.CUSTODIAN}
# Changing these asks for the open part "metadata" of the dossier; who looks after it may always change.
_PUBLISHED = {"title", "description", "keywords", "category", "licence", "contact_email", "row_label"}


@dataclass(frozen=True)
class Change:
    heading: str
    before: str
    after: str


@dataclass
class PlanRow:
    """One row of the file: what becomes of it, and every sentence about it."""

    number: int
    title: str
    inventory_id: str = ""
    status: str = UNCHANGED
    dataset: Dataset | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    # (heading of the column, sentence)
    errors: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What to call the row on the page."""
        return self.title or (self.dataset.title if self.dataset else "")


@dataclass
class Plan:
    """The whole import, with its counts and the digest by which a confirmation names what it saw."""

    rows: list[PlanRow]
    ignored: list[str]
    counts: Counter[str]
    asks_high_value: bool = True

    @property
    def digest(self) -> str:
        told = [
            [row.number, row.status, [[c.heading, c.before, c.after] for c in row.changes], row.errors]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def changes_nothing(self) -> bool:
        return not self.counts[NEW] and not self.counts[CHANGED]

    @property
    def without_high_value(self) -> int:
        """New rows that tick no high-value criterion and so count as low priority; 0 where nobody asks for one."""
        if not self.asks_high_value:
            return 0
        return sum(row.status == NEW and not row.fields.get("high_value") for row in self.rows)


def plan_import(
    *,
    department: Department,
    profile: Profile,
    headings: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    viewer: User,
) -> Plan:
    """Compare the rows of a file with the inventory of a department. Reads only."""
    columns = columns_found(headings)
    reader = _Reader(department, profile, columns, viewer)
    filled = [(number, cells) for number, cells in enumerate(rows, start=2) if any(map(cell_clean, cells))]
    planned = [reader.row(number, cells) for number, cells in filled]
    ignored = [name for name, column in zip(headings, columns, strict=True) if not (column and column.field)]
    counts = Counter(row.status for row in planned)
    return Plan(planned, ignored, counts, asks_high_value=profile.asks_high_value)


def headings_fault(headings: Sequence[str]) -> str:
    """What is wrong with the headings of a file, as a sentence; empty when they will do."""
    columns = columns_found(headings)
    keys = [column.key for column in columns if column]
    for key, times in Counter(keys).items():
        if times > 1:
            names = [
                name for name, column in zip(headings, columns, strict=True) if column and column.key == key
            ]
            return (
                f"The columns {' and '.join(f'“{name}”' for name in names)} mean the same. Keep one of them."
            )
    if not {"title", "inventory_id"} & set(keys):
        return (
            "The file has no column with the name of the dataset. Call it “Dataset name”; the empty template has "
            "all headings."
        )
    return ""


class _Reader:
    """Reads row after row; remembers which datasets and names the file has named already."""

    def __init__(
        self, department: Department, profile: Profile, columns: list[Column | None], viewer: User
    ) -> None:
        self.department, self.profile, self.columns = department, profile, columns
        self.today = timezone.localdate()
        program = department.program
        known = list(inventory_rows(viewer, program, department=department))
        self.by_id = {row.inventory_id: row for row in known}
        self.by_title: dict[str, list[Dataset]] = defaultdict(list)
        for row in known:
            self.by_title[_title_key(row.title)].append(row)
        self.similar = SimilarTitles(
            Dataset.objects.filter(program=program).only("pk", "title", "inventory_id")
        )
        self.people = self._people(RoleBook([program.pk]))
        self.seen: dict[str, int] = {}

    def _people(self, book: RoleBook) -> dict[str, dict[str, list[User]]]:
        """role field -> address or name -> the people who hold the role for this department."""
        found: dict[str, dict[str, list[User]]] = {name: defaultdict(list) for name in _ROLES}
        for name, role in _ROLES.items():
            people = {
                person
                for place, person in book.held(role, self.department.program_id)
                if place in (None, self.department.pk)
            }
            for person in people:
                found[name][person.email.casefold()].append(person)
                found[name][person.full_name.casefold()].append(person)
        return found

    def row(self, number: int, cells: Sequence[str | None]) -> PlanRow:
        texts = {
            column.key: (column, cell_clean(cell))
            for column, cell in zip(self.columns, cells, strict=False)
            if column and column.field
        }
        row = PlanRow(number, title=texts["title"][1] if "title" in texts else "")
        row.inventory_id = texts["inventory_id"][1].upper() if "inventory_id" in texts else ""
        self._identify(row)
        self._department(row, texts)
        if row.dataset is not None:
            row.inventory_id = row.dataset.inventory_id
        self._once(row)
        for key, (column, text) in texts.items():
            if key not in ("inventory_id", "department") and text:
                self._cell(row, column, text, texts)
        self._whole(row)
        if row.errors:
            row.status = ERROR
        elif row.dataset is None:
            row.status = NEW
            self._warn(row)
        elif row.changes:
            row.status = CHANGED
        return row

    def _identify(self, row: PlanRow) -> None:
        """Find the dataset by its number, else by its name in this department."""
        same_name = self.by_title.get(_title_key(row.title), []) if row.title else []
        if row.inventory_id:
            row.dataset = self.by_id.get(row.inventory_id)
            if row.dataset is None:
                self._check_new_id(row, same_name)
        elif not row.title:
            row.errors.append(("Dataset name", "The row has neither a name nor an inventory ID."))
        elif len(same_name) > 1:
            numbers = ", ".join(other.inventory_id for other in same_name)
            row.errors.append(
                ("Dataset name", f"Several datasets have this name ({numbers}). Give the inventory ID.")
            )
        else:
            row.dataset = same_name[0] if same_name else None

    def _check_new_id(self, row: PlanRow, same_name: list[Dataset]) -> None:
        code = self.department.code
        if not _ID.fullmatch(row.inventory_id):
            what = f"“{row.inventory_id[:20]}” is no inventory ID: three letters and four digits, as in {code}0042."
        elif not row.inventory_id.startswith(code):
            what = (
                f"{row.inventory_id} is not a number of {self.department}, whose numbers begin with {code}."
            )
        elif same_name:
            what = (
                f"A dataset of this name is in the inventory as {same_name[0].inventory_id}. Give that number, or "
                "another name."
            )
        elif not row.title:
            what = f"{row.inventory_id} is not in the inventory, and the row has no name to enter it under."
        else:
            return
        row.errors.append(("Inventory ID", what))

    def _department(self, row: PlanRow, texts: dict[str, tuple[Column, str]]) -> None:
        text = texts["department"][1] if "department" in texts else ""
        if text and heading_key(text) not in (
            heading_key(self.department.name),
            heading_key(self.department.code),
        ):
            row.errors.append(
                (
                    "Department",
                    f"“{text[:60]}” is not {self.department}. Import each department's rows for that department.",
                )
            )

    def _once(self, row: PlanRow) -> None:
        """Each dataset once in a file."""
        key = row.inventory_id or _title_key(row.title)
        if row.dataset is None and not row.errors:
            # A new row is known by its name too: another row may bring the name without a number.
            first = self.seen.get(_title_key(row.title)) or self.seen.get(key)
        else:
            first = self.seen.get(key)
        if key and first:
            row.errors.append(
                ("Dataset name", f"This dataset is in row {first} already. Keep one of the two rows.")
            )
            return
        for name in filter(None, {key, _title_key(row.title) if row.dataset is None else ""}):
            self.seen[name] = row.number

    def _cell(self, row: PlanRow, column: Column, text: str, texts: dict[str, tuple[Column, str]]) -> None:
        before = cell_clean(cell_text(column, row.dataset, self.profile, self.today)) if row.dataset else ""
        if row.dataset is not None and before == text:
            return
        try:
            if column.kind in ("person", "person_name"):
                if column.kind == "person_name" and texts.get(column.field, (None, ""))[1]:
                    return  # the address says who
                value: Any = self._person(column.field, text)
            else:
                value = cell_value(column, text, self.profile)
        except BadCell as error:
            row.errors.append((column.heading, str(error)))
            return
        now = getattr(row.dataset, column.field) if row.dataset else None
        if row.dataset is not None and (value == now or (value is None and now is None)):
            return
        if row.dataset is None and value is None:
            return
        row.fields[column.field] = value
        row.changes.append(Change(column.heading, before, _shown(value)))

    def _person(self, name: str, text: str) -> User:
        people = self.people[name].get(text.casefold(), [])
        role = self.profile.role_words(_ROLES[name])
        if len(people) == 1:
            return people[0]
        if people:
            raise BadCell(f"names {len(people)} people who are {role} here. Give the e-mail address.")
        raise BadCell(
            f"“{text[:60]}” is no {role} in {self.department}. Invite the person first: on the record of a dataset "
            "(“Or invite a steward”), or by the portal admin. Then import again."
            if name == "steward"
            else f"“{text[:60]}” is no {role} in {self.department}. Ask the portal admin for the role first."
        )

    def _whole(self, row: PlanRow) -> None:
        """What no cell alone can say: dates in order, a count with its day, a record that may still change."""

        def value(name: str) -> Any:
            return row.fields[name] if name in row.fields else getattr(row.dataset, name, None)

        start, end = value("coverage_start"), value("coverage_end")
        if start and end and end < start and {"coverage_start", "coverage_end"} & set(row.fields):
            row.errors.append(("End date", "The data ends before it begins. Change one of the two dates."))
        if "source_rows" in row.fields and not value("source_rows_as_of"):
            row.errors.append(("Rows counted on", "Say on which day the source counted these rows."))
        choice = self.profile.classification(value("classification") or "")
        if choice and choice.needs_ground and not value("classification_ground") and row.fields:
            row.warnings.append(
                f"“{choice.label}” needs its ground before readiness can begin: which law or concern it rests on."
            )
        published = self.profile.classification(row.fields.get("output_classification", ""))
        if published and published.never_publish:
            row.errors.append(
                (
                    "Classification of what is published",
                    f"“{published.label}” data is never published. Leave it empty, or name the class of a treated "
                    "form.",
                )
            )
        if row.dataset is not None and row.changes:
            self._still_open(row)

    def _still_open(self, row: PlanRow) -> None:
        stage = row.dataset.shown_stage  # type: ignore[union-attr]
        if stage not in OPEN_STAGES:
            return
        changed = set(row.fields) - set(_ROLES)
        needed = {"metadata"} if changed & _PUBLISHED else set()
        needed |= {"record"} if changed - _PUBLISHED else set()
        if needed - set(OPEN_PARTS[stage]):
            row.errors.append(
                (
                    row.changes[0].heading,
                    f"Its release is in {Stage(stage).label}, where the record does not change any more. Leave the "
                    "row out, or have the release returned first.",
                )
            )

    def _warn(self, row: PlanRow) -> None:
        if year := year_in_title(row.title):
            row.warnings.append(year)
        other = self.similar.find(row.title)
        if other is not None:
            row.warnings.append(consolidate_words(other))


def _title_key(title: str) -> str:
    return " ".join(title.casefold().split())


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, list):
        return ", ".join(value)
    return str(value.email) if isinstance(value, User) else str(value)
