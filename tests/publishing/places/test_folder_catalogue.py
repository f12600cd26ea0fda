"""data.json of a catalogue of plain files: it lists what is public there, and follows when that is taken back."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from django.core.cache import cache
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils import timezone

from publishing.models import PortalNotice, Publication
from publishing.services import publication_make_private
from publishing.services.notices import notice_run, notices_put
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.publishing.contract.houses import House
from tests.publishing.places.work import Houses, goes_to, work, workers
from tests.publishing.releases import Prepared
from work.services import work_run
from workflow import tasks
from workflow.models import Release
from workflow.services.folder_catalogue import folder_catalogue_write
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(houses: Houses) -> House:
    cache.clear()
    (houses["static"].state / "public" / "data.json").unlink(missing_ok=True)
    return houses["static"]


def published(cast: Cast) -> tuple[Prepared, Publication]:
    goes_to("static")
    prepared = Prepared(cast, release=release_at("STAGED", cast))
    prepared.allow()
    work(prepared, "private")
    publication = work(prepared, "public")["static"]
    # Past the door on purpose: the move "publish" is looked at elsewhere.
    released = {"stage": Stage.PUBLISHED, "published_at": timezone.now()}
    QuerySet(Release).filter(pk=prepared.release.pk).update(**released)
    return prepared, publication


def listed(house: House) -> list[dict[str, Any]]:
    return requests.get(f"{house.url}/data.json", timeout=5).json()["dataset"]


def test_it_lists_what_is_public_and_no_more_once_that_is_taken_back(house: House, cast: Cast) -> None:
    prepared, publication = published(cast)
    tasks.settle(prepared.release.pk)
    (dataset,) = listed(house)
    assert dataset["title"] == prepared.record.name
    (form,) = dataset["distribution"]
    assert form["downloadURL"] == publication.receipt["public"]["query_url"]
    assert requests.get(form["downloadURL"], timeout=5).text.count("\n") == 26
    file = requests.get(f"{house.url}/data.json", timeout=5).json()
    assert file["@id"] == f"{house.url}/data.json"
    assert 'href="data.json"' in requests.get(f"{house.url}/", timeout=5).text

    publication_make_private(release_id=prepared.release.pk)
    workers(prepared)
    tasks.folder_catalogue()
    assert listed(house) == []


def test_the_address_of_what_is_gone_says_why_and_goes_on_to_say_it(house: House, cast: Cast) -> None:
    prepared, publication = published(cast)
    page = publication.receipt["public"]["public_url"]
    publication_make_private(release_id=prepared.release.pk)
    workers(prepared)
    notices_put(dataset_id=prepared.release.dataset_id, wanted="gone", text="Retired: nobody kept it.")
    work_run(PortalNotice, PortalNotice.objects.get().pk, notice_run)
    assert PortalNotice.objects.get().status == "done"
    # A retraction that is pursued asks again for what is private already.
    publication_make_private(release_id=prepared.release.pk)
    (row,) = workers(prepared).values()
    assert (row.status, row.reached) == ("done", "private")
    answer = requests.get(page, timeout=5)
    assert answer.status_code == 200 and "Retired: nobody kept it." in answer.text
    gone = requests.get(publication.receipt["public"]["query_url"], timeout=5)
    assert gone.status_code == 404


def test_it_is_written_only_when_something_became_another(house: House, cast: Cast) -> None:
    published(cast)
    assert folder_catalogue_write()
    written = (house.state / "public" / "data.json").stat().st_mtime_ns
    assert not folder_catalogue_write()
    cache.clear()
    assert not folder_catalogue_write()
    assert (house.state / "public" / "data.json").stat().st_mtime_ns == written


def test_a_program_without_such_a_catalogue_writes_none(house: House, cast: Cast, settings: Any) -> None:
    goes_to("socrata")
    assert not folder_catalogue_write()
    goes_to("socrata", "static")
    settings.STATIC_CATALOGUE_ROOT = ""
    assert not folder_catalogue_write()
    assert not (house.state / "public" / "data.json").exists()


def test_a_folder_that_takes_no_file_stops_nothing_and_the_sweep_tries_again(
    house: House, cast: Cast, settings: Any
) -> None:
    prepared, _ = published(cast)
    settings.STATIC_CATALOGUE_ROOT = str(house.state / "public" / "style.css" / "below")
    tasks.settle(prepared.release.pk)
    assert not (house.state / "public" / "data.json").exists()
    settings.STATIC_CATALOGUE_ROOT = str(house.state)
    tasks.folder_catalogue()
    assert len(listed(house)) == 1


def test_who_publishes_in_one_terminal_has_it_at_once(house: House, cast: Cast) -> None:
    prepared, _ = published(cast)
    call_command("publish_release", prepared.release.pk)
    assert len(listed(house)) == 1
