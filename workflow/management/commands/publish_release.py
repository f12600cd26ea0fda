"""manage.py publish_release: a release is looked at and started where it is due; with --dry-run only the plan."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from publishing.errors import NothingToPublish
from workflow.context import context_of
from workflow.models import Release
from workflow.services.rehearsal import release_rehearse
from workflow.services.settle import release_settle


class Command(BaseCommand):
    help = (
        "Start what is due for one release, its copies on the portals among it, as the system does by itself; "
        "--dry-run prints what publishing would ask of each portal, and writes nothing there or here."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "release", type=int, help="the number of the release, as in the address of its page"
        )
        parser.add_argument("--dry-run", action="store_true", help="print the plan only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Release.objects.filter(pk=options["release"]).exists():
            raise CommandError(
                f"There is no release {options['release']}. Its number is in the address of its page."
            )
        if not options["dry_run"]:
            taken = release_settle(release_id=options["release"])
            self.stdout.write(
                f"Started: {', '.join(taken)}." if taken else "Nothing is due for this release now."
            )
            return
        try:
            places = release_rehearse(context_of(options["release"]))
        except NothingToPublish as error:
            raise CommandError(error.sentence) from None
        for place in places:
            self.stdout.write(place.place)
            for line in [f"  {place.trouble}"] if place.trouble else self._lines(place.lines):
                self.stdout.write(line)

    @staticmethod
    def _lines(lines: Any) -> list[str]:
        return [f"  {'writes' if line.writes else 'looks '}  {line.what}: {line.how}" for line in lines]
