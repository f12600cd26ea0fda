"""One release to several portals, each a real stand-in: whole success, half success, and the ways out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ProgramProfile
from accounts.profiles import words
from audit.models import AuditEvent
from audit.selectors import sentence_of
from dossier.selectors import facts
from publishing import encode
from publishing.models import Publication
from publishing.places import PORTAL_NAMES, PortalRules
from publishing.portals.ckan import CkanPortal
from publishing.selectors import places_of
from publishing.services import (
    facts_rebuild,
    publication_hide_everywhere,
    publication_make_private,
    publication_resume,
    publication_stay_private,
)
from publishing.services.remote import KINDS
from tests.cast import Cast, cast_create
from tests.publishing import samples
from tests.publishing.contract.houses import CkanHouse, House, SocrataHouse, StaticHouse, started
from tests.publishing.releases import Prepared, run, run_to_the_end
from tests.publishing.test_taking_back import refreshed
from workflow.models import Release
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
Houses = dict[str, House]


@pytest.fixture(scope="module")
def running_houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    folder = tmp_path_factory.mktemp("places")
    with (
        started(SocrataHouse, folder) as socrata,
        started(CkanHouse, folder) as ckan,
        started(StaticHouse, folder) as static,
    ):
        yield {"socrata": socrata, "ckan": ckan, "static": static}


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def houses(running_houses: Houses, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Houses]:
    for house in running_houses.values():
        house.quiet()
        for name, value in house.settings.items():
            setattr(settings, name, value)
    settings.TIME_SCALE = 0.02
    plan = encode.plan_chunks
    monkeypatch.setattr(encode, "plan_chunks", lambda frame: plan(frame, max_rows=10))
    yield running_houses
    for house in running_houses.values():
        house.quiet()


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


@pytest.mark.parametrize("second", ["static", "ckan"])
def test_a_release_becomes_public_in_both_places_and_is_taken_back_in_both(
    houses: Houses, cast: Cast, second: str
) -> None:
    goes_to("socrata", second)
    prepared = Prepared(cast)
    prepared.allow()
    work(prepared, "private")
    fact = facts(prepared.release.pk)["private_copy"]
    assert fact.ok and [place["portal"] for place in fact.data["places"]] == ["socrata", second]
    assert {place["state"] for place in fact.data["places"]} == {"private"}
    places = work(prepared, "public")
    fact = facts(prepared.release.pk)["public_copy"]
    assert fact.ok and {place["state"] for place in fact.data["places"]} == {"public"}
    assert {place["url"] for place in fact.data["places"]} == {
        row.receipt["public"]["public_url"] for row in places.values()
    }
    assert [rows_seen(houses, row) for row in places.values()] == [25, 25]

    publication_make_private(release_id=prepared.release.pk)
    places = workers(prepared)
    assert reached(prepared) == {"socrata": "private", second: "private"}
    assert [rows_seen(houses, row) for row in places.values()] == [None, None]
    assert "public_copy" not in facts(prepared.release.pk)


def test_a_portal_that_is_down_is_named_and_resumed_alone(houses: Houses, cast: Cast) -> None:
    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    locked(houses["ckan"])
    places = work(prepared, "private")
    assert reached(prepared) == {"socrata": "private", "ckan": "none"}
    fact = facts(prepared.release.pk)["private_copy"]
    assert not fact.ok and fact.data["rows"] == 25
    [sentence] = fact.sentences
    assert sentence.startswith(f"CKAN ({houses['ckan'].domain}): ")
    assert [place["state"] for place in fact.data["places"]] == ["private", "stopped"]

    houses["ckan"].quiet()
    attempts = places["socrata"].attempts
    resumed = publication_resume(release_id=prepared.release.pk, actor=cast.coordinator, portal="ckan")
    assert resumed == places["ckan"]
    assert facts(prepared.release.pk)["private_copy"].sentences == [
        f"The private copy on CKAN ({houses['ckan'].domain}) is not ready yet."
    ]
    places = workers(prepared)
    assert facts(prepared.release.pk)["private_copy"].ok and places["socrata"].attempts == attempts
    event = AuditEvent.objects.filter(action="publishing.resumed").get()
    assert sentence_of(event).endswith(f"started the publication on CKAN ({houses['ckan'].domain}) again.")


def test_a_half_success_is_told_and_ends_with_a_resume(houses: Houses, cast: Cast, client: Client) -> None:
    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    half_public(houses, prepared)
    assert reached(prepared) == {"socrata": "public", "ckan": "private"}
    fact = facts(prepared.release.pk)["public_copy"]
    assert not fact.ok and [place["state"] for place in fact.data["places"]] == ["public", "stopped"]
    assert len(fact.sentences) == 1 and fact.sentences[0].startswith("CKAN (")

    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "Half done: public in one place, not in another" in page
    assert "Resume on CKAN" in page and "Resume on Socrata" not in page and "Take back everywhere" in page
    assert "Public, checked from outside" in page and "Stopped" in page

    client.post(reverse("publication_resume", args=[prepared.release.pk]), {"portal": "ckan"})
    places = workers(prepared)
    assert [rows_seen(houses, row) for row in places.values()] == [25, 25]
    assert facts(prepared.release.pk)["public_copy"].ok
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "Half done" not in page and "Take back everywhere" not in page


def test_a_half_success_is_taken_back_everywhere(houses: Houses, cast: Cast, client: Client) -> None:
    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    half_public(houses, prepared)
    address = reverse("publication_take_back", args=[prepared.release.pk])
    client.force_login(cast.steward)
    assert client.post(address).status_code == 403
    client.force_login(cast.coordinator)
    answer = client.post(address, follow=True).content.decode()
    assert "The copies are being made private in every place." in answer
    places = workers(prepared)
    assert reached(prepared) == {"socrata": "private", "ckan": "private"}
    assert [rows_seen(houses, row) for row in places.values()] == [None, None]
    event = AuditEvent.objects.get(action="publishing.taken_back_everywhere")
    assert event.actor == cast.coordinator and "Socrata (" in sentence_of(event)
    assert not prepared.release.permits.filter(revoked_at=None).exists()
    assert (
        "Taken back: private"
        in client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    )
    again = client.post(address, follow=True).content.decode()
    assert "Nothing was taken back" in again


def test_what_is_public_everywhere_is_retracted_and_not_taken_back_by_the_button(
    houses: Houses, cast: Cast
) -> None:
    goes_to("socrata", "static")
    prepared = Prepared(cast)
    prepared.allow()
    places = work(prepared, "public")
    assert publication_hide_everywhere(release_id=prepared.release.pk, actor=cast.coordinator) is None
    assert [rows_seen(houses, row) for row in places.values()] == [25, 25]


def test_a_hold_takes_back_what_is_public_in_one_place_and_the_permit_stays(
    houses: Houses, cast: Cast
) -> None:
    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    half_public(houses, prepared)
    publication_stay_private(release_id=prepared.release.pk)
    places = workers(prepared)
    assert reached(prepared) == {"socrata": "private", "ckan": "private"}
    assert [rows_seen(houses, row) for row in places.values()] == [None, None]
    assert [rows_seen(houses, row) for row in work(prepared, "public").values()] == [25, 25]


def test_a_worker_that_dies_between_the_places_leaves_the_other_to_the_next(
    houses: Houses, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(self: CkanPortal, *about: Any) -> Any:
        raise Killed

    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    prepared.allow()
    work(prepared, "private")
    prepared.ask("public")
    places = places_of(prepared.release.pk)
    run_to_the_end(places["socrata"])
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(CkanPortal, "set_scope", die)
        run(places["ckan"])
    assert reached(prepared) == {"socrata": "public", "ckan": "private"}
    # The dead worker's lease lapses; whoever comes next ends it.
    Publication.objects.filter(pk=places["ckan"].pk).update(lease_until=timezone.now())
    places["ckan"].asset.refresh_from_db()
    type(places["ckan"].asset).objects.filter(pk=places["ckan"].asset_id).update(writer_until=timezone.now())
    places = workers(prepared)
    assert [rows_seen(houses, row) for row in places.values()] == [25, 25]
    assert facts(prepared.release.pk)["public_copy"].ok


def test_with_first_a_failing_second_portal_holds_nothing_up_and_is_shown(
    houses: Houses, cast: Cast, client: Client
) -> None:
    goes_to("socrata", "ckan", needed="first")
    prepared = Prepared(cast)
    prepared.allow()
    locked(houses["ckan"])
    work(prepared, "private")
    at = facts(prepared.release.pk)["private_copy"].at
    work(prepared, "public")
    known = facts(prepared.release.pk)
    assert known["private_copy"].ok and known["public_copy"].ok
    assert [place["state"] for place in known["public_copy"].data["places"]] == ["public", "stopped"]
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "Resume on CKAN" in page and "The release does not wait for this portal." in page
    assert "Take back everywhere" not in page

    houses["ckan"].quiet()
    publication_resume(release_id=prepared.release.pk, actor=cast.coordinator, portal="ckan")
    places = workers(prepared)
    assert [rows_seen(houses, row) for row in places.values()] == [25, 25]
    known = facts(prepared.release.pk)
    assert [place["state"] for place in known["public_copy"].data["places"]] == ["public", "public"]
    assert known["private_copy"].at == at


def test_a_portal_that_is_not_set_up_is_left_out_where_nobody_waits_for_it(
    houses: Houses, cast: Cast, settings: Any, client: Client
) -> None:
    settings.CKAN_DOMAIN = ""
    goes_to("socrata", "ckan", needed="first")
    prepared = Prepared(cast)
    assert list(work(prepared, "private")) == ["socrata"]
    assert facts(prepared.release.pk)["private_copy"].ok
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "CKAN has no copy: it was not set up" in page

    goes_to("socrata", "ckan", needed="all")
    places = work(Prepared(cast), "private")
    assert "No portal is set up" in places["ckan"].failure


def test_the_geodata_portal_takes_only_what_can_be_drawn(cast: Cast, settings: Any) -> None:
    settings.ARCGIS_DOMAIN = "example.maps.arcgis.com"
    goes_to("socrata", "arcgis_geo")
    assert list(asked(Prepared(cast))) == ["socrata"]
    plain = samples.table(3)
    mapped = type(plain).of(plain.frame.with_columns(latitude=pl.lit("41.7"), longitude=pl.lit("-72.6")))
    assert list(asked(Prepared(cast, mapped))) == ["socrata", "arcgis_geo"]
    goes_to("arcgis_geo")
    assert list(asked(Prepared(cast))) == ["arcgis_geo"]


def test_every_portal_that_a_profile_may_name_has_a_name_and_a_way_there() -> None:
    assert set(PORTAL_NAMES) == set(words.PORTALS) == set(KINDS)
    assert PortalRules.of({"portals": ["socrata", "ckan"]}).waited_for(("socrata", "ckan")) == ("socrata",)


def asked(prepared: Prepared) -> dict[str, Publication]:
    prepared.ask("private")
    return places_of(prepared.release.pk)


def test_an_earlier_release_stays_public_in_a_place_until_that_place_has_the_next(
    houses: Houses, cast: Cast
) -> None:
    goes_to("socrata", "ckan", needed="first")
    first = Prepared(cast)
    first.allow()
    earlier = work(first, "public")
    second = refreshed(cast, first, samples.table(8))
    second.allow()
    locked(houses["ckan"])
    later = work(second, "public")
    assert reached(second) == {"socrata": "public", "ckan": "none"}
    assert rows_seen(houses, later["socrata"]) == 8
    houses["ckan"].quiet()
    assert rows_seen(houses, earlier["ckan"]) == 25

    # What the earlier release wanted does not come after the next one.
    Publication.objects.filter(pk=earlier["ckan"].pk).update(status="dead")
    assert publication_resume(release_id=first.release.pk, actor=cast.coordinator, portal="ckan") is None
    publication_resume(release_id=second.release.pk, actor=cast.coordinator, portal="ckan")
    assert rows_seen(houses, workers(second)["ckan"]) == 8


def test_a_retraction_hides_what_a_place_still_shows_of_an_earlier_release(
    houses: Houses, cast: Cast
) -> None:
    goes_to("socrata", "ckan", needed="first")
    first = Prepared(cast)
    first.allow()
    earlier = work(first, "public")
    second = refreshed(cast, first, samples.table(8))
    second.allow()
    locked(houses["ckan"])
    later = work(second, "public")
    houses["ckan"].quiet()
    stage(first.release, Stage.SUPERSEDED)
    stage(second.release, Stage.RETRACTED)
    publication_make_private(release_id=second.release.pk)
    workers(second)
    run_to_the_end(earlier["ckan"])
    assert rows_seen(houses, later["socrata"]) is None
    assert rows_seen(houses, earlier["ckan"]) is None


def stage(release: Release, name: str) -> None:
    QuerySet(Release).filter(pk=release.pk).update(stage=name)


def test_facts_rebuilt_are_the_facts_there_were(houses: Houses, cast: Cast) -> None:
    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    half_public(houses, prepared)
    before = told(prepared)
    facts_rebuild(prepared.release.pk)
    assert told(prepared) == before


def told(prepared: Prepared) -> dict[str, Any]:
    known = facts(prepared.release.pk)
    return {kind: (f.ok, f.sentences, f.about, f.data, f.at) for kind, f in known.items()}


def test_a_copy_that_is_being_taken_back_goes_on_being_taken_back_when_a_newer_one_is_asked_for(
    houses: Houses, cast: Cast
) -> None:
    goes_to("socrata", "static")
    prepared = Prepared(cast)
    prepared.allow()
    places = work(prepared, "public")
    publication_make_private(release_id=prepared.release.pk)
    newer = Prepared(cast, samples.table(7), release=prepared.release, key=prepared.key)
    newer.ask("private")
    for row in places.values():
        assert run_to_the_end(row).status == "done"
    assert [rows_seen(houses, row) for row in places.values()] == [None, None]


def test_an_earlier_copy_that_is_asked_for_again_is_sent_again(houses: Houses, cast: Cast) -> None:
    goes_to("socrata", "static")
    prepared = Prepared(cast)
    work(prepared, "private")
    old = (prepared.sha256, prepared.record, prepared.table)
    prepared.treat(samples.table(7))
    work(prepared, "private")
    prepared.sha256, prepared.record, prepared.table = old
    prepared.allow()
    places = work(prepared, "public")
    assert [rows_seen(houses, row) for row in places.values()] == [25, 25]
