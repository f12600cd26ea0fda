"""Policies: who may make a move, give a review, or do something with a release.

Each rule is a pair: `check_...` raises PermissionDenied with the reason, `may_...` answers yes or no by
calling it, so that a button and the rule behind it cannot disagree. Four eyes hold between people, not
titles. Sources: DOMAIN a4, a5; ASVS 2.3.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import DEPARTMENT_ROLES, Role, has_role, roles_held
from accounts.selectors import departments_visible
from accounts.sides import sides_held
from workflow import approvals, final_key
from workflow.asked import TOOLKIT
from workflow.context import ReleaseContext
from workflow.four_eyes import check_four_eyes, lender_of
from workflow.joint import contributed_by, departments_of
from workflow.models import Dataset, GuestInvitation, Review, ReviewOrder
from workflow.review_needs import role_of
from workflow.stages import STAGE_OWNER, Stage


class SystemActor:
    """The product itself, when it moves a release because background work ended or a date came."""

    pk = None
    is_authenticated = False

    def __str__(self) -> str:
        return "the system"


SYSTEM = SystemActor()
Actor = Any  # accounts.User or SYSTEM
Rule = Callable[[Actor, ReleaseContext], None]

# People who prepare data may read it raw, and whoever holds the privacy stage; nobody else, portal admins
# included (ARCHITECTURE 6).
RAW_READERS = (Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN)


def stage_holder(context: ReleaseContext, stage: str | None = None) -> str:
    """The role on whose desk the release lies, as its program says; "system" or "closed" else."""
    stage = stage or context.release.stage
    if stage == Stage.CDO_REVIEW:
        return final_key.key_role(context)
    return context.profile.stage_holders.get(stage, STAGE_OWNER[stage])


def check_holds(
    actor: Actor,
    roles: tuple[str, ...],
    dataset: Dataset,
    profile: Profile,
    department: Department | None = None,
) -> None:
    """Refuse unless `actor` holds one of `roles` program-wide or for the department (else: the dataset's)."""
    # Some stages are held by the system or by nobody.
    real = [role for role in dict.fromkeys(roles) if role in Role.values]
    place = department or dataset.department
    if actor is not SYSTEM and any(
        has_role(actor, role, program=dataset.program_id, department=place) for role in real
    ):
        return
    wanted = " or ".join(profile.role_words(role) for role in real)
    where = place if any(role in DEPARTMENT_ROLES for role in real) else dataset.program
    raise PermissionDenied(f"This is for the {wanted} of {where}.")


def _roles(*roles: str) -> Rule:
    def rule(actor: Actor, context: ReleaseContext) -> None:
        check_holds(actor, roles, context.dataset, context.profile)

    return rule


def _holder_or(*roles: str) -> Rule:
    """The holder of the present stage, or one of `roles`."""

    def rule(actor: Actor, context: ReleaseContext) -> None:
        check_holds(actor, (stage_holder(context), *roles), context.dataset, context.profile)

    return rule


def _of_stage(stage: str, *also: str) -> Rule:
    def rule(actor: Actor, context: ReleaseContext) -> None:
        check_holds(actor, (stage_holder(context, stage), *also), context.dataset, context.profile)

    return rule


def _drafts_the_toolkit(actor: Actor, context: ReleaseContext) -> None:
    """Who decides privacy, and who drafts the toolkit's form where the program says who does (San Francisco)."""
    drafts = context.profile.drafts.get(TOOLKIT, "")
    roles = (stage_holder(context, Stage.PRIVACY), *filter(None, (drafts,)))
    check_holds(actor, roles, context.dataset, context.profile)


def _clears_privacy(actor: Actor, context: ReleaseContext) -> None:
    role = stage_holder(context, Stage.PRIVACY)
    check_holds(actor, (role,), context.dataset, context.profile)
    _check_not_aside(actor, Review.Kind.PRIVACY, role, context)
    check_four_eyes(actor, Review.Kind.PRIVACY, role, context)


def _approves(actor: Actor, context: ReleaseContext) -> None:
    role = stage_holder(context, Stage.CDO_REVIEW)
    check_holds(actor, (role,), context.dataset, context.profile)
    _check_not_aside(actor, Review.Kind.CDO, role, context)
    check_four_eyes(actor, Review.Kind.CDO, role, context)
    _check_last_key(actor, lender_of(actor, role, context), context)


def _check_not_aside(
    actor: Actor, kind: str, role: str, context: ReleaseContext, department: Department | None = None
) -> None:
    """Refuse what somebody stepped aside from: to them, and to who acts in their place (FEATURES M16)."""
    aside = {row.person_id for row in context.release.recusals.all() if row.kind == kind}
    if actor.pk in aside:
        raise PermissionDenied("You stepped aside from this review, so somebody else must give it.")
    lender = lender_of(actor, role, context, department) if aside else None
    if lender is not None and lender.pk in aside:
        raise PermissionDenied(
            f"{lender} stepped aside from this review, and you act in their place, so somebody else must give it."
        )


def _check_last_key(actor: Actor, lender: User | None, context: ReleaseContext) -> None:
    """Refuse whose key would be turned twice, and who holds none for the side still open (Durham).

    Whoever approves turns the last key: together with what others gave, every side must be covered. Who acts
    by a lent role is judged as two people: a key that the lender gave is not another hand's.
    """
    given = final_key.keys_given(context)
    pair = {actor.pk} | ({lender.pk} if lender else set())
    others = [review for review in given if not review.people & pair]
    needed = final_key.keys_needed(context)
    if len(others) < needed - 1:
        if any(actor.pk in review.people for review in given):
            raise PermissionDenied(
                "You gave your final approval of this release. Somebody else who holds the key approves it."
            )
        if len(others) < len(given):
            raise PermissionDenied(
                f"{lender} gave the final approval of this release, and you act in their place. Somebody else "
                "who holds the key approves it."
            )
        return
    sides = final_key.sides_open(context, given=others)
    missing = sides - final_key.sides_covered_by(actor, context, sides)
    if missing:
        words = final_key.side_words(context, missing)
        raise PermissionDenied(
            f"The final approval for {words} is still needed, and it is not yours to give."
        )


def acts_for(actor: Actor, name: str, context: ReleaseContext) -> User | None:
    """The person in whose place `actor` makes the move `name`: the one whose lent role lets them."""
    if actor is SYSTEM:
        return None
    own = stage_holder(context, Stage.CDO_REVIEW if name == "approve" else context.release.stage)
    return lender_of(actor, own, context)


def _returns(actor: Actor, context: ReleaseContext) -> None:
    """The holder of the stage, the CDO, or somebody whose review is asked for now."""
    asked = {role_of(context, review.kind) for review in context.reviews if review.is_pending}
    roles = (stage_holder(context), Role.CDO, *sorted(filter(None, asked)))
    check_holds(actor, roles, context.dataset, context.profile)


def _retires(actor: Actor, context: ReleaseContext) -> None:
    check_holds(actor, context.profile.retirement.roles, context.dataset, context.profile)


def _system_or(rule: Rule) -> Rule:
    """The system too: it parks what nobody has touched for long."""

    def either(actor: Actor, context: ReleaseContext) -> None:
        if actor is not SYSTEM:
            rule(actor, context)

    return either


def _speaks(actor: Actor, context: ReleaseContext) -> None:
    """Everybody who may see a release may write in its threads, but the auditor, who only reads."""
    held = {
        role
        for place in departments_of(context.dataset)
        for role in roles_held(actor, program=context.dataset.program_id, department=place)
    }
    if not held - {Role.AUDITOR}:
        raise PermissionDenied("Auditors read the threads and do not write in them.")


def _revokes_guest(actor: Actor, context: ReleaseContext) -> None:
    """The portal admin, and the CDO: where each government has its own, the one of a side of this release."""
    check_holds(actor, (Role.CDO, Role.PORTAL_ADMIN), context.dataset, context.profile)
    if has_role(actor, Role.PORTAL_ADMIN, program=context.dataset.program_id):
        return
    sides = final_key.sides_needed(context)
    if sides and not sides_held(actor, Role.CDO, program=context.dataset.program_id, sides=sides):
        raise PermissionDenied(
            f"This is for who holds the final key of {final_key.side_words(context, sides)}."
        )


def _system_only(actor: Actor, context: ReleaseContext) -> None:
    if actor is not SYSTEM:
        raise PermissionDenied("The system does this by itself when everything is ready.")


# Who may make each move.
POLICY: dict[str, Rule] = {
    "begin_readiness": _of_stage(Stage.INVENTORY, Role.OPEN_DATA_TEAM),
    "submit_for_quality": _of_stage(Stage.READINESS, Role.COORDINATOR),
    "pass_quality": _of_stage(Stage.QUALITY),
    "clear_privacy": _clears_privacy,
    "approve": _approves,
    "publish": _system_only,
    "pass_refresh": _system_only,
    "refresh_to_privacy": _system_only,
    "refresh_to_review": _system_only,
    "return_for_changes": _returns,
    "reject": _of_stage(Stage.PRIVACY, Role.CDO),
    "withdraw": _roles(Role.COORDINATOR, Role.CDO),
    "hold": _system_or(_holder_or(Role.COORDINATOR, Role.CDO)),
    "resume": _holder_or(Role.COORDINATOR, Role.CDO),
    "supersede": _system_only,
    "retract": _of_stage(Stage.PRIVACY, Role.CDO, Role.PORTAL_ADMIN),
    "reinstate": _roles(Role.CDO),
    "retire": _system_or(_retires),
}

_PREPARERS = (Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN)

# Who may do what with one release, besides moving it. Seeing it at all is asked before (is_visible).
ACTIONS: dict[str, Rule] = {
    "view": lambda actor, context: None,
    "view_raw": _of_stage(Stage.PRIVACY, *RAW_READERS),
    "download_raw": _of_stage(Stage.PRIVACY, *RAW_READERS),
    "edit_record": _roles(Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO),
    "upload_file": _roles(*_PREPARERS),
    "refresh": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM),
    "describe_columns": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM),
    "edit_metadata": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM),
    # Evidence is not scanned: only who prepares or judges the release may open it.
    "view_evidence": _of_stage(
        Stage.PRIVACY,
        *_PREPARERS,
        Role.OPEN_DATA_TEAM,
        Role.DEPARTMENT_APPROVER,
        Role.SECURITY_OFFICER,
        Role.LEGAL,
        Role.CDO,
    ),
    "edit_checklists": _roles(Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM),
    "attest": _roles(Role.COORDINATOR),
    "run_checks": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM),
    "waive_check": _roles(Role.COORDINATOR, Role.OPEN_DATA_TEAM),
    "run_scan": _of_stage(Stage.PRIVACY, *_PREPARERS),
    "dispose_findings": _of_stage(Stage.PRIVACY),
    "rate_risk": _drafts_the_toolkit,
    "decide_risk": _of_stage(Stage.PRIVACY),
    "request_review": _holder_or(Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO),
    "ask_guest": _returns,
    "revoke_guest": _revokes_guest,
    "request_exception": _roles(Role.COORDINATOR),
    "write_thread": _speaks,
    "edit_plan": _roles(Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.COMMUNICATIONS, Role.POLICY, Role.CDO),
    "sign_reconciliation": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM, Role.CDO),
    "resume_publication": _roles(Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.IT, Role.PORTAL_ADMIN, Role.CDO),
    "pause_deadline": _holder_or(Role.CDO),
    "open_release": _roles(Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO),
}


