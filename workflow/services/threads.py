"""Writes in threads: a post, its erasure, a visit; a question for help, its answer, its end.

Bodies are talk between colleagues. They go into no audit data and, but for the answer to a question, into no
letter; a body that holds somebody's number is refused. Source: issue 3 point 6.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import has_role
from audit.services import event_record
from notifications.services import message_queue
from privacy.personal_values import raw_values_in
from workflow import policies, routing
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import HelpRequest, Thread, ThreadPost, ThreadSeen
from workflow.selectors.threads import (
    Place,
    Topic,
    is_sealed,
    participants_of,
    place_of,
    thread_at,
    told_already,
)
from workflow.services.effects import letter_context


@transaction.atomic
def thread_write(
    *, release_id: int, topic: str, key: str, body: str, actor: User, now: datetime | None = None
) -> ThreadPost:
    """Say something in a thread. Returns the post.

    Raises PermissionDenied (an auditor, a sealed thread), MoveRefused when there is nothing of that name, and
    ValidationError with a sentence when the words are missing or hold values of the file.
    """
    now = now or timezone.now()
    context = context_of(release_id, now=now)
    thread = _thread(context, topic, key, actor, now)
    post = _post(context, thread, body, actor, now)
    _tell(context, thread, post, actor, now)
    return post


@transaction.atomic
def post_erase(*, post_id: int, actor: User, now: datetime | None = None) -> ThreadPost:
    """Take one's own words back: the row stays and says that its author erased it."""
    now = now or timezone.now()
    post = (
        ThreadPost.objects.select_for_update(of=("self",)).select_related("thread__dataset").get(pk=post_id)
    )
    if post.author_id != actor.pk:
        raise PermissionDenied("Only who wrote this may erase it.")
    if post.erased_at is None:
        post.body, post.erased_at = "", now
        post.save(update_fields=["body", "erased_at"])
        _record("workflow.post_erased", post.thread, actor, now)
    return post


@transaction.atomic
def thread_visit(*, thread: Thread, user: User, now: datetime | None = None) -> None:
    """Remember that a person looked into a thread: what is there is not new to them any more."""
    ThreadSeen.objects.update_or_create(thread=thread, user=user, defaults={"seen_at": now or timezone.now()})


@transaction.atomic
def help_ask(
    *,
    release_id: int,
    topic: str,
    key: str,
    of_role: str,
    question: str,
    actor: User,
    now: datetime | None = None,
) -> HelpRequest:
    """Ask the open data team, the portal admin or the CDO. The question stands in the thread, they get a letter.

    Raises as `thread_write`, and MoveRefused when nobody holds the role.
    """
    now = now or timezone.now()
    context = context_of(release_id, now=now)
    if of_role not in HelpRequest.Helper.values:
        raise MoveRefused("Ask the open data team, the portal admin or the CDO.")
    helpers = [person for person in routing.holders(context, of_role) if person != actor]
    if not helpers:
        raise MoveRefused(
            f"Nobody else holds the role {context.profile.role_label(of_role)}, so nobody could answer. "
            "Ask somebody else."
        )
    thread = _thread(context, topic, key, actor, now)
    post = _post(context, thread, question, actor, now, action="")
    row = HelpRequest.objects.create(
        thread=thread,
        release=context.release,
        question=post,
        of_role=of_role,
        asked_by=actor,
        asked_at=now,
    )
    _record("workflow.help_asked", thread, actor, now, role=context.profile.role_words(of_role))
    _ask_helpers(context, row, actor, now)
    return row


@transaction.atomic
def help_answer(*, help_id: int, body: str, actor: User, now: datetime | None = None) -> HelpRequest:
    """Answer a question in its thread; the answer goes to who asked by letter, and the question is closed.

    Raises PermissionDenied when `actor` does not hold the role that was asked, MoveRefused when it was answered
    meanwhile, ValidationError on words that may not stand there.
    """
    now = now or timezone.now()
    row, context = _help_locked(help_id, now)
    if not may_help(actor, row, context):
        raise PermissionDenied(f"This was asked of the {context.profile.role_words(row.of_role)}.")
    if not row.is_open:
        raise MoveRefused("This question has been answered or closed meanwhile.")
    post = _post(context, row.thread, body, actor, now, action="")
    row.answer, row.closed_by, row.closed_at = post, actor, now
    row.save(update_fields=["answer", "closed_by", "closed_at"])
    _record("workflow.help_answered", row.thread, actor, now)
    message_queue(
        message_id="help_answered",
        recipients=[row.asked_by],
        actor=actor,
        context=letter_context(context, actor, about=row.thread.label, answer=post.body),
        path=_path(context, row.thread),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=now,
    )
    _tell(context, row.thread, post, actor, now, without=row.asked_by)
    return row


@transaction.atomic
def help_close(*, help_id: int, actor: User, now: datetime | None = None) -> HelpRequest:
    """End a question without an answer: who asked needs none any more, or the helper says so."""
    now = now or timezone.now()
    row, context = _help_locked(help_id, now)
    if actor.pk != row.asked_by_id and not may_help(actor, row, context):
        raise PermissionDenied("Who asked, or who was asked, may close this question.")
    if row.is_open:
        row.closed_by, row.closed_at = actor, now
        row.save(update_fields=["closed_by", "closed_at"])
        _record("workflow.help_closed", row.thread, actor, now)
    return row


