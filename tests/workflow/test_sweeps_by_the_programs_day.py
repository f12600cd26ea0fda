"""Sweeps go by the day where the program is: the server's day may be another one at night."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import ProgramProfile
from accounts.profiles import digest_of
from accounts.selectors import profile_current
from privacy.models import RiskDecision
from tests.cast import Cast
from tests.factories.workflow import TREATED, dataset_make, release_at
from workflow.models import DatasetProposal, Withholding
from workflow.services.overrides import overrides_sweep
from workflow.services.proposals import proposals_come_back
from workflow.services.withholding import withholding_record, withholdings_expire
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

# The server (New York) has Tuesday already, Los Angeles still Monday; Tokyo has Tuesday afternoon.
NIGHT = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
# The server still has Monday, Tokyo has Tuesday.
EVENING = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)


def live_in(cast: Cast, zone: str) -> None:
    current = profile_current(cast.program)
    content = current.content | {"timezone": zone}
    ProgramProfile.objects.create(
        program=cast.program, version=current.version + 1, content=content, digest=digest_of(content)
    )


PLACES = [
    ("America/Los_Angeles", NIGHT, 0),
    ("America/New_York", NIGHT, 1),
    ("Asia/Tokyo", EVENING, 1),
    ("America/New_York", EVENING, 0),
]


@pytest.mark.parametrize(("zone", "now", "count"), PLACES)
def test_a_ground_for_withholding_holds_to_the_end_of_its_last_day(
    cast: Cast, zone: str, now: datetime, count: int
) -> None:
    live_in(cast, zone)
    row = withholding_record(
        dataset=dataset_make(cast),
        kind="forbidden",
        ground="personal",
        citation="NCGS 132-1.10",
        until=date(2030, 1, 1),
        actor=cast.coordinator,
    )
    Withholding.objects.filter(pk=row.pk).update(until=MONDAY)
    assert withholdings_expire(now=now) == count


@pytest.mark.parametrize(("zone", "now", "count"), PLACES)
def test_a_proposal_comes_back_with_its_day(cast: Cast, zone: str, now: datetime, count: int) -> None:
    live_in(cast, zone)
    DatasetProposal.objects.create(
        program=cast.program,
        department=cast.public_works,
        title="Potholes",
        why="Asked for.",
        proposed_by=cast.cdo,
        state=DatasetProposal.State.DEFERRED,
        revisit_on=TUESDAY,
        reason="Busy.",
        answered_by=cast.coordinator,
        answered_at=EVENING,
    )
    assert proposals_come_back(now=now) == count


@pytest.mark.parametrize(("zone", "now", "count"), PLACES)
def test_an_override_ends_with_its_last_day(cast: Cast, zone: str, now: datetime, count: int) -> None:
    live_in(cast, zone)
    RiskDecision.objects.create(
        release=release_at(Stage.PRIVACY, cast),
        treated_sha256=TREATED,
        quasi_digest="z",
        k=3,
        k_min=5,
        reason="Needed.",
        until=MONDAY,
        by=cast.privacy_officer,
    )
    assert overrides_sweep(now=now) == count
