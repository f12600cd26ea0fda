"""The dry run: the plan in words, asked of the portal, and not one write."""

from __future__ import annotations

import logging
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossier.services import dossier_lock, fact_record
from publishing.models import PortalAsset, Publication
from publishing.services.rehearsal import publication_rehearse
from tests.cast import Cast
from tests.factories.publications import stage_put
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run_to_the_end
from workflow.stages import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def plan(prepared: Prepared, *, to_public: bool = True) -> dict[str, str]:
    places = publication_rehearse(
        dataset_id=prepared.release.dataset_id,
        portals=["socrata"],
        record=prepared.record,
        rows=25,
        to_public=to_public,
    )
    assert [place.trouble for place in places] == [""]
    return {line.what: line.how for line in places[0].lines}


def writes(orders: Orders, since: int) -> list[str]:
    return [entry["path"] for entry in orders.log()[since:] if entry["method"] != "GET"]


def test_for_a_new_dataset_it_says_that_one_is_made_and_makes_none(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    before = len(orders.log())
    told = plan(prepared)
    assert told["Create"] == f"No dataset there carries our key {prepared.key}: a private one is made."
    assert told["Columns"].startswith("8 columns: row_key, permit_number")
    assert told["Rows"].startswith("25 rows into the private dataset, in 1 part")
    assert told["Audience"].startswith("Make it public.")
    assert "Update" not in told
    assert writes(orders, before) == []
    assert orders.assets(prepared.key) == [] and not Publication.objects.exists()


def test_for_a_public_dataset_it_says_what_changes(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    smaller = samples.table(25)
    frame = smaller.frame.drop("Remarks").rename({"Units": "Homes"})
    prepared.treat(type(smaller).of(frame))
    before = len(orders.log())
    told = plan(prepared, to_public=False)
    assert told["Update"] == (
        f"The dataset {publication.asset.remote_id} carries our key {prepared.key}. It is public now."
    )
    assert told["Columns"] == ("They change in a copy that nobody sees. New: homes; removed: units, remarks.")
    assert "into a working copy that nobody sees" in told["Rows"]
    assert told["Audience"] == "The public goes on seeing the earlier release."
    assert writes(orders, before) == []
    assert "Tidy up" not in told


def test_rows_of_others_under_our_key_are_told(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    public(prepared)
    # A database that knows nothing of it.
    PortalAsset.objects.update(remote_id="", create_asked_at=None)
    told = plan(prepared, to_public=False)
    assert told["Update"].endswith(
        "It holds rows that we did not send: nothing goes there until it is empty or deleted."
    )


def test_what_somebody_left_open_is_named_and_left(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    remote_id = public(prepared).asset.remote_id
    copy = orders.send("POST", f"/api/views/{remote_id}/publication.json?method=copySchema", None).json()
    assert plan(prepared)["Tidy up"] == f"Discard what was left open: working copy {copy['id']}."
    assert orders.get(f"/api/views/{copy['id']}.json").status_code == 200


def test_a_portal_that_does_not_answer_is_a_sentence(cast: Cast, orders: Orders) -> None:
    prepared = Prepared(cast)
    orders.fault("status", path=".", status=500, times=-1)
    places = publication_rehearse(
        dataset_id=prepared.release.dataset_id,
        portals=["socrata", "ckan"],
        record=prepared.record,
        rows=None,
        to_public=True,
    )
    assert "has trouble just now" in places[0].trouble
    assert "CKAN_DOMAIN" in places[1].trouble


# the page and the command


def treated(prepared: Prepared) -> None:
    columns = [
        {"name": column.name, "type": column.type, "form": column.form, "unique": False}
        for column in prepared.table.columns
    ]
    dossier_lock(release_id=prepared.release.pk)
    fact_record(
        release_id=prepared.release.pk,
        kind="treated",
        ok=True,
        sentences=[],
        about={},
        data={"sha256": prepared.sha256, "rows": 25, "columns": columns},
    )


def test_the_page_and_the_command_tell_the_same_plan(cast: Cast, client: Client, orders: Orders) -> None:
    prepared = Prepared(cast)
    treated(prepared)
    client.force_login(cast.coordinator)
    before = len(orders.log())
    page = client.get(reverse("publication_dry_run", args=[prepared.release.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "a private one is made" in text and "No, it only looks" in text
    told = StringIO()
    level = logging.getLogger("publishing").level
    call_command("publish_release", str(prepared.release.pk), "--dry-run", stdout=told)
    assert logging.getLogger("publishing").level == level
    assert "writes  Create: No dataset there carries our key" in told.getvalue()
    assert writes(orders, before) == []
    tab = client.get(reverse("release_publication", args=[prepared.release.pk])).content.decode()
    assert reverse("publication_dry_run", args=[prepared.release.pk]) in tab


def test_both_say_whose_plan_it_is_and_what_of_it_is_done(cast: Cast, client: Client, orders: Orders) -> None:
    prepared = Prepared(cast)
    treated(prepared)
    release = prepared.release
    stage_put(release, Stage.STAGED, timezone.now())
    client.force_login(cast.coordinator)

    def told() -> tuple[str, str]:
        text = StringIO()
        call_command("publish_release", str(release.pk), "--dry-run", stdout=text)
        return text.getvalue(), client.get(reverse("publication_dry_run", args=[release.pk])).content.decode()

    command, page = told()
    assert command.startswith(
        f"Dry run for {release.dataset.title}, release 1 (Staged). The portal was asked"
    )
    assert "already" not in command + page
    run_to_the_end(prepared.ask("private"))
    assert all("The private copy is made and compared already" in text for text in told())
    stage_put(release, Stage.PUBLISHED, timezone.now())
    assert all("This release is public already" in text for text in told())


def test_without_a_treated_copy_both_say_so(cast: Cast, client: Client) -> None:
    prepared = Prepared(cast)
    client.force_login(cast.coordinator)
    page = client.get(reverse("publication_dry_run", args=[prepared.release.pk])).content.decode()
    assert "There is no treated copy to publish yet" in page
    with pytest.raises(CommandError, match="no treated copy"):
        call_command("publish_release", str(prepared.release.pk), "--dry-run")


def test_the_command_names_a_release_that_is_not_there(settings: Any) -> None:
    with pytest.raises(CommandError, match="no release 987654"):
        call_command("publish_release", "987654")
