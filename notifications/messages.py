"""Every letter the product can send: its id, what it asks or tells, and how its words become a letter.

The words of a message stand in templates/emails/<id>/subject.txt and body.txt, once: `body.txt` extends the
layout that the renderer names, so the plain and the HTML letter say the same. A row of the outbox holds the
id and a context of words and ids, never data from a file. What a letter needs is listed here; a test renders
every one of them.

Context that each template may use: `dataset` (title), `actor` (who acted), `asked` (the reader is the one it
waits on), `waits_on` (words for whom else it waits on), `link`, `program`, and the message's own keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.text import Truncator

SUBJECT_TITLE_LENGTH = 90
_WORDS = {"program": "", "actor": "", "waits_on": ""}


@dataclass(frozen=True)
class Message:
    """One kind of letter.

    `about`: what the letter tells of, in words (the preferences page shows it). `asks`: it asks something of
    everybody who gets it; of other letters the sender says whom they ask, and to the rest they are news.
    `needs`: the keys its context must have. `holds_secret`: its link opens a door without a log-in, so the
    row forgets the link once the letter has left, and the words of the keys in `secrets` with it. `outside`:
    it goes to addresses without an account, so nobody finds it among the letters that can be turned off.
    """

    id: str
    about: str
    asks: bool = False
    needs: tuple[str, ...] = ("dataset",)
    holds_secret: bool = False
    secrets: tuple[str, ...] = ()
    outside: bool = False


_MESSAGES = (
    Message("invited", "an invitation to work here", asks=True, needs=("program", "role"), holds_secret=True),
    Message(
        "delegation_begun",
        "a colleague asks you to stand in",
        asks=True,
        needs=("program", "role", "of", "starts", "ends"),
    ),
    Message("delegation_ended", "a delegation ended early", needs=("program", "role", "of", "delegate")),
    Message("dataset_registered", "a dataset was entered in the inventory"),
    Message("inventory_imported", "datasets of yours were imported into the inventory"),
    Message("withholding_expired", "a ground for withholding is to be reviewed", asks=True),
    Message(
        "override_lapsed",
        "a privacy override has ended and is to be looked at again",
        asks=True,
        needs=("dataset", "what", "until", "is_public"),
    ),
    Message("begin_readiness", "a dataset starts to be prepared for release"),
    Message("submit_for_quality", "a release is handed in for the quality check"),
    Message("pass_quality", "a release passed quality and goes to privacy"),
    Message("clear_privacy", "a release was cleared by privacy and goes to the final review"),
    Message("approve", "a release was approved"),
    Message("publish", "a release became public"),
    Message(
        "pass_refresh", "a refresh became public under its earlier approval", needs=("dataset", "sentence")
    ),
    Message(
        "refresh_to_privacy",
        "a refresh needs the privacy review",
        needs=("dataset", "sentence", "why"),
    ),
    Message("refresh_to_review", "a refresh needs the full review", needs=("dataset", "sentence", "why")),
    Message(
        "refresh_stopped", "a refresh could not be compared", asks=True, needs=("dataset", "problem", "todo")
    ),
    Message("freshness", "data of yours that is due for an update", asks=True, needs=("dataset", "lines")),
    Message("return_for_changes", "a release was returned for changes", needs=("dataset", "reason")),
    Message(
        "return_point_passed",
        "a point of a return is passed on to you",
        asks=True,
        needs=("dataset", "point"),
    ),
    Message("reject", "a release was rejected", needs=("dataset", "reason")),
    Message("withdraw", "a release was withdrawn", needs=("dataset", "reason")),
    Message("hold", "a release was put on hold", needs=("dataset", "reason")),
    Message("resume", "a release on hold goes on"),
    Message("retract", "a public release was taken down", needs=("dataset", "reason")),
    Message("reinstate", "a retracted release goes through review again"),
    Message("supersede", "a newer release took the place of an older one"),
    Message("retire", "a published dataset was retired", needs=("dataset", "reason")),
    Message(
        "retirement_proposed", "a retirement waits for your word", asks=True, needs=("dataset", "reason")
    ),
    Message(
        "retirement_notice", "the public notice of a retirement runs", needs=("dataset", "until", "reason")
    ),
    Message(
        "retirement_notice_outside",
        "a dataset that was asked for is to be retired",
        needs=("dataset", "program", "until", "reason"),
        outside=True,
    ),
    Message("retirement_objected", "somebody objects to a retirement", asks=True),
    Message("retirement_changed", "a retirement took another turn", needs=("dataset", "verdict")),
    Message(
        "retraction_confirmed", "retracted data was seen private from outside", needs=("dataset", "minutes")
    ),
    Message(
        "retraction_stuck",
        "retracted data is still public",
        asks=True,
        needs=("dataset", "problem", "minutes"),
    ),
    Message(
        "post_mortem_begun", "the post-mortem of a retraction begins", asks=True, needs=("dataset", "due")
    ),
    Message("post_mortem_due", "a post-mortem is due soon or late", asks=True, needs=("dataset", "due")),
    Message("post_mortem_to_sign", "a post-mortem waits for its second signature", asks=True),
    Message("post_mortem_closed", "a post-mortem is closed"),
    Message(
        "measure_given", "a measure of a post-mortem is yours", asks=True, needs=("dataset", "what", "due")
    ),
    Message(
        "measure_late", "a measure of a post-mortem is late", asks=True, needs=("dataset", "what", "due")
    ),
    Message("review_requested", "a review is asked for", asks=True, needs=("dataset", "kind")),
    Message("review_given", "a review was given", needs=("dataset", "kind", "verdict")),
    Message("thread_written", "somebody wrote in a thread that you take part in", needs=("dataset", "about")),
    Message("help_asked", "somebody asks for your help", asks=True, needs=("dataset", "about")),
    Message("help_answered", "a question of yours was answered", needs=("dataset", "about", "answer")),
    Message(
        "review_in", "one of several independent reviews is in", needs=("dataset", "kind", "count", "total")
    ),
    Message("reviews_opened", "independent reviews are all in", needs=("dataset", "kind", "verdicts")),
    Message("review_assigned", "a review is given to somebody by name", needs=("dataset", "kind", "person")),
    Message("review_freed", "a review is open to everybody again who may give it", needs=("dataset", "kind")),
    Message("review_stepped_aside", "a reviewer stepped aside", needs=("dataset", "kind", "reason")),
    Message("review_withdrawn", "a review is not needed any more", needs=("dataset", "kind", "reason")),
    Message(
        "order_made", "a reviewer orders an audit or an update", needs=("dataset", "order", "owner", "due")
    ),
    Message("order_answered", "an order was answered", needs=("dataset", "order", "owner")),
    Message("order_closed", "an order was accepted or withdrawn", needs=("dataset", "order", "outcome")),
    Message(
        "guest_asked",
        "a comment is asked for from outside",
        asks=True,
        needs=("dataset", "program", "kind", "until"),
        outside=True,
        holds_secret=True,
    ),
    Message(
        "guest_code",
        "the code for a comment from outside",
        needs=("dataset", "code", "minutes"),
        outside=True,
        holds_secret=True,
        secrets=("code",),
    ),
    Message("guest_commented", "somebody outside wrote a comment", needs=("dataset", "kind", "guest")),
    Message(
        "guest_revoked",
        "a link that you sent to somebody outside was taken back",
        needs=("dataset", "kind", "guest"),
    ),
    Message(
        "guest_version_gone",
        "somebody outside was asked about an earlier version",
        needs=("dataset", "kind", "guest"),
    ),
    Message("exception_requested", "an exception is asked for", needs=("dataset", "kind", "reason")),
    Message("exception_advised", "advice was given on an exception", needs=("dataset", "kind")),
    Message("exception_decided", "an exception was decided", needs=("dataset", "kind", "verdict", "reason")),
    Message("role_requested", "somebody asks for a role", asks=True, needs=("program", "role", "reason")),
    Message(
        "role_answered",
        "your request for a role was answered",
        needs=("program", "role", "verdict", "reason"),
    ),
    Message("scan_finished", "the scan for personal data has ended", needs=("dataset", "findings")),
    Message("file_unreadable", "a file could not be read", asks=True, needs=("dataset", "problem")),
    Message(
        "public_copy_differs",
        "a public copy is not what was approved any more",
        asks=True,
        needs=("dataset", "problem"),
    ),
    Message(
        "private_copy_seen",
        "a copy that nobody had made public could be seen by strangers",
        asks=True,
        needs=("dataset", "problem"),
    ),
    Message("publication_failed", "the portal did not take a copy", asks=True, needs=("dataset", "problem")),
    Message("private_copy_ready", "a private copy on the portal can be looked at"),
    Message(
        "etl_proposed",
        "the way a dataset is refreshed waits for approval",
        asks=True,
        needs=("dataset", "version"),
    ),
    Message(
        "etl_decided", "the way a dataset is refreshed was decided", needs=("dataset", "version", "verdict")
    ),
    Message("refresh_parked", "an automated refresh is parked", asks=True, needs=("dataset", "problem")),
    Message(
        "request_confirm", "a wish for a dataset, to be confirmed", asks=True, outside=True, holds_secret=True
    ),
    Message("request_changed", "a wish for a dataset goes on", needs=("dataset", "verdict"), outside=True),
    Message("request_received", "somebody of the public asks for a dataset", asks=True),
    Message("proposal_made", "a dataset is proposed to a department", asks=True, needs=("dataset", "reason")),
    Message("proposal_answered", "a department answers a proposal", needs=("dataset", "verdict")),
    Message("proposal_back", "a proposal that was put off is due again", asks=True),
    Message("joint_added", "a department takes part in a dataset", needs=("dataset", "department")),
    Message("high_value_ready", "a high-value inventory waits for its signature", asks=True),
    Message("high_value_signed", "a high-value inventory was signed"),
    Message("deadline_near", "a release is due soon or today", needs=("dataset", "due", "stage")),
    Message("deadline_passed", "a release is late", needs=("dataset", "due", "stage")),
    Message("review_due", "a review is due soon or late", needs=("dataset", "kind", "due")),
    Message("plan_opened", "the publication of an approved release is planned"),
    Message("plan_sign_again", "a plan changed after it was signed", asks=True, needs=("dataset", "what")),
    Message("plan_item_given", "something to do in a publication plan", asks=True, needs=("dataset", "what")),
    Message("bundle_public", "a bundle of releases is public", needs=("dataset", "datasets")),
    Message("bundle_stopped", "a bundle of releases stopped half way", needs=("dataset", "why")),
    Message(
        "freeze_moves_date",
        "a freeze period moves the date of a release",
        needs=("dataset", "planned", "earliest", "why", "officer"),
    ),
)
MESSAGES: dict[str, Message] = {message.id: message for message in _MESSAGES}

# Words that people typed may quote the file: what looks like the number or address of a person is masked.
TYPED_KEYS = ("reason", "problem", "conditions", "answer")
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-\N{EN DASH}/]\s?(?:19|20)\d\d\b")
_LONG_NUMBER = re.compile(r"\(?\d(?:[-. ()/]{0,2}\d){6,}")
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")


@dataclass(frozen=True)
class Letter:
    """A letter as the reader gets it. `html` is the document, `fragment` its content for our own pages."""

    subject: str
    text: str
    html: str
    fragment: str


class UnknownMessage(LookupError):
    """There is no message of this id in the catalogue."""


class WordsMissing(ValueError):
    """The context lacks words that the message needs."""


def message_of(message_id: str) -> Message:
    """The catalogue entry. Raises UnknownMessage."""
    try:
        return MESSAGES[message_id]
    except KeyError:
        raise UnknownMessage(
            f"There is no letter {message_id!r}: add it to notifications/messages.py."
        ) from None


def context_checked(message_id: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context as a row may hold it: complete, and with long numbers and addresses in typed words masked.

    Raises UnknownMessage, and WordsMissing when a key that the message needs is absent or empty.
    """
    missing = [key for key in message_of(message_id).needs if context.get(key) in (None, "")]
    if missing:
        raise WordsMissing(f"The letter {message_id!r} needs {', '.join(missing)}.")
    return {key: _masked(value) if key in TYPED_KEYS else value for key, value in context.items()}


