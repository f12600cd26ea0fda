"""Over any history of work, roles, lent roles, verdicts and moves: no key is in the hand of an author or of two.

FEATURES M06. The rules are read from the rows alone, so that a fault in the policies cannot hide itself.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import DEPARTMENT_ROLES, Role
from accounts.services import role_assign
from accounts.services_delegation import delegation_begin
from dossier.services import contribution_record, fact_record
from tests.cast import Cast
from tests.factories.reviews import program_with
from tests.factories.workflow import facts_green, release_at
from workflow import approvals
from workflow.context import context_of
from workflow.errors import MoveRefused
from workflow.models import Release, Review
from workflow.services.review_desk import reviews_ask
from workflow.services.reviews import review_give
from workflow.services.transitions import release_transition
from workflow.stages import ONWARD, Stage

TWO_SECURITY = {
    "move": "clear_privacy",
    "kind": "security",
    "role": "security_officer",
    "people": 2,
    "when": "always",
}
HANDS = 8
_TO_THE_END = (("drive", 5, ""), ("drive", 2, ""), ("drive", 0, ""))
WHO = st.integers(0, HANDS - 1)
KEY_ROLES = st.sampled_from(
    [Role.STEWARD, Role.DEPARTMENT_APPROVER, Role.PRIVACY_OFFICER, Role.SECURITY_OFFICER, Role.CDO]
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("role"), WHO, KEY_ROLES),
        st.tuples(st.just("lend"), WHO, WHO),
        st.tuples(st.just("work"), WHO, st.sampled_from(["file", "description", "privacy decision"])),
        st.tuples(st.just("upload"), WHO, st.sampled_from(["a" * 64, "b" * 64])),
        st.tuples(st.just("give"), WHO, st.sampled_from(["department", "security", "legal"])),
        st.tuples(st.just("move"), WHO, st.sampled_from([*ONWARD.values(), "return_for_changes"])),
        st.tuples(st.just("drive"), WHO, st.just("")),
    ),
    min_size=3,
    max_size=12,
)


@pytest.fixture
def start(cast: Cast) -> Release:
    """A release in quality; of every key there is one more person who may turn it."""
    program_with(cast, TWO_SECURITY)
    for who, role in ((Role.LEGAL, Role.SECURITY_OFFICER), (Role.LEGAL, Role.PRIVACY_OFFICER)):
        role_assign(user=cast[who], role=role, program=cast.program, actor=None)
    return release_at(Stage.QUALITY, cast)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
def test_no_key_is_in_the_hand_of_an_author_or_of_two(
    acts: list[tuple[str, int, Any]], cast: Cast, start: Release
) -> None:
    with transaction.atomic():
        people = [
            cast.steward,
            cast.coordinator,
            cast.approver,
            cast.privacy_officer,
            cast[Role.SECURITY_OFFICER],
            cast[Role.LEGAL],
            cast.cdo,
            cast.second_cdo,
        ]
        for act, who, what in [*acts, *_TO_THE_END]:
            _DO[act](start, people, people[who], what, cast)
            _assert_keys_are_apart(start)
        event(f"ends in {Release.objects.get(pk=start.pk).stage}")
        transaction.set_rollback(True)


def _role(release: Release, people: list[User], person: User, role: Role, cast: Cast) -> None:
    place = cast.public_works if role in DEPARTMENT_ROLES else None
    role_assign(user=person, role=role, program=cast.program, department=place, actor=None)


def _lend(release: Release, people: list[User], person: User, to: int, cast: Cast) -> None:
    today = timezone.localdate()
    for assignment in person.role_assignments.all():
        try:
            delegation_begin(
                assignment=assignment,
                to_user=people[to],
                starts=today,
                ends=today + timedelta(days=2),
                reason="Away.",
                actor=person,
            )
        except ValidationError:
            continue


def _work(release: Release, people: list[User], person: User, what: str, cast: Cast) -> None:
    contribution_record(release_id=release.pk, user=person, what=what)


def _upload(release: Release, people: list[User], person: User, digest: str, cast: Cast) -> None:
    """New bytes, and whatever the stations then record about them."""
    if Release.objects.get(pk=release.pk).stage not in (Stage.READINESS, Stage.QUALITY):
        return
    contribution_record(release_id=release.pk, user=person, what="file")
    facts_green(release)
    for kind in ("file", "metadata", "attestation", "quality_checks", "scan", "dispositions", "treated"):
        fact = release.facts.get(kind=kind)
        fact_record(
            release_id=release.pk, kind=kind, ok=True, about=fact.about | {"file": digest}, data=fact.data
        )


def _give(release: Release, people: list[User], person: User, kind: str, cast: Cast) -> None:
    _try(lambda: review_give(release_id=release.pk, kind=kind, verdict="approved", actor=person))


def _move(release: Release, people: list[User], person: User, name: str, cast: Cast) -> None:
    _try(lambda: release_transition(release_id=release.pk, name=name, actor=person, reason="Because."))


def _drive(release: Release, people: list[User], person: User, what: str, cast: Cast) -> None:
    """Everybody, beginning with `person`, tries what is asked for now, and then the move onward."""
    first = people.index(person)
    order = people[first:] + people[:first]
    row = Release.objects.get(pk=release.pk)
    if row.stage not in ONWARD or row.stage == Stage.STAGED:
        return
    context = context_of(release.pk)
    reviews_ask(context, context.now)
    for review in Review.objects.filter(release=release, verdict=""):
        for hand in order:
            _give(release, people, hand, review.kind, cast)
    for hand in order:
        _move(release, people, hand, ONWARD[row.stage], cast)


def _try(act: Any) -> None:
    try:
        with transaction.atomic():
            act()
    except (PermissionDenied, MoveRefused):
        pass


_DO = {
    "role": _role,
    "lend": _lend,
    "work": _work,
    "upload": _upload,
    "give": _give,
    "move": _move,
    "drive": _drive,
}


def _assert_keys_are_apart(release: Release) -> None:
    """What must be so of every release that is staged, judged at the moment it comes there."""
    if Release.objects.get(pk=release.pk).stage != Stage.STAGED:
        return
    context = context_of(release.pk)
    approved_at = max(row.decided_at for row in context.reviews if row.kind == "cdo" and row.decided_at)
    authors = {
        row.user_id
        for row in context.contributions
        if not row.what.startswith("privacy") and row.at <= approved_at
    }
    keys: list[tuple[str, set[int]]] = []
    for kind in ("department", "security", "privacy", "cdo"):
        rows = approvals.approvals_of(context, kind)
        hands = [{row.reviewer_id, row.on_behalf_of_id} - {None} for row in rows]
        # A key turned anew by somebody else counts, whatever its first holder did afterwards.
        clean = [hand for hand in hands if not hand & authors]
        assert clean, f"the {kind} key is only in the hands of authors"
        keys += [(kind, hand) for hand in clean]
    for (kind, hand), (other, other_hand) in combinations(keys, 2):
        assert not hand & other_hand, f"{kind} and {other} were turned by one hand"
    assert sum(kind == "security" for kind, _ in keys) >= 2
