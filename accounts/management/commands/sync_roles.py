"""manage.py sync_roles: load the program profiles and bring groups and admin access in line with roles."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand

from accounts.models import User
from accounts.roles import Role
from accounts.services import programs_load, roles_sync

# What the admin site shows to whom. The approval queue changes nothing except through the door.
ADMIN_PERMISSIONS = {
    Role.CDO: ["workflow.view_approvalrequest"],
    Role.PORTAL_ADMIN: [
        "workflow.view_approvalrequest",
        "accounts.view_program",
        "accounts.view_programprofile",
        "accounts.view_department",
        "accounts.add_department",
        "accounts.change_department",
        "audit.view_auditevent",
        "notifications.view_outgoingmessage",
    ],
}


class Command(BaseCommand):
    help = "Load program profiles, and bring groups and admin access in line with the roles people hold."

    def handle(self, *args: Any, **options: Any) -> None:
        for row in programs_load():
            self.stdout.write(f"{row.program}: profile version {row.version}")
        for role, codenames in ADMIN_PERMISSIONS.items():
            group, _ = Group.objects.get_or_create(name=role.value)
            group.permissions.set(_permissions(codenames))
        for user in User.objects.all():
            roles_sync(user=user)


def _permissions(codenames: list[str]) -> list[Permission]:
    found = []
    for full in codenames:
        app, codename = full.split(".")
        found.append(Permission.objects.get(content_type__app_label=app, codename=codename))
    return found
