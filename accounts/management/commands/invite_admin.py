"""manage.py invite_admin: the first portal admin of a program, who then invites everybody else."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Program
from accounts.roles import Role
from accounts.services import invitation_path, person_invite


class Command(BaseCommand):
    help = "Make somebody portal admin of a program, and print the link by which they choose a password."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="full name")
        parser.add_argument("--program", default="default", help="code of the program (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        program = Program.objects.filter(code=options["program"]).first()
        if program is None:
            known = ", ".join(Program.objects.values_list("code", flat=True)) or "none: run sync_roles first"
            raise CommandError(f"There is no program {options['program']!r}. There are: {known}.")
        try:
            user = person_invite(
                email=options["email"],
                full_name=options["name"],
                role=Role.PORTAL_ADMIN,
                program=program,
                actor=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if user.has_usable_password():
            self.stdout.write(f"{user} has an account and is portal admin of {program} now.")
            return
        self.stdout.write(f"{user} is portal admin of {program}. The link to choose a password, good once:")
        self.stdout.write(f"{settings.BASE_URL}{invitation_path(user)}")
