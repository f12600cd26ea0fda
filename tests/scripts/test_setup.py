"""The set-up says what a machine lacks, and does nothing twice."""

from __future__ import annotations

import pytest

from scripts import setup
from tests.services import Missing
from tests.services.browser import browser_find


def test_an_old_python_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "NEWER", ())
    with pytest.raises(SystemExit) as stopped:
        setup.start_again_with_a_newer_python()
    assert stopped.value.code == 1
    assert "apt-get install python3 python3-venv" in capsys.readouterr().err


def test_a_python_without_venv_is_told_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path
) -> None:
    monkeypatch.setattr(setup, "VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(setup, "PYTHON", str(tmp_path / "venv" / "bin" / "python"))
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    monkeypatch.setattr(setup, "runs", lambda *command: False)
    with pytest.raises(SystemExit):
        setup.make_environment()
    assert f"apt-get install python{setup.version()}-venv" in capsys.readouterr().err


def test_what_is_installed_is_not_installed_again(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    monkeypatch.setattr(setup, "VENV", str(tmp_path))
    monkeypatch.setattr(setup, "PYTHON", str(python))
    assert setup.stale("runtime", "one")
    (tmp_path / "installed-runtime").write_text("one")
    assert not setup.stale("runtime", "one")
    assert setup.stale("runtime", "two"), "the lock has changed"
    (tmp_path / "installed-dev").write_text(setup.fingerprint("dev"))
    assert not setup.stale("runtime", "two"), "whoever has the dev set has the runtime set"


def test_a_browser_that_is_named_and_does_not_run_is_no_reason_to_take_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chrome")
    with pytest.raises(Missing, match="BROWSER_PATH is /nowhere/chrome"):
        browser_find()