@transaction.atomic
def help_reopen(*, help_id: int, actor: User, now: datetime | None = None) -> HelpRequest:
    """The answer was not enough: the question waits for the helper again, who gets a letter."""
    now = now or timezone.now()
    row, context = _help_locked(help_id, now)
    if actor.pk != row.asked_by_id:
        raise PermissionDenied("Only who asked may open the question again.")
    if not row.is_open:
        row.closed_by, row.closed_at = None, None
        row.save(update_fields=["closed_by", "closed_at"])
        _record("workflow.help_reopened", row.thread, actor, now)
        _ask_helpers(context, row, actor, now)
    return row


def may_help(actor: User, row: HelpRequest, context: ReleaseContext) -> bool:
    """True for who holds the role that was asked. Nobody answers their own question."""
    dataset = context.dataset
    return actor.pk != row.asked_by_id and has_role(
        actor, row.of_role, program=dataset.program_id, department=dataset.department_id
    )


def _thread(context: ReleaseContext, topic: str, key: str, actor: User, now: datetime) -> Thread:
    """The thread to write in, made with its first post; under a lock, so that it is made once."""
    policies.check_action(actor, "write_thread", context)
    if is_sealed(context, topic, key):
        raise PermissionDenied(
            "This review is given blind: its thread opens when everybody who was asked has given a verdict."
        )
    place: Place | None = place_of(context, topic, key)
    if place is None:
        raise MoveRefused("There is no such item, column or review in this release any more.")
    thread = thread_at(context.release, topic, key)
    if thread is None:
        thread, _ = Thread.objects.get_or_create(
            dataset=context.dataset,
            release=None if topic == Topic.DATASET else context.release,
            topic=topic,
            key=key,
            defaults={"label": place.label, "last_at": now},
        )
    return thread


def _post(
    context: ReleaseContext,
    thread: Thread,
    body: str,
    actor: User,
    now: datetime,
    *,
    action: str = "workflow.thread_written",
) -> ThreadPost:
    policies.check_action(actor, "write_thread", context)
    body = body.strip()
    refusal = raw_values_in(body) if body else "Write something first."
    if refusal:
        raise ValidationError(refusal)
    post = ThreadPost.objects.create(thread=thread, author=actor, body=body, at=now)
    Thread.objects.filter(pk=thread.pk).update(last_at=now)
    thread_visit(thread=thread, user=actor, now=now)
    if action:
        _record(action, thread, actor, now)
    return post


def _help_locked(help_id: int, now: datetime) -> tuple[HelpRequest, ReleaseContext]:
    row = (
        HelpRequest.objects.select_for_update(of=("self",))
        .select_related("thread", "thread__dataset", "asked_by", "question")
        .get(pk=help_id)
    )
    context = context_of(row.release_id, now=now)
    return row, context


def _ask_helpers(context: ReleaseContext, row: HelpRequest, actor: User, now: datetime) -> None:
    message_queue(
        message_id="help_asked",
        recipients=routing.holders(context, row.of_role),
        actor=actor,
        context=letter_context(context, actor, about=row.thread.label),
        path=_path(context, row.thread),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=now,
    )


def _tell(
    context: ReleaseContext,
    thread: Thread,
    post: ThreadPost,
    actor: User,
    now: datetime,
    *,
    without: User | None = None,
) -> None:
    """One letter per thread until its reader has looked: to who takes part, and who looks after the dataset."""
    dataset = context.dataset
    people = [*participants_of(thread), dataset.steward, dataset.coordinator]
    if thread.topic == Topic.REVIEW:
        rows = [review for review in context.reviews if review.kind == thread.key]
        people += [person for review in rows for person in (review.reviewer, review.requested_by)]
        role = context.profile.review_role(thread.key)
        if role and any(review.is_pending for review in rows):
            people += routing.holders(context, role)
    readers = {
        person.pk: person
        for person in people
        if person is not None and person not in (actor, without) and policies.is_visible(person, dataset)
    }
    waiting = told_already(thread, readers.values())
    readers = {pk: person for pk, person in readers.items() if pk not in waiting}
    for person in readers.values():
        ThreadSeen.objects.update_or_create(thread=thread, user=person, defaults={"told_at": now})
    message_queue(
        message_id="thread_written",
        recipients=readers.values(),
        actor=actor,
        context=letter_context(context, actor, about=thread.label),
        path=_path(context, thread),
        release_id=context.release.pk,
        dataset_id=dataset.pk,
        now=now,
    )


def _path(context: ReleaseContext, thread: Thread) -> str:
    return reverse("release_thread", args=[context.release.pk, thread.topic, thread.key])


def _record(action: str, thread: Thread, actor: User, now: datetime, **data: str) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=thread.dataset,
        data={"about": thread.label, **data},
        program_id=thread.dataset.program_id,
        dataset_id=thread.dataset_id,
        release_id=thread.release_id,
        now=now,
    )
