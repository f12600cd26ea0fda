"""What takes its settings from nobody takes those of a real site, and says what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.processes import REPOSITORY


@pytest.mark.parametrize("entry", ["celery", "wsgi", "asgi"])
def test_a_worker_or_server_that_is_told_no_settings_does_not_run_on_those_for_development(
    entry: str, tmp_path: Path
) -> None:
    named = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "SECRET_KEY_FILE"}
    environment = {name: value for name, value in os.environ.items() if name not in named}
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import opendata_portal.{entry}; from django.conf import settings; settings.DEBUG",
        ],
        cwd=REPOSITORY,
        env=environment | {"VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert "Set SECRET_KEY to at least 50 random characters." in ran.stderr
