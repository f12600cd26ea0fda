"""Policies of where refreshed data come from: who proposes the record, who approves it, who has the source asked.

The same pairs as in workflow.policies: `check_...` raises PermissionDenied with the reason, `may_...` asks it.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.profiles import Profile
from accounts.roles import Role, acting_for, has_role
from accounts.selectors import profile_for
from publishing.models import EtlRecord
from workflow.models import Dataset
from workflow.stages import Stage

# Who prepares the data knows where it comes from.
PROPOSERS = (Role.STEWARD, Role.CUSTODIAN, Role.COORDINATOR, Role.OPEN_DATA_TEAM)


def check_propose(actor: User, dataset: Dataset) -> None:
    """Refuse unless `actor` prepares the data: they describe the source, test it, and have it fetched.

    Nothing new comes to a dataset that was retired.
    """
    check_withdraw(actor, dataset)
    if dataset.stage == Stage.RETIRED:
        raise PermissionDenied("This dataset was retired, so no new data comes to it.")


def may_propose(actor: User, dataset: Dataset) -> bool:
    return dataset.stage != Stage.RETIRED and may_withdraw(actor, dataset)


def check_withdraw(actor: User, dataset: Dataset) -> None:
    """Refuse unless `actor` prepares the data: a version that waits is taken back after a retirement too."""
    _check(actor, dataset, PROPOSERS, "say where the data comes from")


def may_withdraw(actor: User, dataset: Dataset) -> bool:
    return any(_holds(actor, role, dataset) for role in PROPOSERS)


def check_decide(actor: User, dataset: Dataset, record: EtlRecord) -> None:
    """Refuse unless `actor` leads the department and did not propose the version (Durham's policy, B 3)."""
    _check(actor, dataset, (Role.DEPARTMENT_APPROVER,), "approve how the data is refreshed")
    lender = acting_for(
        actor, Role.DEPARTMENT_APPROVER, program=dataset.program_id, department=dataset.department_id
    )
    if record.proposed_by_id in (actor.pk, lender.pk if lender else None):
        raise PermissionDenied("Who proposed this version does not approve it: somebody else must.")


def may_decide(actor: User, dataset: Dataset, record: EtlRecord) -> bool:
    try:
        check_decide(actor, dataset, record)
    except PermissionDenied:
        return False
    return True


def _check(actor: User, dataset: Dataset, roles: tuple[Role, ...], what: str) -> None:
    if any(_holds(actor, role, dataset) for role in roles):
        return
    profile: Profile = profile_for(dataset.program)
    wanted = " or ".join(profile.role_words(role) for role in roles)
    raise PermissionDenied(f"Only the {wanted} of {dataset.department} may {what}.")


def _holds(actor: User, role: Role, dataset: Dataset) -> bool:
    return has_role(actor, role, program=dataset.program_id, department=dataset.department_id)
