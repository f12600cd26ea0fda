"""Writes about letters: the outbox, sending, and what a person wants to hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from notifications import selectors
from notifications.channels import ChannelBusy, ChannelKept, ChannelRefused, channel_current
from notifications.messages import MESSAGES, Letter, context_checked, letter_render, message_of
from notifications.models import OutgoingMessage, Preference
from work.errors import Retry, Stop
from work.services import Beat, work_queue, work_retry

SYSTEM_NAME = "The system"
# What happened longer ago than this is kept in the outbox for the record (an import, demo data), not sent.
PAST_AFTER = timedelta(days=1)
Status = OutgoingMessage.Status


def message_queue(
    *,
    message_id: str,
    recipients: Iterable[User],
    actor: User | None,
    context: Mapping[str, Any],
    path: str,
    asked: Iterable[User] = (),
    release_id: int | None = None,
    dataset_id: int | None = None,
    now: datetime | None = None,
) -> list[OutgoingMessage]:
    """Write one letter per person into the outbox, in the caller's transaction; a worker sends after commit.

    `context` holds words and ids (see messages.py), `path` the page the letter points to. `asked` are the
    people it now waits on: they get the letter that asks, cannot mute it, and need not be among `recipients`.
    The actor, closed accounts and people who muted such news get nothing; nobody gets two. An `actor` without
    an account is the system.
    Returns the rows. Raises UnknownMessage or WordsMissing before anything is written. Rule: DOMAIN b3.
    """
    asked = list(asked)
    words = {
        "waits_on": names(asked),
        **context_checked(message_id, context),
        "actor": _name(actor),
    }
    moment = now or timezone.now()
    readers = _readers(message_id, recipients, asked, actor)
    rows = OutgoingMessage.objects.bulk_create(
        OutgoingMessage(
            recipient=person,
            message_id=message_id,
            asked=is_asked,
            context=words,
            path=path,
            release_id=release_id,
            dataset_id=dataset_id,
            created_at=moment,
            due_at=moment,
        )
        for person, is_asked in readers
    )
    if timezone.now() - moment > PAST_AFTER:
        _keep_for_the_record(rows)
    else:
        for row in rows:
            work_queue(row)
    return rows


def message_queue_to_address(
    *,
    message_id: str,
    address: str,
    context: Mapping[str, Any],
    path: str,
    release_id: int | None = None,
    dataset_id: int | None = None,
    now: datetime | None = None,
) -> OutgoingMessage:
    """Write a letter to somebody without an account into the outbox, in the caller's transaction.

    The message must be marked `outside` in the catalogue. What a stranger typed does not belong into the
    context of the first letter to an address: who gives a false one would write to others in our name.
    Returns the row. Raises UnknownMessage, WordsMissing, or ValueError for a message of the house.
    """
    message = message_of(message_id)
    if not message.outside:
        raise ValueError(f"The letter {message_id!r} is for people with an account.")
    moment = now or timezone.now()
    row = OutgoingMessage.objects.create(
        to_address=address,
        message_id=message_id,
        asked=message.asks,
        context={"waits_on": "", "actor": SYSTEM_NAME, **context_checked(message_id, context)},
        path=path,
        release_id=release_id,
        dataset_id=dataset_id,
        created_at=moment,
        due_at=moment,
    )
    if timezone.now() - moment > PAST_AFTER:
        _keep_for_the_record([row])
    else:
        work_queue(row)
    return row


def message_send(message: OutgoingMessage, beat: Beat) -> None:
    """Send one letter of the outbox through this site's channel; the handler of `notifications.tasks`.

    A letter that was sent is not sent again. Raises Retry when the mail server is away or says "later",
    Stop when it refuses for good; both carry the sentence that people see.
    """
    if message.sent_at:
        return
    if message.recipient is not None and not message.recipient.is_active:
        _outcome_write(message, outcome="Not sent: the account is closed.")
        return
    if not message.goes_to:
        _outcome_write(message, outcome="Not sent: the address was forgotten.")
        return
    channel, deliver = channel_current()
    letter = letter_of(message)
    beat(50, "Sending")
    try:
        outcome = deliver(message.goes_to, letter, _headers(message))
    except ChannelKept as kept:
        _outcome_write(message, outcome=str(kept), channel=channel)
    except ChannelBusy as busy:
        if message.attempts >= message.MAX_ATTEMPTS:
            _address_forget(message)
        raise Retry(str(busy)) from busy
    except ChannelRefused as refused:
        _address_forget(message)
        raise Stop(str(refused)) from refused
    else:
        _outcome_write(message, outcome=outcome, channel=channel, sent_at=timezone.now())


@transaction.atomic
def message_send_again(*, message: OutgoingMessage, actor: User) -> bool:
    """Start a stopped letter again, by a person's wish. Returns False when there is nothing to start."""
    if message.status != Status.DEAD:
        return False
    event_record(action="work.retried", actor=actor, subject=message, release_id=message.release_id)
    work_retry(message)
    return True


