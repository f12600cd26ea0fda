"""manage.py publish_release ID [--retry | --dry-run] [--format text|json]: bring a release to its portals here and now.

It goes by the same door as everything else: what is due is asked for, and run in this process instead of a worker,
place after place. Exit code 0 when the release has what it waits for on its portals, 3 when something is in the way.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from publishing.errors import NothingToPublish
from publishing.models import Publication
from publishing.page import page_of
from publishing.selectors import places_of
from publishing.services import publication_resume, publication_run
from work.services import work_run
from workflow import gates
from workflow.context import context_of
from workflow.models import Release
from workflow.services.folder_catalogue import folder_catalogue_write
from workflow.services.rehearsal import rehearsal_standing, release_rehearse
from workflow.services.settle import release_settle

IN_THE_WAY = 3
# Private, public, and once more for a place that became ready between the two.
_ROUNDS = 4


@contextmanager
def _without_log(name: str) -> Iterator[None]:
    """The plan is for reading: the log of what was asked of the portal would stand in the middle of it."""
    log = logging.getLogger(name)
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


class Command(BaseCommand):
    help = "Make what is due of a release's copies on every portal it goes to, in this process."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("release", type=int, metavar="ID", help="the number in the address of its pages")
        parser.add_argument("--retry", action="store_true", help="start what stopped or waits once more")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what would be asked of each portal, and write nothing",
        )

    def _rehearse(self, release_id: int) -> None:
        """The plan in words: nothing is written, neither on a portal nor here."""
        context = context_of(release_id)
        try:
            with _without_log("publishing"):
                places = release_rehearse(context)
        except NothingToPublish as error:
            raise CommandError(error.sentence) from None
        release = context.release
        self.stdout.write(
            f"Dry run for {context.dataset.title}, release {release.number} ({release.get_stage_display()}). The "
            "portal was asked how things stand there; nothing was written, neither there nor here."
        )
        if standing := rehearsal_standing(context):
            self.stdout.write(standing)
        for place in places:
            self.stdout.write(place.place)
            if place.trouble:
                self.stdout.write(f"  {place.trouble}")
            for line in place.lines:
                self.stdout.write(f"  {'writes' if line.writes else 'looks '}  {line.what}: {line.how}")

    def handle(self, *args: Any, **options: Any) -> None:
        release_id = options["release"]
        if not Release.objects.filter(pk=release_id).exists():
            raise CommandError(f"There is no release {release_id}.")
        if options["dry_run"]:
            self._rehearse(release_id)
            return
        if options["retry"]:
            publication_resume(release_id=release_id, actor=None)
        for _ in range(_ROUNDS):
            release_settle(release_id=release_id)
            ran = [self._run(row) for row in places_of(release_id).values()]
            if not any(ran):
                break
        folder_catalogue_write()
        found = self._found(release_id)
        self.stdout.write(json.dumps(found, indent=2) if options["format"] == "json" else _text(found))
        if found["in_the_way"]:
            sys.exit(IN_THE_WAY)

    def _run(self, publication: Publication) -> bool:
        """Run it unless it has ended, is not due yet or a worker has it. Returns whether it was run."""
        return publication.is_live and work_run(Publication, publication.pk, publication_run)

    def _found(self, release_id: int) -> dict[str, Any]:
        context = context_of(release_id)
        return {
            "release": release_id,
            "stage": context.release.stage,
            "places": [
                {
                    "place": place.where,
                    "state": place.word,
                    "address": place.public_copy.get("public_url") or place.private_copy.get("url", ""),
                    "problem": place.publication.error,
                }
                for place in page_of(release_id)["places"]
            ],
            "in_the_way": [item.text for item in gates.unmet_onward(context)],
        }


def _text(found: dict[str, Any]) -> str:
    lines = [f"Release {found['release']}: {found['stage']}"]
    for place in found["places"]:
        lines.append(": ".join(filter(None, (place["place"], place["state"], place["problem"]))))
        lines += [f"  {place['address']}"] if place["address"] else []
    return "\n".join([*lines, *(f"In the way: {text}" for text in found["in_the_way"])])
