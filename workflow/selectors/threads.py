"""Reads of threads: what each is about, what is new in it for whom, and which questions wait for an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, DateTimeField, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import Truncator

from accounts.models import User
from accounts.selectors import departments_visible, departments_where
from checklists.selectors import submission_of
from privacy.selectors import state_of
from workflow.context import ReleaseContext
from workflow.models import HelpRequest, Release, Review, Thread, ThreadPost, ThreadSeen

Topic = Thread.Topic
# The one key of the thread about a dataset as a whole.
WHOLE = "about"
_LONGEST_QUESTION = 120
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """What a thread is about: its name in a sentence, and the page where the thing itself stands."""

    topic: str
    key: str
    label: str
    url: str

    @property
    def title(self) -> str:
        return self.label[:1].upper() + self.label[1:]


def column_key(column: str) -> str:
    """The key of a column's thread: it stays the same from scan to scan and shows nothing in an address."""
    return hashlib.sha256(column.encode()).hexdigest()[:16]


def place_of(context: ReleaseContext, topic: str, key: str) -> Place | None:
    """What a thread of this release is about; None when there is no such thing and nobody has written of it."""
    find = {
        Topic.DATASET: _dataset_place,
        Topic.ITEM: _item_place,
        Topic.FINDING: _finding_place,
        Topic.REVIEW: _review_place,
    }.get(topic)  # type: ignore[call-overload]
    place = find(context, key) if find else None
    if place is not None:
        return place
    thread = thread_at(context.release, topic, key)
    return Place(topic, key, thread.label, reverse("release", args=[context.release.pk])) if thread else None


def _dataset_place(context: ReleaseContext, key: str) -> Place | None:
    if key != WHOLE:
        return None
    return Place(Topic.DATASET, key, "the dataset", reverse("release", args=[context.release.pk]))


def _item_place(context: ReleaseContext, key: str) -> Place | None:
    checklist, _, item_id = key.partition("/")
    submission = submission_of(context.release.pk, checklist)
    if submission is None:
        return None
    try:
        question = submission.version.catalogue.item(item_id).question
    except KeyError:
        return None
    words = Truncator(question).chars(_LONGEST_QUESTION)
    url = reverse("release_checklist", args=[context.release.pk, checklist])
    return Place(Topic.ITEM, key, f"the checklist item “{words}”", f"{url}#item-{item_id}")


def _finding_place(context: ReleaseContext, key: str) -> Place | None:
    for verdict in state_of(context.release.pk).verdicts:
        if column_key(verdict.column) == key:
            url = reverse("release_privacy", args=[context.release.pk])
            words = Truncator(verdict.column).chars(_LONGEST_QUESTION)
            return Place(Topic.FINDING, key, f"the column “{words}”", f"{url}#column-{verdict.position}")
    return None


def _review_place(context: ReleaseContext, key: str) -> Place | None:
    if key not in Review.Kind.values:
        return None
    kind = Review.Kind(key).label
    words = kind if kind.isupper() else f"{kind[0].lower()}{kind[1:]}" if kind[1:2].islower() else kind
    noun = "" if key in (Review.Kind.DEPARTMENT, Review.Kind.STEWARD_PREVIEW, Review.Kind.CDO) else " review"
    return Place(
        Topic.REVIEW, key, f"the {words}{noun}", reverse("release_reviews", args=[context.release.pk])
    )


def is_sealed(context: ReleaseContext, topic: str, key: str) -> bool:
    """A blinded review is not talked about before everybody who was asked for it has given a verdict."""
    return topic == Topic.REVIEW and any(
        review.kind == key and review.blinded and review.is_pending for review in context.reviews
    )


def thread_at(release: Release, topic: str, key: str) -> Thread | None:
    """The thread, if somebody has written in it."""
    return _of_release(release).filter(topic=topic, key=key).first()


def posts_of(thread: Thread) -> QuerySet[ThreadPost]:
    """What was said, oldest first, with who said it and the question that a post is."""
    return thread.posts.select_related("author", "help_request", "help_request__answer")


def threads_of(release: Release, user: User, *, topic: str = "", only: str = "") -> QuerySet[Thread]:
    """The threads of a release and of its dataset, newest first, with `words`, `unread` and `waits`.

    `only`: "unread", "help" (a question waits for an answer), or empty for all.
    """
    rows: QuerySet[Any] = _counted(_of_release(release), user)
    if topic:
        rows = rows.filter(topic=topic)
    if only == "unread":
        rows = rows.filter(unread__gt=0)
    if only == "help":
        rows = rows.filter(waits=True)
    return rows


def counts_of(release: Release, user: User) -> dict[tuple[str, str], Thread]:
    """Every thread of a release by topic and key, with its counts: one query for a whole page."""
    return {(thread.topic, thread.key): thread for thread in _counted(_of_release(release), user)}


def _of_release(release: Release) -> QuerySet[Thread]:
    return Thread.objects.filter(Q(release=release) | Q(dataset=release.dataset_id, release=None))


def _counted(threads: QuerySet[Thread], user: User) -> QuerySet[Thread]:
    seen = ThreadSeen.objects.filter(thread=OuterRef("pk"), user=user).values("seen_at")[:1]
    waiting = HelpRequest.objects.filter(thread=OuterRef("pk"), closed_at=None)
    since = Coalesce(Subquery(seen), Value(_NEVER, output_field=DateTimeField()))
    return (
        threads.annotate(since=since)
        .annotate(
            words=Count("posts", filter=Q(posts__erased_at=None)),
            unread=Count(
                "posts", filter=Q(posts__erased_at=None, posts__at__gt=since) & ~Q(posts__author=user.pk)
            ),
            waits=Exists(waiting),
        )
        .order_by("-last_at", "-pk")
    )


def help_open_of(release: Release) -> QuerySet[HelpRequest]:
    """The questions that wait for an answer on this release or its dataset, oldest first."""
    return HelpRequest.objects.filter(thread__in=_of_release(release), closed_at=None).select_related(
        "thread", "asked_by"
    )


def help_waiting_for(user: User) -> list[HelpRequest]:
    """The open questions that `user` may answer, oldest first: they hold the role that was asked."""
    mine = Q(pk__in=[])
    for role in HelpRequest.Helper.values:
        departments = departments_where(user, role).values("pk")
        mine |= Q(of_role=role, thread__dataset__department__in=departments)
    visible = departments_visible(user).values("pk")
    rows = HelpRequest.objects.filter(mine, closed_at=None, thread__dataset__department__in=visible)
    return list(
        rows.exclude(asked_by=user).select_related(
            "asked_by", "thread__dataset", "release__dataset", "release__profile"
        )
    )


def participants_of(thread: Thread) -> list[User]:
    """Everybody who has written in the thread, each once."""
    authors = thread.posts.values("author_id")
    return list(User.objects.filter(pk__in=authors).order_by("full_name", "pk"))


def told_already(thread: Thread, users: Iterable[User]) -> set[int]:
    """Ids of those who got a letter about this thread and have not looked into it since."""
    marks = ThreadSeen.objects.filter(thread=thread, user__in=list(users), told_at__isnull=False)
    return {
        mark.user_id
        for mark in marks
        if mark.told_at is not None and (mark.seen_at is None or mark.seen_at < mark.told_at)
    }


def help_prefetch() -> Prefetch[Any]:
    """The open questions of each thread, for lists."""
    waiting = HelpRequest.objects.filter(closed_at=None).select_related("asked_by")
    return Prefetch("help_requests", queryset=waiting, to_attr="waiting")
