"""What people do with bundles: make one, put releases in, take them out, stop it, try it again (FEATURES M35).

The system alone lets a bundle go and takes it back (workflow.services.bundle_settle).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Program, User
from accounts.roles import Role
from audit.services import event_record
from dossier.services import dossier_lock
from privacy.personal_values import raw_values_in
from publishing.services import publication_resume
from workflow import calendar_duties, policies
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import Bundle, BundlePlace, Release
from workflow.selectors.bundles import bundle_of, contexts_in, copies_of
from workflow.services.bundle_settle import (
    bundle_event,
    bundle_locked,
    bundle_take_back,
    nudge,
    state_set,
)
from workflow.services.plan_holds import hold_standing, hold_write
from workflow.services.reasons import reason_checked
from workflow.stages import OPEN_STAGES

State = Bundle.State
_BUSY = "The bundle is on its way, so it cannot be changed now. Stop it first, or wait for how it ends."


@transaction.atomic
def bundle_make(
    *,
    program: Program,
    actor: User,
    name: str,
    reason: str,
    release_at: datetime,
    owner: User | None = None,
    take_back: str = Bundle.TakeBack.REST,
    patience_minutes: int = 240,
    now: datetime | None = None,
) -> Bundle:
    """Make an empty bundle. Whoever makes it owns it, unless `owner` says who does.

    Raises PermissionDenied, and MoveRefused without a name or a reason, or with an owner who does not plan.
    """
    now = now or timezone.now()
    calendar_duties.check_make_bundle(actor, program)
    bundle = Bundle(program=program, owner=owner or actor, made_at=now)
    _describe(bundle, name, reason, release_at, take_back, patience_minutes)
    bundle.save()
    bundle_event("workflow.bundle_made", bundle, actor, now, note=reason, release_at=release_at.isoformat())
    return bundle


@transaction.atomic
def bundle_change(
    *,
    bundle_id: int,
    actor: User,
    name: str,
    reason: str,
    release_at: datetime,
    owner: User | None = None,
    take_back: str = Bundle.TakeBack.REST,
    patience_minutes: int = 240,
    now: datetime | None = None,
) -> Bundle:
    """Change what a bundle says of itself, while it waits. No date of a release moves with it.

    The plan of each release was approved with a date of its own: the bundle goes when the last has come.
    Raises PermissionDenied, MoveRefused.
    """
    now = now or timezone.now()
    bundle = _kept(bundle_id, actor)
    _check_state(bundle, State.OPEN, State.STOPPED)
    bundle.owner = owner or bundle.owner
    _describe(bundle, name, reason, release_at, take_back, patience_minutes)
    bundle.save()
    bundle_event(
        "workflow.bundle_changed", bundle, actor, now, note=reason, release_at=release_at.isoformat()
    )
    nudge(contexts_in(bundle, now=now))
    return bundle


@transaction.atomic
def bundle_add(*, bundle_id: int, release_id: int, actor: User, now: datetime | None = None) -> BundlePlace:
    """Put a release into a bundle that waits. Raises PermissionDenied, MoveRefused (why it cannot go in)."""
    now = now or timezone.now()
    Release.objects.select_for_update(of=("self",), no_key=True).get(pk=release_id)
    dossier_lock(release_id=release_id)
    bundle = _kept(bundle_id, actor)
    _check_state(bundle, State.OPEN)
    context = context_of(release_id, now=now)
    policies.check_action(actor, "edit_plan", context)
    if context.dataset.program_id != bundle.program_id:
        raise MoveRefused("A bundle holds releases of one program.")
    if context.release.stage not in OPEN_STAGES:
        raise MoveRefused(f"“{context.dataset.title}” is not on its way: its release is public or has ended.")
    other = bundle_of(context.release)
    if other is not None:
        where = "this bundle" if other == bundle else f"the bundle “{other}”"
        raise MoveRefused(f"“{context.dataset.title}” is in {where} already. A release is in one at most.")
    if copies_of([release_id])[release_id].goes_public:
        raise MoveRefused(f"“{context.dataset.title}” is on its way to the public by itself.")
    place = BundlePlace.objects.create(bundle=bundle, release_id=release_id, added_by=actor, added_at=now)
    _place_event("workflow.bundle_joined", bundle, context, actor, now)
    return place


@transaction.atomic
def bundle_leave(
    *, bundle_id: int, release_id: int, actor: User, reason: str, now: datetime | None = None
) -> Bundle:
    """Take a release out; a bundle that stopped half way goes on without it.

    Whoever leaves would go public alone at once where its own date has passed: it is held back then, until the
    coordinator or whoever keeps the bundle lets it go. Raises PermissionDenied, MoveRefused, ReasonRequired.
    """
    now, reason = now or timezone.now(), reason_checked(reason, "Say why it leaves the bundle.")
    bundle = _kept(bundle_id, actor)
    _check_state(bundle, State.OPEN, *Bundle.WAITS_ON_PEOPLE)
    place = bundle.places.filter(open=True, release_id=release_id).first()
    if place is None:
        raise MoveRefused("That release is not in the bundle any more.")
    context = context_of(release_id, now=now)
    _leave(bundle, place, context, actor, reason, now)
    if bundle.state in Bundle.WAITS_ON_PEOPLE:
        _again(bundle, now)
    nudge([context, *contexts_in(bundle, now=now)])
    return bundle


@transaction.atomic
def bundle_retry(*, bundle_id: int, actor: User, reason: str, now: datetime | None = None) -> Bundle:
    """Try a bundle again that stopped half way: all of it goes public once all of it is ready.

    Copies that stopped for good are taken up where they were. Also for one whose taking back does not end.
    Raises PermissionDenied, MoveRefused, ReasonRequired.
    """
    now, reason = now or timezone.now(), reason_checked(reason, "Say why it is tried again.")
    bundle = _kept(bundle_id, actor)
    _check_state(bundle, State.TAKING_BACK, *Bundle.WAITS_ON_PEOPLE)
    contexts = contexts_in(bundle, now=now)
    failed = [pk for pk, row in copies_of(context.release.pk for context in contexts).items() if row.failure]
    for pk in failed:
        publication_resume(release_id=pk, actor=actor, now=now)
    if bundle.state != State.TAKING_BACK:
        _again(bundle, now)
    bundle_event("workflow.bundle_retried", bundle, actor, now, note=reason)
    nudge(contexts)
    return bundle


@transaction.atomic
def bundle_stop(*, bundle_id: int, actor: User, reason: str, now: datetime | None = None) -> Bundle:
    """Stop a bundle that is going public, or stopped half way: all of it is taken back to private.

    Raises PermissionDenied, MoveRefused, ReasonRequired.
    """
    now, reason = now or timezone.now(), reason_checked(reason, "Say why the bundle is stopped.")
    bundle = _kept(bundle_id, actor)
    _check_state(bundle, State.GOING, State.PARTIAL)
    trouble: list[dict[str, object]] = [
        {"release": None, "title": bundle.name, "why": f"{actor} stopped it: {reason}"}
    ]
    bundle_take_back(bundle=bundle, trouble=trouble, actor=actor, note=reason, now=now)
    return bundle


@transaction.atomic
def bundle_dissolve(*, bundle_id: int, actor: User, reason: str, now: datetime | None = None) -> Bundle:
    """End a bundle that waits: from then on each release follows its own plan, or is held where its date passed.

    Raises PermissionDenied, MoveRefused, ReasonRequired.
    """
    now, reason = now or timezone.now(), reason_checked(reason, "Say why the bundle is dissolved.")
    bundle = _kept(bundle_id, actor)
    _check_state(bundle, State.OPEN, State.STOPPED)
    contexts = {context.release.pk: context for context in contexts_in(bundle, now=now)}
    for place in bundle.places.filter(open=True):
        _leave(bundle, place, contexts[place.release_id], actor, reason, now)
    state_set(bundle, State.CLOSED, ended_at=now)
    bundle_event("workflow.bundle_dissolved", bundle, actor, now, note=reason)
    nudge(list(contexts.values()))
    return bundle


def _kept(bundle_id: int, actor: User) -> Bundle:
    bundle = bundle_locked(bundle_id)
    calendar_duties.check_keep_bundle(actor, bundle)
    return bundle


def _check_state(bundle: Bundle, *states: str) -> None:
    if bundle.is_ended:
        raise MoveRefused(f"The bundle has ended: {bundle.get_state_display().lower()}.")
    if bundle.state not in states:
        waits = bundle.state in (State.OPEN, State.STOPPED)
        raise MoveRefused("The bundle is not on its way, so there is nothing to stop." if waits else _BUSY)


def _describe(
    bundle: Bundle, name: str, reason: str, release_at: datetime, take_back: str, patience_minutes: int
) -> None:
    bundle.name, bundle.reason, bundle.release_at = name.strip(), reason.strip(), release_at
    bundle.take_back, bundle.patience_minutes = take_back, patience_minutes
    if not bundle.name or not bundle.reason:
        raise MoveRefused("Give the bundle a name, and say why its releases go public together.")
    if sentence := raw_values_in(f"{bundle.name}\n{bundle.reason}"):
        raise MoveRefused(sentence)
    if not calendar_duties.may_make_bundle(bundle.owner, bundle.program):
        raise MoveRefused(
            f"{bundle.owner} does not plan releases in {bundle.program}. Name somebody who does."
        )


def _again(bundle: Bundle, now: datetime) -> None:
    """Where all is private it waits for all to be ready; where some is public the rest follows."""
    if bundle.state == State.STOPPED:
        state_set(bundle, State.OPEN)
    else:
        state_set(bundle, State.GOING, let_go_at=now, stopped_at=None, trouble=[])


def _leave(
    bundle: Bundle, place: BundlePlace, context: ReleaseContext, actor: User, reason: str, now: datetime
) -> None:
    place.open, place.left_at, place.left_by, place.left_reason = False, now, actor, reason
    place.save(update_fields=["open", "left_at", "left_by", "left_reason"])
    _place_event("workflow.bundle_left", bundle, context, actor, now, note=reason)
    date = context.plan.release_at if context.plan else None
    if date is not None and date <= now and context.release.is_open and not hold_standing(context):
        words = f"It left the bundle “{bundle}”, and its own date has passed."
        hold_write(context=context, actor=actor, reason=words, lifts=Role.COORDINATOR, now=now)


def _place_event(
    action: str, bundle: Bundle, context: ReleaseContext, actor: User, now: datetime, note: str = ""
) -> None:
    event_record(
        action=action,
        actor=actor,
        subject=context.release,
        data={"bundle": bundle.name},
        note=note,
        program_id=bundle.program_id,
        dataset_id=context.dataset.pk,
        release_id=context.release.pk,
        now=now,
    )
