"""What the dashboard looks at, read once in a bounded number of queries and limited to what a person may see.

A release is *in the pipeline* from readiness until it is public; in the inventory it only waits to begin.
A release is *late* when its stage's due date has passed and it is not on hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.models import Department, Program, ProgramProfile, User
from accounts.profiles import Profile, profile_of
from accounts.roles import Role, people_with_role
from accounts.selectors import departments_visible, profile_for
from publishing.selectors_sources import last_looks
from reports.measures import days_between, is_fresh, months_until, start_of_months
from workflow.calendar import business_days_between
from workflow.models import Dataset, Release, ReturnForChanges, Review, StageVisit
from workflow.selectors.datasets import datasets_for, releases_for
from workflow.stage_words import stage_label
from workflow.stages import OPEN_STAGES, STAGE_OWNER, SYSTEM_OWNER, Stage

PIPELINE = tuple(stage for stage in OPEN_STAGES if stage != Stage.INVENTORY)
SYSTEM_WAITS = "The system (the planned date, or the portal)"


@dataclass(frozen=True)
class OpenRelease:
    """One release on its way: where it lies, since when, on whom it waits and how late it is."""

    pk: int
    title: str
    department: str
    stage: str
    days: int
    late_days: int
    held: bool
    waits_on: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    """One stay in a stage that ended."""

    stage: str
    move: str
    department: str
    left_at: datetime
    days: float


@dataclass(frozen=True)
class Published:
    """One release that became public, and the days since it was opened in the inventory."""

    department: str
    published_at: datetime
    days: float


@dataclass(frozen=True)
class PublicDataset:
    department: str
    fresh: bool | None


@dataclass(frozen=True)
class Return:
    release_id: int
    title: str
    department: str
    from_stage: str
    to_stage: str
    reason: str
    points: int
    by: str
    at: datetime


@dataclass(frozen=True)
class Picture:
    """The state of the program at one moment and its last months, as one person may see it."""

    now: datetime
    months: tuple[str, ...]
    departments: Sequence[str]
    datasets: dict[str, int]
    open: Sequence[OpenRelease]
    visits: Sequence[Visit]
    published: Sequence[Published]
    public: Sequence[PublicDataset]
    returns: Sequence[Return]
    final_review: str = str(Stage.CDO_REVIEW.label)

    def stage_label(self, stage: str) -> str:
        """A stage as the program calls it; where several programs are seen, the last one has its general name."""
        return self.final_review if stage == Stage.CDO_REVIEW else str(Stage(stage).label)

    @property
    def pipeline(self) -> list[OpenRelease]:
        return [release for release in self.open if release.stage in PIPELINE]

    @property
    def is_empty(self) -> bool:
        return not self.datasets


def picture_for(
    user: User, *, department_id: int | None = None, months: int = 12, now: datetime | None = None
) -> Picture:
    """Everything the dashboard shows to `user`: their departments, or one of them, and the last months."""
    now = now or timezone.now()
    since = start_of_months(now, months)
    departments = departments_of(user)
    releases, datasets = releases_for(user), datasets_for(user)
    if department_id is not None:
        departments = departments.filter(pk=department_id)
        releases, datasets = (
            releases.filter(dataset__department=department_id),
            datasets.filter(department=department_id),
        )
    return Picture(
        now=now,
        months=months_until(now, months),
        departments=list(departments.values_list("name", flat=True)),
        datasets=_datasets(datasets),
        open=_open(releases, now),
        visits=_visits(releases, since, now),
        published=_published(releases, since, now),
        public=_public(releases, now),
        returns=_returns(releases, since, now),
        final_review=_final_review(departments),
    )


def _final_review(departments: QuerySet[Department]) -> str:
    programs = Program.objects.filter(pk__in=departments.order_by().values("program_id"))
    labels = {stage_label(Stage.CDO_REVIEW, profile_for(program)) for program in programs}
    return labels.pop() if len(labels) == 1 else "Final review"


def departments_of(user: User) -> QuerySet[Department]:
    """The departments that the dashboard of `user` may be narrowed to."""
    return Department.objects.filter(pk__in=departments_visible(user).values("pk")).order_by("name")


def _datasets(datasets: QuerySet[Dataset]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in datasets.order_by().values_list("department__name", flat=True):
        counts[name] = counts.get(name, 0) + 1
    return counts


def _open(releases: QuerySet[Release], now: datetime) -> list[OpenRelease]:
    rows = (
        releases.filter(stage__in=OPEN_STAGES)
        .select_related("dataset__department", "dataset__steward", "dataset__coordinator")
        .prefetch_related(
            "profile", Prefetch("reviews", Review.objects.filter(verdict=""), to_attr="asked_for")
        )
        .order_by("stage_entered_at", "pk")
    )
    desks = _Desks()
    return [
        OpenRelease(
            pk=row.pk,
            title=row.dataset.title,
            department=row.dataset.department.name,
            stage=row.stage,
            days=max(0, (now - row.stage_entered_at).days),
            late_days=_late_days(row, now),
            held=row.held_at is not None,
            waits_on=desks.of(row),
        )
        for row in rows
    ]


def _late_days(release: Release, now: datetime) -> int:
    """Business days since the due date, at least one when it has passed; 0 when not late."""
    if release.due_at is None or release.held_at is not None or release.due_at >= now:
        return 0
    late = business_days_between(timezone.localdate(release.due_at), timezone.localdate(now))
    return max(1, late)


class _Desks:
    """On whose desk releases lie: who holds a role is looked up once per role and department."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], str] = {}

    def of(self, release: Release) -> tuple[str, ...]:
        """Whoever holds the stage, and everybody whose review is asked for; nobody while it is on hold."""
        if release.held_at is not None:
            return ()
        profile = profile_of(release.profile)
        holder = profile.stage_holders.get(release.stage, STAGE_OWNER[release.stage])
        asked = [profile.review_role(review.kind) for review in release.asked_for]  # type: ignore[attr-defined]
        roles = dict.fromkeys([holder, *asked])
        waits = [
            self._words(role, release.dataset, profile) for role in roles if role and role != SYSTEM_OWNER
        ]
        return tuple(dict.fromkeys(waits)) or (SYSTEM_WAITS,)

    def _words(self, role: str, dataset: Dataset, profile: Profile) -> str:
        named = {Role.STEWARD: dataset.steward, Role.COORDINATOR: dataset.coordinator}.get(Role(role))
        if named is not None and named.is_active:
            return f"{named.full_name}, {profile.role_words(role)}"
        key = (role, dataset.program_id, dataset.department_id)
        if key not in self._known:
            people = people_with_role(role, program=dataset.program_id, department=dataset.department_id)
            self._known[key] = _one_of([person.full_name for person in people])
        return f"{self._known[key]}, {profile.role_words(role)}"


