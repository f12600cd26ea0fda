"""Which portals a release goes to and waits for, and what places show of earlier copies and releases."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from accounts.profiles import words
from dossier.selectors import facts
from publishing.models import PortalAsset, Publication
from publishing.places import PORTAL_NAMES, PortalRules
from publishing.services import (
    publication_make_private,
    publication_resume,
)
from publishing.services.remote import KINDS
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.places.work import (
    Houses,
    asked,
    goes_to,
    locked,
    reached,
    rows_seen,
    stage,
    work,
    workers,
)
from tests.publishing.releases import Prepared, run_to_the_end
from tests.publishing.test_taking_back import refreshed
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


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


def test_the_geodata_portal_takes_only_what_can_be_drawn(cast: Cast, settings: Any, client: Client) -> None:
    settings.ARCGIS_DOMAIN = "example.maps.arcgis.com"
    goes_to("socrata", "arcgis_geo")
    assert list(asked(Prepared(cast))) == ["socrata"]
    plain = samples.table(3)
    mapped = type(plain).of(plain.frame.with_columns(latitude=pl.lit("41.7"), longitude=pl.lit("-72.6")))
    assert list(asked(Prepared(cast, mapped))) == ["socrata", "arcgis_geo"]
    shapes = type(plain).of(
        plain.frame.with_columns(shape=pl.lit("POLYGON ((-72 41, -72 42, -71 42, -72 41))"))
    )
    assert shapes.columns[-1].type == "geometry"
    prepared = Prepared(cast, shapes)
    assert list(asked(prepared)) == ["socrata"], "a layer made of a CSV has points only"
    client.force_login(cast.coordinator)
    page = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert "has no copy: it draws points, and this data has no columns named latitude and longitude." in page
    goes_to("arcgis_geo")
    assert list(asked(Prepared(cast))) == ["arcgis_geo"]


def test_a_portal_that_shows_an_earlier_release_gets_the_next_though_it_cannot_draw_it(
    cast: Cast, settings: Any
) -> None:
    settings.ARCGIS_DOMAIN = "example.maps.arcgis.com"
    goes_to("socrata", "arcgis_geo")
    plain = samples.table(3)
    mapped = type(plain).of(plain.frame.with_columns(latitude=pl.lit("41.7"), longitude=pl.lit("-72.6")))
    first = Prepared(cast, mapped)
    there = asked(first)["arcgis_geo"]
    PortalAsset.objects.filter(pk=there.asset_id).update(public_publication=there)
    second = refreshed(cast, first, plain)
    assert list(asked(second)) == ["socrata", "arcgis_geo"]
    PortalAsset.objects.filter(pk=there.asset_id).update(public_publication=None)
    second.treat(samples.table(4))
    assert list(asked(second)) == ["socrata"]


def test_every_portal_that_a_profile_may_name_has_a_name_and_a_way_there() -> None:
    assert set(PORTAL_NAMES) == set(words.PORTALS) == set(KINDS)
    assert PortalRules.of({"portals": ["socrata", "ckan"]}).waited_for(("socrata", "ckan")) == ("socrata",)


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
