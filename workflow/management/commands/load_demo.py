"""manage.py load_demo: fill an empty development database with a made-up city and a year of its work."""

import time
from itertools import chain
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflow.demo.programs import accounts_of_programs, programs_make
from workflow.demo.world import PASSWORD, accounts, world_make
from workflow.demo.year import year_make
from workflow.models import Dataset


class Command(BaseCommand):
    help = "Load the demo city (development only; the stand-in portal must be running). Does nothing if it is there."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self._accounts()
            return
        if settings.NOTIFICATION_CHANNEL != "mailbox":
            raise CommandError("The demo has known passwords: it loads only where letters go to the mailbox.")
        if Dataset.objects.exists():
            self.stdout.write("There are datasets already; the demo is not loaded again.")
            return
        # The work is run in place, so nudges would only pile up for the worker.
        current_app.conf.update(broker_url="memory://")
        began = time.monotonic()
        for line in chain(year_make(world_make()), programs_make()):
            self.stdout.write(f"  {line}")
        self.stdout.write(f"Demo loaded in {time.monotonic() - began:.0f} s.")

    def _accounts(self) -> None:
        self.stdout.write(f"Password of every demo account: {PASSWORD}")
        for role, name, email in accounts():
            self.stdout.write(f"  {role:<26} {name:<16} {email}")
        self.stdout.write(
            "The four real programs, with the role in the address (coordinator, cdo, open-data-team):"
        )
        for program, address in accounts_of_programs():
            self.stdout.write(f"  {program:<26} {address}")
