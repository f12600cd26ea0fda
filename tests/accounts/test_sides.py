"""Where two governments share a program, a role may count for one of them; departments belong to one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from accounts.context import role_sentences
from accounts.forms import RoleForm
from accounts.models import Department, Program, RoleAssignment
from accounts.roles import Role
from accounts.selectors import profile_for
from accounts.services import PROGRAMS_DIR, department_save, program_load, role_assign
from accounts.sides import sides_held
from tests.cast import Cast, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def durham(cast: Cast) -> Program:
    """Durham, which the portal admin of Riverbend administers too."""
    program = program_load(path=PROGRAMS_DIR / "durham.toml").program
    role_assign(user=cast.portal_admin, role=Role.PORTAL_ADMIN, program=program, actor=None)
    return program


def test_a_role_counts_for_the_side_it_is_given_for(durham: Program) -> None:
    user = person("Cora Innes")
    row = role_assign(user=user, role=Role.CDO, program=durham, side="city", actor=None)
    assert sides_held(user, Role.CDO, program=durham, sides={"city", "county"}) == {"city"}
    assert role_sentences([row]) == ["Chief Information Officer or designee, City of Durham"]


def test_a_side_that_is_none_is_refused_for_roles_and_departments(durham: Program, cast: Cast) -> None:
    with pytest.raises(ValidationError, match="Choose City of Durham or Durham County"):
        role_assign(user=person("Cora Innes"), role=Role.CDO, program=durham, side="moon", actor=None)
    with pytest.raises(ValidationError, match="Leave it empty"):
        role_assign(user=person("Ned Vance"), role=Role.CDO, program=cast.program, side="city", actor=None)
    department = Department(program=durham, name="Parks", code="PRK", side="moon")
    with pytest.raises(ValidationError, match="has no such side"):
        department_save(department=department, actor=cast.portal_admin)


def test_a_role_held_for_one_side_is_not_silently_changed_to_another(durham: Program) -> None:
    user = person("Cora Innes")
    role_assign(user=user, role=Role.CDO, program=durham, side="city", actor=None)
    with pytest.raises(ValidationError, match="Take it away first"):
        role_assign(user=user, role=Role.CDO, program=durham, side="county", actor=None)


def test_the_form_asks_for_the_government_only_where_there_are_several(durham: Program, cast: Cast) -> None:
    several = RoleForm(program=durham)
    assert [code for code, _ in several.fields["side"].choices] == ["", "city", "county"]
    assert "side" not in RoleForm(program=cast.program).fields


def test_the_portal_admin_gives_a_role_for_one_side_on_the_page(
    durham: Program, cast: Cast, as_: Any
) -> None:
    user = person("Cora Innes")
    role_assign(user=user, role=Role.IT, program=durham, actor=None)
    posted = {"program": durham.pk, "role": Role.CDO, "department": "", "side": "county"}
    response = as_(cast.portal_admin).post(reverse("role_assign", args=[user.pk]), posted)
    assert response.status_code == 302
    assert RoleAssignment.objects.get(user=user, role=Role.CDO).side == "county"


def test_the_admin_refuses_a_department_of_an_unknown_side_with_a_sentence(
    durham: Program, cast: Cast, as_: Any
) -> None:
    call_command("sync_roles")
    posted = {"program": durham.pk, "name": "Parks", "code": "PRK", "side": "moon"}
    url = reverse("admin:accounts_department_add")
    client = as_(cast.portal_admin)
    refused = client.post(url, posted)
    assert refused.status_code == 200
    assert "has no such side" in refused.content.decode()


def test_admin_of_two_programs_gives_roles_in_the_words_of_the_chosen_one(
    durham: Program, cast: Cast, as_: Any
) -> None:
    Department.objects.create(program=durham, name="Public Health", code="HLT", side="county")
    page = as_(cast.portal_admin).get(reverse("person_invite"), {"program": durham.pk})
    form = page.context["form"]
    assert form.fields["program"].initial == durham
    assert [place.name for place in form.fields["department"].queryset] == ["Public Health"]
    assert dict(form.fields["role"].choices)["cdo"] == profile_for(durham).role_label(Role.CDO)
    assert [tab["label"] for tab in page.context["program_tabs"] if tab["current"]] == [str(durham)]


def test_a_program_that_one_does_not_administer_cannot_be_chosen(cast: Cast, as_: Any) -> None:
    elsewhere = program_load(path=PROGRAMS_DIR / "durham.toml").program
    page = as_(cast.portal_admin).get(reverse("person_invite"), {"program": elsewhere.pk})
    assert page.context["form"].fields["program"].initial == cast.program
    assert page.context["program_tabs"] == []
