"""One release to several portals, each a real stand-in: whole success, half success, and the ways out of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.selectors import sentence_of
from dossier.selectors import facts
from publishing.models import Publication
from publishing.portals.ckan import CkanPortal
from publishing.selectors import places_of
from publishing.services import (
    facts_rebuild,
    publication_hide_everywhere,
    publication_make_private,
    publication_resume,
    publication_stay_private,
)
from tests.cast import Cast
from tests.publishing.places.work import (
    Houses,
    goes_to,
    half_public,
    locked,
    reached,
    rows_seen,
    told,
    work,
    workers,
)
from tests.publishing.releases import Prepared, run, run_to_the_end

pytestmark = pytest.mark.django_db


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


def test_facts_rebuilt_are_the_facts_there_were(houses: Houses, cast: Cast) -> None:
    goes_to("socrata", "ckan")
    prepared = Prepared(cast)
    half_public(houses, prepared)
    before = told(prepared)
    facts_rebuild(prepared.release.pk)
    assert told(prepared) == before
