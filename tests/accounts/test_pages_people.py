"""The people pages: what a portal admin may do, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, RoleAssignment, User
from accounts.roles import Role, has_role
from accounts.services import person_invite, role_assign
from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from tests.cast import Cast

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


def text_of(response: object) -> str:
    return response.content.decode()


def invite(client: Client, cast: Cast, **changes: object) -> object:
    data = {
        "full_name": "Nora Newcomer",
        "email": "nora@example.gov",
        "program": cast.program.pk,
        "role": Role.STEWARD,
        "department": cast.public_works.pk,
    }
    return client.post(reverse("person_invite"), {**data, **changes}, follow=True)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PORTAL_ADMIN])
def test_only_portal_admins_see_the_people(cast: Cast, as_: As, role: Role) -> None:
    assert as_(cast[role]).get(reverse("people")).status_code == 403


def test_the_list_has_everybody_of_the_program_and_nobody_of_another(cast: Cast, as_: As) -> None:
    page = text_of(as_(cast.portal_admin).get(reverse("people")))
    assert all(person.full_name in page for person in cast.people.values())
    assert cast.foreign_cdo.full_name not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "hugo"}, {"Hugo Brandt"}),
        ({"q": "hugo.brandt@"}, {"Hugo Brandt"}),
        ({"role": "cdo"}, {"Helen Park", "Ruth Abbott"}),
        ({"role": "steward", "q": "maria"}, {"Maria Lopez"}),
        ({"q": "nobody at all"}, set()),
    ],
)
def test_the_list_is_narrowed_by_words_and_role(cast: Cast, as_: As, query: dict, found: set[str]) -> None:
    response = as_(cast.portal_admin).get(reverse("people"), query)
    assert {entry["person"].full_name for entry in response.context["people"]} == found


def test_the_list_is_narrowed_by_department_and_state(cast: Cast, as_: As) -> None:
    invite(as_(cast.portal_admin), cast)
    client = as_(cast.portal_admin)
    health = client.get(reverse("people"), {"department": cast.health.pk})
    assert {e["person"].full_name for e in health.context["people"]} == {"Hugo Brandt", "Nina Castillo"}
    waiting = client.get(reverse("people"), {"state": "invited"})
    assert {e["person"].full_name for e in waiting.context["people"]} == {"Nora Newcomer"}


def test_the_list_costs_the_same_however_long_it_is(
    cast: Cast, as_: As, django_assert_max_num_queries: Callable
) -> None:
    for number in range(30):
        user = User.objects.create_user(email=f"p{number}@example.gov", full_name=f"Person {number}")
        role_assign(user=user, role=Role.LEGAL, program=cast.program, actor=cast.portal_admin)
    client = as_(cast.portal_admin)
    with django_assert_max_num_queries(30):
        client.get(reverse("people"))


def test_an_invitation_makes_an_account_and_puts_one_letter_into_the_outbox(cast: Cast, as_: As) -> None:
    page = text_of(invite(as_(cast.portal_admin), cast))
    user = User.objects.get(email="nora@example.gov")
    assert has_role(user, Role.STEWARD, program=cast.program, department=cast.public_works)
    assert not user.has_usable_password()
    (letter,) = OutgoingMessage.objects.filter(recipient=user)
    assert letter.message_id == "invited"
    assert "/invitation/" in letter.path
    assert "is invited" in page


def test_somebody_with_an_account_gets_the_role_and_no_letter(cast: Cast, as_: As) -> None:
    page = text_of(invite(as_(cast.portal_admin), cast, email=cast.other_steward.email))
    assert has_role(cast.other_steward, Role.STEWARD, program=cast.program, department=cast.public_works)
    assert not OutgoingMessage.objects.exists()
    assert "has an account already" in page


def test_a_role_of_the_whole_program_is_refused_for_a_department(cast: Cast, as_: As) -> None:
    page = text_of(invite(as_(cast.portal_admin), cast, role=Role.CDO))
    assert "is held for the whole program" in page
    assert not User.objects.filter(email="nora@example.gov").exists()
    assert not OutgoingMessage.objects.exists()


def test_nobody_can_be_invited_to_a_program_one_does_not_administer(cast: Cast, as_: As) -> None:
    parks = Department.objects.get(code="PRK")
    client = as_(cast.portal_admin)
    invite(client, cast, program=cast.other_program.pk, role=Role.CDO, department="")
    invite(client, cast, department=parks.pk)
    assert not User.objects.filter(email="nora@example.gov").exists()


def test_an_invitation_can_be_sent_again_until_it_is_accepted(cast: Cast, as_: As) -> None:
    client = as_(cast.portal_admin)
    invite(client, cast)
    user = User.objects.get(email="nora@example.gov")
    client.post(reverse("invitation_resend", args=[user.pk]))
    assert OutgoingMessage.objects.filter(recipient=user).count() == 2
    page = text_of(client.post(reverse("invitation_resend", args=[cast.steward.pk]), follow=True))
    assert "has chosen a password already" in page


def test_a_role_is_given_and_taken_on_the_page_of_a_person(cast: Cast, as_: As) -> None:
    client = as_(cast.portal_admin)
    data = {"program": cast.program.pk, "role": Role.CUSTODIAN, "department": cast.health.pk}
    client.post(reverse("role_assign", args=[cast.steward.pk]), data)
    row = RoleAssignment.objects.get(user=cast.steward, role=Role.CUSTODIAN)
    client.post(reverse("role_revoke", args=[row.pk]))
    assert not RoleAssignment.objects.filter(pk=row.pk).exists()


def test_a_role_that_does_not_fit_is_refused_beside_its_field(cast: Cast, as_: As) -> None:
    data = {"program": cast.program.pk, "role": Role.LEGAL, "department": cast.health.pk}
    response = as_(cast.portal_admin).post(reverse("role_assign", args=[cast.steward.pk]), data)
    assert response.status_code == 422
    assert "leave the department empty" in text_of(response)


def test_who_loses_the_last_role_leaves_the_list(cast: Cast, as_: As) -> None:
    row = RoleAssignment.objects.get(user=cast.other_steward)
    response = as_(cast.portal_admin).post(reverse("role_revoke", args=[row.pk]))
    assert response["Location"] == reverse("people")


def test_the_last_portal_admin_keeps_the_role(cast: Cast, as_: As) -> None:
    row = RoleAssignment.objects.get(user=cast.portal_admin)
    page = text_of(as_(cast.portal_admin).post(reverse("role_revoke", args=[row.pk]), follow=True))
    assert "last portal admin" in page
    assert RoleAssignment.objects.filter(pk=row.pk).exists()


def test_an_account_is_closed_and_opened_again(cast: Cast, as_: As) -> None:
    client = as_(cast.portal_admin)
    client.post(reverse("person_deactivate", args=[cast.steward.pk]))
    assert not User.objects.get(pk=cast.steward.pk).is_active
    client.post(reverse("person_reactivate", args=[cast.steward.pk]))
    assert User.objects.get(pk=cast.steward.pk).is_active


def test_nobody_closes_their_own_account(cast: Cast, as_: As) -> None:
    url = reverse("person_deactivate", args=[cast.portal_admin.pk])
    page = text_of(as_(cast.portal_admin).post(url, follow=True))
    assert "cannot close your own account" in page


def test_an_account_that_another_program_uses_stays_open(cast: Cast, as_: As) -> None:
    role_assign(user=cast.steward, role=Role.LEGAL, program=cast.other_program, actor=None)
    client = as_(cast.portal_admin)
    assert "Close the account" not in text_of(client.get(reverse("person", args=[cast.steward.pk])))
    page = text_of(client.post(reverse("person_deactivate", args=[cast.steward.pk]), follow=True))
    assert "also works for another program" in page
    assert User.objects.get(pk=cast.steward.pk).is_active


def test_people_of_another_program_are_not_found(cast: Cast, as_: As) -> None:
    client, foreign = as_(cast.portal_admin), cast.foreign_cdo.pk
    row = RoleAssignment.objects.get(user=cast.foreign_cdo)
    assert client.get(reverse("person", args=[foreign])).status_code == 404
    for name in ("role_assign", "person_deactivate", "person_reactivate", "invitation_resend"):
        assert client.post(reverse(name, args=[foreign])).status_code == 404, name
    assert client.post(reverse("role_revoke", args=[row.pk])).status_code == 404


def test_a_name_is_shown_as_typed_and_never_run(cast: Cast, as_: As) -> None:
    user = person_invite(
        email="x@example.gov",
        full_name="<script>alert(1)</script>",
        role=Role.LEGAL,
        program=cast.program,
        actor=cast.portal_admin,
    )
    client = as_(cast.portal_admin)
    for page in (client.get(reverse("people")), client.get(reverse("person", args=[user.pk]))):
        assert "<script>alert" not in text_of(page)
        assert "&lt;script&gt;alert" in text_of(page)


def test_nobody_brings_roles_of_another_program_back_to_life(cast: Cast, as_: As) -> None:
    """Closed by their own program, then given a role here: opening the account is not ours to do."""
    far = cast.foreign_cdo
    far.is_active = False
    far.save()
    invite(as_(cast.portal_admin), cast, email=far.email)
    page = as_(cast.portal_admin).post(reverse("person_reactivate", args=[far.pk]), follow=True)
    assert "another program" in text_of(page)
    far.refresh_from_db()
    assert not far.is_active


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.CDO, Role.STEWARD])
def test_no_portal_admin_gives_themselves_a_role(cast: Cast, as_: As, role: Role) -> None:
    """Or they could read raw files and approve, which their role does not let them."""
    me, client = cast.portal_admin, as_(cast.portal_admin)
    data = {"program": cast.program.pk, "role": role, "department": ""}
    page = client.post(reverse("role_assign", args=[me.pk]), data)
    assert "You cannot give yourself a role" in text_of(page)
    assert "You cannot give yourself a role" in text_of(invite(client, cast, email=me.email))
    assert not me.role_assignments.exclude(role=Role.PORTAL_ADMIN).exists()


def test_roles_given_and_taken_and_refusals_stand_in_the_trail_of_the_program(cast: Cast, as_: As) -> None:
    data = {"program": cast.program.pk, "role": Role.LEGAL, "department": ""}
    client = as_(cast.portal_admin)
    client.post(reverse("role_assign", args=[cast.steward.pk]), data)
    row = RoleAssignment.objects.get(user=cast.steward, role=Role.LEGAL)
    client.post(reverse("role_revoke", args=[row.pk]))
    as_(cast.steward).get(reverse("people"))
    found = AuditEvent.objects.filter(program_id=cast.program.pk).values_list("action", flat=True)
    assert {"accounts.role_assigned", "accounts.role_revoked", "access.refused"} <= set(found)


@pytest.mark.parametrize(
    ("name", "table", "headings"),
    [
        ("people", "people", ["E-mail address", "Roles", "Account", "Last log-in"]),
        ("program_list", "programs", ["Profile", "Adopted", "By", "Change it"]),
    ],
)
def test_on_a_phone_each_row_is_a_block_whose_cells_say_their_headings(
    cast: Cast, as_: As, name: str, table: str, headings: list[str]
) -> None:
    page = text_of(as_(cast.portal_admin).get(reverse(name)))
    assert f'table-stacked" id="{table}"' in page
    row = page[page.index("<tbody>") :].split("</tr>")[0]
    assert re.findall(r'data-label="([^"]*)"', row) == headings
