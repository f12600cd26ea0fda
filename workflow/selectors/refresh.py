"""Reads of refreshes: what the page says of one, and which public data is due for the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.profiles import profile_of
from accounts.selectors import profile_for
from datafiles.drift import Drift, Shift
from datafiles.drift_words import is_emptier, is_noted, shift_words
from publishing.models import Permit
from publishing.selectors_bounds import last_permit, permit_in_force
from publishing.selectors_sources import last_looks
from workflow.calendar import calendar_of
from workflow.comparing import halt_of
from workflow.context import ReleaseContext
from workflow.freshness import LATE_BANDS, Freshness, freshness_of
from workflow.models import Dataset, Refresh, Release, Review
from workflow.refreshing import Decision, is_measuring, refresh_of
from workflow.stages import OPEN_STAGES, Stage

_NEXT = {
    Decision.PUBLISH: "It is staged and goes public by itself as soon as its copy on the portal is compared.",
    Decision.PRIVACY: (
        "Privacy reads what changed. When privacy is cleared, it goes public by itself; nobody else is asked."
    ),
    Decision.FULL: (
        "It is prepared and decided like a first release. Or withdraw it, and upload a file that holds what was "
        "approved. What is public stays public meanwhile."
    ),
}


@dataclass(frozen=True)
class DriftRow:
    """One column of the report, in words and figures."""

    name: str
    what: str
    empty: str
    distinct: str
    spread: str
    is_noted: bool


@dataclass(frozen=True)
class DueLine:
    """One public dataset, with how fresh it is."""

    dataset: Dataset
    release: Release
    freshness: Freshness


def refresh_panel(context: ReleaseContext) -> dict[str, Any]:
    """What the overview says of refreshing: of a refresh its drift and its way, of public data how fresh it is."""
    refresh = refresh_of(context)
    public = context.dataset.public_release
    if refresh is None and public is None:
        return {}
    base_id = refresh.base_id if refresh else public.pk
    permit = _permit_of(context, base_id)
    return {
        "refresh": refresh,
        "measuring": is_measuring(context),
        "halt": halt_of(context),
        "decision": _decision_words(refresh),
        "next": _NEXT[Decision(refresh.decision)] if refresh and refresh.decision else "",
        "rows": drift_rows(refresh),
        "found": newly_found(refresh),
        "permit": permit,
        "permit_holds": permit is not None and permit_in_force(base_id, now=context.now) is not None,
        "approvers": approvers_of(permit),
        "freshness": freshness_of_dataset(context.dataset, now=context.now),
        "is_public": context.release.stage == Stage.PUBLISHED,
    }


def _permit_of(context: ReleaseContext, base_id: int) -> Permit | None:
    own = next(iter(context.permits), None)
    return own or permit_in_force(base_id, now=context.now) or last_permit(base_id)


def approvers_of(permit: Permit | None) -> list[str]:
    """Who gave the approval that covers it, with what they approved: four eyes, by name."""
    if permit is None:
        return []
    people = User.objects.in_bulk([row["user"] for row in permit.approvers if row.get("user")])
    kinds = dict(Review.Kind.choices)
    return [
        f"{people[row['user']]} ({kinds.get(row['kind'], row['kind'])!s})"
        for row in permit.approvers
        if row.get("user") in people
    ]


def _decision_words(refresh: Refresh | None) -> str:
    if refresh is None or not refresh.decision:
        return ""
    return str(Decision(refresh.route or refresh.decision).label)


def drift_rows(refresh: Refresh | None) -> list[DriftRow]:
    """The columns of the report: those that changed first."""
    if refresh is None or "rows_now" not in refresh.report:
        return []
    drift = drift_of(refresh)
    renamed = {now: before for before, now in drift.renamed}
    retyped = {name: (before, now) for name, before, now in drift.retyped}
    rows = [_row(row, renamed, retyped) for row in drift.columns]
    rows += [DriftRow(name, "new", "", "", "", is_noted=True) for name in drift.added]
    rows += [DriftRow(name, "missing", "", "", "", is_noted=True) for name in drift.vanished]
    return sorted(rows, key=lambda row: not row.is_noted)


def drift_of(refresh: Refresh) -> Drift:
    """The drift as it was measured."""
    about = ("missing", "found_before", "found_now")
    return Drift.of_dict({key: value for key, value in refresh.report.items() if key not in about})


def _row(row: Shift, renamed: dict[str, str], retyped: dict[str, tuple[str, str]]) -> DriftRow:
    what = f"was called “{renamed[row.name]}”" if row.name in renamed else ""
    if row.name in retyped:
        what = f"was {retyped[row.name][0]}, is {retyped[row.name][1]}"
    figure = f" ({row.measure.upper()} {row.shift:.2f})" if row.measure else ""
    return DriftRow(
        name=row.name,
        what=what or "as before",
        empty=f"{row.empty_before * 100:.1f} % → {row.empty_now * 100:.1f} %",
        distinct=f"{row.distinct_before:,} → {row.distinct_now:,}",
        spread=shift_words(row) + figure,
        is_noted=bool(what) or is_noted(row) or is_emptier(row),
    )


def newly_found(refresh: Refresh | None) -> list[str]:
    """What the detectors find now and did not before, by column; kinds only."""
    if refresh is None:
        return []
    before, now = refresh.report.get("found_before", {}), refresh.report.get("found_now", {})
    return [
        f"“{column}”: {', '.join(_entity(one) for one in new)}"
        for column, entities in now.items()
        if (new := [one for one in entities if one not in before.get(column, [])])
    ]


def _entity(code: str) -> str:
    return code.replace("_", " ").lower()


def freshness_of_dataset(dataset: Dataset, *, now: datetime | None = None) -> Freshness | None:
    """How fresh the public data of a dataset is; None when nothing is public or no date is promised."""
    public = dataset.public_release
    if public is None:
        return None
    profile = profile_for(dataset.program)
    return freshness_of(
        dataset.accrual_periodicity,
        public.published_at,
        now or timezone.now(),
        profile.updates,
        calendar_of(profile),
        last_looks([dataset.pk]).get(dataset.pk),
    )


def due_lines(*, now: datetime | None = None, among: Q | None = None) -> list[DueLine]:
    """Public datasets whose update is due or later, the longest late first. A handful of queries."""
    now = now or timezone.now()
    rows = Release.objects.filter(stage=Stage.PUBLISHED, published_at__isnull=False)
    rows = rows.exclude(dataset__accrual_periodicity="")
    if among is not None:
        rows = rows.filter(among)
    found = []
    for release in rows.select_related(
        "profile", "dataset__program", "dataset__department", "dataset__steward", "dataset__coordinator"
    ):
        fresh = _fresh(release, now, None)
        if fresh is not None and fresh.band in LATE_BANDS:
            found.append(DueLine(release.dataset, release, fresh))
    busy = _busy(line.dataset.pk for line in found)
    found = _still_late([line for line in found if line.dataset.pk not in busy], now)
    return sorted(found, key=lambda line: (line.freshness.due_at, line.dataset.pk))


def _still_late(lines: list[DueLine], now: datetime) -> list[DueLine]:
    """Without the data whose source was read since and held nothing newer: nobody can bring what there is not."""
    looks = last_looks(line.dataset.pk for line in lines)
    found = []
    for line in lines:
        fresh = _fresh(line.release, now, looks.get(line.dataset.pk))
        if fresh is not None and fresh.band in LATE_BANDS:
            found.append(replace(line, freshness=fresh))
    return found


def _fresh(release: Release, now: datetime, looked_at: datetime | None) -> Freshness | None:
    frequency, profile = release.dataset.accrual_periodicity, profile_of(release.profile)
    return freshness_of(
        frequency, release.published_at, now, profile.updates, calendar_of(profile), looked_at
    )


def _busy(dataset_ids: Iterable[int]) -> set[int]:
    """Datasets whose next release is on its way: nobody is nagged for what is being done."""
    rows = Release.objects.filter(dataset__in=list(dataset_ids), stage__in=OPEN_STAGES)
    return set(rows.values_list("dataset_id", flat=True))


def due_of(user: User, *, now: datetime | None = None) -> list[DueLine]:
    """The public datasets whose update is asked of `user`: their steward's, else their coordinator's."""
    mine = Q(dataset__steward=user) | Q(dataset__steward=None, dataset__coordinator=user)
    return due_lines(now=now, among=mine)


def may_refresh(context: ReleaseContext) -> bool:
    """Whether a new file could be handed in now: something is public, and nothing else is on its way."""
    if context.dataset.public_release is None:
        return False
    current = context.dataset.current_release
    return current is None or not current.is_open or (is_measuring(context) and not context.release.held_at)


def freshness_of_many(dataset_ids: Iterable[int], *, now: datetime | None = None) -> dict[int, Freshness]:
    """How fresh the public data of several datasets is, by id; a handful of queries."""
    now = now or timezone.now()
    rows = list(
        Release.objects.filter(dataset__in=list(dataset_ids), stage=Stage.PUBLISHED).select_related(
            "profile", "dataset"
        )
    )
    looks = last_looks(row.dataset_id for row in rows)
    found = {row.dataset_id: _fresh(row, now, looks.get(row.dataset_id)) for row in rows}
    return {pk: fresh for pk, fresh in found.items() if fresh is not None}
