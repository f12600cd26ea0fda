"""`make test`: every test on a real PostgreSQL, Redis and browser, started here and ended here.

    python scripts/test.py [--no-browser] [arguments for pytest]

TEST_DATABASE_URL and TEST_REDIS_URL name servers that are there already; BROWSER_PATH names a browser.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import Missing  # noqa: E402
from tests.services.browser import browser_require  # noqa: E402
from tests.services.postgres import postgres  # noqa: E402
from tests.services.redis_server import redis_server  # noqa: E402

NOTHING_COLLECTED = 5
WORKERS = "2"


def main() -> int:
    arguments = sys.argv[1:]
    with_browser = "--no-browser" not in arguments
    arguments = [argument for argument in arguments if argument != "--no-browser"]
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    shutil.rmtree(ROOT / "var" / "test", ignore_errors=True)
    began = time.monotonic()
    try:
        with ExitStack() as servers:
            environment = _environment(servers, with_browser)
            plain = ["-n", WORKERS, "--dist", "loadfile", "--ignore=tests/browser"]
            codes = [_pytest(environment, *plain, *arguments)]
            if with_browser:
                codes.append(_pytest(environment, "tests/browser", *_without_paths(arguments)))
    except Missing as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"All of it took {time.monotonic() - began:.0f} s.", flush=True)
    return _verdict(codes, chosen=bool(arguments))


def _environment(servers: ExitStack, with_browser: bool) -> dict[str, str]:
    """Start what is not there, and say where it is. The browser first: it is what a machine may lack."""
    found: dict[str, str] = {}
    if with_browser:
        found["BROWSER_PATH"] = browser_require()
    if not os.environ.get("TEST_DATABASE_URL"):
        found["TEST_DATABASE_URL"] = servers.enter_context(postgres())
    if not os.environ.get("TEST_REDIS_URL"):
        found["TEST_REDIS_URL"] = servers.enter_context(redis_server())
    return os.environ | found


def _pytest(environment: dict[str, str], *arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    return done.returncode


def _without_paths(arguments: list[str]) -> list[str]:
    """The browser run has its own path: only options go on to it."""
    return [argument for argument in arguments if not (ROOT / argument.split("::")[0]).exists()]


def _verdict(codes: list[int], *, chosen: bool) -> int:
    """0 when all passed. A run that collected nothing is a failure, unless only some tests were chosen."""
    if chosen and any(code == 0 for code in codes):
        codes = [code for code in codes if code != NOTHING_COLLECTED]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
