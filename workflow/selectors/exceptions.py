"""Reads of exceptions: what was asked, advised and decided, what holds today, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.profiles import ExceptionRule, profile_of
from accounts.roles import acting_for, assignments_of, has_role
from accounts.selectors import departments_visible
from workflow.context import ReleaseContext
from workflow.excepted import exceptions_of, is_held
from workflow.models import Dataset, PublicationException
from workflow.stages import OPEN_STAGES


@dataclass(frozen=True)
class Standing:
    """One exception as pages show it: the word for where it stands, and what the reader may do with it."""

    row: PublicationException
    rule: ExceptionRule | None
    word: str
    tone: str
    advise_role: str
    decide_role: str
    licence: str = ""
    may_advise: bool = False
    may_decide: bool = False
    may_revoke: bool = False


def rows_of(dataset: Dataset) -> QuerySet[PublicationException]:
    """Every exception ever asked for on a dataset, newest first, with the people."""
    return dataset.exceptions.select_related(
        "requested_by", "advised_by", "decided_by", "revoked_by", "release", "dataset"
    )


def needs_advice(rule: ExceptionRule) -> bool:
    """Advice is a step of its own where another role gives it than decides."""
    return bool(rule.advise) and rule.advise != rule.decide


def may_advise(user: User, row: PublicationException, rule: ExceptionRule) -> bool:
    return (
        row.is_open
        and needs_advice(rule)
        and row.advised_at is None
        and _holds(user, rule.advise, row.dataset)
        and row.requested_by_id not in hands_of(user, rule.advise, row.dataset)
    )


def may_decide(user: User, row: PublicationException, rule: ExceptionRule) -> bool:
    return (
        row.is_open
        and (row.advised_at is not None or not needs_advice(rule))
        and _holds(user, rule.decide, row.dataset)
        and not {row.requested_by_id, row.advised_by_id} & hands_of(user, rule.decide, row.dataset)
    )


def may_revoke(user: User, row: PublicationException, rule: ExceptionRule) -> bool:
    """Who asked takes an open request back; who decides takes a grant back."""
    if row.revoked_at is not None or row.decision == PublicationException.Decision.REFUSED:
        return False
    if row.is_open:
        return user.pk == row.requested_by_id
    return _holds(user, rule.decide, row.dataset)


def standings_of(context: ReleaseContext, user: User) -> list[Standing]:
    """Every exception that speaks of this release, newest first."""
    wanted = {row.pk for row in exceptions_of(context)}
    found = []
    for row in rows_of(context.dataset):
        if row.pk not in wanted:
            continue
        rule = context.profile.exception(row.kind)
        word, tone = _state(row, context)
        found.append(
            Standing(
                row=row,
                rule=rule,
                word=word,
                tone=tone,
                advise_role=context.profile.role_words(rule.advise) if rule and rule.advise else "",
                decide_role=context.profile.role_words(rule.decide) if rule else "",
                licence=licence.label if (licence := context.profile.licence(row.licence)) else row.licence,
                may_advise=rule is not None and may_advise(user, row, rule),
                may_decide=rule is not None and may_decide(user, row, rule),
                may_revoke=rule is not None and may_revoke(user, row, rule),
            )
        )
    return found


def waiting_on(user: User) -> list[PublicationException]:
    """The open exceptions that `user` is to advise on or decide now, oldest first."""
    held = assignments_of(user).values("program_id")
    rows = (
        PublicationException.objects.filter(decision="", revoked_at=None, dataset__program__in=held)
        .filter(Q(release=None) | Q(release__stage__in=OPEN_STAGES))
        .filter(dataset__department__in=departments_visible(user).values("pk"))
        .select_related("dataset", "requested_by", "release__profile", "release__dataset")
        .prefetch_related("dataset__releases__profile")
        .order_by("requested_at", "pk")
    )
    return [row for row in rows if _is_asked(user, row)]


def _is_asked(user: User, row: PublicationException) -> bool:
    release = row.release or row.dataset.current_release
    rule = profile_of(release.profile).exception(row.kind) if release else None
    return rule is not None and (may_advise(user, row, rule) or may_decide(user, row, rule))


def hands_of(user: User, role: str, dataset: Dataset) -> set[int]:
    """Whose hand it is when `user` uses `role` here: theirs, and that of whoever lent it to them (FEATURES M05)."""
    lender = acting_for(user, role, program=dataset.program_id, department=dataset.department_id)
    return {user.pk} | ({lender.pk} if lender else set())


def _holds(user: User, role: str, dataset: Dataset) -> bool:
    return has_role(user, role, program=dataset.program_id, department=dataset.department_id)


def _state(row: PublicationException, context: ReleaseContext) -> tuple[str, str]:
    if row.revoked_at is not None:
        return "Taken back", ""
    if row.is_open:
        return ("Waits for the decision", "info") if row.advised_at else ("Waits for advice", "info")
    if row.decision == PublicationException.Decision.REFUSED:
        return "Not granted", "bad"
    return ("Granted", "good") if is_held(row, context) else ("No longer holds", "warn")
