"""A proposed profile is replayed on what the program has lived through; nothing is written."""

from __future__ import annotations

import copy
import tomllib
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Program, ProgramProfile, RoleAssignment
from accounts.profiles import ProfileError
from accounts.roles import Role, has_role
from accounts.services import PROGRAMS_DIR
from audit.models import AuditEvent
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.models import Release, Review, StageVisit
from workflow.services.programs import program_adopt, program_copy
from workflow.services.simulation import Simulation, program_simulate
from workflow.stages import Stage

DEFAULT = tomllib.loads((PROGRAMS_DIR / "default.toml").read_text("utf-8"))


def changed(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(DEFAULT) | parts


def simulate(cast: Cast, **parts: Any) -> Simulation:
    return program_simulate(content=changed(**parts), program=cast.program, actor=cast.portal_admin)


def words(simulation: Simulation) -> str:
    return " ".join(sentence for replay in simulation.replays for sentence in replay.sentences)


@pytest.fixture
def published(cast: Cast) -> Release:
    return release_at(Stage.PUBLISHED, cast)


@pytest.fixture
def past(cast: Cast, published: Release) -> Cast:
    """One release was published, a second one lies in CDO review."""
    release_at(Stage.CDO_REVIEW, cast, title="Street trees")
    return cast


def test_the_same_profile_changes_nothing(past: Cast) -> None:
    simulation = simulate(past)
    assert len(simulation.replays) == 2
    assert not simulation.different
    assert simulation.sentences[0] == "Of 2 past releases, 2 would have gone the same way and 0 not."


def test_a_review_that_would_have_been_asked_is_named_with_who_gives_it(past: Cast) -> None:
    legal = {"move": "approve", "kind": "legal", "role": "legal", "people": 2}
    simulation = simulate(past, reviews=[*DEFAULT["reviews"], legal])
    # Only the published release has made the move `approve`.
    assert len(simulation.different) == 1
    assert "“Approve” would have needed the review “Legal” by 2 people (Legal); nobody gave one." in words(
        simulation
    )
    assert "A review more would have been asked of 1: Legal 1." in simulation.sentences


def test_a_review_that_would_have_been_dropped_is_named(past: Cast) -> None:
    kept = [rule for rule in DEFAULT["reviews"] if rule["kind"] != "department"]
    simulation = simulate(past, reviews=kept)
    assert len(simulation.different) == 2
    assert "would not have needed the review “Department approval”" in words(simulation)


def test_who_would_have_held_the_final_key_is_said(past: Cast) -> None:
    stages = DEFAULT["stages"] | {"CDO_REVIEW": "department_approver", "QUALITY": "open_data_team"}
    simulation = simulate(past, stages=stages)
    found = words(simulation)
    assert (
        "The final key would have been with the department approver, not with the chief data officer."
        in found
    )
    assert "Quality would have lain with the open data team, not with the open data coordinator." in found


def test_deadlines_that_would_have_been_missed_are_counted(cast: Cast, published: Release) -> None:
    visit = StageVisit.objects.get(release=published, stage=Stage.QUALITY)
    StageVisit.objects.filter(pk=visit.pk).update(
        entered_at=timezone.now() - timedelta(days=12), left_at=timezone.now() - timedelta(days=1)
    )
    simulation = simulate(cast, deadlines=DEFAULT["deadlines"] | {"QUALITY": 2})
    assert "It would have been late in Quality, where it was in time." in words(simulation)
    assert (
        simulation.sentences[-1] == "Deadlines missed: 0 under the profiles of their time, 1 under this one."
    )


def test_checklists_and_choices_that_differ_are_named(past: Cast) -> None:
    simulation = simulate(
        past,
        checklists=DEFAULT["checklists"] | {"INVENTORY": ["inventory"], "QUALITY": ["quality", "metadata"]},
        classifications=[{"code": "open", "label": "Open"}],
        reviews=[rule for rule in DEFAULT["reviews"] if not rule.get("classes")],
    )
    found = words(simulation)
    assert "It would also have been asked the checklist metadata." in found
    assert "It would not have been asked the checklist eligibility." in found
    assert "Its class, public, is no longer there" in found


def test_the_queue_of_a_stage_is_expected_from_measured_times(cast: Cast, published: Release) -> None:
    StageVisit.objects.filter(release=published, stage=Stage.PRIVACY).update(
        entered_at=timezone.now() - timedelta(days=91), left_at=timezone.now()
    )
    queue = next(queue for queue in simulate(cast).queues if queue.stage == "Privacy")
    # One release in 182 days that stayed 91: half a release lies there at a time.
    assert queue.people == 1
    assert queue.expected == pytest.approx(0.5)
    assert queue.each == pytest.approx(0.5)


def test_a_simulation_writes_nothing(past: Cast) -> None:
    counted = [model.objects.count() for model in (ProgramProfile, Review, StageVisit, AuditEvent)]
    simulate(past, permit={"valid_days": 10})
    assert counted == [model.objects.count() for model in (ProgramProfile, Review, StageVisit, AuditEvent)]


def test_a_program_without_a_past_says_so(cast: Cast) -> None:
    assert simulate(cast).sentences == (
        "This program has no past release that made a move; there is nothing to replay.",
    )


def test_only_the_portal_admin_simulates_and_adopts(past: Cast) -> None:
    for person in (past.cdo, past.outsider, past.foreign_cdo):
        with pytest.raises(PermissionDenied):
            program_simulate(content=changed(), program=past.program, actor=person)
        with pytest.raises(PermissionDenied):
            program_adopt(
                program=past.program,
                content=changed(permit={"valid_days": 9}),
                reason="x",
                based_on=1,
                actor=person,
            )


def test_a_profile_that_names_what_is_not_there_is_not_adopted(cast: Cast) -> None:
    content = changed(metadata=[{"field": "mood", "label": "Mood"}])
    with pytest.raises(ProfileError, match="no field of the superset"):
        program_adopt(program=cast.program, content=content, reason="x", based_on=1, actor=cast.portal_admin)


def test_releases_keep_the_profile_they_began_with(cast: Cast, published: Release) -> None:
    row = program_adopt(
        program=cast.program,
        content=changed(permit={"valid_days": 9}),
        reason="Shorter permits.",
        based_on=1,
        actor=cast.portal_admin,
    )
    published.refresh_from_db(fields=["profile"])
    assert (row.version, published.profile.version) == (2, 1)


def test_a_profile_is_copied_to_make_a_fifth_program(cast: Cast) -> None:
    program = program_copy(
        source=cast.program, code="Springfield", name="Springfield", actor=cast.portal_admin
    )
    row = program.profiles.get()
    assert (program.code, row.version, row.content) == ("springfield", 1, changed(name="Springfield"))
    assert has_role(cast.portal_admin, Role.PORTAL_ADMIN, program=program)
    assert RoleAssignment.objects.filter(program=program).count() == 1
    assert AuditEvent.objects.filter(action="accounts.program_copied", program_id=program.pk).exists()


@pytest.mark.parametrize(
    ("code", "name", "sentence"),
    [
        ("default", "Again", "There is a program"),
        ("new", " ", "Give the program the name"),
        ("confirm", "Name", "stands in other addresses"),
        ("not a slug", "Name", "valid"),
    ],
)
def test_a_copy_that_cannot_be_made_is_refused(cast: Cast, code: str, name: str, sentence: str) -> None:
    before = Program.objects.count()
    with pytest.raises(ValidationError, match=sentence):
        program_copy(source=cast.program, code=code, name=name, actor=cast.portal_admin)
    assert Program.objects.count() == before


def test_a_longer_past_costs_no_more_queries(past: Cast) -> None:
    with CaptureQueriesContext(connection) as short:
        simulate(past)
    release_at(Stage.PRIVACY, past, title="Trash routes")
    release_at(Stage.QUALITY, past, title="Bus stops")
    with CaptureQueriesContext(connection) as longer:
        assert len(simulate(past).replays) == 4
    assert len(longer) == len(short)
