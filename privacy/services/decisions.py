"""What the privacy officer decides on findings and on quasi-identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import contribution_record, dossier_lock
from privacy.errors import DispositionRefused
from privacy.models import ColumnVerdict, Disposition, QuasiIdentifiers
from privacy.selectors import PrivacyState, offered_digest, remedies_for
from privacy.services.facts import facts_write
from privacy.services.recipes import recipe_follow, recipe_step_back
from privacy.services.said import reason_of, scanned_state
from privacy.services.treatments import treatment_request
from privacy.suggestions import suggested_for
from privacy.undoing import last_batch

if TYPE_CHECKING:
    from accounts.models import User

Decision = Disposition.Decision
Remedy = Disposition.Remedy
AGAIN = "What had been taken back counts again."


def finding_dispose(
    *,
    release_id: int,
    column: str,
    decision: str,
    remedy: str = "",
    reason: str,
    actor: User,
    now: datetime | None = None,
) -> Disposition:
    """Decide one column. Raises DispositionRefused and DossierFrozen, each with a sentence."""
    return findings_dispose(
        release_id=release_id,
        columns=[column],
        decision=decision,
        remedy=remedy,
        reason=reason,
        actor=actor,
        now=now,
    )[0]


@transaction.atomic
def findings_dispose(
    *,
    release_id: int,
    columns: Iterable[str],
    decision: str,
    remedy: str = "",
    reason: str,
    actor: User,
    scan_id: int | None = None,
    now: datetime | None = None,
) -> list[Disposition]:
    """Decide several columns alike, with one reason: all or none.

    Each decision is bound to the evidence of the present scan (M22): it holds across scans until that changes.
    `scan_id` is the scan the person looked at. Raises DispositionRefused (no scan or another one by now,
    unknown column, short reason, remedy that does not fit) and DossierFrozen.
    """
    dossier_lock(release_id=release_id, part="privacy")
    verdicts = _chosen(_looked_at(release_id, scan_id), columns)
    for verdict in verdicts:
        _check(verdict, decision, remedy)
    chosen = [(verdict, decision, remedy) for verdict in verdicts]
    return _dispose(release_id, chosen, reason_of(reason), actor, now)


@transaction.atomic
def findings_as_suggested(
    *,
    release_id: int,
    columns: Iterable[str],
    reason: str,
    actor: User,
    scan_id: int | None = None,
    now: datetime | None = None,
) -> list[Disposition]:
    """Decide several columns, each by the remedy suggested for what it is (privacy.suggestions): all or none.

    Raises what findings_dispose raises, and DispositionRefused where nothing is suggested for a column.
    """
    dossier_lock(release_id=release_id, part="privacy")
    chosen = []
    for verdict in _chosen(_looked_at(release_id, scan_id), columns):
        remedy = suggested_for(verdict)
        if not remedy:
            raise DispositionRefused(
                f"Nothing is suggested for the column “{verdict.column}”: look at it and choose yourself."
            )
        chosen.append((verdict, str(Decision.REMEDY), remedy))
    return _dispose(release_id, chosen, reason_of(reason), actor, now)


def _looked_at(release_id: int, scan_id: int | None) -> PrivacyState:
    """The state of the scan that the person looked at; None asks for no particular one."""
    state = scanned_state(release_id)
    if scan_id is not None and state.scan is not None and scan_id != state.scan.pk:
        raise DispositionRefused(
            "The file was scanned again meanwhile. Look at the findings anew, then decide."
        )
    return state


def _dispose(
    release_id: int,
    chosen: list[tuple[ColumnVerdict, str, str]],
    reason: str,
    actor: User,
    now: datetime | None,
) -> list[Disposition]:
    """Record one batch: all of it at the same time, by which an undo knows what belongs together."""
    at = now or timezone.now()
    rows = []
    for verdict, decision, remedy in chosen:
        row = Disposition.objects.create(
            release_id=release_id,
            column=verdict.column,
            evidence_digest=verdict.evidence_digest,
            decision=decision,
            remedy=remedy,
            reason=reason,
            by=actor,
            at=at,
        )
        _event("privacy.finding_disposed", row, actor, {"column": row.column, "decision": row.words}, now)
        rows.append(row)
    recipe_follow(release_id=release_id, decisions=chosen, note=reason, actor=actor, now=at)
    _settle(release_id, actor, "privacy decision", now)
    return rows


@transaction.atomic
def findings_undo(
    *, release_id: int, last_id: int, actor: User, now: datetime | None = None
) -> list[Disposition]:
    """Take the newest batch of decisions back: what stood before stands again, decisions and recipe as they were.

    `last_id` is the newest decision that the person saw. Only who made a batch takes it back, and only while
    nothing was decided and the recipe was not changed since. Taking back is itself a batch: who took too much
    back takes that back. Raises DispositionRefused and DossierFrozen.
    """
    dossier_lock(release_id=release_id, part="privacy")
    batch = last_batch(release_id)
    if not batch or batch[-1].pk != last_id:
        raise DispositionRefused(
            "Something else was decided meanwhile. Decide the columns anew that should be otherwise."
        )
    if batch[0].by_id != actor.pk:
        raise DispositionRefused("Only who made a decision takes it back. Decide the columns anew instead.")
    at = now or timezone.now()
    rows = []
    for row in batch:
        back = Disposition.objects.create(
            release_id=release_id,
            column=row.column,
            evidence_digest=row.evidence_digest,
            decision=Decision.TAKEN_BACK,
            reason=AGAIN if row.takes_back_id else f"Taken back: {row.words.lower()}.",
            takes_back=row,
            by=actor,
            at=at,
        )
        _event("privacy.decision_taken_back", back, actor, {"column": row.column, "decision": row.words}, now)
        rows.append(back)
    recipe_step_back(release_id=release_id, made_by=actor, made_at=batch[0].at, actor=actor, now=at)
    _settle(release_id, actor, "privacy decision", now)
    return rows


@transaction.atomic
def quasi_confirm(
    *,
    release_id: int,
    columns: Iterable[str],
    k_min: int,
    actor: User,
    sensitive: Iterable[str] = (),
    weights: str = "",
    reason: str = "",
    now: datetime | None = None,
) -> QuasiIdentifiers:
    """Confirm which columns together could single somebody out (none is an answer too).

    `k_min` is the program's threshold for this classification (accounts.profiles.Profile.k_min), kept beside
    the answer. `sensitive` are columns that nobody should learn of a person known to be in a group, `weights`
    the column that says for how many people a row of a sample stands. `reason` is asked for where the scan
    suggests columns and none of them is chosen: nothing of it is measured then. Raises DispositionRefused and
    DossierFrozen.
    """
    dossier_lock(release_id=release_id, part="privacy")
    state = scanned_state(release_id)
    chosen, hidden = set(columns), set(sensitive)
    _check_measured(state, chosen, hidden, weights)
    suggested = [row.column for row in state.verdicts if row.group == ColumnVerdict.Group.QUASI]
    row = QuasiIdentifiers.objects.create(
        release_id=release_id,
        columns=[name for name in state.columns if name in chosen],
        sensitive=[name for name in state.columns if name in hidden],
        weights=weights,
        reason=_why_none(suggested, reason) if suggested and not chosen.intersection(suggested) else "",
        offered_digest=offered_digest(state.verdicts),
        k_min=k_min,
        by=actor,
        at=now or timezone.now(),
    )
    about = {"columns": str(row), "sensitive": ", ".join(row.sensitive), "weights": weights}
    _event("privacy.quasi_confirmed", row, actor, about, now)
    _settle(release_id, actor, "privacy quasi-identifiers", now)
    return row


def _why_none(suggested: list[str], reason: str) -> str:
    """Why none of the suggested columns could single anybody out."""
    if not reason.strip():
        names = "”, “".join(suggested)
        raise DispositionRefused(
            f"The scan suggests “{names}”, and none of them is chosen. Choose those that fit, or say why together "
            "they could not single anybody out: the reason is kept and stands in the memo."
        )
    return reason_of(reason, of="answer")


def _check_measured(state: PrivacyState, chosen: set[str], hidden: set[str], weights: str) -> None:
    """Each column is in the file and has one part in the measurement; weights are numbers."""
    known = {verdict.column: verdict for verdict in state.verdicts}
    for name in sorted(chosen | hidden | ({weights} if weights else set())):
        if name not in known:
            raise DispositionRefused(f"The file has no column “{name}”. Reload the page and choose again.")
    both = sorted(chosen & hidden)
    if both:
        raise DispositionRefused(
            f"“{both[0]}” cannot single somebody out and be what is learnt about them at once. "
            "Choose one of the two."
        )
    if weights and weights in chosen | hidden:
        raise DispositionRefused(
            f"“{weights}” holds the weights, so it cannot be measured as well. Choose one of the two."
        )
    if weights and known[weights].type not in ("integer", "decimal"):
        raise DispositionRefused(
            f"The weights in “{weights}” must be numbers. Choose a column of numbers, or none."
        )


def _chosen(state: PrivacyState, columns: Iterable[str]) -> list[ColumnVerdict]:
    known = {verdict.column: verdict for verdict in state.verdicts}
    names = list(dict.fromkeys(columns))
    if not names:
        raise DispositionRefused("No column was chosen. Choose at least one.")
    for name in names:
        if name not in known:
            raise DispositionRefused(f"The file has no column “{name}”. Reload the page and choose again.")
    return [known[name] for name in names]


def _check(verdict: ColumnVerdict, decision: str, remedy: str) -> None:
    if decision not in (Decision.NOT_PERSONAL, Decision.ACCEPT, Decision.REMEDY):
        raise DispositionRefused(f"Choose what becomes of the column “{verdict.column}”.")
    if decision != Decision.REMEDY:
        if remedy:
            raise DispositionRefused(
                "A remedy goes with the decision to change the column. Choose one of the two."
            )
        return
    if remedy not in remedies_for(verdict):
        fitting = ", ".join(Remedy(name).label.lower() for name in remedies_for(verdict))
        raise DispositionRefused(
            f"That remedy does not fit the column “{verdict.column}”. These do: {fitting}."
        )


def _event(action: str, row: Any, actor: User, data: dict[str, Any], now: datetime | None) -> None:
    note = getattr(row, "reason", "")
    event_record(
        action=action, actor=actor, subject=row, data=data, note=note, now=now, **subject_of(row.release_id)
    )


def _settle(release_id: int, actor: User, what: str, now: datetime | None) -> None:
    contribution_record(release_id=release_id, user=actor, what=what, now=now)
    facts_write(release_id=release_id, now=now)
    treatment_request(release_id=release_id, now=now)
