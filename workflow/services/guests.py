"""Writes about comments by link: ask, open, send a code, take the comment, take the link back.

The link opens a page and consumes nothing (mail scanners follow links). A code that goes to the same mailbox
and the comment in one POST consume it. It is no verdict: nothing counts it as an approval. Source: FEATURES
M15, issue 3 point 6.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format

from accounts.limits import public_allowed
from accounts.models import User
from audit.services import event_record
from notifications.services import message_queue, message_queue_to_address
from privacy.personal_values import raw_values_in
from workflow import policies
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import GuestInvitation
from workflow.selectors import guests as reads
from workflow.services.effects import letter_context

DAYS = 7
CODE_MINUTES = 10
CODE_TRIES = 5
# With so few codes and tries nobody guesses one of a million.
CODES = 10
# Links that one person may send within the window of accounts.limits.
LINKS = 20
# Refusals of one link that are recorded within that window.
_RECORDED = 10


class GuestRefused(MoveRefused):
    """The link, the code or the words were refused; `why` is one word for pages and the record."""

    def __init__(self, why: str, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


@transaction.atomic
def guest_ask(
    *,
    release_id: int,
    kind: str,
    name: str,
    email: str,
    question: str,
    actor: User,
    days: int = DAYS,
    now: datetime | None = None,
) -> GuestInvitation:
    """Ask somebody without an account for a comment on what is there now; they get a link by letter.

    Returns the row; the secret of the link is in the letter alone. Raises PermissionDenied, MoveRefused (closed,
    too many), ValidationError with a sentence per field.
    """
    now = now or timezone.now()
    context = context_of(release_id, now=now)
    policies.check_action(actor, "ask_guest", context)
    if not context.release.is_open:
        raise MoveRefused("This release has ended; there is nothing to comment on.")
    email = email.strip().lower()
    _check_words(kind, email, question)
    if not public_allowed(kind="guest-links", who=str(actor.pk), most=LINKS):
        raise MoveRefused("You have asked many people in a short time. Wait 15 minutes and go on.")
    token = secrets.token_urlsafe(32)
    row = GuestInvitation.objects.create(
        release=context.release,
        kind=kind,
        name=name.strip(),
        email=email,
        question=question.strip(),
        asked_by=actor,
        asked_at=now,
        expires_at=now + timedelta(days=days),
        parts=reads.version_parts(kind, context),
        token_hash=reads.token_hash(token),
    )
    _record("workflow.guest_asked", row, context, actor=actor, now=now)
    message_queue_to_address(
        message_id="guest_asked",
        address=email,
        context=letter_context(
            context,
            actor,
            kind=reads.kind_words(kind),
            reason=row.question,
            until=_last_day(row, context),
        ),
        path=reverse("guest_comment", args=[token]),
        release_id=release_id,
        dataset_id=context.dataset.pk,
        now=now,
    )
    return row


@transaction.atomic
def guest_open(*, row: GuestInvitation, context: ReleaseContext) -> str:
    """Note that the link was followed. Returns its state; nothing is consumed.

    A version that is gone is told to who asked, once; a link that does not work any more leaves an event.
    """
    row = GuestInvitation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    state = reads.state_of(row, context)
    if state == reads.OPEN:
        if row.opened_at is None:
            row.opened_at = context.now
            row.save(update_fields=["opened_at"])
            _record("workflow.guest_opened", row, context, now=context.now)
    else:
        _refusal_record(row, context, state)
    if state == reads.GONE:
        _tell_gone(row, context)
    return state


def guest_code_send(*, token: str, now: datetime | None = None) -> GuestInvitation:
    """Send a fresh code of six digits to the mailbox that was asked; an earlier one no longer works.

    Raises GuestRefused with the sentence, which is recorded.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row, context = _locked(token, now)
        refused = _closed(row, context) or _no_more_codes(row)
        if refused is None:
            _code_write(row, context, token)
        else:
            _refusal_record(row, context, refused.why)
    if refused is not None:
        raise refused
    return row