def letter_of(message: OutgoingMessage) -> Letter:
    """The letter that a row of the outbox stands for, as its reader gets it."""
    return letter_render(message.message_id, message.context, path=message.path, asked=message.asked)


@transaction.atomic
def preferences_set(*, user: User, wanted: Iterable[str]) -> None:
    """Store which news a person wants; what asks something of them comes in any case.

    `wanted` are message ids. Raises UnknownMessage on an id that the catalogue does not have.
    """
    wanted = {message_of(message_id).id for message_id in wanted}
    for message in MESSAGES.values():
        if not message.asks and not message.outside:
            Preference.objects.update_or_create(
                user=user, message_id=message.id, defaults={"wanted": message.id in wanted}
            )


def _readers(
    message_id: str, recipients: Iterable[User], asked: Iterable[User], actor: User | None
) -> list[tuple[User, bool]]:
    """Who gets the letter, in a steady order, and of whom it asks something."""
    named = {person.pk: person for person in asked}
    everyone = {person.pk: person for person in recipients} | named
    asked_ids = set(everyone) if message_of(message_id).asks else set(named)
    if actor is not None:
        everyone.pop(actor.pk, None)
    silent = selectors.muted(message_id=message_id, users=everyone.values()) - asked_ids
    return [
        (person, pk in asked_ids)
        for pk, person in sorted(everyone.items())
        if person.is_active and pk not in silent
    ]


def _name(actor: User | None) -> str:
    return actor.full_name if actor is not None and actor.pk else SYSTEM_NAME


def names(people: list[User]) -> str:
    """People as a letter calls them: both of two, else the first and how many others."""
    found = list(dict.fromkeys(person.full_name for person in people if person.is_active))
    if len(found) > 2:
        return f"{found[0]} and {len(found) - 1} others"
    return " and ".join(found)


def _keep_for_the_record(rows: list[OutgoingMessage]) -> None:
    OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=Status.DONE,
        progress=100,
        outcome="Not sent: it tells of something that was long past.",
        to_address="",
    )


def _headers(message: OutgoingMessage) -> dict[str, str]:
    host = message.header_id.rpartition("@")[2].rstrip(">")
    return {
        "Message-ID": message.header_id,
        "List-Id": f"Open data <letters.{host}>",
        # No out-of-office answers to a letter that nobody reads the answers of.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _outcome_write(
    message: OutgoingMessage, *, outcome: str, channel: str = "", sent_at: datetime | None = None
) -> None:
    changes: dict[str, Any] = {"outcome": outcome, "channel": channel, "sent_at": sent_at}
    if channel != "mailbox":
        changes["to_address"] = ""
    if sent_at and channel == "smtp":
        changes |= _without_secret(message)
    OutgoingMessage.objects.filter(pk=message.pk).update(**changes)


def _address_forget(message: OutgoingMessage) -> None:
    """A letter that will not leave keeps no address of somebody without an account, and then no link either.

    One to an account keeps its link: the portal admin may send it again.
    """
    if message.recipient_id is None:
        OutgoingMessage.objects.filter(pk=message.pk).update(to_address="", **_without_secret(message))


def _without_secret(message: OutgoingMessage) -> dict[str, Any]:
    """The fields of a letter without the secrets that it carries; nothing to change where it carries none."""
    known = message_of(message.message_id)
    if not known.holds_secret:
        return {}
    return {"path": "", "context": {**message.context, **dict.fromkeys(known.secrets, "")}}
