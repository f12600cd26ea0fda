"""Threads: who writes, what may not be written, who hears of it; and questions for help."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent, PersonalNote
from notifications.models import OutgoingMessage
from notifications.services import letter_of
from privacy.personal_values import raw_values_in
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.errors import MoveRefused
from workflow.models import HelpRequest, Release, Review, Thread, ThreadPost
from workflow.selectors.threads import WHOLE, counts_of, help_open_of, help_waiting_for
from workflow.services.reviews import review_give
from workflow.services.threads import (
    help_answer,
    help_ask,
    help_close,
    help_reopen,
    post_erase,
    thread_visit,
    thread_write,
)
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
SAID = "The unit of the third column is missing."


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at(Stage.QUALITY, cast)


def write(
    release: Release, actor: Any, body: str = SAID, topic: str = "dataset", key: str = WHOLE
) -> ThreadPost:
    return thread_write(release_id=release.pk, topic=topic, key=key, body=body, actor=actor)


def ask(release: Release, actor: Any, of_role: str = Role.OPEN_DATA_TEAM, **place: str) -> HelpRequest:
    where = {"topic": "dataset", "key": WHOLE} | place
    return help_ask(
        release_id=release.pk, of_role=of_role, question="Which portal do we use?", actor=actor, **where
    )


def letters(message_id: str) -> dict[str, OutgoingMessage]:
    rows = OutgoingMessage.objects.filter(message_id=message_id).select_related("recipient")
    return {row.recipient.full_name: row for row in rows if row.recipient}


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    return str(client.get(reverse(name, args=args), query).content.decode())


# --- words ---


@pytest.mark.parametrize(
    "text",
    [
        "Row 12 shows 123-45-6789.",
        "The remark says 123 45 6789, is that one?",
        "SSN:900-70-1234",
        "Card 4111 1111 1111 1111 was in the file",
        "213-665-0144, 213-665-0145 and 213-665-0146",
        "a.b@example.org; c.d@example.org; e.f@example.org",
    ],
)
def test_somebodys_number_is_refused_with_the_place_to_describe(
    text: str, cast: Cast, release: Release
) -> None:
    with pytest.raises(ValidationError, match="the column and the row") as refusal:
        write(release, cast.steward, text)
    assert "123-45-6789" not in str(refusal.value)
    assert "4111 1111" not in str(refusal.value)
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Row 777,778 of the column remarks.",
        "412,310 rows from 2019-2026, permit 123456789.",
        "Call me: 213-555-0144.",
        "",
    ],
)
def test_places_counts_and_one_colleagues_number_are_no_values_of_the_file(text: str) -> None:
    assert raw_values_in(text) == ""


def test_what_was_said_stands_in_no_event_and_no_letter(cast: Cast, release: Release) -> None:
    write(release, cast.coordinator)
    event = AuditEvent.objects.get(action="workflow.thread_written")
    assert event.data == {"about": "the dataset"}
    assert not PersonalNote.objects.filter(event=event).exists()
    letter = letter_of(letters("thread_written")["Maria Lopez"])
    assert SAID not in letter.text
    assert "Dana Reed wrote in the thread about the dataset" in letter.text


# --- who ---


def test_everybody_who_may_see_it_writes_but_the_auditor(cast: Cast, release: Release) -> None:
    for role in Role:
        if role == Role.AUDITOR:
            with pytest.raises(PermissionDenied, match="Auditors read"):
                write(release, cast[role])
        else:
            write(release, cast[role])
    assert ThreadPost.objects.count() == len(Role) - 1


def test_people_of_another_department_or_program_do_not_find_it(
    cast: Cast, release: Release, client: Client
) -> None:
    row = ask(release, cast.steward)
    for person in (cast.other_steward, cast.foreign_cdo):
        client.force_login(person)
        for name, args in (
            ("release_threads", (release.pk,)),
            ("release_thread", (release.pk, "dataset", WHOLE)),
        ):
            assert client.get(reverse(name, args=args)).status_code == 404
        assert client.post(reverse("help_answer", args=[row.pk])).status_code == 404
        with pytest.raises(PermissionDenied):
            write(release, person)
    client.force_login(cast.outsider)
    assert client.get(reverse("release_threads", args=[release.pk])).status_code == 403


def test_a_thread_about_nothing_is_not_found(cast: Cast, release: Release, client: Client) -> None:
    client.force_login(cast.steward)
    for topic, key in (
        ("item", "quality/QUA-99"),
        ("finding", "0" * 16),
        ("review", "astrology"),
        ("moon", "x"),
    ):
        assert client.get(reverse("release_thread", args=[release.pk, topic, key])).status_code == 404
        with pytest.raises(MoveRefused):
            write(release, cast.steward, topic=topic, key=key)


def test_one_letter_until_its_reader_has_looked(cast: Cast, release: Release) -> None:
    for _ in range(3):
        write(release, cast.steward)
    assert (
        OutgoingMessage.objects.filter(message_id="thread_written", recipient=cast.coordinator).count() == 1
    )
    thread_visit(thread=Thread.objects.get(), user=cast.coordinator)
    write(release, cast.steward)
    assert (
        OutgoingMessage.objects.filter(message_id="thread_written", recipient=cast.coordinator).count() == 2
    )
    assert "Maria Lopez" not in letters("thread_written")


def test_what_is_new_is_counted_for_each_reader(cast: Cast, release: Release, client: Client) -> None:
    write(release, cast.steward)
    write(release, cast.steward, "And the fourth.")
    key = ("dataset", WHOLE)
    assert counts_of(release, cast.steward)[key].unread == 0
    assert counts_of(release, cast.coordinator)[key].unread == 2
    client.force_login(cast.coordinator)
    assert "2 new" in page(client, "release_threads", release.pk)
    assert SAID in page(client, "release_thread", release.pk, *key)
    assert counts_of(release, cast.coordinator)[key].unread == 0
    assert "No thread fits" in page(client, "release_threads", release.pk, only="unread")


def test_a_thread_of_the_dataset_outlasts_the_release_and_one_of_a_review_does_not(
    cast: Cast, release: Release
) -> None:
    write(release, cast.steward)
    write(release, cast.steward, topic="review", key="department")
    about, review = Thread.objects.get(topic="dataset"), Thread.objects.get(topic="review")
    assert about.release is None
    assert review.release == release
    assert review.label == "the department approval"


def test_who_is_asked_for_a_review_hears_of_its_thread(cast: Cast, release: Release) -> None:
    write(release, cast.steward, topic="review", key="department")
    assert {"Grace Okafor", "Dana Reed"} <= set(letters("thread_written"))


def test_the_author_alone_erases_and_the_row_says_so(cast: Cast, release: Release, client: Client) -> None:
    post = write(release, cast.steward)
    with pytest.raises(PermissionDenied, match="Only who wrote this"):
        post_erase(post_id=post.pk, actor=cast.cdo)
    client.force_login(cast.steward)
    client.post(reverse("post_erase", args=[release.pk, post.pk]))
    text = page(client, "release_thread", release.pk, "dataset", WHOLE)
    assert SAID not in text
    assert "Erased by its author" in text
    assert ThreadPost.objects.get(pk=post.pk).body == ""
    assert AuditEvent.objects.filter(action="workflow.post_erased").count() == 1


def test_a_refused_post_keeps_what_was_typed(cast: Cast, release: Release, client: Client) -> None:
    client.force_login(cast.steward)
    url = reverse("release_thread", args=[release.pk, "dataset", WHOLE])
    answer = client.post(url, {"body": "See 123-45-6789 there"})
    assert answer.status_code == 422
    assert "See 123-45-6789 there" in answer.content.decode()
    assert "This looks like a Social Security number" in answer.content.decode()


def test_a_review_given_blind_is_not_talked_about_before_all_verdicts_are_in(
    cast: Cast, release: Release, client: Client
) -> None:
    Review.objects.filter(release=release, kind="department").update(blinded=True)
    client.force_login(cast.approver)
    url = reverse("release_thread", args=[release.pk, "review", "department"])
    assert client.get(url).status_code == 403
    with pytest.raises(PermissionDenied, match="given blind"):
        write(release, cast.approver, topic="review", key="department")
    review_give(release_id=release.pk, kind="department", verdict="approved", actor=cast.approver)
    assert client.get(url).status_code == 200


def test_the_things_themselves_lead_to_their_threads(cast: Cast, release: Release, client: Client) -> None:
    write(release, cast.coordinator)
    client.force_login(cast.steward)
    overview = page(client, "release", release.pk)
    assert "Thread: 1 post" in overview
    assert "Ask for help" in overview
    reviews = page(client, "release_reviews", release.pk)
    assert reverse("release_thread", args=[release.pk, "review", "department"]) in reviews


# --- help ---


def test_a_question_reaches_the_role_and_its_answer_who_asked(cast: Cast, release: Release) -> None:
    row = ask(release, cast.steward)
    assert list(letters("help_asked")) == ["Omar Haddad"]
    assert letters("help_asked")["Omar Haddad"].asked
    assert [one.pk for one in help_waiting_for(cast[Role.OPEN_DATA_TEAM])] == [row.pk]
    assert help_waiting_for(cast.cdo) == []
    help_answer(help_id=row.pk, body="The city's own, call (213) 665-0144.", actor=cast[Role.OPEN_DATA_TEAM])
    letter = letter_of(letters("help_answered")["Maria Lopez"])
    assert "The city's own, call [number: see the page]" in letter.text
    row.refresh_from_db()
    assert not row.is_open
    assert help_waiting_for(cast[Role.OPEN_DATA_TEAM]) == []
    # One letter is enough for who asked.
    assert "Maria Lopez" not in letters("thread_written")


@pytest.mark.parametrize("role", [Role.OPEN_DATA_TEAM, Role.PORTAL_ADMIN, Role.CDO])
def test_each_helper_can_be_asked_and_only_they_answer(role: Role, cast: Cast, release: Release) -> None:
    row = ask(release, cast.steward, role)
    other = cast.coordinator
    with pytest.raises(PermissionDenied, match="This was asked of"):
        help_answer(help_id=row.pk, body="I think so.", actor=other)
    help_answer(help_id=row.pk, body="Yes.", actor=cast[role])
    with pytest.raises(MoveRefused, match="answered or closed meanwhile"):
        help_answer(help_id=row.pk, body="Yes again.", actor=cast[role])
    assert ThreadPost.objects.filter(body="Yes again.").count() == 0


def test_nobody_else_can_be_asked_and_nobody_answers_oneself(cast: Cast, release: Release) -> None:
    with pytest.raises(MoveRefused, match="open data team, the portal admin or the CDO"):
        ask(release, cast.steward, Role.LEGAL)
    with pytest.raises(MoveRefused, match="Nobody else holds the role"):
        ask(release, cast[Role.OPEN_DATA_TEAM], Role.OPEN_DATA_TEAM)
    row = ask(release, cast.cdo, Role.CDO)
    with pytest.raises(PermissionDenied):
        help_answer(help_id=row.pk, body="Talking to myself.", actor=cast.cdo)


def test_a_question_is_closed_without_an_answer_and_opened_again(cast: Cast, release: Release) -> None:
    row = ask(release, cast.steward)
    with pytest.raises(PermissionDenied):
        help_close(help_id=row.pk, actor=cast.coordinator)
    help_close(help_id=row.pk, actor=cast.steward)
    assert not help_open_of(release).exists()
    with pytest.raises(PermissionDenied):
        help_reopen(help_id=row.pk, actor=cast[Role.OPEN_DATA_TEAM])
    help_reopen(help_id=row.pk, actor=cast.steward)
    assert help_open_of(release).exists()
    assert OutgoingMessage.objects.filter(message_id="help_asked").count() == 2


def test_the_pages_ask_answer_and_say_that_help_is_awaited(
    cast: Cast, release: Release, client: Client
) -> None:
    client.force_login(cast.steward)
    where = (release.pk, "dataset", WHOLE)
    asked = client.post(
        reverse("help_ask", args=where),
        {"of_role": Role.CDO, "question": "May we publish weekly?"},
        follow=True,
    )
    assert "Waiting for help" in asked.content.decode()
    row = HelpRequest.objects.get()
    assert "May we publish weekly?" not in page(client, "release_threads", release.pk)
    assert "Waiting for help" in page(client, "release_threads", release.pk, only="help")
    client.force_login(cast.cdo)
    empty = client.post(reverse("help_answer", args=[row.pk]), {f"help-{row.pk}-body": " "})
    assert empty.status_code == 422
    client.post(reverse("help_answer", args=[row.pk]), {f"help-{row.pk}-body": "Yes, weekly is fine."})
    client.force_login(cast.steward)
    shown = page(client, "release_thread", *where)
    assert "Answered" in shown
    assert "Yes, weekly is fine." in shown
    assert "Open the question again" in shown


def test_the_list_costs_the_same_however_many_threads_there_are(
    cast: Cast, release: Release, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.steward)
    url = reverse("release_threads", args=[release.pk])
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    write(release, cast.coordinator)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for kind in ("department", "quality", "privacy", "legal", "it"):
        write(release, cast.coordinator, topic="review", key=kind)
    with django_assert_max_num_queries(len(few)):
        client.get(url)