def guest_comment(
    *, token: str, code: str, name: str, comment: str, now: datetime | None = None
) -> GuestInvitation:
    """Take the comment of an outside person; with it the link is used up.

    Raises GuestRefused: the link does not work any more, or the code is wrong, old or tried too often; the try
    counts and is recorded although it is refused. Raises ValidationError on words that may not stand there,
    before anything is used up.
    """
    now = now or timezone.now()
    name, comment = name.strip(), comment.strip()
    if not name or not comment:
        raise ValidationError("Write your name and your comment.")
    sentence = raw_values_in(comment)
    if sentence:
        raise ValidationError(sentence)
    with transaction.atomic():
        row, context = _locked(token, now)
        refused = _closed(row, context) or _wrong_code(row, code, context)
        if refused is None:
            _consume(row, context, name=name, comment=comment)
        else:
            _refusal_record(row, context, refused.why)
    if refused is not None:
        raise refused
    return row


@transaction.atomic
def guest_revoke(*, invitation_id: int, actor: User, now: datetime | None = None) -> GuestInvitation:
    """Take a link back before it is used: by who asked, the CDO, or the portal admin, for whoever is not there.

    Raises PermissionDenied for others, MoveRefused if it is used. Who asked hears of it from somebody else's hand.
    """
    now = now or timezone.now()
    row = GuestInvitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    context = context_of(row.release_id, now=now)
    if row.asked_by_id != actor.pk:
        policies.check_action(actor, "revoke_guest", context)
    if row.consumed_at is not None:
        raise MoveRefused("The comment has been written already.")
    if row.revoked_at is None:
        row.revoked_by, row.revoked_at, row.code_hash = actor, now, ""
        row.save(update_fields=["revoked_by", "revoked_at", "code_hash"])
        _record("workflow.guest_revoked", row, context, actor=actor, now=now)
        if row.asked_by_id != actor.pk:
            _tell_asker("guest_revoked", row, context, actor)
    return row


def _check_words(kind: str, email: str, question: str) -> None:
    faults: dict[str, str] = {}
    if kind not in dict(reads.KINDS):
        faults["kind"] = "Choose what the comment is about."
    try:
        validate_email(email)
    except ValidationError:
        faults["email"] = "This is not an e-mail address."
    if User.objects.filter(email=email, is_active=True).exists():
        faults["email"] = "This person has an account here. Ask for a review, or write in a thread."
    sentence = raw_values_in(question)
    if sentence:
        faults["question"] = sentence
    if faults:
        raise ValidationError(faults)


def _locked(token: str, now: datetime) -> tuple[GuestInvitation, ReleaseContext]:
    row = GuestInvitation.objects.select_for_update(of=("self",)).get(token_hash=reads.token_hash(token))
    return row, context_of(row.release_id, now=now)


def _closed(row: GuestInvitation, context: ReleaseContext) -> GuestRefused | None:
    state = reads.state_of(row, context)
    if state == reads.GONE:
        _tell_gone(row, context)
    return None if state == reads.OPEN else GuestRefused(state, closed_sentence(row, state, context))


def closed_sentence(row: GuestInvitation, state: str, context: ReleaseContext) -> str:
    """Why a link does not work any more, and what can be done."""
    if state == reads.USED:
        return "This link has been used. It works once, and the comment that was written by it is kept."
    if state == reads.REVOKED:
        return f"{row.revoked_by} took this link back. Nothing more is needed from you."
    if state == reads.EXPIRED:
        day = _last_day(row, context)
        return f"This link ended on {day}. If you still want to comment, ask {row.asked_by} for another one."
    if state == reads.ENDED:
        return "The release that you were asked about has ended. Nothing more is needed from you."
    what = " and ".join(reads.changed_parts(row, context))
    return (
        f"The version that you were asked about is gone: {what} changed after the letter was sent. "
        f"{row.asked_by} has been told and may ask you again."
    )


def _last_day(row: GuestInvitation, context: ReleaseContext) -> str:
    """The day on which a link ends, where the program is: whoever reads it is mostly there too."""
    return date_format(calendar_of(context.profile).local_day(row.expires_at), "j M Y")