def is_visible(actor: Actor, dataset: Dataset) -> bool:
    """True when the person may know that this dataset exists: by its department, or one that contributes."""
    if departments_visible(actor).filter(pk=dataset.department_id).exists():
        return True
    return contributed_by(actor).filter(dataset=dataset).exists()


def check_move(actor: Actor, name: str, context: ReleaseContext) -> None:
    """Raise PermissionDenied with the reason unless `actor` may make move `name`."""
    if actor is not SYSTEM and not is_visible(actor, context.dataset):
        raise PermissionDenied("This dataset is not part of your program or department.")
    POLICY[name](actor, context)


def may_move(actor: Actor, name: str, context: ReleaseContext) -> bool:
    return _allowed(check_move, actor, name, context)


def check_action(actor: Actor, action: str, context: ReleaseContext) -> None:
    """Raise PermissionDenied with the reason unless `actor` may do `action` with the release."""
    if not is_visible(actor, context.dataset):
        raise PermissionDenied("This dataset is not part of your program or department.")
    ACTIONS[action](actor, context)


def may_act(actor: Actor, action: str, context: ReleaseContext) -> bool:
    return _allowed(check_action, actor, action, context)


def may_revoke_guest(actor: Actor, row: GuestInvitation, context: ReleaseContext) -> bool:
    """Who asked somebody outside takes the link back; the CDO and the portal admin may do it for them."""
    return row.asked_by_id == getattr(actor, "pk", None) or may_act(actor, "revoke_guest", context)


