"""A real worker with its scheduler, as a process of its own on the test servers."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from tests.services.processes import running

READY = " ready."


def subprocess_environment(**more: str) -> dict[str, str]:
    """The environment in which a process of ours sees the same database, broker and files as this test."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "opendata_portal.settings.test",
        "TEST_DATABASE_URL": _test_database_url(),
        "TIME_SCALE": "0.05",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextlib.contextmanager
def celery_worker(name: str = "worker", **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `celery worker -B` until the block ends; its log is VAR_DIR/log/<name>.log.

    Every wait of the product is twenty times shorter in it (TIME_SCALE).
    """
    empty_broker()
    log = Path(settings.VAR_DIR) / "log" / f"{name}.log"
    schedule = Path(settings.VAR_DIR) / f"beat-{name}"
    command = [
        *(sys.executable, "-m", "celery", "-A", "opendata_portal", "worker"),
        *("-B", "-s", str(schedule), "-c", "2", "-n", f"{name}@test", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    ]
    with running(
        command,
        log=log,
        ready=lambda: READY in log.read_text(errors="replace"),
        env=subprocess_environment(**environment),
        seconds=60,
    ) as process:
        yield process


def empty_broker() -> None:
    """Forget the nudges that earlier tests left: their rows are gone."""
    if settings.REDIS_URL:
        import redis

        redis.Redis.from_url(settings.REDIS_URL).flushdb()
        return
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def broker_messages() -> list[str]:
    """Every message that waits in the broker, whole, its body decoded."""
    return [f"{message} {base64.b64decode(json.loads(message)['body']).decode()}" for message in _waiting()]


def _waiting() -> Iterator[str]:
    if settings.REDIS_URL:
        import redis

        client = redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)
        for queue in client.scan_iter(_type="list"):
            yield from client.lrange(queue, 0, -1)
        return
    for path in Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).glob("*.msg"):
        yield path.read_text()


def _test_database_url() -> str:
    name = str(connection.settings_dict["NAME"])
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return urlsplit(given)._replace(path=f"/{name}").geturl()
    return f"sqlite:///{name}?transaction_mode=IMMEDIATE&timeout=20"
