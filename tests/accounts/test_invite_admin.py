"""The first portal admin comes by the command; everybody else by invitation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def test_the_link_leads_to_where_make_run_listens(tmp_path: Path) -> None:
    """`make run` notes its address; a command in another terminal reads it (settings of development)."""
    (tmp_path / "address").write_text("http://127.0.0.1:8123")
    asked = "from django.conf import settings; print(settings.BASE_URL)"
    environment = {name: value for name, value in os.environ.items() if name != "BASE_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "opendata_portal.settings.dev", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", asked]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "http://127.0.0.1:8123"
