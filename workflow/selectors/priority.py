"""Reads about priorities: the score that holds, the weights that count, and the inventory in its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Department, Program, User
from accounts.profiles import Profile
from accounts.selectors import departments_visible
from workflow.models import Dataset, PriorityScore, PriorityWeights
from workflow.priority import SCALES, Band, Scale, Score
from workflow.priority.base import count_of
from workflow.selectors.requests import votes_of_many

_FREQUENCY_POINTS = {
    "not_updated": "0",
    "as_needed": "1",
    "annually": "1",
    "biannually": "2",
    "quarterly": "2",
    "bimonthly": "2",
    "monthly": "3",
    "biweekly": "3",
    "weekly": "4",
    "weekdays": "4",
    "daily": "4",
    "hourly": "4",
    "continuous": "4",
}


@dataclass(frozen=True)
class Ranked:
    """A dataset in its place. `score` is computed now; `row` is what was stored last, if anything."""

    dataset: Dataset
    score: Score
    band: Band
    row: PriorityScore | None
    place: int = 0
    # The place under the weights that hold, where other weights are tried out.
    place_now: int = 0

    @property
    def is_overridden(self) -> bool:
        return bool(self.row and self.row.override)

    @property
    def moved(self) -> int:
        """How many places up (positive) or down the other weights move it."""
        return self.place_now - self.place


def scale_of(profile: Profile) -> Scale:
    """The scale that the program ranks by."""
    return SCALES[profile.inventory.priority]


def weights_row(program: Program | int) -> PriorityWeights | None:
    """The weights that the program set itself, if it did."""
    return PriorityWeights.objects.filter(program=program).select_related("by").first()


def weights_of(program: Program | int, profile: Profile) -> dict[str, float]:
    """The weight of every factor today: what the program set, else its profile, else 1."""
    row = weights_row(program)
    return scale_of(profile).weights(row.weights if row else profile.inventory.weights)


def newest_scores(dataset_ids: Iterable[int], scale: Scale) -> dict[int, PriorityScore]:
    """The score that holds for each dataset that has one by this scale."""
    newest = (
        PriorityScore.objects.filter(dataset__in=list(dataset_ids), scale=scale.code)
        .values("dataset")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    rows = PriorityScore.objects.filter(pk__in=newest).select_related("by")
    return {row.dataset_id: row for row in rows}


def newest_score(dataset: Dataset, scale: Scale) -> PriorityScore | None:
    return newest_scores([dataset.pk], scale).get(dataset.pk)


def with_priority(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Adds `shown_priority` (words), `shown_code`, `shown_band` and `shown_value` to each dataset."""
    newest = PriorityScore.objects.filter(dataset=OuterRef("pk")).order_by("-id")
    return datasets.annotate(
        shown_priority=Subquery(newest.values("label")[:1]),
        shown_code=Subquery(newest.values("code")[:1]),
        shown_band=Subquery(newest.values("band")[:1]),
        shown_value=Subquery(newest.values("value")[:1]),
    )


def record_answers(dataset: Dataset, profile: Profile) -> dict[str, Any]:
    """The questions of the scale that the inventory record answers by itself: they follow the record."""
    derived = {
        "classification": class_kind(dataset.classification, profile),
        "frequency": _FREQUENCY_POINTS.get(dataset.accrual_periodicity, ""),
        "years": _years(dataset),
        "timeliness": _age(dataset),
    }
    known = {one.derived for one in scale_of(profile).questions}
    return {code: value for code, value in derived.items() if code in known and value != ""}


def answers_for(
    dataset: Dataset, profile: Profile, *, stored: Mapping[str, Any] | None = None, votes: int = 0
) -> dict[str, Any]:
    """What people answered, with what the record answers; confirmed voices of the public count at least."""
    typed = {code: value for code, value in (stored or {}).items() if code != "classification"}
    answers = {code: value for code, value in typed.items() if value not in ("", None)}
    if "votes" in {one.derived for one in scale_of(profile).questions}:
        answers["votes"] = max(count_of(answers, "votes"), votes)
    return answers | record_answers(dataset, profile)


def class_kind(code: str, profile: Profile) -> str:
    """Public, sensitive or protected: the three kinds of the grid, for a program with other words too."""
    if code in ("", "public", "sensitive", "protected"):
        return code
    choice = profile.classification(code)
    if choice is None or choice.never_publish or not choice.raw_publishable:
        return "protected"
    return "sensitive" if choice.needs_ground else "public"


def ranked(
    user: User,
    program: Program,
    profile: Profile,
    *,
    department: Department | None = None,
    tried: Mapping[str, Any] | None = None,
) -> list[Ranked]:
    """The inventory that `user` may see in the order of the program's scale; `tried` are other weights.

    Overrides hold under any weights: a person decided them.
    """
    datasets = Dataset.objects.filter(program=program, department__in=departments_visible(user).values("pk"))
    if department is not None:
        datasets = datasets.filter(department=department)
    rows = list(datasets.select_related("department"))
    scale, weights = scale_of(profile), weights_of(program, profile)
    stored, votes = newest_scores([row.pk for row in rows], scale), votes_of_many([row.pk for row in rows])
    answers = {
        row.pk: answers_for(
            row,
            profile,
            stored=stored[row.pk].inputs if row.pk in stored else None,
            votes=votes.get(row.pk, 0),
        )
        for row in rows
    }
    now = _in_order(rows, scale, weights, answers, stored)
    if tried is None:
        return now
    places = {one.dataset.pk: one.place for one in now}
    other = _in_order(rows, scale, scale.weights(tried), answers, stored)
    return [
        Ranked(one.dataset, one.score, one.band, one.row, one.place, places[one.dataset.pk]) for one in other
    ]


def _in_order(
    rows: list[Dataset],
    scale: Scale,
    weights: Mapping[str, float],
    answers: Mapping[int, Mapping[str, Any]],
    stored: Mapping[int, PriorityScore],
) -> list[Ranked]:
    found = []
    for dataset in rows:
        score, row = scale.score(answers[dataset.pk], weights), stored.get(dataset.pk)
        band = (scale.band(row.override) if row and row.override else None) or score.band
        found.append(
            (
                scale.place(band.code),
                -score.value,
                dataset.title.casefold(),
                dataset.pk,
                score,
                band,
                row,
                dataset,
            )
        )
    found.sort(key=lambda entry: entry[:4])
    return [
        Ranked(dataset, score, band, row, place, place)
        for place, (*_, score, band, row, dataset) in enumerate(found, start=1)
    ]


def _years(dataset: Dataset) -> str:
    if dataset.coverage_start is None:
        return ""
    end: date = dataset.coverage_end or timezone.localdate()
    years = (end - dataset.coverage_start).days / 365.25
    return "3" if years >= 10 else "2" if years >= 5 else "1" if years >= 2 else "0"


def _age(dataset: Dataset) -> str:
    if dataset.coverage_start is None and dataset.coverage_end is None:
        return ""
    end: date = dataset.coverage_end or timezone.localdate()
    years = (timezone.localdate() - end).days / 365.25
    return str(max(0, 4 - int(years))) if years >= 0 else "4"
