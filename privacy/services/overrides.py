"""Overrides of a threshold or of the matrix: a named officer, a reason, a last day; after it the review is open again.

Source: FEATURES M25 (after OCHA's template of an information-sharing protocol: an exception is signed and dated).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from audit.services import event_record
from dossier.selectors import facts, subject_of
from dossier.services import contribution_record, dossier_lock, fact_record
from privacy.copy_inputs import accepted_digest, ended_acceptance, inputs_of, is_present
from privacy.copy_state import tables_compared, told_of
from privacy.errors import DispositionRefused
from privacy.models import AssessmentDecision, RiskDecision
from privacy.selectors import PrivacyState, state_of
from privacy.services.assessment_facts import accepted_words
from privacy.services.facts import facts_write
from privacy.services.said import reason_of, scanned_state

if TYPE_CHECKING:
    from accounts.models import User

Override = RiskDecision | AssessmentDecision
LONGEST = 365
NOTHING_ENDED = (
    "This data is public, and nothing that was accepted or decided of its privacy has ended, so it is not rewritten. "
    "If it must not stay public like this, retract the release."
)


def check_until(until: date | None, now: datetime, most_days: int) -> str:
    """What is wrong with the last day of an override, in a sentence; empty when nothing is."""
    today = timezone.localdate(now)
    latest = today + timedelta(days=most_days)
    if until is None:
        return "Name the last day on which this holds; then it is looked at again."
    if until <= today:
        return "Name a day to come: it holds until then and no longer."
    if until > latest:
        return f"Name a day up to {date_format(latest, 'j M Y')}: nothing is accepted for longer."
    return ""


@transaction.atomic
def risk_accept(
    *,
    release_id: int,
    reason: str,
    until: date | None,
    actor: User,
    most_days: int = LONGEST,
    is_public: bool = False,
    now: datetime | None = None,
) -> RiskDecision:
    """Accept a k below the threshold, or what the copy and the last release give away together, until a day.

    It counts for exactly what can be seen now: the copy, how it is measured, and what its comparison found.
    `most_days` is the program's limit. `is_public`: the copy is out already, and what was accepted of it and has
    ended is accepted anew; nothing of the dossier changes then. Raises DispositionRefused, DossierFrozen.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part=None if is_public else "privacy")
    state = state_of(release_id) if is_public else scanned_state(release_id)
    reason = reason_of(reason)
    fault = check_until(until, now, most_days)
    if until is None or fault:
        raise DispositionRefused(fault)
    seen = _seen_again(state, now) if is_public else _seen(state)
    row = RiskDecision.objects.create(
        release_id=release_id, reason=reason, until=until, by=actor, at=now, **seen
    )
    _tell(row, actor, now)
    if not is_public:
        contribution_record(release_id=release_id, user=actor, what="privacy risk accepted", now=now)
    if is_present(state, row.treated_sha256):
        facts_write(release_id=release_id, now=now)
    else:
        fact_renew(release_id=release_id, kind="risk", data=accepted_words(row), now=now)
    return row


def _seen(state: PrivacyState) -> dict[str, Any]:
    """What is accepted: the fields of the row that name it. Raises DispositionRefused."""
    treatment, quasi, inputs = state.treatment, state.quasi, inputs_of(state)
    if treatment is None or treatment.treated is None or quasi is None or inputs is None:
        raise DispositionRefused("There is no measured risk to accept yet. Decide every finding first.")
    told = told_of(state)
    if told.is_pending:
        raise DispositionRefused(
            "The copy is still being compared with what is public already, and nobody has seen what that finds. "
            "Wait until it has ended, then accept what you see."
        )
    measures = None if told.is_table else treatment.measured
    is_small = measures is not None and measures.k < quasi.k_min
    if not is_small and not told.isolates:
        k = (
            f"k is {measures.k}, and {quasi.k_min} is asked for"
            if measures
            else "No group of rows is measured"
        )
        raise DispositionRefused(f"{k}: there is nothing to accept.")
    return {
        "treated_sha256": treatment.treated.sha256,
        "quasi_digest": treatment.quasi_digest,
        "accepted_digest": accepted_digest(state),
        "tables": tables_compared(inputs) if told.isolates else [],
        "k": measures.k if measures else None,
        "k_min": quasi.k_min,
    }


def _seen_again(state: PrivacyState, now: datetime) -> dict[str, Any]:
    """The same for public data, of which only what has ended is accepted anew. The station need not have looked at
    the file with the detectors of today: the copy that is out is the one that was accepted."""
    last = ended_acceptance(state, timezone.localdate(now))
    if last is None:
        raise DispositionRefused(NOTHING_ENDED)
    names = ("treated_sha256", "quasi_digest", "accepted_digest", "tables", "k", "k_min")
    as_it_was = {name: getattr(last, name) for name in names}
    if not is_present(state, last.treated_sha256):
        return as_it_was
    with suppress(DispositionRefused):
        return _seen(state)
    # It is compared once more, or the threshold was lowered: what ended is renewed as it was. While it is compared
    # nobody sees what that finds, so nothing of it is named.
    seen = {} if told_of(state).is_pending else {"accepted_digest": accepted_digest(state)}
    return as_it_was | seen


def fact_renew(*, release_id: int, kind: str, data: dict[str, Any], now: datetime | None = None) -> None:
    """Write a later last day into a fact of public data of which the station has nothing else to say today."""
    known = facts(release_id).get(kind)
    if known is not None:
        fact_record(
            release_id=release_id,
            kind=kind,
            ok=known.ok,
            sentences=known.sentences,
            about=known.about,
            data=known.data | data,
            now=now,
        )


def _tell(row: RiskDecision, actor: User, now: datetime) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    if row.is_of_k:
        told.append(("privacy.risk_accepted", {"k": row.k, "k_min": row.k_min}))
    if row.tables or not row.is_of_k:
        told.append(("privacy.comparison_accepted", {"tables": "; ".join(row.tables) or row.UNNAMED}))
    for action, data in told:
        event_record(
            action=action,
            actor=actor,
            subject=row,
            data=data | {"until": row.until.isoformat()},
            note=row.reason,
            now=now,
            **subject_of(row.release_id),
        )


@transaction.atomic
def override_lapse(*, row: Override, now: datetime | None = None) -> bool:
    """Write down, once, that an override has ended. Returns False when somebody did so before."""
    now = now or timezone.now()
    rows = type(row)._default_manager.filter(pk=row.pk, lapsed_at=None)
    if row.until is None or not rows.update(lapsed_at=now):
        return False
    event_record(
        action="privacy.override_lapsed",
        actor=None,
        subject=row,
        data={"what": str(row), "until": row.until.isoformat()},
        now=now,
        **subject_of(row.release_id),
    )
    return True
