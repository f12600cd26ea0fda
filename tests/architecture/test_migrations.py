"""Models and migrations agree, and the audit triggers are installed by migrate."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_no_app_has_two_last_migrations() -> None:
    assert MigrationLoader(connection).detect_conflicts() == {}


@pytest.mark.django_db
def test_system_checks_find_nothing() -> None:
    call_command("check", fail_level="WARNING", databases=["default"], verbosity=0)
