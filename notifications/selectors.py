"""Reads about letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.selectors import programs_administered
from notifications.messages import MESSAGES, Message, subject_render
from notifications.models import MailboxMail, OutgoingMessage, Preference

LETTER, MAIL = "letter", "mail"


def muted(*, message_id: str, users: Iterable[User]) -> set[int]:
    """Of these people, the ids of those who do not want news of this kind."""
    rows = Preference.objects.filter(message_id=message_id, wanted=False, user__in=list(users))
    return set(rows.values_list("user_id", flat=True))


def letter_written(*, release_id: int, message_id: str, since: datetime) -> bool:
    """Was this letter about this release written at or after `since`?"""
    letters = OutgoingMessage.objects.filter(release_id=release_id, message_id=message_id)
    return letters.filter(created_at__gte=since).exists()


def preferences_of(user: User) -> list[tuple[Message, bool]]:
    """Every kind of letter that may come as news, with whether this person wants it."""
    unwanted = set(Preference.objects.filter(user=user, wanted=False).values_list("message_id", flat=True))
    news = (message for message in MESSAGES.values() if not message.asks and not message.outside)
    return [(message, message.id not in unwanted) for message in news]


def letters_for(user: User) -> QuerySet[OutgoingMessage]:
    """The letters that a portal admin looks after: those to people of their own programs."""
    colleagues = User.objects.filter(role_assignments__program__in=programs_administered(user).values("pk"))
    return OutgoingMessage.objects.filter(recipient__in=colleagues.values("pk"))


def mailbox_entries(*, person: str = "", search: str = "") -> QuerySet:
    """Everything in the development mailbox, newest first, as rows (kind, pk, at, address).

    `person` is an address; `search` looks in dataset titles, subjects, names and addresses.
    """
    letters: QuerySet[Any] = OutgoingMessage.objects.order_by().annotate(
        kind=Value(LETTER), at=F("created_at"), address=Coalesce("recipient__email", "to_address")
    )
    mails = MailboxMail.objects.order_by().annotate(kind=Value(MAIL), at=F("created_at"), address=F("to"))
    if person:
        letters, mails = letters.filter(address=person), mails.filter(to=person)
    if search:
        letters = letters.filter(
            Q(context__dataset__icontains=search)
            | Q(message_id__icontains=search.replace(" ", "_"))
            | Q(recipient__full_name__icontains=search)
            | Q(address__icontains=search)
        )
        mails = mails.filter(Q(subject__icontains=search) | Q(to__icontains=search))
    columns = ("kind", "pk", "at", "address")
    return letters.values(*columns).union(mails.values(*columns), all=True).order_by("-at", "-pk")


def mailbox_rows(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of one page with what a list shows of them: to whom, subject, and how it went."""
    entries = list(entries)
    by_kind = {kind: [entry["pk"] for entry in entries if entry["kind"] == kind] for kind in (LETTER, MAIL)}
    letters = OutgoingMessage.objects.select_related("recipient").in_bulk(by_kind[LETTER])
    mails = MailboxMail.objects.in_bulk(by_kind[MAIL])
    rows = []
    for entry in entries:
        if entry["kind"] == LETTER:
            row = letters[entry["pk"]]
            subject = subject_render(row.message_id, row.context, asked=row.asked)
            rows.append(
                {
                    **entry,
                    "name": row.recipient.full_name if row.recipient else "",
                    "subject": subject,
                    "state": state_words(row),
                }
            )
        else:
            mail = mails[entry["pk"]]
            rows.append({**entry, "name": "", "subject": mail.subject, "state": "Delivered"})
    return rows


def state_words(message: OutgoingMessage) -> str:
    """How a letter of the outbox fares, in two or three words."""
    if message.sent_at:
        return "Delivered"
    if message.status == message.Status.DONE:
        return "Kept, not sent"
    if message.status == message.Status.DEAD:
        return "Stopped"
    return "Waits for another try" if message.is_waiting_again else "Waits to be sent"


def mailbox_people() -> list[tuple[str, str]]:
    """Whoever has mail, as (address, name), by name."""
    people = dict(User.objects.filter(letters__isnull=False).distinct().values_list("email", "full_name"))
    outside = OutgoingMessage.objects.order_by().exclude(to_address="").values_list("to_address", flat=True)
    for address in outside.union(MailboxMail.objects.order_by().values_list("to", flat=True)):
        people.setdefault(address, address)
    return sorted(people.items(), key=lambda item: item[1].lower())
