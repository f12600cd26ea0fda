"""Retraction and retirement on the real stand-in: private whatever happens, the note, the kept copy."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ProgramProfile
from dossier.storage import local_path
from publishing.models import PortalAsset, PortalNotice, Publication
from publishing.services.notices import notice_run, notices_put
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import Prepared, public, run, run_to_the_end, seen_by_strangers
from tests.publishing.test_taking_back import refreshed
from work.services import work_run
from workflow.models import ArchiveCopy, Release, Retraction
from workflow.services.archive import archive_ask, archive_open, archive_run
from workflow.services.retraction import retraction_look
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_steps")]


def published(cast: Cast) -> tuple[Prepared, Publication]:
    prepared = Prepared(cast, release=release_at("STAGED", cast))
    publication = public(prepared)
    # Past the door on purpose: the move "publish" is the conductor's, and looked at elsewhere.
    QuerySet(Release).filter(pk=prepared.release.pk).update(
        stage=Stage.PUBLISHED, published_at=timezone.now()
    )
    return prepared, publication


def retract(prepared: Prepared, cast: Cast) -> Retraction:
    release_transition(
        release_id=prepared.release.pk, name="retract", actor=cast.cdo, reason="A column names callers."
    )
    return Retraction.objects.get(release=prepared.release)


def looked_at(prepared: Prepared) -> Retraction:
    row = retraction_look(release_id=prepared.release.pk)
    assert row is not None
    return row


def rules(**about: str) -> None:
    """What the profile of every program says about retirement besides."""
    for row in ProgramProfile.objects.all():
        told = {**row.content.get("retirement", {}), **about}
        kept = {key: value for key, value in told.items() if value != ""}
        ProgramProfile.objects.filter(pk=row.pk).update(content={**row.content, "retirement": kept})


def described(orders: Orders, publication: Publication) -> dict[str, Any]:
    return orders.get(f"/api/views/{publication.asset.remote_id}.json").json()


def test_retracted_data_is_private_and_seen_so_from_outside(cast: Cast, orders: Orders) -> None:
    prepared, publication = published(cast)
    row = retract(prepared, cast)
    assert row.confirmed_at is None and len(seen_by_strangers(orders, publication) or []) == 25
    assert run(publication).status == "done"
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


def test_a_portal_that_is_down_is_asked_until_it_obeys(cast: Cast, orders: Orders) -> None:
    prepared, publication = published(cast)
    retract(prepared, cast)
    orders.fault("status", status=503, path="permissions", times=1000)
    Publication.objects.filter(pk=publication.pk).update(attempts=publication.MAX_ATTEMPTS - 1)
    assert run(publication).status == "dead"
    row = looked_at(prepared)
    publication.refresh_from_db()
    assert row.confirmed_at is None and publication.status == "queued"
    assert len(seen_by_strangers(orders, publication) or []) == 25
    orders.quiet()
    run_to_the_end(publication)
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


def test_a_push_of_the_next_release_lets_go_and_what_it_exposed_goes_too(cast: Cast, orders: Orders) -> None:
    prepared, publication = published(cast)
    following = refreshed(cast, prepared, samples.table(8))
    pushing = run_to_the_end(following.ask("private"))
    # A worker of the next release holds the dataset, and has just made its rows public.
    Publication.objects.filter(pk=pushing.pk).update(status="running", lease_token="t")
    PortalAsset.objects.filter(pk=pushing.asset_id).update(public_publication=pushing)
    retract(prepared, cast)
    pushing.refresh_from_db()
    assert (pushing.goal, pushing.lease_token) == ("hidden", "")
    run_to_the_end(publication)
    run_to_the_end(pushing)
    assert seen_by_strangers(orders, publication) is None
    assert looked_at(prepared).confirmed_at is not None


def test_while_another_run_still_holds_the_dataset_the_retraction_waits_and_says_so(
    cast: Cast, orders: Orders
) -> None:
    prepared, publication = published(cast)
    following = refreshed(cast, prepared, samples.table(8))
    pushing = following.ask("private")
    held = timezone.now() + timezone.timedelta(hours=1)
    PortalAsset.objects.filter(pk=pushing.asset_id).update(writer=pushing, writer_until=held)
    retract(prepared, cast)
    assert run(publication).status == "queued" and "Another publication" in publication.error
    assert looked_at(prepared).confirmed_at is None
    PortalAsset.objects.filter(pk=pushing.asset_id).update(writer=None, writer_until=None)
    assert run(publication).status == "done"
    assert seen_by_strangers(orders, publication) is None


def test_a_notice_stands_above_the_public_description_and_goes_again(cast: Cast, orders: Orders) -> None:
    prepared, publication = published(cast)
    dataset_id = prepared.release.dataset_id
    (notice,) = notices_put(dataset_id=dataset_id, wanted="announced", text="To be retired.")
    work_run(PortalNotice, notice.pk, notice_run)
    assert described(orders, publication)["description"].startswith("To be retired.")
    assert notices_put(dataset_id=dataset_id, wanted="announced", text="To be retired.") == []
    assert len(seen_by_strangers(orders, publication) or []) == 25
    (notice,) = notices_put(dataset_id=dataset_id, wanted="none")
    work_run(PortalNotice, notice.pk, notice_run)
    assert described(orders, publication)["description"] == prepared.record.description


def test_a_program_marks_title_and_keywords_while_the_notice_runs(cast: Cast, orders: Orders) -> None:
    """Connecticut's handbook, data retirement: prefix the title with ARCHIVE, add the tag archive."""
    prepared, publication = published(cast)
    dataset_id = prepared.release.dataset_id
    rules(notice_title_prefix="ARCHIVE", notice_tag="archive")
    (notice,) = notices_put(dataset_id=dataset_id, wanted="announced", text="To be retired.")
    work_run(PortalNotice, notice.pk, notice_run)
    view = described(orders, publication)
    assert (view["name"], sorted(view["tags"])) == (f"ARCHIVE {prepared.record.name}", ["archive", "permits"])
    assert view["description"].startswith("To be retired.")
    assert notices_put(dataset_id=dataset_id, wanted="announced", text="To be retired.") == []
    # The program's rule changed while the notice runs: the portal follows.
    rules(notice_title_prefix="", notice_tag="archive")
    assert notices_put(dataset_id=dataset_id, wanted="announced", text="To be retired.") == [notice]
    (notice,) = notices_put(dataset_id=dataset_id, wanted="none")
    work_run(PortalNotice, notice.pk, notice_run)
    view = described(orders, publication)
    assert (view["name"], view["tags"]) == (prepared.record.name, ["permits"])


