"""Overrides of a threshold or of the matrix: a named officer, a reason, a last day; after it the review is open again.

Source: FEATURES M25 (after OCHA's template of an information-sharing protocol: an exception is signed and dated).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import contribution_record, dossier_lock
from privacy.copy_state import told_of
from privacy.errors import DispositionRefused
from privacy.models import AssessmentDecision, RiskDecision
from privacy.services.facts import facts_write
from privacy.services.said import reason_of, scanned_state

if TYPE_CHECKING:
    from accounts.models import User

Override = RiskDecision | AssessmentDecision
LONGEST = 365


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
    """Accept a k below the threshold, for exactly the present copy and until a day.

    `most_days` is the program's limit. `is_public`: the copy is out already and what was accepted is looked at
    again; nothing of the dossier changes then. Raises DispositionRefused, DossierFrozen.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part=None if is_public else "privacy")
    state = scanned_state(release_id)
    reason = reason_of(reason)
    fault = check_until(until, now, most_days)
    if until is None or fault:
        raise DispositionRefused(fault)
    treatment, quasi = state.treatment, state.quasi
    measures = treatment.measured if treatment else None
    if treatment is None or treatment.treated is None or quasi is None or measures is None:
        raise DispositionRefused("There is no measured risk to accept yet. Decide every finding first.")
    if measures.k >= quasi.k_min and not told_of(state).isolates:
        raise DispositionRefused(
            f"k is {measures.k}, and {quasi.k_min} is asked for: there is nothing to accept."
        )
    row = RiskDecision.objects.create(
        release_id=release_id,
        treated_sha256=treatment.treated.sha256,
        quasi_digest=treatment.quasi_digest,
        k=measures.k,
        k_min=quasi.k_min,
        reason=reason,
        until=until,
        by=actor,
        at=now,
    )
    event_record(
        action="privacy.risk_accepted",
        actor=actor,
        subject=row,
        data={"k": row.k, "k_min": row.k_min, "until": row.until.isoformat()},
        note=row.reason,
        now=now,
        **subject_of(release_id),
    )
    if not is_public:
        contribution_record(release_id=release_id, user=actor, what="privacy risk accepted", now=now)
    facts_write(release_id=release_id, now=now)
    return row


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
