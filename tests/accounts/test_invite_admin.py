"""The first portal admin comes by the command; everybody else by invitation."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Program, User
from accounts.roles import Role, has_role
from accounts.services import programs_load

pytestmark = pytest.mark.django_db


def test_the_first_admin_gets_a_link_that_lets_them_in(capsys: pytest.CaptureFixture[str], settings) -> None:
    programs_load()
    program = Program.objects.get(code="default")
    call_command("invite_admin", "Pat@Example.gov", "Pat Silva")
    user = User.objects.get(email="pat@example.gov")
    assert has_role(user, Role.PORTAL_ADMIN, program=program)
    link = capsys.readouterr().out.strip().splitlines()[-1]
    page = Client().get(link.removeprefix(settings.BASE_URL), follow=True)
    assert page.status_code == 200
    assert "password" in page.content.decode().lower()


def test_somebody_with_an_account_only_gets_the_role(capsys: pytest.CaptureFixture[str]) -> None:
    programs_load()
    User.objects.create_user(
        "pat@example.gov", "a-long-password", full_name="Pat", date_joined=timezone.now()
    )
    call_command("invite_admin", "pat@example.gov", "Pat Silva")
    assert "has an account" in capsys.readouterr().out


def test_an_unknown_program_is_named_with_those_that_exist() -> None:
    programs_load()
    with pytest.raises(CommandError, match=r"There are: .*\bdefault\b"):
        call_command("invite_admin", "pat@example.gov", "Pat Silva", program="atlantis")
