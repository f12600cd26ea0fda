"""Stage x move x role: who may make which move where. One table, read like the document it stands for."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.roles import Role
from tests.cast import Cast
from tests.factories.endings import post_mortem_closed, retirement_ready
from tests.factories.workflow import portal_facts, release_at, review_all
from workflow import policies
from workflow.context import context_of
from workflow.errors import WrongStage
from workflow.models import Release
from workflow.services.transitions import release_transition
from workflow.stages import MOVES, Stage

# move -> the roles that may make it, wherever it is legal. Whoever is not named is refused.
MAKERS: dict[str, set[str]] = {
    "begin_readiness": {Role.COORDINATOR, Role.OPEN_DATA_TEAM},
    "submit_for_quality": {Role.STEWARD, Role.COORDINATOR},
    "pass_quality": {Role.COORDINATOR},
    "clear_privacy": {Role.PRIVACY_OFFICER},
    "approve": {Role.CDO},
    "publish": set(),
    "pass_refresh": set(),
    "refresh_to_privacy": set(),
    "refresh_to_review": set(),
    "return_for_changes": {Role.CDO},
    "reject": {Role.CDO, Role.PRIVACY_OFFICER},
    "withdraw": {Role.COORDINATOR, Role.CDO},
    "hold": {Role.COORDINATOR, Role.CDO},
    "resume": {Role.COORDINATOR, Role.CDO},
    "supersede": set(),
    "retract": {Role.CDO, Role.PORTAL_ADMIN, Role.PRIVACY_OFFICER},
    "reinstate": {Role.CDO},
    "retire": {Role.CDO, Role.PORTAL_ADMIN},
}
# Whoever holds the stage may also return, hold and resume there.
HOLDER = {
    Stage.INVENTORY: Role.COORDINATOR,
    Stage.READINESS: Role.STEWARD,
    Stage.QUALITY: Role.COORDINATOR,
    Stage.PRIVACY: Role.PRIVACY_OFFICER,
    Stage.CDO_REVIEW: Role.CDO,
    Stage.PUBLISHED: Role.COORDINATOR,
}
OF_THE_HOLDER = {"return_for_changes", "hold", "resume"}


def expected(stage: Stage, move: str, role: str) -> str:
    makers = MAKERS[move] | ({HOLDER[stage]} if move in OF_THE_HOLDER and stage in HOLDER else set())
    if role not in makers:
        return "not theirs"
    # None of these releases is on hold, so there is nothing to resume.
    return "moved" if stage in MOVES[move].sources and move != "resume" else "wrong stage"


def outcome(release: Release, move: str, actor: object) -> str:
    """What the door answers, without keeping what it did."""
    try:
        with transaction.atomic():
            release_transition(release_id=release.pk, name=move, actor=actor, reason="For a reason.")
            transaction.set_rollback(True)
    except PermissionDenied:
        return "not theirs"
    except WrongStage:
        return "wrong stage"
    return "moved"


@pytest.mark.parametrize("stage", list(Stage), ids=str)
def test_each_role_may_make_its_own_moves_and_no_other(stage: Stage, cast: Cast) -> None:
    release = release_at(stage, cast)
    if stage == Stage.QUALITY:
        review_all(release, "pass_quality", cast)
    if stage == Stage.PUBLISHED:
        retirement_ready(release, cast)
    if stage == Stage.RETRACTED:
        post_mortem_closed(release, cast)
        retirement_ready(release, cast)
    context = context_of(release.pk)
    surprises = []
    for move in MOVES:
        for role, person in cast.people.items():
            want = expected(stage, move, role)
            # The policy answers for those it refuses; whoever it lets through goes to the door.
            allowed = policies.may_move(person, move, context)
            got = outcome(release, move, person) if allowed else "not theirs"
            if got != want:
                surprises.append(f"{role} {move}: {got}, expected {want}")
    assert surprises == []


@pytest.mark.parametrize(
    "stage", [Stage.INVENTORY, Stage.QUALITY, Stage.CDO_REVIEW, Stage.PUBLISHED], ids=str
)
def test_people_of_another_department_or_program_and_outsiders_may_make_no_move(
    stage: Stage, cast: Cast
) -> None:
    release = release_at(stage, cast)
    strangers = [cast.other_steward, cast.other_coordinator, cast.outsider, cast.foreign_cdo]
    assert {outcome(release, move, person) for move in MOVES for person in strangers} == {"not theirs"}


def test_somebody_whose_review_is_asked_for_may_return_the_release(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    assert outcome(release, "return_for_changes", cast.approver) == "moved"
    review_all(release, "pass_quality", cast)
    assert outcome(release, "return_for_changes", cast.approver) == "not theirs"


def test_the_door_says_why_a_move_is_not_theirs(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    with pytest.raises(PermissionDenied, match="This is for the privacy officer of City of Riverbend"):
        release_transition(release_id=release.pk, name="clear_privacy", actor=cast.steward)


def test_publish_is_the_systems_alone(cast: Cast) -> None:
    release = release_at(Stage.STAGED, cast)
    portal_facts(release)
    with pytest.raises(PermissionDenied, match="The system does this by itself"):
        release_transition(release_id=release.pk, name="publish", actor=cast.cdo)