def letter_render(message_id: str, context: Mapping[str, Any], *, path: str, asked: bool) -> Letter:
    """The letter in all its forms, from the words of the catalogue and the context of a row."""
    outside = message_of(message_id).outside
    words = {**_WORDS, **context, "asked": asked, "outside": outside, "link": absolute_link(path)}
    body = f"{message_id}/body.txt"
    subject = subject_render(message_id, context, asked=asked)
    fragment = _render(body, {**words, "layout": "emails/letter.html"}, escape=True)
    return Letter(
        subject=subject,
        text=_tidy(_render(body, {**words, "layout": "emails/letter.txt"}, escape=False)),
        html=_render("document.html", {"subject": subject, "fragment": fragment}, escape=True),
        fragment=fragment,
    )


def subject_render(message_id: str, context: Mapping[str, Any], *, asked: bool) -> str:
    """The subject line alone: the dataset, shortened if its title is long, and what is asked."""
    title = Truncator(context.get("dataset", "")).chars(SUBJECT_TITLE_LENGTH)
    words = {**_WORDS, **context, "asked": asked, "dataset": title}
    return " ".join(_render(f"{message_id}/subject.txt", words, escape=False).split())


def absolute_link(path: str) -> str:
    """The link of a letter: on our own address from the settings, never from a request's Host header."""
    return f"{settings.BASE_URL.rstrip('/')}/{path.lstrip('/')}"


def _render(name: str, context: dict[str, Any], *, escape: bool) -> str:
    return get_template(f"emails/{name}").template.render(Context(context, autoescape=escape))  # type: ignore[attr-defined]


def _tidy(text: str) -> str:
    """No runs of blank lines, no spaces at the ends: templates may be laid out for their readers."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _masked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = _ADDRESS.sub("[address: see the page]", value)
    kept = {match.span() for match in _YEARS.finditer(text)}
    return _LONG_NUMBER.sub(
        lambda match: match.group() if match.span() in kept else "[number: see the page]", text
    )
