"""The four real programs in the demo."""

from __future__ import annotations

import pytest

from accounts.models import Program, RoleAssignment, User
from accounts.roles import Role
from workflow.demo.programs import PROGRAMS, programs_make
from workflow.models import Dataset

pytestmark = pytest.mark.django_db


def test_every_program_has_somebody_for_every_role_and_something_to_publish() -> None:
    list(programs_make())
    for demo in PROGRAMS:
        program = Program.objects.get(code=demo.code)
        held = set(RoleAssignment.objects.filter(program=program).values_list("role", flat=True))
        assert held == set(Role.values)
        assert Dataset.objects.filter(program=program).count() == 2
        assert program.bundles.get().places.count() == 2 and program.freezes.count() == 1


def test_made_twice_nothing_is_added() -> None:
    list(programs_make())
    before = User.objects.count(), Dataset.objects.count(), RoleAssignment.objects.count()
    list(programs_make())
    assert (User.objects.count(), Dataset.objects.count(), RoleAssignment.objects.count()) == before


def test_in_durham_the_final_key_has_two_holders_of_two_governments() -> None:
    list(programs_make())
    keys = RoleAssignment.objects.filter(program__code="durham", role=Role.CDO)
    assert sorted(keys.values_list("side", flat=True)) == ["city", "county"]


def test_who_turns_the_final_key_may_open_the_approval_queue() -> None:
    list(programs_make())
    assert User.objects.get(email="department-approver@connecticut.example").is_staff
    assert not User.objects.get(email="department-approver@los-angeles.example").is_staff