def test_a_dataset_that_is_gone_carries_its_note_only_once_it_is_private(cast: Cast, orders: Orders) -> None:
    prepared, publication = published(cast)
    retract(prepared, cast)
    notice = PortalNotice.objects.get()
    work_run(PortalNotice, notice.pk, notice_run)
    notice.refresh_from_db()
    assert notice.status == "queued" and notice.put_at is None
    run_to_the_end(publication)
    PortalNotice.objects.update(due_at=timezone.now())
    work_run(PortalNotice, notice.pk, notice_run)
    notice.refresh_from_db()
    assert notice.status == "done", notice.error
    assert "withdrawn while we review it" in json.dumps(described(orders, publication))
    assert seen_by_strangers(orders, publication) is None


def test_the_archive_copy_holds_the_approved_bytes_and_is_handed_out_by_role(cast: Cast) -> None:
    prepared, publication = published(cast)
    copy = archive_ask(release=prepared.release, years=7)
    assert work_run(ArchiveCopy, copy.pk, archive_run)
    copy.refresh_from_db()
    assert copy.status == "done" and copy.file is not None, copy.error
    with local_path(copy.file.storage_key) as path, zipfile.ZipFile(path) as archive:
        approved = archive.read("data/approved.parquet")
        assert hashlib.sha256(approved).hexdigest() == publication.treated_sha256
        assert hashlib.sha256(path.read_bytes()).hexdigest() == copy.file.sha256
        record = json.loads(archive.read("record.json"))
        assert record["record"]["name"] == "Building permits"
        for name, digest in json.loads(archive.read("manifest.json")).items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert len(archive.read("data/data.csv").splitlines()) == 26
        assert b"Privacy memo" in archive.read("memo.html")
    assert copy.keep_until is not None and copy.keep_until.year == timezone.localdate().year + 7
    found = archive_open(copy=copy, actor=cast.cdo)
    assert found is not None
    found[1].close()
    with pytest.raises(Exception, match="This is for"):
        archive_open(copy=copy, actor=cast.other_steward)
    retract(prepared, cast)
    copy = ArchiveCopy.objects.get()
    with pytest.raises(Exception, match="stays closed"):
        archive_open(copy=copy, actor=cast.cdo)
