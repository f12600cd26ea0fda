"""Whatever people try, in whatever order: the release, its visits, its events and the rules stay in step."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from publishing.models import Permit
from tests.cast import Cast
from tests.factories.workflow import portal_facts, release_at, review_all
from workflow.errors import MoveRefused
from workflow.models import Release, Review
from workflow.policies import SYSTEM
from workflow.routing import EVENTS
from workflow.services.transitions import release_transition
from workflow.stages import MOVES, OPEN_STAGES, STAGE_OWNER, Stage

ROLES = ("coordinator", "steward", "privacy_officer", "cdo", "portal_admin", "department_approver", "system")
attempts = st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.sampled_from(ROLES)), max_size=14)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(start=st.sampled_from([str(stage) for stage in OPEN_STAGES]), tried=attempts)
def test_any_history_leaves_a_consistent_record(start: str, tried: list[tuple[str, str]], cast: Cast) -> None:
    with transaction.atomic():
        release = release_at(Stage(start), cast)
        made = _try_all(release, tried, cast)
        _check(release, made)
        transaction.set_rollback(True)


def _try_all(release: Release, tried: list[tuple[str, str]], cast: Cast) -> list[str]:
    made = []
    for move, role in tried:
        if release.reviews.filter(verdict="").exists() and Release.objects.get(pk=release.pk).is_open:
            review_all(release, move, cast)
        if move == "publish":
            portal_facts(release)
        actor = SYSTEM if role == "system" else cast[role]
        before = Release.objects.get(pk=release.pk).stage
        try:
            after = release_transition(release_id=release.pk, name=move, actor=actor, reason="Because.").stage
        except (PermissionDenied, MoveRefused):
            assert Release.objects.get(pk=release.pk).stage == before
            continue
        assert before in MOVES[move].sources
        assert after in MOVES[move].targets
        assert not MOVES[move].stays or after == before
        made.append(move)
    return made


def _check(release: Release, made: list[str]) -> None:
    row = Release.objects.get(pk=release.pk)
    visits = list(row.visits.order_by("pk"))
    assert [visit.left_at is None for visit in visits] == [False] * (len(visits) - 1) + [True]
    assert visits[-1].stage == row.stage
    assert row.stage in STAGE_OWNER
    for move in set(made):
        recorded = AuditEvent.objects.filter(release_id=row.pk, action=EVENTS[move]).count()
        assert recorded >= made.count(move)
    assert (row.closed_at is None) == (row.is_open or row.stage == Stage.PUBLISHED)
    if row.stage in (Stage.STAGED, Stage.PUBLISHED):
        assert Permit.objects.filter(release=row, revoked_at=None).exists()
        approver = Review.objects.filter(release=row, kind="cdo").latest("decided_at").reviewer_id
        assert approver not in row.contributions.values_list("user_id", flat=True)
