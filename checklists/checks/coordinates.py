"""QUA-16: coordinates in degrees, in columns called latitude and longitude."""

from __future__ import annotations

import polars as pl

from checklists.checks.base import (
    CheckResult,
    ColumnResult,
    Subject,
    conclude,
    counted,
    positions,
    share_good,
)

NAME, ITEM, VERSION = "coordinates", "QUA-16", 1
_NAMES = {
    "latitude": {"latitude", "lat", "y", "ycoord", "ycoordinate", "geolat", "pointy"},
    "longitude": {"longitude", "lon", "lng", "long", "x", "xcoord", "xcoordinate", "geolon", "pointx"},
}
_BOUNDS = {"latitude": 90, "longitude": 180}


def check(subject: Subject) -> CheckResult:
    """Warns of other names, numbers beyond the globe, points at 0, 0 and a coordinate without its other half."""
    columns = {
        kind: next((c for c in subject.table.columns if _plain(c.name) in names), None)
        for kind, names in _NAMES.items()
    }
    present = {kind: column for kind, column in columns.items() if column is not None}
    if not present or (len(present) == 1 and next(iter(present.values())).name.lower() in ("x", "y", "long")):
        return conclude(NAME, ITEM, "There are no columns of coordinates.", dimension="validity")
    found, bad, seen = [], 0, 0
    for kind, column in present.items():
        numbers = subject.texts(column.name).cast(pl.Float64, strict=False)
        outside = (numbers.abs() > _BOUNDS[kind]) | (numbers == 0)
        count = int(outside.sum() or 0)
        bad, seen = bad + count, seen + len(numbers) - numbers.null_count()
        found += _judge(kind, column.name, count, outside, alone=len(present) == 1)
    good = f"{counted(seen // 2, 'point')} in degrees of latitude and longitude."
    return conclude(NAME, ITEM, good, found, dimension="validity", score=share_good(bad, seen))


def _judge(kind: str, name: str, count: int, outside: pl.Series, *, alone: bool) -> list[ColumnResult]:
    remarks = []
    if alone:
        other = "longitude" if kind == "latitude" else "latitude"
        remarks.append(f"“{name}” has no column of {other} beside it; a point needs both.")
    if count:
        remarks.append(
            f"{counted(count, 'value')} in “{name}” {'is' if count == 1 else 'are'} 0 or beyond the globe "
            f"(more than {_BOUNDS[kind]} degrees). Give degrees of WGS 84 (EPSG 4326), and leave unknown places empty."
        )
    if name != kind:
        remarks.append(f"“{name}” should be called “{kind}”, so that maps find it.")
    if not remarks:
        return []
    return [ColumnResult(name, "warn", " ".join(remarks), count, len(outside), positions(outside))]


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalpha())
