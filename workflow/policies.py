"""Policies: who may make a move, give a review, or do something with a release.

Each rule is a pair: `check_...` raises PermissionDenied with the reason, `may_...` answers yes or no by
calling it, so that a button and the rule behind it cannot disagree. Four eyes hold between people, not
titles. Sources: DOMAIN a4, a5; ASVS 2.3.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.profiles import Profile
from accounts.roles import Role, has_role, roles_held
from accounts.selectors import departments_visible
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.final_key import key_role
from workflow.models import Dataset, Review
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

# People who prepare data may read it raw; nobody else may, portal admins included (ARCHITECTURE 6).
RAW_READERS = (Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN, Role.PRIVACY_OFFICER)


def stage_holder(context: ReleaseContext, stage: str | None = None) -> str:
    """The role on whose desk the release lies, as its program says; "system" or "closed" else."""
    stage = stage or context.release.stage
    if stage == Stage.CDO_REVIEW:
        return key_role(context)
    return context.profile.stage_holders.get(stage, STAGE_OWNER[stage])


def preparers(context: ReleaseContext) -> set[int]:
    """People who shaped what will be released, other than by deciding privacy findings."""
    return {row.user_id for row in context.contributions if not row.what.startswith("privacy")}


def check_holds(actor: Actor, roles: tuple[str, ...], dataset: Dataset, profile: Profile) -> None:
    """Refuse unless `actor` holds one of `roles` for the dataset's department or program-wide."""
    # Some stages are held by the system or by nobody.
    real = [role for role in dict.fromkeys(roles) if role in Role.values]
    if actor is not SYSTEM and any(
        has_role(actor, role, program=dataset.program_id, department=dataset.department_id) for role in real
    ):
        return
    wanted = " or ".join(profile.role_words(role) for role in real)
    raise PermissionDenied(f"This is for the {wanted} of {dataset.department}.")


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


def _clears_privacy(actor: Actor, context: ReleaseContext) -> None:
    check_holds(actor, (stage_holder(context, Stage.PRIVACY),), context.dataset, context.profile)
    if actor.pk in preparers(context):
        raise PermissionDenied("You prepared this release, so somebody else must clear its privacy.")
    _holds_no_other_key(actor, context, ("department", "security"), "clear its privacy")


def _approves(actor: Actor, context: ReleaseContext) -> None:
    check_holds(actor, (stage_holder(context, Stage.CDO_REVIEW),), context.dataset, context.profile)
    if actor.pk in {row.user_id for row in context.contributions}:
        raise PermissionDenied("You worked on this release, so somebody else must approve it.")
    _holds_no_other_key(actor, context, ("department", "privacy", "security"), "approve it")


def _holds_no_other_key(actor: Actor, context: ReleaseContext, kinds: tuple[str, ...], what: str) -> None:
    """Refuse whoever gave one of these approvals already, in whatever order the keys are turned."""
    for kind in kinds:
        if actor.pk in {review.reviewer_id for review in approvals.approvals_of(context, kind)}:
            raise PermissionDenied(
                f"You gave the {kind} approval of this release, so somebody else must {what}."
            )


def _returns(actor: Actor, context: ReleaseContext) -> None:
    """The holder of the stage, the CDO, or somebody whose review is asked for now."""
    asked = {context.profile.review_role(review.kind) for review in context.reviews if review.is_pending}
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
    held = roles_held(actor, program=context.dataset.program_id, department=context.dataset.department_id)
    if not held - {Role.AUDITOR}:
        raise PermissionDenied("Auditors read the threads and do not write in them.")


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
    "return_for_changes": _returns,
    "reject": _roles(Role.CDO, Role.PRIVACY_OFFICER),
    "withdraw": _roles(Role.COORDINATOR, Role.CDO),
    "hold": _system_or(_holder_or(Role.COORDINATOR, Role.CDO)),
    "resume": _holder_or(Role.COORDINATOR, Role.CDO),
    "supersede": _system_only,
    "retract": _roles(Role.CDO, Role.PORTAL_ADMIN, Role.PRIVACY_OFFICER),
    "reinstate": _roles(Role.CDO),
    "retire": _retires,
}

_PREPARERS = (Role.STEWARD, Role.COORDINATOR, Role.CUSTODIAN)

# Who may do what with one release, besides moving it. Seeing it at all is asked before (is_visible).
ACTIONS: dict[str, Rule] = {
    "view": lambda actor, context: None,
    "view_raw": _roles(*RAW_READERS),
    "download_raw": _roles(*RAW_READERS),
    "edit_record": _roles(Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO),
    "upload_file": _roles(*_PREPARERS),
    "describe_columns": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM),
    # Evidence is not scanned: only who prepares or judges the release may open it.
    "view_evidence": _roles(
        *_PREPARERS,
        Role.OPEN_DATA_TEAM,
        Role.DEPARTMENT_APPROVER,
        Role.PRIVACY_OFFICER,
        Role.SECURITY_OFFICER,
        Role.LEGAL,
        Role.CDO,
    ),
    "edit_checklists": _roles(Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM),
    "attest": _roles(Role.COORDINATOR),
    "run_checks": _roles(*_PREPARERS, Role.OPEN_DATA_TEAM),
    "waive_check": _roles(Role.COORDINATOR, Role.OPEN_DATA_TEAM),
    "run_scan": _roles(*_PREPARERS, Role.PRIVACY_OFFICER),
    "dispose_findings": _of_stage(Stage.PRIVACY),
    "request_review": _holder_or(Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO),
    "write_thread": _speaks,
    "edit_plan": _roles(Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.COMMUNICATIONS, Role.POLICY, Role.CDO),
    "resume_publication": _roles(Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.IT, Role.PORTAL_ADMIN, Role.CDO),
    "open_release": _roles(Role.STEWARD, Role.COORDINATOR, Role.OPEN_DATA_TEAM, Role.CDO),
}


def is_visible(actor: Actor, dataset: Dataset) -> bool:
    """True when the person may know that this dataset exists."""
    return departments_visible(actor).filter(pk=dataset.department_id).exists()


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


def check_review(actor: Actor, kind: str, context: ReleaseContext) -> None:
    """Raise PermissionDenied with the reason unless `actor` may give a review of `kind` on this release."""
    role = context.profile.review_role(kind)
    if role is None:
        raise PermissionDenied("This program has no such review.")
    check_holds(actor, (role,), context.dataset, context.profile)
    if kind != "steward_preview" and actor.pk in preparers(context):
        raise PermissionDenied("You prepared this release, so somebody else must review it.")
    others = {
        review.kind
        for review in context.reviews
        if review.reviewer_id == actor.pk
        and review.verdict
        and review.kind in ("department", "privacy", "cdo")
    }
    if kind in ("department", "security") and others - {kind}:
        raise PermissionDenied("You already gave another approval of this release; no one may hold two keys.")


def may_review(actor: Actor, review: Review, context: ReleaseContext) -> bool:
    return _allowed(check_review, actor, review.kind, context)


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
