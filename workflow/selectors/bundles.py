"""Reads about bundles: which there are, what each of their releases lacks, and how far its copies are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import Program, User
from accounts.roles import programs_of
from publishing.models import Publication
from publishing.selectors import needed_of, places_of, publications_of
from workflow import calendar_duties, gates
from workflow.context import ReleaseContext, contexts_of, release_queryset
from workflow.freezing import free_from
from workflow.gates import Unmet
from workflow.models import Bundle, BundlePlace, Release
from workflow.policies import may_act
from workflow.selectors.datasets import releases_for
from workflow.stages import OPEN_STAGES

State = Bundle.State
# A page offers so many releases to be added; the rest are found by their plan.
OFFERED = 200


@dataclass(frozen=True)
class Copies:
    """How the copies of one release stand: asked to be public, visible to strangers, stopped for good."""

    goes_public: bool = False
    is_exposed: bool = False
    failure: str = ""


@dataclass(frozen=True)
class Member:
    """One release of a bundle as its page shows it."""

    context: ReleaseContext
    place: BundlePlace
    lacks: list[Unmet]
    copies: Copies
    conflicts: list[str]
    is_visible: bool

    @property
    def is_ready(self) -> bool:
        return not self.lacks

    @property
    def is_public(self) -> bool:
        """Its public copy was checked from outside."""
        return gates.public_copy_confirmed(self.context).ok


def copies_of(release_ids: Iterable[int]) -> dict[int, Copies]:
    """How the copies of these releases stand. A place that a release does not wait for cannot fail it."""
    return {pk: _copies(pk) for pk in release_ids}


def _copies(release_id: int) -> Copies:
    rows = publications_of(release_id)
    if not rows:
        return Copies()
    needed = needed_of(release_id, places_of(release_id)).values()
    failures = [row.failure or row.error for row in needed if row.status == Publication.Status.DEAD]
    return Copies(
        goes_public=any(row.goal == Publication.Goal.PUBLIC for row in rows),
        is_exposed=any(row.is_exposed for row in rows),
        failure=next(iter(failures), ""),
    )


def contexts_in(bundle: Bundle, *, now: datetime | None = None) -> list[ReleaseContext]:
    """The contexts of the releases that are in a bundle now, in the order in which they came."""
    places = list(bundle.places.filter(open=True).values_list("release_id", flat=True))
    found = contexts_of(release_queryset().filter(pk__in=places), now=now)
    return sorted(found, key=lambda context: places.index(context.release.pk))


def members_of(bundle: Bundle, user: User, *, now: datetime | None = None) -> list[Member]:
    """The releases of a bundle with what each lacks and what in its own plan goes against the bundle."""
    contexts = contexts_in(bundle, now=now)
    places = {row.release_id: row for row in bundle.places.filter(open=True).select_related("added_by")}
    copies = copies_of(places)
    seen = set(releases_for(user).filter(pk__in=places).values_list("pk", flat=True))
    return [
        Member(
            context=context,
            place=places[context.release.pk],
            lacks=gates.lacking(context),
            copies=copies[context.release.pk],
            conflicts=conflicts_of(bundle, context),
            is_visible=context.release.pk in seen,
        )
        for context in contexts
    ]


def conflicts_of(bundle: Bundle, context: ReleaseContext) -> list[str]:
    """What goes against the moment of the bundle: a later date or embargo, a freeze; and what it would replace."""
    plan, said = context.plan, []
    if plan is None or plan.release_at is None:
        said.append("Its own plan has no date yet.")
    elif plan.release_at > bundle.release_at:
        said.append("Its own plan goes public later than the bundle. Move one of the two.")
    if plan is not None and plan.embargo_until and plan.embargo_until > bundle.release_at:
        said.append("It is under embargo beyond the moment of the bundle.")
    if free_from(context, bundle.release_at) > bundle.release_at:
        said.append("The moment lies in a freeze period, so the bundle waits for its end.")
    if context.release.plan_holds.all():
        said.append("It is held back.")
    if context.dataset.public_release is not None:
        said.append(
            "It replaces data that is public today. If the bundle is taken back, this dataset is private until "
            "the bundle goes public or an earlier copy is published again."
        )
    return said


def bundles_of(user: User, program: Program) -> QuerySet[Bundle]:
    """The bundles of a program, for whoever works there, with the number of their releases."""
    return (
        Bundle.objects.filter(program=program, program__in=programs_of(user))
        .select_related("owner", "program")
        .annotate(releases=Count("places", filter=Q(places__left_at=None)))
    )


def bundles_live() -> QuerySet[Bundle]:
    """Bundles that the system still has to look at."""
    return Bundle.objects.exclude(state__in=Bundle.ENDED)


def bundle_of(release: Release) -> Bundle | None:
    """The open bundle that a release is in."""
    place = release.bundle_places.filter(open=True).select_related("bundle__owner").first()
    return place.bundle if place else None


def bundles_stopped(user: User) -> list[Bundle]:
    """Bundles that wait for a decision of `user`: theirs, and those that they may decide for their owner."""
    rows = Bundle.objects.filter(state__in=Bundle.WAITS_ON_PEOPLE, program__in=programs_of(user))
    return [
        row for row in rows.select_related("owner", "program") if calendar_duties.may_keep_bundle(user, row)
    ]


def releases_to_add(bundle: Bundle, user: User) -> list[Release]:
    """Releases that `user` may put into a bundle: open, of its program, in no other one."""
    rows = (
        releases_for(user)
        .filter(dataset__program=bundle.program, stage__in=OPEN_STAGES)
        .exclude(bundle_places__in=BundlePlace.objects.filter(open=True))
    )
    wanted = rows.order_by("dataset__title").values_list("pk", flat=True)[:OFFERED]
    contexts = contexts_of(release_queryset().filter(pk__in=list(wanted)))
    found = [context.release for context in contexts if may_act(user, "edit_plan", context)]
    return sorted(found, key=lambda release: release.dataset.title)
