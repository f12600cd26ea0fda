"""Writes about retirements: proposed, agreed to, decided, told to the public, extended, withdrawn, carried out.

The words for the public stand on the dataset's page and on its portals while the notice runs, and on the
tombstone after it. The move itself is the door's. Rules: DOMAIN b4, FEATURES M40.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import profile_for
from audit.services import event_record
from publishing.services.notices import notices_put
from workflow import retiring
from workflow.models import Dataset, Retirement, RetirementApproval
from workflow.selectors.retirement import notice_words
from workflow.services import retirement_letters as letters
from workflow.services.archive import archive_ask
from workflow.services.typed import typed_check
from workflow.stages import Stage

State = Retirement.State


@transaction.atomic
def retirement_propose(
    *,
    dataset: Dataset,
    actor: User,
    criteria: list[str],
    reason: str,
    successor: Dataset | None = None,
    successor_url: str = "",
    archive_place: str = "",
    notice: str = "",
    plan: str = "",
    now: datetime | None = None,
) -> Retirement:
    """Propose to retire a dataset that is public, or was until its retraction. Returns the row.

    Who approves and who decides are asked. `reason` and `notice` become public when the notice begins. Raises
    PermissionDenied, and ValidationError with a sentence per field.
    """
    now, profile = now or timezone.now(), profile_for(dataset.program)
    dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    retiring.check_propose(actor, dataset, profile)
    row = Retirement(
        dataset=dataset,
        criteria=list(criteria),
        reason=reason.strip(),
        successor=successor,
        successor_url=successor_url.strip(),
        archive_place=archive_place.strip(),
        notice=notice.strip(),
        plan=plan.strip(),
        proposed_by=actor,
        proposed_at=now,
    )
    _check_proposal(row, profile)
    row.full_clean(exclude=["dataset", "successor", "criteria"])
    row.save()
    _event("retirement.proposed", row, actor, now, note=row.reason)
    letters.proposed(row, actor, now)
    return row


def _check_proposal(row: Retirement, profile: Any) -> None:
    faults = typed_check(
        public={"reason": row.reason, "notice": row.notice, "archive_place": row.archive_place},
        own={"plan": row.plan},
    )
    if retiring.release_to_retire(row.dataset) is None:
        raise ValidationError(
            "Only a dataset that is public can be retired, or one whose public release was retracted."
        )
    if Retirement.objects.filter(dataset=row.dataset, state__in=(State.PROPOSED, State.NOTICE)).exists():
        raise ValidationError("A retirement of this dataset is under way already.")
    known = {choice.code for choice in retiring.criteria_of(profile)}
    if not row.criteria or set(row.criteria) - known:
        faults["criteria"] = "Choose at least one ground; without one the dataset stays."
    if not row.reason:
        faults["reason"] = "Say why, in words for the public."
    if row.successor_id == row.dataset_id:
        faults["successor"] = "A dataset does not take its own place. Choose another, or leave it empty."
    if profile.retirement.notification_plan and not row.plan:
        faults["plan"] = "Say how those who use the data are told; this program asks for it."
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def retirement_approve(
    *,
    retirement: Retirement,
    role: str,
    agrees: bool,
    actor: User,
    comment: str = "",
    now: datetime | None = None,
) -> RetirementApproval:
    """Say yes or no for a role whose approval the program wants besides; the last word of the role counts.

    Raises PermissionDenied, ValidationError (a refusal says why; nothing is asked any more).
    """
    now = now or timezone.now()
    row, profile = _locked(retirement)
    if role not in profile.retirement.approval or row.state != State.PROPOSED:
        raise ValidationError("This approval is not asked for now.")
    retiring.check_approve(actor, role, row, profile)
    comment = comment.strip()
    if faults := typed_check(own={"comment": comment}):
        raise ValidationError(faults)
    if not agrees and not comment:
        raise ValidationError({"comment": "Say why you do not agree."})
    found, _ = RetirementApproval.objects.update_or_create(
        retirement=row, role=role, defaults={"agrees": agrees, "comment": comment, "by": actor, "at": now}
    )
    verdict = "agrees" if agrees else "does not agree"
    _event(
        "retirement.approved",
        row,
        actor,
        now,
        note=comment,
        data={"verdict": verdict, "role": profile.role_label(role)},
    )
    letters.approved(row, actor, now, verdict=verdict)
    return found


@transaction.atomic
def retirement_decide(
    *,
    retirement: Retirement,
    goes: bool,
    actor: User,
    answer: str = "",
    skip_notice: bool = False,
    now: datetime | None = None,
) -> Retirement:
    """Begin the public notice, or decline. Only who did not propose it decides.

    `skip_notice` is for data so new that the program lets it go at once. Where the program has no notice, the
    data goes as soon as the archive copy is there. Raises PermissionDenied, ValidationError.
    """
    now, answer = now or timezone.now(), answer.strip()
    row, profile = _locked(retirement)
    if row.state != State.PROPOSED:
        raise ValidationError("This retirement was decided already; look at the page again.")
    retiring.check_decide(actor, row, profile)
    if faults := typed_check(public={"answer": answer}):
        raise ValidationError(faults)
    row.decided_by, row.decided_at, row.answer = actor, now, answer
    if not goes:
        if not answer:
            raise ValidationError({"answer": "Say why the data stays."})
        return _end(row, State.DECLINED, actor, "retirement.declined", now)
    if missing := retiring.approvals_missing(row, profile):
        wanted = " and the ".join(profile.role_words(role) for role in missing)
        raise ValidationError(f"The {wanted} must agree first.")
    release = retiring.release_to_retire(row.dataset)
    if release is None:
        raise ValidationError("The dataset is not public any more, so there is nothing to retire.")
    is_public = release.stage == Stage.PUBLISHED
    if skip_notice and not retiring.may_skip_notice(profile, release, now):
        raise ValidationError(
            {"skip_notice": "The program lets only data of a few days go without a notice."}
        )
    days = 0 if skip_notice else retiring.window_days(profile)
    row.state, row.ends_at = State.NOTICE, retiring.window_end(profile, now, days)
    row.save()
    if is_public:
        archive_ask(release=release, years=profile.retirement.archive_years, now=now)
    _event("retirement.notice_begun", row, actor, now, note=answer, data={"until": _day(row)})
    letters.notice_begun(row, actor, now, until=_day(row))
    if days and is_public:
        notices_put(dataset_id=row.dataset_id, wanted="announced", text=notice_words(row), now=now)
    return row


@transaction.atomic
def retirement_extend(
    *, retirement: Retirement, until: date, answer: str, actor: User, now: datetime | None = None
) -> Retirement:
    """Give the public more time. Raises PermissionDenied, ValidationError."""
    now, answer = now or timezone.now(), answer.strip()
    row, profile = _locked(retirement)
    retiring.check_decide(actor, row, profile)
    faults = typed_check(public={"answer": answer})
    if not answer:
        faults["answer"] = "Say why there is more time; the public reads it."
    end = retiring.window_until(profile, until)
    if row.state != State.NOTICE or row.ends_at is None:
        raise ValidationError("No notice runs.")
    if end <= max(row.ends_at, now):
        faults["until"] = "Choose a day after the one on which the notice ends now."
    if faults:
        raise ValidationError(faults)
    row.ends_at, row.answer = end, answer
    # The new day is the end, whatever stood still before.
    row.paused_at = now if row.paused_at else None
    row.save()
    _event("retirement.extended", row, actor, now, note=answer, data={"until": _day(row)})
    letters.changed(row, actor, now, verdict=f"the notice runs until {_day(row)}", reason=answer)
    if row.dataset.public_release is not None:
        notices_put(dataset_id=row.dataset_id, wanted="announced", text=notice_words(row), now=now)
    return row


@transaction.atomic
def retirement_withdraw(
    *, retirement: Retirement, answer: str, actor: User, now: datetime | None = None
) -> Retirement:
    """Take the proposal back, before or during the notice: the data stays. Raises as the others do."""
    now, answer = now or timezone.now(), answer.strip()
    row, profile = _locked(retirement)
    if not row.is_open:
        raise ValidationError("This retirement has ended already; look at the page again.")
    retiring.check_withdraw(actor, row, profile)
    if faults := typed_check(public={"answer": answer}):
        raise ValidationError(faults)
    if not answer:
        raise ValidationError({"answer": "Say why the data stays."})
    row.answer = answer
    return _end(row, State.WITHDRAWN, actor, "retirement.withdrawn", now)


def retirement_carried_out(*, dataset_id: int, person: User | None, now: datetime) -> None:
    """What follows from the move, in the door's transaction: the tombstone stands, the portals say why."""
    row = (
        Retirement.objects.select_for_update(of=("self",))
        .filter(dataset=dataset_id, state=State.NOTICE)
        .first()
    )
    if row is None:
        return
    row.state, row.ended_at, row.ended_by = State.RETIRED, now, person
    row.save()
    notices_put(dataset_id=dataset_id, wanted="gone", text=notice_words(row), now=now)


