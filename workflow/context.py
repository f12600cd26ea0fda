"""What gates and policies look at: one release with its facts, reviews and profile, read once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.profiles import Profile, profile_of
from dossier.models import Contribution, Fact
from dossier.selectors import facts_of_many
from publishing.models import EtlRecord, Permit
from workflow.joint import sides_of
from workflow.models import (
    Bundle,
    BundlePlace,
    ContributingDepartment,
    Dataset,
    Freeze,
    PlanHold,
    Release,
    Review,
    ReviewOrder,
    Withholding,
)


@dataclass
class ReleaseContext:
    """A release and everything that is judged about it. Built by a bounded number of queries."""

    release: Release
    dataset: Dataset
    profile: Profile
    facts: dict[str, Fact]
    reviews: Sequence[Review]
    contributions: Sequence[Contribution]
    permits: Sequence[Permit]
    now: datetime = field(default_factory=timezone.now)
    # Whom it goes public with; None outside of a bundle.
    together: Together | None = None

    def about(self, kind: str, key: str) -> Any:
        """What the fact of `kind` says it speaks of; None when there is no such fact."""
        fact = self.facts.get(kind)
        return fact.about.get(key) if fact else None

    def data(self, kind: str, key: str) -> Any:
        fact = self.facts.get(kind)
        return fact.data.get(key) if fact else None

    @property
    def sides(self) -> set[str]:
        """Where two governments share the program: those whose data this is."""
        return sides_of(self.dataset)

    @property
    def is_joint(self) -> bool:
        """Several departments make this dataset together."""
        return bool(self.dataset.contributing.all())

    @property
    def plan(self) -> Any:
        return getattr(self.release, "plan", None)


class Together:
    """The releases of a bundle, read when a gate asks for them, and once for all contexts of one reading."""

    def __init__(self, bundle: Bundle, now: datetime | None) -> None:
        self.bundle = bundle
        self._now = now

    @cached_property
    def contexts(self) -> list[ReleaseContext]:
        return contexts_of(
            release_queryset().filter(bundle_places__bundle=self.bundle, bundle_places__open=True),
            now=self._now,
        )


def release_queryset() -> QuerySet[Release]:
    """Releases with what a context needs of their rows."""
    return Release.objects.select_related(
        "dataset",
        "dataset__program",
        "dataset__department",
        "dataset__steward",
        "dataset__coordinator",
        "dataset__custodian",
        "dataset__schedule",
        "profile",
        "plan",
        "refresh__base",
    ).prefetch_related(
        Prefetch(
            "reviews",
            queryset=Review.objects.select_related(
                "reviewer", "requested_by", "claimed_by", "on_behalf_of", "department"
            ),
        ),
        "recusals",
        "dataset__department__added_reviews",
        "dataset__department__checklist_items",
        Prefetch(
            "review_orders",
            queryset=ReviewOrder.objects.select_related("owner", "ordered_by", "done_by", "closed_by"),
        ),
        Prefetch("contributions", queryset=Contribution.objects.select_related("user")),
        Prefetch(
            "dataset__contributing",
            queryset=ContributingDepartment.objects.select_related("department"),
        ),
        "dataset__exceptions",
        Prefetch("dataset__program__freezes", queryset=Freeze.objects.filter(lifted_at=None)),
        "freeze_exceptions",
        Prefetch("plan_holds", queryset=PlanHold.objects.filter(lifted_at=None)),
        Prefetch(
            "bundle_places",
            queryset=BundlePlace.objects.filter(open=True).select_related("bundle__owner"),
        ),
        Prefetch("dataset__etl_records", queryset=EtlRecord.objects.filter(state=EtlRecord.State.APPROVED)),
        Prefetch("dataset__withholdings", queryset=Withholding.objects.select_related("decided_by")),
        Prefetch("permits", queryset=Permit.objects.filter(revoked_at=None, bounds__basis__revoked_at=None)),
    )


def contexts_of(releases: Iterable[Release], *, now: datetime | None = None) -> list[ReleaseContext]:
    """Contexts of releases read with release_queryset; facts come in one more query."""
    releases = list(releases)
    facts = facts_of_many(release.pk for release in releases)
    together: dict[int, Together] = {}
    for release in releases:
        for place in release.bundle_places.all():
            together.setdefault(place.bundle_id, Together(place.bundle, now))
    return [
        ReleaseContext(
            release=release,
            dataset=release.dataset,
            profile=profile_of(release.profile),
            facts=facts[release.pk],
            reviews=list(release.reviews.all()),
            contributions=list(release.contributions.all()),
            permits=list(release.permits.all()),
            now=now or timezone.now(),
            together=next((together[place.bundle_id] for place in release.bundle_places.all()), None),
        )
        for release in releases
    ]


def context_of(release_id: int, *, now: datetime | None = None) -> ReleaseContext:
    """The context of one release. Raises Release.DoesNotExist."""
    return contexts_of([release_queryset().get(pk=release_id)], now=now)[0]
