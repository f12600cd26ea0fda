"""Requests for a role or for publishing rights; and invitations whose link has ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import RoleRequest, User
from accounts.roles import PROGRAM_ROLES, Role, has_role
from accounts.selectors_requests import role_requests_waiting_for
from accounts.services_requests import MOST_OPEN, role_request, role_request_answer
from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from notifications.services import letter_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
WHY = "I look after the permits."


def text_of(response: Any) -> str:
    return str(response.content.decode())


def ask(user: User, cast: Cast, **changes: Any) -> RoleRequest:
    words: dict[str, Any] = {
        "program": cast.program,
        "role": Role.STEWARD,
        "department": cast.public_works,
        "why": WHY,
    }
    return role_request(user=user, **(words | changes))


def letters(message_id: str) -> list[tuple[str, str]]:
    rows = OutgoingMessage.objects.filter(message_id=message_id).order_by("pk")
    return [(str(row.recipient), letter_of(row).text) for row in rows]


def test_somebody_without_a_role_asks_and_is_answered(cast: Cast, as_: As) -> None:
    client = as_(cast.outsider)
    assert "You have asked for nothing yet" in text_of(client.get(reverse("home"), follow=True))
    answers = {
        "program": cast.program.pk,
        "role": "custodian",
        "department": cast.public_works.pk,
        "publishing": "on",
        "why": WHY,
    }
    page = text_of(client.post(reverse("role_request_new"), answers, follow=True))
    assert "Waits for an answer" in page
    [(reader, letter)] = letters("role_requested")
    assert reader == "Pat Silva"
    assert "Data custodian, Public Works, with publishing rights on the portal" in letter
    assert WHY in letter

    admin = as_(cast.portal_admin)
    assert "1 request for a role waits on you" in text_of(admin.get(reverse("my_work")))
    row = RoleRequest.objects.get()
    assert WHY in text_of(admin.get(reverse("role_request", args=[row.pk])))
    done = admin.post(
        reverse("role_request", args=[row.pk]),
        {"decision": "granted", "reason": "Welcome; I make your portal account on Monday."},
        follow=True,
    )
    assert "Nobody waits" in text_of(done)
    assert has_role(cast.outsider, Role.CUSTODIAN, program=cast.program, department=cast.public_works)
    [(reader, letter)] = letters("role_answered")
    assert reader == "Olga Outsider"
    assert "granted by Pat Silva" in letter
    assert "I make your portal account on Monday." in letter
    assert "I make your portal account" in text_of(client.get(reverse("my_role_requests")))


def test_a_request_is_declined_with_its_reason_and_gives_nothing(cast: Cast) -> None:
    row = ask(cast.outsider, cast)
    with pytest.raises(ValidationError, match="Give a reason"):
        role_request_answer(request_id=row.pk, decision="declined", reason=" ", actor=cast.portal_admin)
    role_request_answer(
        request_id=row.pk, decision="declined", reason="Maria does it.", actor=cast.portal_admin
    )
    assert not has_role(cast.outsider, Role.STEWARD, program=cast.program, department=cast.public_works)
    event = AuditEvent.objects.get(action="accounts.role_request_answered")
    assert event.data["decision"] == "not granted"
    assert "Maria" not in str(event.data)
    with pytest.raises(ValidationError, match="answered meanwhile"):
        role_request_answer(request_id=row.pk, decision="granted", reason="Yes.", actor=cast.portal_admin)


def test_only_a_portal_admin_of_that_program_sees_and_answers(cast: Cast, as_: As) -> None:
    row = ask(cast.outsider, cast, program=cast.other_program, department=None, role=Role.LEGAL)
    assert list(role_requests_waiting_for(cast.portal_admin)) == []
    assert as_(cast.portal_admin).get(reverse("role_request", args=[row.pk])).status_code == 404
    for person in (cast.cdo, cast.steward, cast.outsider):
        assert as_(person).get(reverse("role_requests")).status_code == 403
    with pytest.raises(PermissionDenied, match="portal admins of the program"):
        role_request_answer(request_id=row.pk, decision="granted", reason="Yes.", actor=cast.portal_admin)


def test_nobody_answers_their_own_request(cast: Cast, as_: As) -> None:
    row = ask(cast.portal_admin, cast)
    with pytest.raises(PermissionDenied, match="your own request"):
        role_request_answer(request_id=row.pk, decision="granted", reason="Me.", actor=cast.portal_admin)
    page = text_of(as_(cast.portal_admin).get(reverse("role_request", args=[row.pk])))
    assert "Another portal admin answers it" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.filter(pk=row.pk).update(
            decision="granted", decided_by=cast.portal_admin, decided_at=row.asked_at
        )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"department": None}, "Choose the department"),
        ({"role": Role.CDO}, "leave the department empty"),
        ({"publishing": True}, "coordinators and custodians"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(changes: dict[str, Any], sentence: str, cast: Cast) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ask(cast.outsider, cast, **changes)


def test_a_department_of_another_program_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="is not a department of"):
        ask(cast.outsider, cast, program=cast.other_program)


def test_the_same_is_not_asked_for_twice_while_it_waits(cast: Cast, as_: As) -> None:
    row = ask(cast.outsider, cast)
    with pytest.raises(ValidationError, match="You have asked for this role already"):
        ask(cast.outsider, cast)
    answers = {
        "program": cast.program.pk,
        "role": "steward",
        "department": cast.public_works.pk,
        "why": "Again.",
    }
    again = as_(cast.outsider).post(reverse("role_request_new"), answers)
    assert again.status_code == 422
    assert "asked for this role already" in text_of(again)
    role_request_answer(request_id=row.pk, decision="declined", reason="No.", actor=cast.portal_admin)
    ask(cast.outsider, cast, why="Things have changed.")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.create(
            user=cast.outsider,
            program=cast.program,
            role="steward",
            department=cast.public_works,
            why="Third.",
        )


def test_a_role_that_one_holds_is_not_asked_for_but_publishing_rights_are(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="You hold this role already"):
        ask(cast.coordinator, cast, role=Role.COORDINATOR)
    row = ask(cast.coordinator, cast, role=Role.COORDINATOR, publishing=True)
    role_request_answer(
        request_id=row.pk, decision="granted", reason="Account made.", actor=cast.portal_admin
    )


def test_one_person_does_not_flood_the_portal_admin(cast: Cast) -> None:
    roles = sorted(PROGRAM_ROLES)
    assert len(roles) >= MOST_OPEN
    for role in roles[:MOST_OPEN]:
        ask(cast.outsider, cast, role=role, department=None)
    with pytest.raises(ValidationError, match="wait for an answer"):
        ask(cast.outsider, cast)


# --- a steward without an account ---


def test_naming_a_steward_without_an_account_sends_a_link_that_dies_with_its_use(
    cast: Cast, as_: As, client: Client
) -> None:
    answers = {
        "department": cast.public_works.pk,
        "title": "Street trees",
        "invite_email": "tess.tree@example.gov",
        "invite_name": "Tess Tree",
    }
    done = as_(cast.coordinator).post(reverse("dataset_register"), answers, follow=True)
    assert "Street trees" in text_of(done)
    tess = User.objects.get(email="tess.tree@example.gov")
    assert has_role(tess, Role.STEWARD, program=cast.program, department=cast.public_works)
    letter = OutgoingMessage.objects.get(message_id="invited", recipient=tess)
    form = client.get(letter.path, follow=True)
    assert "Welcome: choose a password" in text_of(form)
    password = "seven-oaks-and-an-elm"
    client.post(
        form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}, follow=True
    )
    assert AuditEvent.objects.filter(action="accounts.invitation_accepted").exists()

    replayed = text_of(Client().get(letter.path, follow=True))
    assert "This invitation has ended" in replayed
    assert "works once and for a limited time" in replayed
    event = AuditEvent.objects.get(action="accounts.invitation_refused")
    assert event.data == {"why": "it was used already"}
    assert event.subject_label == "Tess Tree"


def test_a_link_that_is_too_old_or_not_whole_is_refused_and_recorded(
    cast: Cast, as_: As, client: Client, settings: Any
) -> None:
    as_(cast.portal_admin).post(
        reverse("person_invite"),
        {
            "full_name": "Nora Newcomer",
            "email": "nora@example.gov",
            "program": cast.program.pk,
            "role": Role.STEWARD,
            "department": cast.public_works.pk,
        },
    )
    path = OutgoingMessage.objects.get(message_id="invited").path
    broken = re.sub(r".{4}/$", "aaaa/", path)
    settings.INVITATION_DAYS = -1
    for address in (path, broken):
        assert "This invitation has ended" in text_of(client.get(address, follow=True))
    rows = AuditEvent.objects.filter(action="accounts.invitation_refused")
    assert [row.data["why"] for row in rows] == ["it is too old or not whole"] * 2
