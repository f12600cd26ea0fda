"""Writes about the publication plan: when, how and by whom the public hears of a release (FEATURES M34).

Source: the Los Angeles playbook: the CDO coordinates a publication strategy with communications and policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role, has_role
from audit.services import event_record
from dossier.services import digest_of, dossier_lock
from notifications.services import message_queue
from publishing.services import publication_stay_private
from workflow import policies, routing
from workflow.context import ReleaseContext, context_of
from workflow.errors import MoveRefused
from workflow.models import PlanItem, PlanSignOff, PublicationPlan, Release
from workflow.selectors.deadlines import day_words
from workflow.selectors.plans import (
    SignOffState,
    is_plan_open,
    owners_of,
    plan_parts,
    plans_to_copy,
    sign_offs_of,
)
from workflow.services.facts import plan_fact
from workflow.services.letters import letter_context
from workflow.stages import Stage
from workflow.timing import today_of

_LABELS = dict(PublicationPlan.Tactic.choices)
_COPIED = ("audience", "champions", "message", "talking_points")


@transaction.atomic
def plan_open(*, release_id: int, now: datetime | None = None) -> PublicationPlan | None:
    """Open the plan where the program's approval does so, and ask communications and policy to make it.

    Idempotent. Returns None where plans are made from the beginning. Called by the door on `approve`.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id)
    context = context_of(release_id, now=now)
    if context.profile.plan.opens_at != "approve":
        return None
    plan, _ = PublicationPlan.objects.get_or_create(release=context.release)
    if plan.opened_at is not None:
        return plan
    plan.opened_at = now
    plan.save(update_fields=["opened_at"])
    _items_follow(plan, plan.tactics)
    _record("workflow.plan_opened", context, None, {}, now)
    plan_fact(release_id=release_id, now=now)
    roles = dict.fromkeys((Role.COMMUNICATIONS.value, Role.POLICY.value, *context.profile.plan.sign_off))
    asked = [person for role in roles for person in routing.holders(context, role) if person.is_active]
    signers = " and ".join(context.profile.role_words(role) for role in context.profile.plan.sign_off)
    _tell("plan_opened", context, None, now, asked=asked, told=routing.team(context), sign_off=signers)
    return plan


@transaction.atomic
def plan_change(
    *,
    release_id: int,
    actor: User,
    release_at: datetime | None,
    tactics: Sequence[str],
    audience: str = "",
    message: str = "",
    champions: str = "",
    talking_points: str = "",
    embargo_until: datetime | None = None,
    now: datetime | None = None,
) -> PublicationPlan:
    """Set when a release goes public and how people hear of it; each chosen tactic gets something to do.

    Raises DossierFrozen once it is public, and MoveRefused before the approval that opens it, or when somebody
    who does not hold the final key would bring an approved date forward.
    """
    now = now or timezone.now()
    context = _planning(release_id, now)
    release = context.release
    _check_date(context, release_at, actor)
    before = sign_offs_of(context.plan, context.profile)
    plan, _ = PublicationPlan.objects.update_or_create(
        release=release,
        defaults={
            "release_at": release_at,
            "embargo_until": embargo_until,
            "tactics": list(tactics),
            "audience": audience.strip(),
            "champions": champions.strip(),
            "message": message.strip(),
            "talking_points": talking_points.strip(),
        },
    )
    _items_follow(plan, tactics)
    data = {"release_at": release_at.isoformat() if release_at else "", "tactics": list(tactics)}
    _record("workflow.plan_changed", context, actor, data, now)
    _after_change(context, actor, before, now)
    return plan


@transaction.atomic
def plan_item_save(
    *,
    release_id: int,
    actor: User,
    title: str,
    tactic: str,
    owner: User | None = None,
    due: date | None = None,
    mandatory: bool = False,
    link: str = "",
    item_id: int | None = None,
    now: datetime | None = None,
) -> PlanItem:
    """Add something to do to a plan, or change it. Whoever is named for it hears of it.

    Raises PermissionDenied, DossierFrozen, MoveRefused (an owner who could not do it), PlanItem.DoesNotExist.
    """
    now = now or timezone.now()
    context = _planning(release_id, now)
    policies.check_action(actor, "edit_plan", context)
    if owner is not None and owner not in owners_of(context):
        raise MoveRefused(
            f"{owner} has no role in this plan. Name somebody who has, or ask your portal admin."
        )
    before = sign_offs_of(context.plan, context.profile)
    plan, _ = PublicationPlan.objects.get_or_create(release=context.release)
    item = plan.items.get(pk=item_id) if item_id else PlanItem(plan=plan)
    earlier_owner = item.owner_id
    item.title, item.tactic, item.owner, item.due = title.strip(), tactic, owner, due
    item.mandatory, item.link = mandatory, link
    item.full_clean(exclude=["plan"])
    item.save()
    action = "workflow.plan_item_changed" if item_id else "workflow.plan_item_added"
    _record(action, context, actor, {"item": item.get_tactic_display()}, now, note=item.title)
    _after_change(context, actor, before, now)
    if owner is not None and owner.pk not in (earlier_owner, actor.pk) and item.is_open:
        _tell(
            "plan_item_given",
            context,
            actor,
            now,
            asked=[owner],
            what=item.title,
            due=day_words(due, today_of(context)) if due else "",
            mandatory=mandatory or None,
        )
    return item


