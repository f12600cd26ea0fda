"""What every test may ask for. The servers behind these fixtures are real (tests/services).

`make test` runs everything on PostgreSQL and Redis. One test alone, `pytest tests/...`, runs on SQLite.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.services.celery_worker import celery_worker
from tests.services.smtp import SmtpSink, smtp_server
from tests.services.standin import StandIn, standin_portal

hypothesis_settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("ci", hypothesis_settings.get_profile("dev"), derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite, keep the test database in a file: a worker process cannot see one in memory."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.VAR_DIR) / "test.sqlite3")


@pytest.fixture(autouse=True)
def _lift_audit_triggers_where_tables_are_emptied(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    emptied = bool(marker and marker.kwargs.get("transaction"))
    if emptied or {"transactional_db", "live_server", "live_server_url"} & set(request.fixturenames):
        request.getfixturevalue("audit_triggers_lifted")


@pytest.fixture
def audit_triggers_lifted(transactional_db: None) -> Iterator[None]:
    """Let a transactional test empty the audit tables when it ends; the next migrate signal restores them.

    During the test the triggers stand: nothing in it can change what was recorded.
    """
    yield
    from audit import triggers

    triggers.remove()


@pytest.fixture(autouse=True)
def _fresh_files(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test finds the private files or uploads of another."""
    yield
    if "settings" in request.fixturenames or "django_db_setup" in request.fixturenames:
        from django.conf import settings

        shutil.rmtree(settings.PRIVATE_ROOT, ignore_errors=True)


@pytest.fixture(scope="session")
def standin_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The stand-in portal, one process for the whole run."""
    with standin_portal(tmp_path_factory.mktemp("standin") / "state") as portal:
        yield portal


@pytest.fixture
def standin(standin_process: StandIn, settings: Any) -> StandIn:
    """The stand-in portal, with the settings of this test pointing at it."""
    for name, value in standin_process.environment.items():
        setattr(settings, name, value)
    return standin_process


@pytest.fixture(scope="session")
def smtp_process() -> Iterator[SmtpSink]:
    with smtp_server() as sink:
        yield sink


@pytest.fixture
def smtp_sink(smtp_process: SmtpSink, settings: Any) -> SmtpSink:
    """An SMTP server that keeps letters, empty at the start; the settings of this test point at it."""
    smtp_process.clear()
    for name, value in smtp_process.environment.items():
        setattr(settings, name, int(value) if name == "EMAIL_PORT" else value)
    return smtp_process


@pytest.fixture
def celery_worker_process(
    transactional_db: None, standin_process: StandIn, smtp_process: SmtpSink
) -> Iterator[subprocess.Popen[bytes]]:
    """A real `celery worker -B` on this run's database and broker.

    It publishes to the stand-in and sends through `smtp_sink`. It ends before the tables are emptied: the
    locks of the one and the other would meet in a deadlock.
    """
    with celery_worker(**standin_process.environment | smtp_process.environment) as process:
        yield process


@pytest.fixture
def live_server_url(live_server: Any, settings: Any) -> str:
    """The address of the product, served by a thread of this test on the test database."""
    settings.BASE_URL = live_server.url
    return str(live_server.url)