def _one_of(names: list[str]) -> str:
    if not names:
        return "Nobody yet"
    return names[0] if len(names) == 1 else f"Any of {len(names)} people"


def _visits(releases: QuerySet[Release], since: datetime, now: datetime) -> list[Visit]:
    rows = StageVisit.objects.filter(release__in=releases.order_by(), left_at__gte=since, left_at__lte=now)
    columns = ("stage", "move", "release__dataset__department__name", "entered_at", "left_at")
    return [
        Visit(stage, move, department, left_at, days_between(entered_at, left_at))
        for stage, move, department, entered_at, left_at in rows.order_by("left_at", "pk").values_list(
            *columns
        )
    ]


def _published(releases: QuerySet[Release], since: datetime, now: datetime) -> list[Published]:
    rows = releases.filter(published_at__gte=since, published_at__lte=now).order_by("published_at", "pk")
    columns = ("dataset__department__name", "published_at", "opened_at")
    return [
        Published(department, published_at, days_between(opened_at, published_at))
        for department, published_at, opened_at in rows.values_list(*columns)
    ]


def _public(releases: QuerySet[Release], now: datetime) -> list[PublicDataset]:
    rows: Any = releases.filter(stage=Stage.PUBLISHED, published_at__isnull=False).order_by("pk")
    about = ("dataset__department__name", "dataset__accrual_periodicity", "published_at")
    found = list(rows.values_list("profile_id", "dataset_id", *about))
    looks = last_looks(row[1] for row in found)
    rows_of_profiles = ProgramProfile.objects.in_bulk({row[0] for row in found})
    profiles = {pk: profile_of(row) for pk, row in rows_of_profiles.items()}
    return [
        PublicDataset(department, is_fresh(frequency, updated_at, now, profiles[profile], looks.get(dataset)))
        for profile, dataset, department, frequency, updated_at in found
    ]


def _returns(releases: QuerySet[Release], since: datetime, now: datetime) -> list[Return]:
    rows = (
        ReturnForChanges.objects.filter(release__in=releases.order_by(), at__gte=since, at__lte=now)
        .select_related("release__dataset__department", "by")
        .order_by("-at", "-pk")
    )
    return [
        Return(
            release_id=row.release_id,
            title=row.release.dataset.title,
            department=row.release.dataset.department.name,
            from_stage=row.from_stage,
            to_stage=row.to_stage,
            reason=row.reason,
            points=len(row.points),
            by=row.by.full_name,
            at=row.at,
        )
        for row in rows
    ]