def _no_more_codes(row: GuestInvitation) -> GuestRefused | None:
    if row.codes_sent < CODES:
        return None
    sentence = (
        f"{CODES} codes were sent for this link, and it gives no more. Ask {row.asked_by} for another link."
    )
    return GuestRefused("too many codes", sentence)


def _code_write(row: GuestInvitation, context: ReleaseContext, token: str) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    row.code_hash, row.code_tries = _code_hash(row, code), 0
    row.code_expires_at = context.now + timedelta(minutes=CODE_MINUTES)
    row.codes_sent += 1
    row.save(update_fields=["code_hash", "code_tries", "code_expires_at", "codes_sent"])
    _record("workflow.guest_code_sent", row, context, now=context.now)
    message_queue_to_address(
        message_id="guest_code",
        address=row.email,
        context={
            "dataset": context.dataset.title,
            "program": context.dataset.program.name,
            "code": code,
            "minutes": CODE_MINUTES,
        },
        path=reverse("guest_comment", args=[token]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=context.now,
    )


def _wrong_code(row: GuestInvitation, code: str, context: ReleaseContext) -> GuestRefused | None:
    """Why the code is not taken; a wrong one is counted."""
    if not row.code_hash or row.code_expires_at is None:
        return GuestRefused("no code", "Have a code sent to you first.")
    if row.code_expires_at <= context.now:
        return GuestRefused("expired code", "This code is too old. Have another one sent to you.")
    if row.code_tries >= CODE_TRIES:
        return GuestRefused(
            "too many tries", f"The code was wrong {CODE_TRIES} times. Have another one sent to you."
        )
    if constant_time_compare(row.code_hash, _code_hash(row, "".join(code.split()))):
        return None
    row.code_tries += 1
    row.save(update_fields=["code_tries"])
    left = CODE_TRIES - row.code_tries
    more = (
        f"You have {left} more tr{'y' if left == 1 else 'ies'}." if left else "Have another one sent to you."
    )
    return GuestRefused("wrong code", f"This is not the code of the last letter. {more}")


def _code_hash(row: GuestInvitation, code: str) -> str:
    return salted_hmac("workflow.guest_code", f"{row.pk} {code}", algorithm="sha256").hexdigest()


def _consume(row: GuestInvitation, context: ReleaseContext, *, name: str, comment: str) -> None:
    row.comment, row.signed_name, row.consumed_at, row.code_hash = comment, name, context.now, ""
    row.save(update_fields=["comment", "signed_name", "consumed_at", "code_hash"])
    _record("workflow.guest_commented", row, context, now=context.now)
    _tell_asker("guest_commented", row, context)


def _tell_gone(row: GuestInvitation, context: ReleaseContext) -> None:
    if row.gone_told_at is None:
        row.gone_told_at = context.now
        row.save(update_fields=["gone_told_at"])
        _tell_asker("guest_version_gone", row, context)


def _tell_asker(
    message_id: str, row: GuestInvitation, context: ReleaseContext, actor: User | None = None
) -> None:
    message_queue(
        message_id=message_id,
        recipients=[row.asked_by],
        actor=actor,
        context=letter_context(context, actor, kind=reads.kind_words(row.kind), guest=row.name),
        path=reverse("release_reviews", args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=context.now,
    )


def _refusal_record(row: GuestInvitation, context: ReleaseContext, why: str) -> None:
    """Leave an event of a refusal, but not one for each of a thousand tries."""
    if public_allowed(kind="guest-refusals", who=str(row.pk), most=_RECORDED):
        words = {reads.USED: "replayed", reads.GONE: "the version is gone"}.get(why, why)
        _record("workflow.guest_refused", row, context, now=context.now, why=words)


def _record(
    action: str,
    row: GuestInvitation,
    context: ReleaseContext,
    *,
    now: datetime,
    actor: User | None = None,
    **data: str,
) -> None:
    """The outside person is named in no event: the row, which can be erased, says who they are."""
    event_record(
        action=action,
        actor=actor,
        subject=row,
        data={"kind": reads.kind_words(row.kind), **data},
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