def _end(row: Retirement, state: str, actor: User, action: str, now: datetime) -> Retirement:
    was_public = row.state == State.NOTICE
    row.state, row.ended_at, row.ended_by, row.paused_at = state, now, actor, None
    row.save()
    _event(action, row, actor, now, note=row.answer)
    letters.changed(row, actor, now, verdict=row.get_state_display().lower(), reason=row.answer)
    if was_public and row.dataset.public_release is not None:
        notices_put(dataset_id=row.dataset_id, wanted="none", now=now)
    return row


def retirement_stays(*, row: Retirement, answer: str, actor: User, now: datetime) -> Retirement:
    """End a retirement because an objection is right; the caller holds the lock and has asked the policy."""
    row.answer = answer
    return _end(row, State.WITHDRAWN, actor, "retirement.withdrawn", now)


def _locked(retirement: Retirement) -> tuple[Retirement, Any]:
    rows = Retirement.objects.select_for_update(of=("self",)).select_related(
        "dataset__program", "dataset__department"
    )
    row = rows.get(pk=retirement.pk)
    return row, profile_for(row.dataset.program)


def _day(row: Retirement) -> str:
    return letters.day_of(row)


def _event(
    action: str,
    row: Retirement,
    actor: User | None,
    now: datetime,
    *,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    release = retiring.release_to_retire(row.dataset)
    event_record(
        action=action,
        actor=actor,
        subject=row.dataset,
        data=data,
        note=note,
        program_id=row.dataset.program_id,
        dataset_id=row.dataset_id,
        release_id=release.pk if release else None,
        now=now,
    )
