"""The talk and the yearly inventory under the profiles of the programs that ask for them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, Program
from accounts.roles import Role
from accounts.services import PROGRAMS_DIR, program_load
from tests.cast import _with_role
from workflow import gates
from workflow.context import context_of
from workflow.services.high_value import inventory_draft, inventory_hand_in, inventory_sign
from workflow.services.proposals import proposal_accept, proposal_make
from workflow.services.talks import talk_record

pytestmark = pytest.mark.django_db


def program_of(code: str) -> tuple[Program, Department]:
    program = program_load(path=PROGRAMS_DIR / f"{code}.toml").program
    return program, Department.objects.create(program=program, name="Public Works", code="PWD")


def missing(dataset: object, words: str) -> list[str]:
    context = context_of(dataset.current_release.pk)  # type: ignore[attr-defined]
    return [item.text for item in gates.unmet("begin_readiness", context) if words in item.text]


def test_durham_talks_before_the_inventory_and_the_talk_fills_in_the_record() -> None:
    program, department = program_of("durham")
    team = _with_role("Omar Haddad", Role.OPEN_DATA_TEAM, None, program)
    liaison = _with_role("Maria Lopez", Role.STEWARD, department, program)
    coordinator = _with_role("Dana Reed", Role.COORDINATOR, department, program)

    silent = proposal_make(department=department, title="Water mains", why="Asked for.", actor=team)
    dataset = proposal_accept(proposal=silent, actor=coordinator)
    assert missing(dataset, "No readiness talk is recorded")

    proposal = proposal_make(department=department, title="Potholes", why="Asked for.", actor=team)
    talk_record(
        proposal=proposal,
        held_on=timezone.localdate(),
        with_whom="Maria Lopez",
        led_by=team,
        notes="Work orders hold the repairs.",
        fills={"source_system": "Work orders", "steward": liaison, "accrual_periodicity": "daily"},
        actor=team,
    )
    dataset = proposal_accept(proposal=proposal, actor=coordinator)
    assert not missing(dataset, "readiness talk")
    assert (dataset.steward, dataset.source_system) == (liaison, "Work orders")
    talk_record(
        dataset=dataset,
        held_on=timezone.localdate(),
        with_whom="Maria Lopez",
        led_by=team,
        notes="Once more.",
        actor=team,
    )


def test_connecticuts_head_signs_the_yearly_inventory(client: Client) -> None:
    program, department = program_of("connecticut")
    officer = _with_role("Dana Reed", Role.COORDINATOR, department, program)
    head = _with_role("Grace Okafor", Role.DEPARTMENT_APPROVER, department, program)
    team = _with_role("Omar Haddad", Role.OPEN_DATA_TEAM, None, program)
    proposal = proposal_make(
        department=department, title="Bridges", why="Asked for.", high_value=["A"], actor=team
    )
    proposal_accept(proposal=proposal, actor=officer)
    client.force_login(officer)
    assert client.get(reverse("high_value_draft")).status_code == 200
    assert reverse("high_value_inventories") in client.get(reverse("dataset_list")).content.decode()

    row = inventory_draft(department=department, year=2026, actor=officer)
    inventory_hand_in(inventory=row, actor=officer)
    row = inventory_sign(inventory=row, actor=head)
    assert row.release is not None and row.dataset is not None
    context = context_of(row.release.pk)
    assert context.profile.name == program_load(path=PROGRAMS_DIR / "connecticut.toml").content["name"]
    assert row.dataset.coordinator == officer