def check_review(
    actor: Actor, kind: str, context: ReleaseContext, department: Department | None = None
) -> None:
    """Raise PermissionDenied with the reason unless `actor` may give a review of `kind` on this release.

    `department`: the one that signs, where data is joint.
    """
    role = role_of(context, kind)
    if role is None:
        raise PermissionDenied("This program has no such review.")
    check_holds(actor, (role,), context.dataset, context.profile, department)
    _check_not_aside(actor, kind, role, context, department)
    if kind != Review.Kind.STEWARD_PREVIEW:
        check_four_eyes(actor, kind, role, context, department)


def check_seat(actor: Actor, review: Review, context: ReleaseContext) -> None:
    """Raise PermissionDenied unless `actor` may give this very row: each seat is another person's."""
    check_review(actor, review.kind, context, review.department)
    role = role_of(context, review.kind) or ""
    lender = lender_of(actor, role, context, review.department)
    hands = {actor.pk} | ({lender.pk} if lender else set())
    for other in context.reviews:
        is_same = other.kind == review.kind and other.people & hands
        is_other_seat = (other.seat, other.department_id) != (review.seat, review.department_id)
        if is_same and is_other_seat and approvals.is_current(other, context):
            who = "You" if actor.pk in other.people else str(lender)
            raise PermissionDenied(
                f"{who} gave one of these reviews already. The others are for other people."
            )


