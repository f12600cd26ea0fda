"""The file of the journey: made-up building permits with personal data in them, and what may remain."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROWS = 300
SSN = "536-22-4417"
SSN_ROW = 217
TITLE = "Building permits of Riverbend"
# column -> what it means, for the data dictionary
COLUMNS = {
    "permit_number": "The number that is printed on the permit.",
    "issued_on": "The day on which the permit was issued.",
    "work_type": "What is being built: new, alteration or demolition.",
    "declared_cost": "What the applicant says the work will cost.",
    "district": "The planning district in which the work is done.",
    "status": "Where the permit stands today.",
    "zip": "The postal code of the place of the work.",
    "applicant_sex": "The sex of the applicant, as stated on the form.",
    "date_of_birth": "The day on which the applicant was born.",
    "contact_email": "Where the applicant reads mail.",
    "contact_phone": "Where the applicant can be called.",
    "remarks": "What the clerk noted at the counter.",
}
_DISTRICTS = ("Northside", "Old Town", "Riverfront", "Eastgate", "Hillcrest")
_REMARKS = (
    "Plans were handed in on paper and scanned.",
    "Second inspection agreed at the counter.",
    "The fee was paid by check at the window.",
    "The drawing of the roof was replaced.",
)


@dataclass(frozen=True)
class Permits:
    """The file as the department holds it. `rows` are its cells as text."""

    rows: list[dict[str, str]]

    def write(self, folder: Path) -> Path:
        path = folder / "building_permits.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(COLUMNS), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        return path

    @property
    def secrets(self) -> list[str]:
        """What nobody may find outside private storage, as it is written and as bare digits."""
        phones = [row["contact_phone"] for row in self.rows]
        bare = ["".join(filter(str.isdecimal, value)) for value in (SSN, *phones)]
        return [SSN, *phones, *bare, *(row["contact_email"] for row in self.rows)]

    def published(self) -> list[dict[str, str]]:
        """The rows that may become public, as the portal answers them, in the order of their numbers."""
        return [_published(row) for row in self.rows]


def permits_make() -> Permits:
    """The same file every time; the days are counted back from today, so that it is fresh."""
    return Permits([_row(number) for number in range(1, ROWS + 1)])


def _row(number: int) -> dict[str, str]:
    remark = _REMARKS[number % len(_REMARKS)]
    return {
        "permit_number": f"BP-{number:05d}",
        "issued_on": (datetime.now(UTC).date() - timedelta(days=number)).isoformat(),
        "work_type": ("new", "alteration", "demolition")[number % 3],
        "declared_cost": f"{1000 + number * 37.25:.2f}",
        "district": _DISTRICTS[number % len(_DISTRICTS)],
        "status": ("open", "inspected", "closed")[number % 7 % 3],
        "zip": f"9001{number % 9}",
        "applicant_sex": "FM"[number % 2],
        "date_of_birth": date(1980 + number % 3, 1 + number % 12, 1 + number % 28).isoformat(),
        "contact_email": f"applicant{number}@mail.example",
        "contact_phone": f"(213) 555-{1000 + number * 13:04d}",
        "remarks": f"{remark} Caller gave SSN {SSN}." if number == SSN_ROW else remark,
    }


def _published(row: dict[str, str]) -> dict[str, str]:
    kept = {name: row[name] for name in ("permit_number", "work_type", "district", "status", "applicant_sex")}
    more = {
        "issued_on": f"{row['issued_on']}T00:00:00.000",
        "declared_cost": row["declared_cost"].rstrip("0").rstrip("."),
        "zip": row["zip"][:3],
        "date_of_birth": row["date_of_birth"][:4],
    }
    if SSN not in row["remarks"]:
        more["remarks"] = row["remarks"]
    return kept | more
