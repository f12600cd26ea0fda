"""Writes about exceptions: ask for one, advise on it, decide it, take it back.

Connecticut: the coordinator asks, the portal administrators receive it and advise, the CDO decides (guidelines
step 2 and the handbook's page on licences). Which role does what is in the program's profile. Nobody decides
what they asked for or advised on.
"""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.profiles import ExceptionRule
from accounts.roles import has_role
from audit.services import event_record
from dossier.services import contribution_record, dossier_lock
from notifications.services import message_queue
from privacy.personal_values import raw_values_in
from publishing.services import publication_stay_private
from work.services import task_nudge
from workflow import policies, routing
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused, ReasonRequired
from workflow.models import PublicationException
from workflow.selectors import exceptions as reads
from workflow.services.effects import letter_context
from workflow.timing import today_of

Kind = PublicationException.Kind
Decision = PublicationException.Decision


@transaction.atomic
def exception_request(
    *,
    release_id: int,
    kind: str,
    reason: str,
    public_good: str,
    actor: User,
    law: str = "",
    whole_dataset: bool = False,
    now: datetime | None = None,
) -> PublicationException:
    """Ask for an exception, for this release or (`whole_dataset`) for later ones too.

    Returns the row. Raises PermissionDenied, MoveRefused (the program knows no such exception, one is asked for
    already, no licence is chosen), ValidationError on words that hold values of the file.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    policies.check_action(actor, "request_exception", context)
    rule = _rule(context, kind)
    if not context.release.is_open:
        raise MoveRefused("This release has ended. Ask for the exception on the next one.")
    if context.dataset.exceptions.filter(kind=kind, decision="", revoked_at=None).exists():
        raise MoveRefused(
            "This exception is asked for already. Wait for the answer, or take the request back."
        )
    if kind == Kind.LICENCE and not context.dataset.licence:
        raise MoveRefused("Choose the licence in the inventory record first; the exception is for that one.")
    _check_words(reason=reason, public_good=public_good)
    row = PublicationException.objects.create(
        dataset=context.dataset,
        release=None if whole_dataset else context.release,
        kind=kind,
        licence=context.dataset.licence if kind == Kind.LICENCE else "",
        reason=reason.strip(),
        public_good=public_good.strip(),
        law=law.strip(),
        requested_by=actor,
        requested_at=now,
    )
    contribution_record(release_id=release_id, user=actor, what="exception", now=now)
    _record("workflow.exception_requested", row, context, actor, note=row.reason)
    role = rule.advise if reads.needs_advice(rule) else rule.decide
    _tell("exception_requested", row, context, actor, asked=routing.holders(context, role), reason=row.reason)
    _settle(release_id)
    return row


@transaction.atomic
def exception_advise(
    *, release_id: int, exception_id: int, advice: str, actor: User, now: datetime | None = None
) -> PublicationException:
    """Advise on an exception; the decider is asked then. Raises PermissionDenied, ReasonRequired, MoveRefused."""
    now = now or timezone.now()
    row, context, rule = _locked(release_id, exception_id, now)
    if not row.is_open or row.advised_at is not None:
        raise MoveRefused("This has been advised on or decided meanwhile.")
    if not reads.may_advise(actor, row, rule):
        raise PermissionDenied(_refusal(actor, row, context, rule.advise, "advise on"))
    if not advice.strip():
        raise ReasonRequired("Say what you advise, and why; whoever decides reads it.")
    _check_words(advice=advice)
    row.advice, row.advised_by, row.advised_at = advice.strip(), actor, now
    row.save(update_fields=["advice", "advised_by", "advised_at"])
    _record("workflow.exception_advised", row, context, actor, note=row.advice)
    _tell("exception_advised", row, context, actor, asked=routing.holders(context, rule.decide))
    _settle(release_id)
    return row


@transaction.atomic
def exception_decide(
    *,
    release_id: int,
    exception_id: int,
    decision: str,
    reason: str,
    actor: User,
    until: date | None = None,
    now: datetime | None = None,
) -> PublicationException:
    """Grant an exception until a day, or do not.

    Raises PermissionDenied (not the decider's role, or it is their own request or advice), ReasonRequired,
    MoveRefused when it was decided meanwhile or no advice was given, ValidationError without a day to come.
    """
    now = now or timezone.now()
    row, context, rule = _locked(release_id, exception_id, now)
    if not row.is_open:
        raise MoveRefused("This has been decided or taken back meanwhile.")
    if row.advised_at is None and reads.needs_advice(rule):
        raise MoveRefused(f"The {context.profile.role_words(rule.advise)} has not advised on it yet.")
    if not reads.may_decide(actor, row, rule):
        raise PermissionDenied(_refusal(actor, row, context, rule.decide, "decide"))
    if not reason.strip():
        raise ReasonRequired(
            "Give the reason of the decision; who asked reads it, and it stays in the record."
        )
    _check_words(reason=reason)
    granted = decision == Decision.GRANTED
    if granted and (until is None or until <= today_of(context)):
        raise ValidationError({"until": "Name a day to come: an exception holds until then and no longer."})
    row.decision, row.decision_reason = Decision(decision), reason.strip()
    row.decided_by, row.decided_at, row.until = actor, now, until if granted else None
    row.save(update_fields=["decision", "decision_reason", "decided_by", "decided_at", "until"])
    _record("workflow.exception_decided", row, context, actor, note=row.decision_reason)
    people = [*routing.team(context), row.requested_by, row.advised_by]
    _tell(
        "exception_decided",
        row,
        context,
        actor,
        people=[person for person in people if person is not None],
        verdict=row.get_decision_display().lower(),
        reason=row.decision_reason,
        until=date_format(until, "j M Y") if granted and until else "",
    )
    _settle(release_id)
    return row


@transaction.atomic
def exception_revoke(
    *, release_id: int, exception_id: int, reason: str, actor: User, now: datetime | None = None
) -> PublicationException:
    """Take back a request that is open, or a grant that holds: what rests on it may not go public any more.

    Raises PermissionDenied, ReasonRequired, MoveRefused when there is nothing left to take back.
    """
    now = now or timezone.now()
    row, context, rule = _locked(release_id, exception_id, now)
    if row.revoked_at is not None or row.decision == Decision.REFUSED:
        raise MoveRefused("There is nothing to take back any more.")
    if not reads.may_revoke(actor, row, rule):
        who = "who asked" if row.is_open else f"the {context.profile.role_words(rule.decide)}"
        raise PermissionDenied(f"Only {who} may take this back.")
    if not reason.strip():
        raise ReasonRequired("Say why it is taken back.")
    row.revoked_by, row.revoked_at, row.revoke_reason = actor, now, reason.strip()
    row.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
    _record("workflow.exception_revoked", row, context, actor, note=row.revoke_reason)
    if row.decision:
        publication_stay_private(release_id=release_id, now=now)
        people = [person for person in (*routing.team(context), row.requested_by) if person is not None]
        _tell(
            "exception_decided",
            row,
            context,
            actor,
            people=people,
            verdict="taken back",
            reason=row.revoke_reason,
        )
    _settle(release_id)
    return row


def _rule(context: ReleaseContext, kind: str) -> ExceptionRule:
    rule = context.profile.exception(kind)
    if rule is None:
        raise MoveRefused("This program knows no such exception.")
    return rule


def _locked(
    release_id: int, exception_id: int, now: datetime
) -> tuple[PublicationException, ReleaseContext, ExceptionRule]:
    """The exception under the lock of the dossier, of a dataset that the release is of."""
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    row = reads.rows_of(context.dataset).select_for_update(of=("self",)).get(pk=exception_id)
    return row, context, _rule(context, row.kind)


def _refusal(actor: User, row: PublicationException, context: ReleaseContext, role: str, what: str) -> str:
    dataset = context.dataset
    if not has_role(actor, role, program=dataset.program_id, department=dataset.department_id):
        return f"This is for the {context.profile.role_words(role)}."
    asked = row.requested_by_id in reads.hands_of(actor, role, dataset)
    who = row.requested_by if asked else row.advised_by
    did = "asked for" if asked else "advised on"
    if who == actor:
        return f"You {did} this exception, so somebody else must {what} it."
    return f"{who} {did} this exception, and you act in their place, so somebody else must {what} it."


def _check_words(**texts: str) -> None:
    faults = {name: sentence for name, text in texts.items() if (sentence := raw_values_in(text))}
    if faults:
        raise ValidationError(faults)


def _tell(
    message_id: str,
    row: PublicationException,
    context: ReleaseContext,
    actor: User,
    *,
    asked: list[User] | None = None,
    people: list[User] | None = None,
    **words: str,
) -> None:
    message_queue(
        message_id=message_id,
        recipients=people or [],
        asked=asked or [],
        actor=actor,
        context=letter_context(context, actor, kind=row.get_kind_display().lower(), **words),
        path=reverse("release_exceptions", args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=context.now,
    )


def _settle(release_id: int) -> None:
    transaction.on_commit(lambda: task_nudge("workflow.tasks.settle", release_id))


def _record(
    action: str, row: PublicationException, context: ReleaseContext, actor: User, *, note: str
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=row,
        data={
            "kind": row.get_kind_display().lower(),
            "licence": row.licence,
            "decision": row.get_decision_display().lower() if row.decision else "",
            "until": row.until.isoformat() if row.until else "",
        },
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=context.now,
    )
