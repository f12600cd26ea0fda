"""Who hears of a release and is asked about it: those who may act, and nobody who has left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department, RoleAssignment, User
from accounts.roles import Role
from accounts.selectors import profile_current
from notifications.models import OutgoingMessage
from tests.cast import Cast
from tests.factories.reviews import program_with
from tests.factories.workflow import release_at
from workflow import routing
from workflow.context import context_of
from workflow.selectors.work import my_work_of
from workflow.services.exceptions import exception_decide, exception_request
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def asked(user: User) -> list[str]:
    return [line.turn.what for line in my_work_of(user).on_me]


def test_who_left_the_department_hears_no_more_of_its_releases(cast: Cast) -> None:
    release = release_at(Stage.QUALITY, cast)
    assert cast.steward in routing.team(context_of(release.pk))
    RoleAssignment.objects.filter(user=cast.steward).update(department=cast.health)
    assert cast.steward not in routing.team(context_of(release.pk))
    release_transition(
        release_id=release.pk, name="withdraw", actor=cast.coordinator, reason="It is collected anew."
    )
    assert not OutgoingMessage.objects.filter(message_id="withdraw", recipient=cast.steward).exists()


def test_the_final_key_of_one_side_is_asked_of_that_side_only(cast: Cast) -> None:
    """Durham: the CIO of the City approves the City's data; the County's is not asked in vain."""
    sides = [{"code": "city", "label": "City"}, {"code": "county", "label": "County"}]
    program_with(cast, sides=sides, final_key={"each_side": True})
    Department.objects.filter(pk=cast.public_works.pk).update(side="city")
    for person, side in ((cast.cdo, "city"), (cast.second_cdo, "county")):
        RoleAssignment.objects.filter(user=person, role=Role.CDO).update(side=side)
    cast.public_works.refresh_from_db()
    release_at(Stage.CDO_REVIEW, cast)
    assert asked(cast.cdo) == ["decide on the release"]
    assert asked(cast.second_cdo) == []
    letters = OutgoingMessage.objects.filter(message_id="clear_privacy", asked=True)
    assert {letter.recipient for letter in letters} == {cast.cdo}


def test_the_cdo_finds_the_release_whose_final_key_an_exception_gives_them(cast: Cast) -> None:
    """Connecticut: the agency approves; where an exception is in play, the CDO does."""
    rule = {"kind": "identifiers", "label": "Names stay", "advise": "cdo", "decide": "cdo"}
    program_with(
        cast,
        stages=dict(profile_current(cast.program).content["stages"]) | {"CDO_REVIEW": "policy"},
        exceptions=[rule],
        final_key={"exception_role": "cdo", "exceptions": ["identifiers"]},
    )
    release = release_at(Stage.CDO_REVIEW, cast)
    assert asked(cast.cdo) == []
    row = exception_request(
        release_id=release.pk,
        kind="identifiers",
        reason="Names.",
        public_good="Trust.",
        actor=cast.coordinator,
    )
    exception_decide(
        release_id=release.pk,
        exception_id=row.pk,
        decision="granted",
        reason="A clear public good.",
        until=timezone.localdate() + timedelta(days=60),
        actor=cast.cdo,
    )
    assert "decide on the release" in asked(cast.second_cdo)