def may_review(actor: Actor, review: Review, context: ReleaseContext) -> bool:
    return _allowed(check_seat, actor, review, context)


def check_assign(actor: Actor, review: Review, context: ReleaseContext) -> None:
    """Raise PermissionDenied unless `actor` may say who gives this review: its role, the CDO, the open data team."""
    role = role_of(context, review.kind) or Role.CDO
    roles = (role, Role.CDO, Role.OPEN_DATA_TEAM)
    check_holds(actor, roles, context.dataset, context.profile, review.department)


def may_assign(actor: Actor, review: Review, context: ReleaseContext) -> bool:
    return _allowed(check_assign, actor, review, context)


def check_order(actor: Actor, order: ReviewOrder, context: ReleaseContext) -> None:
    """Raise PermissionDenied unless `actor` may accept or withdraw an order: who made it, its role, the CDO."""
    if actor.pk == order.ordered_by_id:
        return
    role = role_of(context, order.review_kind) or Role.CDO
    check_holds(actor, (role, Role.CDO), context.dataset, context.profile)


def may_order(actor: Actor, order: ReviewOrder, context: ReleaseContext) -> bool:
    return _allowed(check_order, actor, order, context)


def check_register(actor: Actor, program_id: int, department_id: int) -> None:
    """Raise PermissionDenied unless `actor` may register a dataset of that department."""
    held = roles_held(actor, program=program_id, department=department_id)
    if not held & {Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO}:
        raise PermissionDenied(
            "Datasets are registered by the department's coordinator or the open data team."
        )


def _allowed(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
