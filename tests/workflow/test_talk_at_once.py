"""Two people at the same moment on one link, one question, one request: the first counts (real transactions)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connections

from accounts.models import RoleAssignment
from accounts.roles import Role
from accounts.services import role_assign
from accounts.services_requests import role_request, role_request_answer
from notifications.models import OutgoingMessage
from notifications.services import letter_of
from tests.cast import Cast, cast_create
from tests.factories.workflow import release_at
from workflow.errors import MoveRefused
from workflow.models import GuestInvitation, ThreadPost
from workflow.selectors.threads import WHOLE
from workflow.services.guests import guest_ask, guest_code_send, guest_comment
from workflow.services.threads import help_answer, help_ask
from workflow.stages import Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cache.clear()
    return cast_create()


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do everything at once, each on a connection of its own. Returns what each got, sorted."""
    barrier = threading.Barrier(len(acts))
    got: list[str] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            act()
            got.append("done")
        except (MoveRefused, ValidationError) as refusal:
            got.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(got)


def test_one_link_takes_one_comment_however_often_it_is_sent(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    guest_ask(
        release_id=release.pk,
        kind="legal",
        name="Lee",
        email="lee@university.example",
        question="Does it fit?",
        actor=cast.cdo,
    )
    token = OutgoingMessage.objects.get(message_id="guest_asked").path.split("/")[2]
    guest_code_send(token=token)
    found = re.search(r"\d{6}", letter_of(OutgoingMessage.objects.get(message_id="guest_code")).subject)
    assert found

    def write(words: str) -> Callable[[], Any]:
        return lambda: guest_comment(token=token, code=found[0], name="Lee", comment=words)

    assert at_once(write("The first."), write("The second.")) == ["GuestRefused", "done"]
    assert GuestInvitation.objects.get().comment in ("The first.", "The second.")
    assert OutgoingMessage.objects.filter(message_id="guest_commented").count() == 1


def test_one_question_is_answered_once(cast: Cast) -> None:
    release = release_at(Stage.READINESS, cast)
    row = help_ask(
        release_id=release.pk,
        topic="dataset",
        key=WHOLE,
        of_role=Role.CDO,
        question="May we?",
        actor=cast.steward,
    )
    helpers = (cast.cdo, cast.second_cdo)
    acts = [
        lambda who=who: help_answer(help_id=row.pk, body=f"{who} says yes.", actor=who) for who in helpers
    ]
    assert at_once(*acts) == ["MoveRefused", "done"]
    assert ThreadPost.objects.filter(body__contains="says yes").count() == 1


def test_one_request_for_a_role_is_asked_once_and_answered_once(cast: Cast) -> None:
    ask = {"program": cast.program, "role": Role.LEGAL, "why": "I read contracts."}
    twice = [lambda: role_request(user=cast.outsider, **ask)] * 2
    assert at_once(*twice) == ["ValidationError", "done"]
    second = role_assign(user=cast.steward, role=Role.PORTAL_ADMIN, program=cast.program, actor=None).user
    row = cast.outsider.role_requests.get()

    def answer(decision: str, actor: Any) -> Callable[[], Any]:
        return lambda: role_request_answer(
            request_id=row.pk, decision=decision, reason="As it is.", actor=actor
        )

    assert at_once(answer("granted", cast.portal_admin), answer("declined", second)) == [
        "ValidationError",
        "done",
    ]
    row.refresh_from_db()
    held = RoleAssignment.objects.filter(user=cast.outsider, role=Role.LEGAL).exists()
    assert held == (row.decision == "granted")