@transaction.atomic
def plan_item_remove(*, release_id: int, item_id: int, actor: User, now: datetime | None = None) -> None:
    """Take something out of a plan. Raises PermissionDenied, DossierFrozen, PlanItem.DoesNotExist."""
    now = now or timezone.now()
    context = _planning(release_id, now)
    policies.check_action(actor, "edit_plan", context)
    before = sign_offs_of(context.plan, context.profile)
    item = PlanItem.objects.get(pk=item_id, plan__release=release_id)
    _record(
        "workflow.plan_item_removed", context, actor, {"item": item.get_tactic_display()}, now, item.title
    )
    item.delete()
    _after_change(context, actor, before, now)


@transaction.atomic
def plan_item_done(
    *, release_id: int, item_id: int, actor: User, done: bool = True, now: datetime | None = None
) -> PlanItem:
    """Mark something as done, or as not done after all; its owner may, and whoever plans.

    What announces the data is often done after it went public, so a plan that is closed still takes it; only
    what had to be done before stays done then. Raises PermissionDenied, DossierFrozen, PlanItem.DoesNotExist.
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part=None if done else "plan")
    context = context_of(release_id, now=now)
    item = PlanItem.objects.select_related("owner").get(pk=item_id, plan__release=release_id)
    if item.owner_id != actor.pk:
        policies.check_action(actor, "edit_plan", context)
    if item.is_open is not done:
        return item
    item.done_at, item.done_by = (now, actor) if done else (None, None)
    item.save(update_fields=["done_at", "done_by"])
    action = "workflow.plan_item_done" if done else "workflow.plan_item_reopened"
    _record(action, context, actor, {"item": item.get_tactic_display()}, now, note=item.title)
    _settle(context, now)
    return item


@transaction.atomic
def plan_sign(*, release_id: int, role: str, actor: User, now: datetime | None = None) -> PlanSignOff:
    """Sign the plan as it stands, for one of the roles that the program asks; a later change voids it.

    Raises PermissionDenied (not your role, or your name stands for another role already), DossierFrozen,
    MoveRefused (not asked for, nothing to sign yet, signed already).
    """
    now = now or timezone.now()
    context = _planning(release_id, now)
    profile, plan = context.profile, context.plan
    if role not in profile.plan.sign_off:
        raise MoveRefused("This program does not ask for that signature.")
    policies.check_holds(actor, (role,), context.dataset, profile)
    if plan is None or plan.release_at is None or not plan.tactics:
        raise MoveRefused(
            "There is nothing to sign yet: the plan needs a release date and how people hear of it."
        )
    states = {state.role: state for state in sign_offs_of(plan, profile)}
    if states[role].standing:
        raise MoveRefused(f"The plan is signed by {profile.role_words(role)} already, as it stands.")
    if any(state.standing and state.standing.by_id == actor.pk for state in states.values()):
        raise PermissionDenied(
            "You signed this plan for another role, so somebody else must sign for this one."
        )
    parts = plan_parts(plan)
    sign_off = PlanSignOff.objects.create(
        plan=plan, role=role, by=actor, at=now, parts=parts, digest=digest_of(parts)
    )
    _record("workflow.plan_signed", context, actor, {"role": profile.role_label(role)}, now)
    _settle(context, now)
    return sign_off


@transaction.atomic
def plan_copy(
    *, release_id: int, source_release_id: int, actor: User, now: datetime | None = None
) -> PublicationPlan:
    """Take over the plan of another release: what was said and done, not its dates, owners and signatures.

    Raises PermissionDenied, DossierFrozen, MoveRefused when that plan is not there to copy.
    """
    now = now or timezone.now()
    context = _planning(release_id, now)
    policies.check_action(actor, "edit_plan", context)
    source = plans_to_copy(context, actor).filter(pk=source_release_id).select_related("plan").first()
    if source is None:
        raise MoveRefused("There is no such plan to copy. Choose one from the list.")
    before = sign_offs_of(context.plan, context.profile)
    other: PublicationPlan = source.plan  # type: ignore[attr-defined]
    plan, _ = PublicationPlan.objects.get_or_create(release=context.release)
    for name in _COPIED:
        setattr(plan, name, getattr(other, name))
    plan.tactics, plan.copied_from = list(other.tactics), source
    plan.save()
    known = {(item.tactic, item.title) for item in plan.items.all()}
    PlanItem.objects.bulk_create(
        PlanItem(plan=plan, tactic=item.tactic, title=item.title, mandatory=item.mandatory)
        for item in other.items.all()
        if (item.tactic, item.title) not in known
    )
    _items_follow(plan, plan.tactics)
    _record("workflow.plan_copied", context, actor, {"source": str(source)}, now)
    _after_change(context, actor, before, now)
    return plan


def _planning(release_id: int, now: datetime) -> ReleaseContext:
    dossier_lock(release_id=release_id, part="plan")
    context = context_of(release_id, now=now)
    if not is_plan_open(context):
        raise MoveRefused("In this program the approval opens the publication plan. It can be made after it.")
    return context


def _check_date(context: ReleaseContext, release_at: datetime | None, actor: User) -> None:
    """The approval was given knowing the date: later is anybody's who plans, earlier is the approver's."""
    if context.release.stage != Stage.STAGED or context.plan is None:
        return
    approved = context.plan.release_at
    if approved is None or (release_at is not None and release_at >= approved):
        return
    holder = policies.stage_holder(context, Stage.CDO_REVIEW)
    dataset = context.dataset
    if not has_role(actor, holder, program=dataset.program_id, department=dataset.department_id):
        raise MoveRefused(
            "The release was approved for its date. Only the "
            f"{context.profile.role_words(holder)} may bring it forward; you may move it to a later day."
        )


def _items_follow(plan: PublicationPlan, tactics: Sequence[str]) -> None:
    """Each chosen tactic has something to do; what nobody has taken up goes with a tactic that is dropped."""
    wanted = [tactic for tactic in tactics if tactic != PublicationPlan.Tactic.NONE]
    plan.items.exclude(tactic__in=wanted).filter(
        owner=None, due=None, link="", mandatory=False, done_at=None
    ).delete()
    known = set(plan.items.values_list("tactic", flat=True))
    for tactic in wanted:
        if tactic not in known:
            PlanItem.objects.create(plan=plan, tactic=tactic, title=str(_LABELS.get(tactic, tactic)))


def _after_change(context: ReleaseContext, actor: User, before: list[SignOffState], now: datetime) -> None:
    """The fact, the portal copy, and a letter to everybody whose signature the change has voided."""
    _settle(context, now)
    plan = PublicationPlan.objects.get(release=context.release)
    after = {state.role: state for state in sign_offs_of(plan, context.profile)}
    for state in before:
        now_state = after[state.role]
        if state.standing and not now_state.standing:
            _tell(
                "plan_sign_again",
                context,
                actor,
                now,
                asked=[state.standing.by],
                what=" and ".join(now_state.changed),
            )


def _settle(context: ReleaseContext, now: datetime) -> None:
    """Write the fact; a copy on its way to the public stays private while the plan does not let it go."""
    fact = plan_fact(release_id=context.release.pk, now=now)
    plan = PublicationPlan.objects.get(release=context.release)
    waits = plan.release_at is None or plan.release_at > now or (plan.embargo_until or now) > now
    if context.release.stage != Stage.PUBLISHED and (waits or not fact.ok):
        publication_stay_private(release_id=context.release.pk, now=now)


def _tell(
    message_id: str,
    context: ReleaseContext,
    actor: User | None,
    now: datetime,
    *,
    asked: Sequence[User],
    told: Sequence[User] = (),
    **words: Any,
) -> None:
    message_queue(
        message_id=message_id,
        recipients=told,
        asked=asked,
        actor=actor,
        context=letter_context(context, actor, **words),
        path=reverse("release_plan", args=[context.release.pk]),
        release_id=context.release.pk,
        dataset_id=context.dataset.pk,
        now=now,
    )


def _record(
    action: str,
    context: ReleaseContext,
    actor: User | None,
    data: dict[str, Any],
    now: datetime,
    note: str = "",
) -> None:
    release: Release = context.release
    event_record(
        action=action,
        actor=actor,
        subject=release,
        data=data,
        note=note,
        program_id=context.dataset.program_id,
        dataset_id=context.dataset.pk,
        release_id=release.pk,
        now=now,
    )
