"""manage.py facts_rebuild: recompute every fact from the rows it was made from."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

import checklists.services
import dossier.services_files
import privacy.services
import publishing.services
import workflow.services.facts
import workflow.services.talks
from dossier.selectors import facts
from workflow.models import Release

# Each station recomputes its own.
REBUILDERS = (
    dossier.services_files.facts_rebuild,
    workflow.services.facts.facts_rebuild,
    workflow.services.talks.facts_rebuild,
    checklists.services.facts_rebuild,
    privacy.services.facts_rebuild,
    publishing.services.facts_rebuild,
)


class Command(BaseCommand):
    help = "Recompute what is known about each release. On sound data this changes nothing, and says so."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--release", type=int, help="only this release")

    def handle(self, *args: Any, **options: Any) -> None:
        releases = Release.objects.order_by("pk")
        if options["release"]:
            releases = releases.filter(pk=options["release"])
        changed = 0
        for pk in releases.values_list("pk", flat=True):
            before = _content(pk)
            with transaction.atomic():
                for rebuild in REBUILDERS:
                    rebuild(release_id=pk)
            after = _content(pk)
            for kind in sorted(set(before) | set(after)):
                if before.get(kind) != after.get(kind):
                    changed += 1
                    self.stdout.write(f"release {pk}: the fact {kind} was wrong and has been rebuilt")
        self.stdout.write(f"{releases.count()} releases looked at, {changed} facts changed.")


def _content(release_id: int) -> dict[str, tuple]:
    return {
        kind: (fact.ok, fact.sentences, fact.digest, fact.data) for kind, fact in facts(release_id).items()
    }
