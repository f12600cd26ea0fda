"""The conductor of bundles: lets all releases of one go together, confirms them together, takes them back.

Everything is read anew under the locks of the bundle, its releases and their dossiers, and written in one
transaction: a worker that dies in the middle leaves the rows as they were, and the next look goes on from there.
Where a bundle is at rest, all of it is public or all of it is private (FEATURES M35).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import event_record
from dossier.services import dossier_lock
from notifications.services import message_queue
from publishing.services.taking_back import publication_take_back
from work.services import task_nudge
from workflow import gates, routing
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused
from workflow.models import Bundle, BundlePlace, Release
from workflow.policies import SYSTEM
from workflow.selectors.bundles import Copies, bundle_of, bundles_live, contexts_in, copies_of
from workflow.services.distributions import distributions_sync
from workflow.services.transitions import release_transition
from workflow.stages import Stage

log = logging.getLogger(__name__)

State = Bundle.State
# So many of the points that stopped a bundle are kept and told.
_KEPT = 10
_LATE = "It was not public and checked {minutes} minutes after the bundle was let go."


def bundles_settle(*, now: datetime | None = None) -> int:
    """Look at every bundle that has not ended. Returns how many; one that fails is logged, the others go on."""
    found = list(bundles_live().values_list("pk", flat=True))
    for pk in found:
        try:
            bundle_settle(bundle_id=pk, now=now)
        except Exception:
            log.exception("Bundle %s could not be settled", pk)
    return len(found)


def release_bundle_settle(*, release_id: int, now: datetime | None = None) -> None:
    """Look at the bundle of a release of which something new is known."""
    bundle = bundle_of(Release(pk=release_id))
    if bundle is not None:
        bundle_settle(bundle_id=bundle.pk, now=now)


@transaction.atomic
def bundle_settle(*, bundle_id: int, now: datetime | None = None) -> str:
    """Do what is due for one bundle, and return the state it is in then. Idempotent."""
    now = now or timezone.now()
    bundle = bundle_locked(bundle_id)
    if bundle.is_ended:
        return bundle.state
    contexts = contexts_in(bundle, now=now)
    copies = copies_of(context.release.pk for context in contexts)
    if bundle.state in (State.GOING, State.PARTIAL):
        _go_on(bundle, contexts, copies, now)
    else:
        _stay_private(bundle, contexts, copies, now)
        if bundle.state == State.OPEN and _is_ready(bundle, contexts, now):
            _let_go(bundle, contexts, now)
    return bundle.state


def bundle_locked(bundle_id: int) -> Bundle:
    """The bundle under its lock, with its releases and their dossiers, in the order in which the door locks.

    Nothing about its releases changes meanwhile: no copy is asked for, no fact is written, no move is made.
    """
    rows = Bundle.objects.select_for_update(of=("self",)).select_related("program", "owner")
    bundle = rows.get(pk=bundle_id)
    wanted = BundlePlace.objects.filter(bundle=bundle, open=True).values("release_id")
    releases = Release.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted)
    for release in releases.order_by("pk"):
        dossier_lock(release_id=release.pk)
    return bundle


def bundle_take_back(
    *, bundle: Bundle, trouble: list[dict[str, object]], actor: User | None, note: str = "", now: datetime
) -> None:
    """Stop a bundle that was let go: all of it becomes private again, and people are told, once.

    Call it under `bundle_locked`.
    """
    state_set(bundle, State.TAKING_BACK, trouble=trouble[:_KEPT], stopped_at=now)
    bundle_event("workflow.bundle_stopped", bundle, actor, now, note=note, releases=len(trouble))
    contexts = contexts_in(bundle, now=now)
    for context in contexts:
        publication_take_back(release_id=context.release.pk, now=now)
    _tell_stopped(bundle, contexts, actor, now)
    nudge(contexts)


def state_set(bundle: Bundle, state: str, **changes: object) -> None:
    bundle.state = state
    for name, value in changes.items():
        setattr(bundle, name, value)
    bundle.save(update_fields=["state", *changes])


def nudge(contexts: Sequence[ReleaseContext]) -> None:
    """Have every release of a bundle looked at after the transaction."""
    for context in contexts:
        pk = context.release.pk
        transaction.on_commit(lambda pk=pk: task_nudge("workflow.tasks.settle", pk))  # type: ignore[misc]


def bundle_event(
    action: str, bundle: Bundle, actor: User | None, now: datetime, note: str = "", **data: object
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=bundle,
        data=data,
        note=note,
        program_id=bundle.program_id,
        now=now,
    )


def _is_ready(bundle: Bundle, contexts: Sequence[ReleaseContext], now: datetime) -> bool:
    """Its moment has come, and every release of it could go public by itself."""
    if bundle.release_at > now or not contexts:
        return False
    return not any(gates.lacking(context) for context in contexts)


def _let_go(bundle: Bundle, contexts: Sequence[ReleaseContext], now: datetime) -> None:
    state_set(bundle, State.GOING, let_go_at=now, trouble=[], stopped_at=None)
    bundle_event("workflow.bundle_let_go", bundle, None, now, releases=len(contexts))
    nudge(contexts)


def _go_on(
    bundle: Bundle, contexts: Sequence[ReleaseContext], copies: dict[int, Copies], now: datetime
) -> None:
    """Of a bundle that was let go: record it as published when all is public, stop it when one cannot be."""
    trouble = _trouble(bundle, contexts, copies, now)
    if not trouble and all(gates.public_copy_confirmed(context).ok for context in contexts):
        trouble = _publish_all(bundle, contexts, now)
    if not trouble or bundle.state == State.PUBLIC:
        return
    if bundle.take_back == Bundle.TakeBack.REST:
        bundle_take_back(bundle=bundle, trouble=trouble, actor=None, now=now)
    elif bundle.state != State.PARTIAL:
        state_set(bundle, State.PARTIAL, trouble=trouble[:_KEPT], stopped_at=now)
        bundle_event("workflow.bundle_stopped", bundle, None, now, releases=len(trouble))
        _tell_stopped(bundle, contexts, None, now)


def _trouble(
    bundle: Bundle, contexts: Sequence[ReleaseContext], copies: dict[int, Copies], now: datetime
) -> list[dict[str, object]]:
    """The releases that cannot go public now, each with the first reason."""
    found: list[dict[str, object]] = []
    patience = timedelta(minutes=bundle.patience_minutes)
    is_late = bundle.let_go_at is not None and now > bundle.let_go_at + patience
    for context in contexts:
        missing = gates.lacking(context)
        failure = copies[context.release.pk].failure
        if not failure and is_late and not gates.public_copy_confirmed(context).ok:
            failure = _LATE.format(minutes=bundle.patience_minutes)
        if missing or failure:
            why = failure or missing[0].text
            found.append({"release": context.release.pk, "title": context.dataset.title, "why": why})
    return found


def _publish_all(
    bundle: Bundle, contexts: Sequence[ReleaseContext], now: datetime
) -> list[dict[str, object]]:
    """Record every release as published, all of them or none. Returns what refused, when something did."""
    try:
        with transaction.atomic():
            # The gate of each release reads this state; nobody else sees it before all of them have moved.
            state_set(bundle, State.PUBLIC, ended_at=now, trouble=[], stopped_at=None)
            for context in contexts:
                _publish(context, now)
            bundle.places.filter(open=True).update(open=False)
            bundle_event("workflow.bundle_public", bundle, None, now, releases=len(contexts))
            _tell_public(bundle, contexts, now)
    except MoveRefused as refusal:
        bundle.refresh_from_db()
        return [{"release": None, "title": str(bundle), "why": refusal.sentences[0]}]
    return []


def _publish(context: ReleaseContext, now: datetime) -> None:
    release_transition(release_id=context.release.pk, name="publish", actor=SYSTEM, now=now)
    distributions_sync(context, retitle=True)


def _stay_private(
    bundle: Bundle, contexts: Sequence[ReleaseContext], copies: dict[int, Copies], now: datetime
) -> None:
    """Of a bundle that was not let go, nothing is public: whatever slipped through is taken back."""
    for context in contexts:
        if context.release.stage == Stage.STAGED and copies[context.release.pk].goes_public:
            publication_take_back(release_id=context.release.pk, now=now)
    is_private = not any(row.goes_public or row.is_exposed for row in copies.values())
    if bundle.state == State.TAKING_BACK and is_private:
        state_set(bundle, State.STOPPED)
        bundle_event("workflow.bundle_taken_back", bundle, None, now)


def _tell_public(bundle: Bundle, contexts: Sequence[ReleaseContext], now: datetime) -> None:
    """To whom the bundle is; everybody around a release hears of it by the letter of its own move."""
    message_queue(
        message_id="bundle_public",
        recipients=_planners(bundle),
        actor=None,
        context=_words(bundle)
        | {"datasets": ", ".join(f"“{context.dataset.title}”" for context in contexts)},
        path=reverse("bundle", args=[bundle.pk]),
        now=now,
    )


def _tell_stopped(
    bundle: Bundle, contexts: Sequence[ReleaseContext], actor: User | None, now: datetime
) -> None:
    team = [person for context in contexts for person in routing.team(context)]
    message_queue(
        message_id="bundle_stopped",
        recipients=list(dict.fromkeys([*_planners(bundle), *team])),
        asked=[bundle.owner],
        actor=actor,
        context=_words(bundle)
        | {
            "why": " ".join(f"“{row['title']}”: {row['why']}" for row in bundle.trouble),
            "taken_back": bundle.state == State.TAKING_BACK,
        },
        path=reverse("bundle", args=[bundle.pk]),
        now=now,
    )


def _planners(bundle: Bundle) -> list[User]:
    """Whose bundle it is, and who put releases into it."""
    people = [bundle.owner, *(row.added_by for row in bundle.places.select_related("added_by"))]
    return list(dict.fromkeys(person for person in people if person.is_active))


def _words(bundle: Bundle) -> dict[str, object]:
    return {"dataset": bundle.name, "program": bundle.program.name}
