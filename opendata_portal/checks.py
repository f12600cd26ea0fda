"""System checks: explicit tables that must be whole before the product starts."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import DatabaseError


@register()
def work_kinds_are_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Every kind of background work has a row model and a task that is known."""
    from work.models import WorkItem

    listed = {label for label, _ in settings.WORK_KINDS}
    models = {model._meta.label for model in apps.get_models() if issubclass(model, WorkItem)}
    faults = [
        Error(f"{label} is background work but not in settings.WORK_KINDS.", id="portal.E001")
        for label in sorted(models - listed)
    ]
    faults += [
        Error(f"settings.WORK_KINDS names {label}, which is no WorkItem.", id="portal.E002")
        for label in sorted(listed - models)
    ]
    return faults


@register()
def workflow_tables_are_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Every stage has an owner; every move a policy, gates, an event and a route."""
    from workflow.tables import faults

    return [Error(fault, id="portal.E003") for fault in faults()]


@register()
def shipped_profiles_can_work(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Every program profile that the product ships passes what `manage.py program_check` asks."""
    from accounts.services_programs import PROGRAMS_DIR
    from workflow.selectors.program_check import file_checked

    verdicts = [file_checked(path) for path in sorted(PROGRAMS_DIR.glob("*.toml"))]
    return [Error(f"{row.name}: {fault}", id="portal.E005") for row in verdicts for fault in row.faults]


@register(Tags.database)
def audit_triggers_are_installed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The triggers that keep the audit trail append-only are there."""
    from audit import triggers

    if not databases:
        return []
    try:
        missing = triggers.missing()
    except DatabaseError:
        return []
    return [
        Error(f"{table} has lost its append-only trigger; run migrate.", id="portal.E004")
        for table in missing
    ]
