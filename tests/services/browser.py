"""Find a Chromium for the browser tests, or install one, or say exactly what to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.services import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = "apt-get update && apt-get install -y --no-install-recommends chromium"
HELP = f"""The browser tests need Chromium, and it is not on this machine. Type one of:
    sudo sh -c '{APT}'        (Debian)
    .venv/bin/python -m playwright install --with-deps chromium           (Ubuntu and others)
    export BROWSER_PATH=/path/to/chrome                                   (one that you have)
`make test-fast` runs everything else."""


def browser_find() -> str | None:
    """The path of a browser that runs, or None."""
    named = os.environ.get("BROWSER_PATH")
    if named and not _runs(named):
        raise Missing(f"BROWSER_PATH is {named}, and that does not run. Set it to a Chromium or Chrome.")
    candidates = [named, *(shutil.which(name) for name in NAMES)]
    found = next((path for path in candidates if path and _runs(path)), None)
    return found or _playwrights_own()


def browser_require() -> str:
    """The path of a browser, installed now if it has to be. Raises Missing with the command to type."""
    if found := browser_find():
        return found
    print("No browser found: asking playwright for its own.", flush=True)  # noqa: T201
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    if found := browser_find():
        return found
    if _root_on_debian():
        print("No browser found: installing Debian's chromium.", flush=True)  # noqa: T201
        _try(["sh", "-c", APT])
        if found := browser_find():
            return found
    raise Missing(HELP)


def _runs(path: str) -> bool:
    """Whether it answers: Ubuntu's chromium may be a snap wrapper that does not run in a container."""
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _try(command: list[str]) -> None:
    """Run an installer; whether it worked is seen afterwards by looking for the browser."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)  # noqa: T201


def _root_on_debian() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
