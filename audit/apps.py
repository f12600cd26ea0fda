from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install_triggers(using: str, **kwargs: Any) -> None:
    from audit import triggers

    if not kwargs.get("plan") and not triggers.missing(using):
        return
    triggers.install(using)


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="audit.install_triggers")
