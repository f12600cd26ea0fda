"""What the public does with requests: ask, confirm the address, follow, vote. Nobody here has an account.

An address is used for letters about this request only: it is confirmed by a single-use link before anything
counts or is shown, and erased when the request ends or the link lapses. Source: FEATURES M04, DOMAIN h3.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Program, User
from accounts.roles import Role, people_with_role
from accounts.selectors import profile_for
from audit.services import event_record
from datafiles.names import is_personal
from notifications.services import message_queue, message_queue_to_address
from workflow.calendar import calendar_of
from workflow.models import DatasetRequest, RequestVote

CONFIRM_FOR = timedelta(days=3)
State = DatasetRequest.State
LAPSED = "This link was used already, or its three days are over. If the request is not on the list, ask once more."


class LinkLapsed(Exception):
    """A confirmation link that opens nothing (any more); `sentence` says so."""

    sentence = LAPSED


def voter_digest(secret: str) -> str:
    """How a browser is known among the votes: a keyed digest of the secret in its cookie."""
    return salted_hmac("workflow.requests.voter", secret, algorithm="sha256").hexdigest()


def address_digest(address: str) -> str:
    """How a person with an address is known among the votes, also after the address is erased."""
    return salted_hmac("workflow.requests.address", address.strip().lower(), algorithm="sha256").hexdigest()


@transaction.atomic
def request_ask(
    *,
    program: Program,
    title: str,
    purpose: str,
    email: str,
    name: str = "",
    now: datetime | None = None,
) -> DatasetRequest:
    """Take down a wish for a dataset and send the link that confirms the address; until then nobody sees it.

    Returns the request. Raises ValidationError with a sentence per field.
    """
    now = now or timezone.now()
    request = DatasetRequest(
        program=program, title=_typed(title), purpose=_typed(purpose), name=_typed(name), asked_at=now
    )
    told = "Everybody can read this. Leave out telephone numbers, personal numbers and e-mail addresses."
    personal = {field: told for field in ("title", "purpose") if is_personal(getattr(request, field))}
    if personal:
        raise ValidationError(personal)
    request.full_clean()
    request.save()
    event_record(action="request.asked", actor=None, subject=request, program_id=program.pk, now=now)
    _link_send(RequestVote(request=request, asked=True), email, now)
    return request


@transaction.atomic
def request_follow(*, request: DatasetRequest, email: str, now: datetime | None = None) -> None:
    """Send somebody the link by which they vote for a request and hear of it.

    Whoever follows it already gets no second letter, and the page cannot tell: that would say who follows.
    Raises ValidationError when the request has ended.
    """
    now = now or timezone.now()
    request = _open_locked(request)
    known = request.votes.filter(email_hash=address_digest(email)).first()
    if known is None or known.confirmed_at is None:
        _link_send(known or RequestVote(request=request), email, now)


def request_confirm(*, secret: str, voter: str = "", now: datetime | None = None) -> DatasetRequest:
    """Use a confirmation link, once: the vote counts, and the wish of the person who asked becomes public.

    `voter` is the digest of the browser, so that the same person does not vote there again. Returns the
    request. Raises LinkLapsed for a link that is used, too old or unknown; a known one leaves an event.
    """
    now = now or timezone.now()
    with transaction.atomic():
        votes = RequestVote.objects.select_for_update(of=("self",)).select_related("request__program")
        vote = votes.filter(token_hash=_digest(secret)).first()
        if vote is not None and _is_usable(vote, now):
            _confirmed(vote, voter, now)
            return vote.request
        if vote is not None:
            _record("request.link_refused", vote.request, now)
    raise LinkLapsed


def request_of_link(secret: str) -> DatasetRequest | None:
    """The request that a link would confirm; None when it cannot any more. Changes nothing."""
    votes = RequestVote.objects.select_related("request__program")
    vote = votes.filter(
        token_hash=_digest(secret), confirmed_at=None, confirm_until__gte=timezone.now()
    ).first()
    return vote.request if vote else None


@transaction.atomic
def request_vote(*, request: DatasetRequest, voter: str, now: datetime | None = None) -> bool:
    """Count a browser's vote. Returns False when it counted already. Raises ValidationError at its end."""
    now = now or timezone.now()
    request = _open_locked(request)
    if request.votes.filter(voter=voter).exists():
        return False
    RequestVote.objects.create(request=request, voter=voter, at=now, confirmed_at=now)
    _record("request.voted", request, now)
    return True


