"""The recipe of a release: saved in versions, restored, followed by decisions, replayed from an earlier release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import contribution_record, dossier_lock
from privacy.errors import DispositionRefused, RecipeRefused
from privacy.models import ColumnVerdict, Disposition, RecipeVersion, UploadedHierarchy
from privacy.personal_values import personal_value
from privacy.recipes import Step, quick_step, with_step, without_column
from privacy.remedies.base import named_columns
from privacy.remedies.recipe import recipe_digest, recipe_faults, step_changes
from privacy.selectors import PrivacyState, columns_remedied, recipe_in_force, state_of
from privacy.services.facts import facts_write
from privacy.services.said import reason_of, scanned_state
from privacy.services.treatments import treatment_request

if TYPE_CHECKING:
    from accounts.models import User

_TAKEN_BACK = "As it was before decisions that were taken back."
_REPLAYED = "Replayed from the last release of this dataset."


def recipe_save(
    *,
    release_id: int,
    steps: Sequence[Step],
    note: str,
    actor: User,
    expected_number: int,
    now: datetime | None = None,
) -> RecipeVersion:
    """Save a whole recipe as the next version, and decide the open findings that it takes care of.

    Takes the steps, why they are right (kept with the version and with each finding it decides), and the
    number of the version that the person worked on (0 before the first). Saving what is in force already
    changes nothing. Raises RecipeRefused (a fault of a step, a short note, somebody else saved meanwhile) and
    DossierFrozen.
    """
    # Looking at what was typed takes long, so it is done before others have to wait; below it is known already.
    with suppress(RecipeRefused):
        refuse_faults(state_of(release_id), steps)
    with transaction.atomic():
        dossier_lock(release_id=release_id, part="privacy")
        now = now or timezone.now()  # version and decisions are one batch
        state = scanned_state(release_id, what="Write the recipe", refused=RecipeRefused)
        _not_overtaken(state, expected_number)
        note = reason_of(note, of="recipe", refused=RecipeRefused)
        refuse_faults(state, steps)
        version = _keep(state, list(steps), note, actor, now)
        _decide_touched(state_of(release_id), note, actor, now)
        _settle(release_id, actor, now)
        return version


def recipe_restore(
    *,
    release_id: int,
    number: int,
    note: str,
    actor: User,
    expected_number: int,
    now: datetime | None = None,
) -> RecipeVersion:
    """Bring an older version back, as a new one. Raises what recipe_save raises."""
    older = RecipeVersion.objects.filter(release_id=release_id, number=number).first()
    if older is None:
        raise RecipeRefused(f"There is no version {number} of the recipe. Reload the page and choose again.")
    return recipe_save(
        release_id=release_id,
        steps=older.steps,
        note=note,
        actor=actor,
        expected_number=expected_number,
        now=now,
    )


@transaction.atomic
def recipe_follow(
    *,
    release_id: int,
    decisions: Iterable[tuple[ColumnVerdict, str, str]],
    note: str,
    actor: User,
    now: datetime | None = None,
) -> RecipeVersion | None:
    """Let the recipe follow decisions on columns (verdict, decision, remedy): one new version for the batch.

    A remedy replaces or adds the step of its column; any other decision takes the column's own steps out.
    Called in the transaction of the decisions; the caller settles facts and copy. Returns None when nothing
    changed.
    """
    state = state_of(release_id)
    steps = state.recipe
    for verdict, decision, remedy in decisions:
        if decision == Disposition.Decision.REMEDY:
            if remedy not in _remedies_about(steps, verdict.column) or "entities" in _params_of(
                steps, verdict.column
            ):
                steps = with_step(steps, quick_step(verdict.column, remedy, verdict.entities))
        else:
            steps = without_column(steps, verdict.column)
    if recipe_digest(steps) == recipe_digest(state.recipe):
        return None
    return _keep(state, steps, note, actor, now)


@transaction.atomic
def recipe_step_back(
    *, release_id: int, made_by: User, made_at: datetime, actor: User, now: datetime | None = None
) -> RecipeVersion | None:
    """Bring back what the recipe was before a batch of decisions changed it (who made the batch, and when).

    Called in the transaction that takes the batch back; the caller settles facts and copy. Returns None when
    the batch did not change it. Raises DispositionRefused when it was changed since: that would be lost.
    """
    versions = RecipeVersion.objects.filter(release_id=release_id).order_by("number")
    made = versions.filter(by=made_by, at=made_at)
    first, last = made.first(), made.last()
    current = versions.last()
    if first is None or last is None or current is None:
        return None
    if current.digest != last.digest:
        raise DispositionRefused(
            f"{current.by} changed the recipe since (version {current.number}), so the decision cannot be taken "
            "back without losing that. Decide the columns anew, or bring an earlier version of the recipe back."
        )
    before = versions.filter(number=first.number - 1).first()
    return _keep(state_of(release_id), list(before.steps) if before else [], _TAKEN_BACK, actor, now)


def recipe_replay(
    *, release_id: int, actor: User, expected_number: int, now: datetime | None = None
) -> RecipeVersion:
    """Take over the recipe of the dataset's last release that has one (M28: replayed at each refresh).

    Raises RecipeRefused when there is none or it does not fit this file, and what recipe_save raises.
    """
    earlier = recipe_of_last_release(release_id)
    if earlier is None:
        raise RecipeRefused("No earlier release of this dataset has a recipe. Write the steps yourself.")
    return recipe_save(
        release_id=release_id,
        steps=earlier.steps,
        note=_REPLAYED,
        actor=actor,
        expected_number=expected_number,
        now=now,
    )


def recipe_of_last_release(release_id: int) -> RecipeVersion | None:
    """The recipe in force of the newest other release of the same dataset that has one."""
    dataset_id = subject_of(release_id)["dataset_id"]
    others = RecipeVersion.objects.filter(release__dataset_id=dataset_id).exclude(release_id=release_id)
    return others.order_by("release_id", "number").last()


def _keep(
    state: PrivacyState, steps: list[Step], note: str, actor: User, now: datetime | None
) -> RecipeVersion:
    """The next version; what is in force already is not saved twice."""
    current = state.recipe_version
    digest = recipe_digest(steps)
    if current is not None and current.digest == digest:
        return current
    version = RecipeVersion.objects.create(
        release_id=state.release_id,
        number=(current.number if current else 0) + 1,
        steps=steps,
        digest=digest,
        note=note,
        by=actor,
        at=now or timezone.now(),
    )
    event_record(
        action="privacy.recipe_saved",
        actor=actor,
        subject=version,
        data={"number": version.number, "steps": len(steps), "digest": digest},
        note=note,
        now=now,
        **subject_of(state.release_id),
    )
    return version


def _decide_touched(state: PrivacyState, note: str, actor: User, now: datetime | None) -> None:
    """Open findings that the recipe takes care of are decided by it: the note is the reason."""
    remedied = columns_remedied(state)
    for verdict in state.open:
        if verdict.column not in remedied:
            continue
        row = Disposition.objects.create(
            release_id=state.release_id,
            column=verdict.column,
            evidence_digest=verdict.evidence_digest,
            decision=Disposition.Decision.REMEDY,
            remedy=_remedy_about(state.recipe, verdict.column),
            reason=note,
            by=actor,
            at=now or timezone.now(),
        )
        event_record(
            action="privacy.finding_disposed",
            actor=actor,
            subject=row,
            data={"column": row.column, "decision": row.words},
            note=note,
            now=now,
            **subject_of(state.release_id),
        )


def _remedies_about(steps: Iterable[Step], column: str) -> list[str]:
    return [step["remedy"] for step in steps if step["params"].get("column") == column]


def _params_of(steps: Iterable[Step], column: str) -> dict[str, Any]:
    return next((step["params"] for step in steps if step["params"].get("column") == column), {})


def _remedy_about(steps: Sequence[Step], column: str) -> str:
    """The first remedy that changes a column, or else names it; a column that none names is left out by aggregating."""
    for names in (step_changes, lambda step: named_columns(step["params"])):
        for step in steps:
            if column in names(step):
                return str(step["remedy"])
    return str(Disposition.Remedy.AGGREGATE)


def _not_overtaken(state: PrivacyState, expected_number: int) -> None:
    current = recipe_in_force(state.release_id)
    number = current.number if current else 0
    if current is not None and number != expected_number:
        raise RecipeRefused(
            f"{current.by} saved version {number} of the recipe meanwhile. Look at it, then make your changes again."
        )


def refuse_faults(state: PrivacyState, steps: Sequence[Step]) -> None:
    """Raises RecipeRefused for steps that do not fit the file, or that name a person: they are not kept anywhere."""
    digests = set(
        UploadedHierarchy.objects.filter(dataset_id=subject_of(state.release_id)["dataset_id"]).values_list(
            "digest", flat=True
        )
    )
    faults = [(fault.step, fault.sentence) for fault in recipe_faults(list(steps), state.columns, digests)]
    if not faults:
        faults = [
            (number, f"Step {number} of the recipe: {fault[1]}")
            for number, step in enumerate(steps, start=1)
            if (fault := personal_value(step["params"], state.verdicts))
        ]
    if faults:
        raise RecipeRefused(faults[0][1], faults)


def _settle(release_id: int, actor: User, now: datetime | None) -> None:
    contribution_record(release_id=release_id, user=actor, what="privacy recipe", now=now)
    facts_write(release_id=release_id, now=now)
    treatment_request(release_id=release_id, now=now)
