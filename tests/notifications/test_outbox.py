"""The outbox: who gets a letter, and that it stands or falls with what it tells of."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.messages import WordsMissing
from notifications.models import OutgoingMessage, Preference
from notifications.services import preferences_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def nudges(monkeypatch):
    sent = []
    monkeypatch.setattr("work.services.task_nudge", lambda name, *args: sent.append((name, *args)))
    return sent


def test_each_person_gets_one_letter_and_the_actor_none(queue, steward, officer):
    rows = queue(recipients=[steward, officer, steward], asked=[steward, officer], actor=officer)

    assert [row.recipient for row in rows] == [steward]
    assert OutgoingMessage.objects.count() == 1


def test_system_writes_to_everybody(queue, steward, officer):
    rows = queue(recipients=[steward, officer], actor=None)

    assert {row.recipient for row in rows} == {steward, officer}
    assert rows[0].context["actor"] == "The system"


def test_letter_asks_only_those_it_waits_on(queue, steward, officer):
    rows = queue(recipients=[steward], asked=[officer], actor=None)

    assert {row.recipient: row.asked for row in rows} == {steward: False, officer: True}


def test_letter_that_always_asks_asks_everybody_who_gets_it(queue, steward, officer):
    context = {"dataset": "Permits", "kind": "security"}
    rows = queue("review_requested", recipients=[steward, officer], actor=None, context=context)

    assert [row.asked for row in rows] == [True, True]


def test_closed_accounts_get_nothing(queue, steward):
    steward.is_active = False
    steward.save()

    assert queue() == []


def test_muted_news_stays_away_but_what_is_asked_comes(queue, steward):
    preferences_set(user=steward, wanted=[])

    assert Preference.objects.filter(user=steward, message_id="review_requested").count() == 0
    assert queue("publish") == []
    assert len(queue("publish", asked=[steward])) == 1
    assert len(queue("review_requested", context={"dataset": "Permits", "kind": "legal"})) == 1


def test_rollback_leaves_no_letter_and_no_nudge(queue, nudges, django_capture_on_commit_callbacks):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        queue()
        raise RuntimeError("the move failed")

    assert OutgoingMessage.objects.count() == 0
    assert nudges == []


def test_worker_is_nudged_once_per_letter_after_the_commit(queue, nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        (row,) = queue()
        assert nudges == []

    assert nudges == [("notifications.tasks.message_send", row.pk)]


def test_letter_about_the_past_is_kept_and_not_sent(queue, nudges, django_capture_on_commit_callbacks):
    past = timezone.now() - timedelta(days=200)
    with django_capture_on_commit_callbacks(execute=True):
        (row,) = queue(now=past)

    row = OutgoingMessage.objects.get(pk=row.pk)
    assert (row.status, row.created_at, row.sent_at) == ("done", past, None)
    assert "long past" in row.outcome
    assert nudges == []


def test_missing_words_write_nothing(queue):
    with pytest.raises(WordsMissing):
        queue("reject")

    assert OutgoingMessage.objects.count() == 0


def test_row_holds_no_number_or_address_that_somebody_typed(queue):
    (row,) = queue("reject", context={"dataset": "Permits", "reason": "It shows 123-45-6789 of a@b.org."})

    assert "123-45-6789" not in str(row.context)
    assert "a@b.org" not in str(row.context)