@transaction.atomic
def request_unvote(*, request: DatasetRequest, voter: str, now: datetime | None = None) -> bool:
    """Take a browser's vote back; with it goes the address, if it was given. Returns False without a vote.

    The vote of the person who asked stays: the request is theirs.
    """
    request = _open_locked(request)
    gone, _ = request.votes.filter(voter=voter, asked=False).delete()
    if gone:
        _record("request.vote_taken_back", request, now or timezone.now())
    return bool(gone)


@transaction.atomic
def requests_forget(*, now: datetime | None = None) -> int:
    """Erase what was never confirmed, address included, once its link has lapsed. Returns how many."""
    now = now or timezone.now()
    lapsed = RequestVote.objects.filter(confirmed_at=None, confirm_until__lt=now)
    asked = set(lapsed.filter(asked=True).values_list("request_id", flat=True))
    count, _ = lapsed.delete()
    for request in DatasetRequest.objects.filter(pk__in=asked, state=State.UNCONFIRMED):
        _record("request.forgotten", request, now)
        request.delete()
    return count


def _link_send(vote: RequestVote, email: str, now: datetime) -> None:
    """Give the vote a new link and write the letter that carries it.

    The letter names nothing that was typed: whoever gives a stranger's address would write to them in our name.
    """
    secret = secrets.token_urlsafe(32)
    vote.email, vote.email_hash = email.strip(), address_digest(email)
    vote.token_hash, vote.confirm_until, vote.at = _digest(secret), now + CONFIRM_FOR, now
    vote.full_clean(exclude=["request"])
    vote.save()
    message_queue_to_address(
        message_id="request_confirm",
        address=vote.email,
        context={"dataset": "A dataset you ask for", "program": vote.request.program.name},
        path=reverse("request_confirm", args=[secret]),
        now=now,
    )


def _is_usable(vote: RequestVote, now: datetime) -> bool:
    return vote.confirmed_at is None and vote.confirm_until is not None and vote.confirm_until >= now


def _confirmed(vote: RequestVote, voter: str, now: datetime) -> None:
    request = vote.request
    if voter:
        # The vote that this browser gave before becomes the vote of the person.
        request.votes.filter(voter=voter, email_hash="").delete()
        vote.voter = "" if request.votes.filter(voter=voter).exists() else voter
    if request.state == State.CLOSED:
        vote.email = ""  # it ended meanwhile: there is nothing left to tell
    vote.confirmed_at = now
    vote.save(update_fields=["voter", "email", "confirmed_at"])
    if not vote.asked or request.state != State.UNCONFIRMED:
        _record("request.voted", request, now)
        return
    profile = profile_for(request.program)
    request.state, request.asked_at = State.NEW, now
    request.due_at = calendar_of(profile).due_after(now, profile.requests.answer_days)
    request.save(update_fields=["state", "asked_at", "due_at"])
    _record("request.confirmed", request, now)
    message_queue(
        message_id="request_received",
        recipients=(),
        asked=intake_people(request.program),
        actor=None,
        context={"dataset": request.title, "program": request.program.name},
        path=reverse("request_triage", args=[request.pk]),
        now=now,
    )


def intake_people(program: Program) -> list[User]:
    """Who looks after the requests of a program: its open data team, else the CDO."""
    team = list(people_with_role(Role.OPEN_DATA_TEAM, program=program))
    return team or list(people_with_role(Role.CDO, program=program))


def _open_locked(request: DatasetRequest) -> DatasetRequest:
    """The request under its lock. Raises ValidationError unless it is public and open."""
    locked = DatasetRequest.objects.select_for_update(of=("self",)).select_related("program")
    request = locked.get(pk=request.pk)
    if not request.is_open or not request.is_public:
        raise ValidationError("This request is closed, so nobody can vote for it any more.")
    return request


def _record(action: str, request: DatasetRequest, now: datetime) -> None:
    event_record(action=action, actor=None, subject=request, program_id=request.program_id, now=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _typed(words: str) -> str:
    """What was typed, as the database can hold it: PostgreSQL takes no NUL character."""
    return words.replace("\0", "").strip()
