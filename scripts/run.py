"""`make run`: everything in one terminal, on the embedded defaults. Ctrl-C ends it.

PORT, SOCRATA_PORT and HOST say where to listen, VAR_DIR where to keep the data, DEMO=0 starts without demo
data. With SOCRATA_DOMAIN set it publishes to that portal; then there is neither a stand-in nor demo data.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.supervisor import POSIX, Supervisor  # noqa: E402

PYTHON = sys.executable
MANAGE = [PYTHON, "manage.py"]
PATIENT = 60.0  # seconds that a server may take to answer


class CannotStart(Exception):
    """Said to the person at the terminal, then everything ends."""


class House:
    """The programs of the product and where they listen."""

    def __init__(self) -> None:
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = _port("PORT", 8000)
        self.portal_port = _port("SOCRATA_PORT", 8001)
        self.var = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
        self.real_portal = os.environ.get("SOCRATA_DOMAIN", "")
        self.demo = os.environ.get("DEMO", "1") != "0" and not self.real_portal
        self.demo_begun, self.demo_done = self.var / "demo-begun", self.var / "demo-loaded"
        self.url = f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"  # noqa: S104
        self.portal_url = f"http://127.0.0.1:{self.portal_port}"
        self.var.mkdir(parents=True, exist_ok=True)
        self.lock = _only_one(self.var / "run.lock")
        _check_free(self.host, self.port, "PORT")
        if not self.real_portal:
            _check_free("127.0.0.1", self.portal_port, "SOCRATA_PORT")
        # Commands in another terminal make links with it (opendata_portal/settings/dev.py).
        (self.var / "address").write_text(os.environ.get("BASE_URL", "") or self.url)
        self.keeper = Supervisor(ROOT, self.var / "log", self._environment())

    def _environment(self) -> dict[str, str]:
        defaults = {"DJANGO_SETTINGS_MODULE": "opendata_portal.settings.dev", "BASE_URL": self.url}
        fixed = {"VAR_DIR": str(self.var), "SOCRATA_PORT": str(self.portal_port), "PYTHONUNBUFFERED": "1"}
        if self.demo:
            # The people of the demo city are users of its portal, so a private copy can be shared with them.
            defaults["STANDIN_USERS_OF"] = "riverbend.example"
        return defaults | os.environ | fixed

    def start(self) -> None:
        began = time.monotonic()
        self._forget_half_a_demo()
        print("Preparing the database.", flush=True)
        self._once("prepare", [PYTHON, "scripts/prepare.py"], "The database could not be prepared.")
        if not self.real_portal:
            self.keeper.start("portal", self._portal())
            self._wait_for(self.portal_url, "The stand-in portal")
        if self.demo and not self.demo_done.exists() and not self.keeper.stop.is_set():
            self._load_demo()
        self.keeper.start("web", self._web())
        self.keeper.start("worker", self._worker())
        self.keeper.start("urgent", self._urgent_worker())
        self._wait_for(f"{self.url}/healthz", "The web server")
        if not self.keeper.stop.is_set():
            self._welcome(time.monotonic() - began)

    def _load_demo(self) -> None:
        print("Making a year of demo data: this once, it takes a minute or two.", flush=True)
        self.demo_begun.touch()
        sentence = "The demo data could not be made. `make clean` starts afresh; DEMO=0 goes without it."
        self._once("demo", [*MANAGE, "load_demo"], sentence, show=True)
        if not self.keeper.stop.is_set():
            self.demo_done.touch()

    def _forget_half_a_demo(self) -> None:
        """When making it was cut off, begin again: until it is there nobody can have added anything."""
        if not self.demo_begun.exists() or self.demo_done.exists() or os.environ.get("DATABASE_URL"):
            return
        print("The demo data was cut off last time: it is made anew.", flush=True)
        for path in (
            *self.var.glob("db.sqlite3*"),
            self.var / "standin",
            self.var / "private",
            self.demo_begun,
        ):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _portal(self) -> list[str]:
        state = str(self.var / "standin")
        return [PYTHON, "-m", "publishing.devserver", "--port", str(self.portal_port), "--state", state]

    def _web(self) -> list[str]:
        where, application = f"{self.host}:{self.port}", "opendata_portal.wsgi:application"
        if not POSIX:
            return [PYTHON, "-m", "waitress", f"--listen={where}", application]
        options = ["--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "3"]
        return [PYTHON, "-m", "gunicorn", *options, "--access-logfile", "-", "--bind", where, application]

    def _worker(self) -> list[str]:
        schedule = str(self.var / "celerybeat-schedule")
        command = [PYTHON, "-m", "celery", "-A", "opendata_portal", "worker", "-B", "-s", schedule, "-c", "2"]
        return [*command, *self._quiet()]

    def _urgent_worker(self) -> list[str]:
        """For what goes before all other work: an emergency retraction waits behind no long publication."""
        command = [PYTHON, "-m", "celery", "-A", "opendata_portal", "worker", "-Q", "urgent"]
        return [*command, "-n", "urgent@%h", "--pool", "solo", *self._quiet(pool=False)]

    def _quiet(self, *, pool: bool = True) -> list[str]:
        quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        return [*quiet, *([] if POSIX or not pool else ["--pool", "threads"])]

    def _once(self, name: str, command: list[str], sentence: str, *, show: bool = False) -> None:
        if not self.keeper.run_once(name, command, show=show) and not self.keeper.stop.is_set():
            time.sleep(0.2)  # its last lines are still on their way to the log
            log = self.keeper.log / f"{name}.log"
            shown = [] if show else log.read_text(errors="replace").splitlines()[-25:]
            raise CannotStart("\n".join([*shown, "", f"{sentence} The log: {log}"]))

    def _wait_for(self, url: str, what: str) -> None:
        deadline = time.monotonic() + PATIENT
        while not self.keeper.stop.is_set() and not _answers(url):
            if time.monotonic() > deadline:
                raise CannotStart(f"{what} did not answer at {url}. Its log is in {self.keeper.log}.")
            self.keeper.stop.wait(0.1)

    def _welcome(self, seconds: float) -> None:
        portal = f"https://{self.real_portal} (a real portal)" if self.real_portal else self.portal_url
        print(f"\nReady after {seconds:.0f} s.   Ctrl-C ends everything.\n")
        print(f"  The product          {self.url}")
        print(f"  {'The portal' if self.real_portal else 'Stand-in portal'}      {portal}")
        print(f"  Logs                 {self.keeper.log}\n", flush=True)
        if self.demo:
            subprocess.run(
                [*MANAGE, "load_demo", "--accounts"], cwd=ROOT, env=self.keeper.environment, check=False
            )
        if self.host not in ("127.0.0.1", "localhost", "::1"):
            print("  Whoever reaches this machine can log in with these accounts: for demonstrations only.")
        print(flush=True)


def _port(name: str, default: int) -> int:
    given = os.environ.get(name) or str(default)
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"{name} is {given!r}; it must be a port number, such as {default}.")
    return int(given)


def _check_free(host: str, port: int, variable: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if POSIX:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({error.strerror}). End the program that holds it, "
                f"or choose another port: {variable}={port + 10} make run"
            ) from error


def _only_one(path: Path) -> object:
    """Hold a lock as long as we live: two runs on the same data would do everything twice."""
    handle = path.open("a+")
    try:
        import fcntl
    except ImportError:  # Windows: the ports keep a second run away
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CannotStart(f"`make run` already runs on {path.parent}: end it first, with Ctrl-C.") from error
    return handle


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2)  # noqa: S310 - an address made above
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def main() -> int:
    try:
        house = House()
    except CannotStart as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    try:
        house.start()
        house.keeper.watch()
    except CannotStart as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        print("\nEnding everything.", flush=True)
        house.keeper.shut_down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
