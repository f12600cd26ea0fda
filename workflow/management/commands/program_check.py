"""manage.py program_check [FILE ...]: can these program profiles work? Exit code 0, or 1 with every fault.

Without files it checks those that the product ships, and what every program has adopted together with its people.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import Program
from accounts.profiles.reference import reference
from accounts.selectors import profile_current
from accounts.services_programs import PROGRAMS_DIR
from workflow.selectors.program_check import Verdict, adopted_checked, file_checked


class Command(BaseCommand):
    help = "Check program profiles: one line for each that is in order, or each fault with its place."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--keys", action="store_true", help="print every key of a profile, as Markdown")
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="TOML files of profiles")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keys"]:
            self.stdout.write(reference(), ending="")
            return
        files = options["files"]
        verdicts = [file_checked(path) for path in files or sorted(PROGRAMS_DIR.glob("*.toml"))]
        if not files:
            verdicts += self._adopted()
        for verdict in verdicts:
            self._say(verdict)
        bad = [verdict.name for verdict in verdicts if not verdict.is_in_order]
        if bad:
            raise CommandError(f"Not in order: {', '.join(bad)}.", returncode=1)

    def _adopted(self) -> list[Verdict]:
        try:
            return [adopted_checked(profile_current(program)) for program in Program.objects.all()]
        except DatabaseError:
            # A fresh machine has no tables yet; the files can be checked all the same.
            self.stdout.write("No database to check adopted profiles in.")
            return []

    def _say(self, verdict: Verdict) -> None:
        if verdict.is_in_order:
            self.stdout.write(f"{verdict.name}: in order, {verdict.summary}.")
        else:
            count = len(verdict.faults)
            self.stdout.write(f"{verdict.name}: {count} fault{'s' if count > 1 else ''}.")
        for fault in verdict.faults:
            self.stdout.write(f"  fault    {fault}")
        for warning in verdict.warnings:
            self.stdout.write(f"  warning  {warning}")
