"""What the tests of several places do: profiles, workers, and what a stranger sees."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import ProgramProfile
from dossier.selectors import facts
from publishing.models import Publication
from publishing.selectors import places_of
from tests.publishing.contract.houses import House
from tests.publishing.releases import Prepared, run_to_the_end
from workflow.models import Release

Houses = dict[str, House]


def goes_to(*portals: str, needed: str = "all") -> None:
    """What the profile of every program says from now on."""
    for row in ProgramProfile.objects.all():
        about = {**row.content["publication"], "portals": list(portals), "portals_needed": needed}
        ProgramProfile.objects.filter(pk=row.pk).update(content={**row.content, "publication": about})


def work(prepared: Prepared, goal: str) -> dict[str, Publication]:
    """Ask for it, and let workers run every place to its end."""
    prepared.ask(goal)
    return workers(prepared)


def workers(prepared: Prepared) -> dict[str, Publication]:
    for row in places_of(prepared.release.pk).values():
        run_to_the_end(row)
    return places_of(prepared.release.pk)


def reached(prepared: Prepared) -> dict[str, str]:
    return {code: str(row.reached) for code, row in places_of(prepared.release.pk).items()}


def rows_seen(houses: Houses, publication: Publication) -> int | None:
    """How many rows a stranger sees in this place."""
    with houses[publication.asset.portal].portal() as portal:
        if not portal.verify_public(publication.asset.remote_id, key_field="row_key").visible:
            return None
        return portal.count(publication.asset.remote_id, anonymous=True)


def half_public(houses: Houses, prepared: Prepared) -> None:
    """Public on the first portal; the second refuses the key on the way there."""
    prepared.allow()
    work(prepared, "private")
    prepared.ask("public")
    run_to_the_end(places_of(prepared.release.pk)["socrata"])
    locked(houses["ckan"])
    run_to_the_end(places_of(prepared.release.pk)["ckan"])
    houses["ckan"].quiet()


def locked(house: House) -> None:
    house.fault("status", status=403, path="", times=100)


def asked(prepared: Prepared) -> dict[str, Publication]:
    prepared.ask("private")
    return places_of(prepared.release.pk)


def stage(release: Release, name: str) -> None:
    QuerySet(Release).filter(pk=release.pk).update(stage=name)


def told(prepared: Prepared) -> dict[str, Any]:
    known = facts(prepared.release.pk)
    return {kind: (f.ok, f.sentences, f.about, f.data, f.at) for kind, f in known.items()}
