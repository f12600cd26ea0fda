"""manage.py catalogue_export [--version 1.1|3.0] [--program CODE]: print the public catalogue as data.json has it.

What the catalogue leaves out is said on stderr. Exit code 0, or 3 when a dataset is missing from the file.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from publishing import dcat
from workflow.selectors.catalogue import programs_in_catalogue
from workflow.selectors.catalogue_file import EVERYTHING, catalogue_of, text_of

LEFT_OUT = 3


class Command(BaseCommand):
    help = "Print the public catalogue (DCAT-US), of every program or of one."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version gives way to that of the standard.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--version", choices=dcat.VERSIONS, default=dcat.V1, dest="dcat_version")
        parser.add_argument("--program", default=EVERYTHING, metavar="CODE", help="the code of one program")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["program"]
        rows = programs_in_catalogue()
        programs = list(rows.filter(code=code) if code else rows)
        if code and not programs:
            raise CommandError(f'There is no program "{code}" with a department.')
        file = catalogue_of(programs, version=options["dcat_version"], code=code)
        self.stdout.write(text_of(file))
        for gap in file.gaps:
            word = "left out" if gap.keeps_out else "note"
            self.stderr.write(f"{word}  {gap.identifier}  {gap.title}: {gap.sentence}", self.style.NOTICE)
        if file.left_out:
            sys.exit(LEFT_OUT)
