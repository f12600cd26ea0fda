"""A small history written by hand, row by row, so that every number of the dashboard can be counted on paper.

Nothing here goes through the door: a report reads rows, and these have exact dates.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Department
from accounts.selectors import profile_current
from tests.cast import Cast
from workflow.models import Dataset, Release, ReturnForChanges, StageVisit
from workflow.stages import OPEN_STAGES, Stage

# A Saturday noon; every date below counts back from it.
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def dataset(cast: Cast, title: str, *, department: Department | None = None, **fields: Any) -> Dataset:
    department = department or cast.public_works
    count = Dataset.objects.filter(department=department).count()
    return Dataset.objects.create(
        program=department.program,
        department=department,
        inventory_id=f"{department.code}-{count + 1:04d}",
        title=title,
        **{"accrual_periodicity": Dataset.Frequency.MONTHLY, "registered_at": ago(300)} | fields,
    )


def release(
    of: Dataset, stage: Stage, *, stays: list[tuple[Stage, float, float, str]], **fields: Any
) -> Release:
    """A release in `stage`, after `stays`: (stage, entered days ago, left days ago, by which move)."""
    entered = ago(stays[-1][2]) if stays else ago(fields.pop("days", 1))
    row = Release(
        dataset=of,
        number=of.releases.count() + 1,
        profile=profile_current(of.program),
        stage=stage,
        opened_at=ago(stays[0][1]) if stays else entered,
        stage_entered_at=entered,
        published_at=next((ago(left) for _, _, left, move in stays if move == "publish"), None),
        closed_at=None if stage in (*OPEN_STAGES, Stage.PUBLISHED) else entered,
        **fields,
    )
    row.save()
    for place, came, left, move in stays:
        StageVisit.objects.create(
            release=row, stage=place, entered_at=ago(came), left_at=ago(left), move=move
        )
    StageVisit.objects.create(release=row, stage=stage, entered_at=entered)
    return row


def way(*left: float, start: float) -> list[tuple[Stage, float, float, str]]:
    """Stays along the way to the public: opened `start` days ago, each stage left so many days ago."""
    from workflow.stages import ONWARD, WAY

    came = [start, *left]
    return [(stage, came[i], left[i], ONWARD[stage]) for i, stage in enumerate(WAY[: len(left)])]


def history(cast: Cast) -> dict[str, Release]:
    """Six releases of Riverbend and one of Lakeside. What each is for stands beside it."""
    works, health = cast.public_works, cast.health
    rows = {
        # public for 10 days, 60 days after it was registered
        "permits": release(
            dataset(cast, "Permits"), Stage.PUBLISHED, stays=way(65, 60, 45, 30, 20, 10, start=70)
        ),
        # public since 100 days though renewed monthly: stale
        "potholes": release(
            dataset(cast, "Potholes"), Stage.PUBLISHED, stays=way(118, 115, 110, 105, 101, 100, start=120)
        ),
        # in privacy since 12 days, late since last Monday
        "inspections": release(
            dataset(cast, "Inspections", steward=cast.steward),
            Stage.PRIVACY,
            stays=way(40, 20, 12, start=50),
            due_at=ago(5),
        ),
        # in readiness with the steward, on time
        "licences": release(
            dataset(cast, "Licences", department=health, steward=cast.other_steward),
            Stage.READINESS,
            stays=way(3, start=9),
            due_at=ago(-4),
        ),
        # on hold in quality, its old due date no longer counts
        "clinics": release(
            dataset(cast, "Clinics", department=health),
            Stage.QUALITY,
            stays=way(30, 25, start=33),
            due_at=ago(2),
            held_at=ago(3),
        ),
        # still in the inventory: not in the pipeline
        "trees": release(dataset(cast, "Trees"), Stage.INVENTORY, stays=[], days=2),
    }
    ReturnForChanges.objects.create(
        release=rows["inspections"],
        from_stage=Stage.QUALITY,
        to_stage=Stage.READINESS,
        reason="Say how the addresses were checked.",
        points=["one", "two"],
        answered_by_role="steward",
        by=cast.coordinator,
        at=ago(15),
    )
    parks = Department.objects.get(code="PRK")
    rows["foreign"] = release(
        dataset(cast, "Lakeside parks", department=parks), Stage.PRIVACY, stays=way(40, 20, 12, start=50)
    )
    assert works.pk != parks.pk
    return rows
