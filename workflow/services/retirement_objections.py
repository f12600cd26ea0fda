"""Objections to a retirement: from the public page or a colleague; each stops the window until it is answered."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import profile_for
from audit.services import event_record
from publishing.services.notices import notices_put
from workflow import retiring
from workflow.models import Retirement, RetirementObjection
from workflow.selectors.retirement import notice_words
from workflow.services import retirement_letters as letters
from workflow.services.retirement import retirement_stays
from workflow.services.typed import typed_check

Verdict = RetirementObjection.Verdict


@transaction.atomic
def objection_make(
    *,
    retirement: Retirement,
    text: str,
    name: str = "",
    actor: User | None = None,
    now: datetime | None = None,
) -> RetirementObjection:
    """Take an objection down and stop the window. Without `actor` it is somebody of the public.

    What strangers write is shown to nobody but colleagues until it is answered. Raises ValidationError with a
    sentence per field, PermissionDenied for a colleague who has no part in the dataset.
    """
    now = now or timezone.now()
    row = _locked(retirement)
    if actor is not None:
        retiring.check_propose(actor, row.dataset, profile_for(row.dataset.program))
    if (
        row.state != Retirement.State.NOTICE
        or row.ends_at is None
        or (not row.paused_at and row.ends_at <= now)
    ):
        raise ValidationError("The time for objections is over.")
    text, name = _typed(text), _typed(name)
    faults = typed_check(public={"text": text, "name": name})
    if not text:
        faults["text"] = "Say in a sentence why the data should stay."
    if faults:
        raise ValidationError(faults)
    made = RetirementObjection(retirement=row, text=text, name=name, by=actor, at=now)
    made.full_clean(exclude=["retirement", "by"])
    made.save()
    if row.paused_at is None:
        row.paused_at = now
        row.save(update_fields=["paused_at"])
    action = "retirement.objected" if actor is not None else "retirement.objected_outside"
    _event(action, row, actor, now)
    letters.objected(row, actor, now)
    return made


@transaction.atomic
def objection_answer(
    *,
    objection: RetirementObjection,
    verdict: str,
    answer: str,
    actor: User,
    shown: bool = False,
    now: datetime | None = None,
) -> RetirementObjection:
    """Answer an objection. Upheld: the data stays. Else the window runs on once no objection stands.

    `shown`: the words of a stranger stand on the public page beside the answer. Raises PermissionDenied,
    ValidationError with a sentence per field.
    """
    now, answer = now or timezone.now(), _typed(answer)
    row = _locked(objection.retirement)
    profile = profile_for(row.dataset.program)
    retiring.check_decide(actor, row, profile)
    found = RetirementObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    faults = typed_check(public={"answer": answer})
    if verdict not in Verdict.values:
        faults["verdict"] = "Say what becomes of it."
    if not answer and verdict != Verdict.SET_ASIDE:
        faults["answer"] = "Answer it: whoever objected reads it, and so does everybody."
    if faults:
        raise ValidationError(faults)
    if found.verdict or row.state != Retirement.State.NOTICE:
        raise ValidationError("It was answered already, or the notice has ended.")
    found.verdict, found.answer, found.shown = verdict, answer, shown and verdict != Verdict.SET_ASIDE
    found.answered_by, found.answered_at = actor, now
    found.save()
    words = found.get_verdict_display().lower()
    _event("retirement.objection_answered", row, actor, now, note=answer, verdict=words)
    if verdict == Verdict.UPHELD:
        retirement_stays(row=row, answer=answer, actor=actor, now=now)
    elif not row.objections.filter(verdict="").exists():
        _run_on(row, now)
    return found


def _run_on(row: Retirement, now: datetime) -> None:
    """No objection stands any more: the days that were left are given back, from today."""
    if row.paused_at is None or row.ends_at is None:
        return
    row.ends_at = retiring.window_moved(profile_for(row.dataset.program), row.ends_at, row.paused_at, now)
    row.paused_at = None
    row.save(update_fields=["ends_at", "paused_at"])
    _event("retirement.runs_on", row, None, now, until=letters.day_of(row))
    if row.dataset.public_release is not None:
        notices_put(dataset_id=row.dataset_id, wanted="announced", text=notice_words(row), now=now)


def _locked(retirement: Retirement) -> Retirement:
    rows = Retirement.objects.select_for_update(of=("self",)).select_related(
        "dataset__program", "dataset__department"
    )
    return rows.get(pk=retirement.pk)


def _typed(words: str) -> str:
    """What was typed, as the database can hold it: PostgreSQL takes no NUL character."""
    return words.replace("\0", "").strip()


def _event(
    action: str, row: Retirement, actor: User | None, now: datetime, *, note: str = "", **data: str
) -> None:
    release = retiring.release_to_retire(row.dataset)
    event_record(
        action=action,
        actor=actor,
        subject=row.dataset,
        data=dict(data),
        note=note,
        program_id=row.dataset.program_id,
        dataset_id=row.dataset_id,
        release_id=release.pk if release else None,
        now=now,
    )
