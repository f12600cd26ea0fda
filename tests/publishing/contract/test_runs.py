"""A whole publication by a worker, to whichever portal the program names first."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from accounts.models import ProgramProfile
from datafiles.table import Table
from dossier.selectors import facts
from publishing import encode
from publishing.models import Publication
from publishing.services import publication_make_private
from publishing.services.remote import KINDS, open_portal, place_of
from tests.cast import Cast, cast_create
from tests.publishing import samples
from tests.publishing.contract.houses import SECRET, House
from tests.publishing.contract.test_moments import MOMENTS
from tests.publishing.releases import Prepared, public, run, run_to_the_end
from work.errors import Stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_create()


@pytest.fixture
def configured(house: House, settings: Any, monkeypatch: pytest.MonkeyPatch, cast: Cast) -> House:
    """The settings point at the stand-in, the program names its portal, and steps are ten rows."""
    for name, value in house.settings.items():
        setattr(settings, name, value)
    settings.TIME_SCALE = 0.02
    plan = encode.plan_chunks
    monkeypatch.setattr(encode, "plan_chunks", lambda frame: plan(frame, max_rows=10))
    for row in ProgramProfile.objects.all():
        content = {**row.content, "publication": {**row.content["publication"], "portals": [house.name]}}
        ProgramProfile.objects.filter(pk=row.pk).update(content=content)
    return house


def test_a_release_becomes_public_is_refreshed_and_taken_back(configured: House, cast: Cast) -> None:
    prepared = Prepared(cast)
    publication = public(prepared)
    assert (publication.asset.portal, publication.asset.domain) == (
        configured.name,
        place_of(configured.name),
    )
    assert facts(prepared.release.pk)["public_copy"].ok
    assert all(proof["ok"] for proof in publication.evidence) and len(publication.evidence) >= 5
    with configured.portal() as portal:
        assert portal.count(publication.asset.remote_id, anonymous=True) == 25

    newer = Prepared(cast, samples.table(40), release=prepared.release, key=prepared.key)
    second = public(newer)
    assert second.asset_id == publication.asset_id
    assert second.asset.remote_id == publication.asset.remote_id
    with configured.portal() as portal:
        assert portal.count(second.asset.remote_id, anonymous=True) == 40
        publication_make_private(release_id=prepared.release.pk)
        hidden = run_to_the_end(second)
        assert hidden.reached == "private", hidden.error
        assert not portal.verify_public(second.asset.remote_id, key_field="row_key").visible


def test_moments_go_into_a_draft_that_was_made_before_they_had_a_zone(configured: House, cast: Cast) -> None:
    """The names and types of its columns are the same; ArcGIS reads moments by the zone that its layer says."""
    prepared = Prepared(cast, Table.of(pl.DataFrame({"Name": ["a", "b"], "At": MOMENTS[:2]})))
    with configured.portal() as portal:
        portal.create(prepared.record)
    prepared.record = prepared.describe(timezone="America/New_York")
    prepared.allow()
    publication = run_to_the_end(prepared.ask("private"))
    assert publication.reached == "private", publication.error


def test_passing_trouble_in_the_middle_ends_in_one_equal_dataset(configured: House, cast: Cast) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    for kind in ("reset_after", "reset_before", "truncated"):
        configured.fault(kind, path=configured.write_path or configured.read_path, skip=1)
    assert run_to_the_end(prepared.ask("private")).reached == "private"
    configured.fault("status", status=503, path=configured.view_path, times=7)
    publication = run_to_the_end(prepared.ask("public"))
    assert publication.reached == "public", publication.error
    with configured.portal() as portal:
        held = encode.rows_fingerprint(
            portal.read_back(publication.asset.remote_id, prepared.record.fields, anonymous=True),
            prepared.record,
        )
    assert held == encode.table_fingerprint(encode.encode_table(prepared.table, prepared.record))


def test_a_row_that_changed_on_the_way_is_never_made_public(configured: House, cast: Cast) -> None:
    prepared = Prepared(cast)
    prepared.allow()
    run_to_the_end(prepared.ask("private"))
    publication = prepared.ask("public")
    configured.change_a_row(publication.asset.remote_id)
    publication = run_to_the_end(publication)
    assert publication.reached == "none" and "differs from the approved copy" in publication.error
    with configured.portal() as portal:
        assert not portal.verify_public(publication.asset.remote_id, key_field="row_key").visible


def test_a_portal_that_is_not_set_up_says_which_settings_are_missing(
    configured: House, cast: Cast, settings: Any
) -> None:
    for name in KINDS[configured.name].needed:
        setattr(settings, name, "")
    publication = run(Prepared(cast).ask("private"))
    assert publication.status == Publication.Status.DEAD
    assert "No portal is set up" in publication.error and KINDS[configured.name].place in publication.error
    assert SECRET not in publication.error


def test_a_portal_that_is_set_up_wrongly_says_so(configured: House, settings: Any) -> None:
    setattr(settings, KINDS[configured.name].place, "http://data.example.gov/a?b=c")
    with pytest.raises(Stop, match="not set up rightly"):
        open_portal(lambda why: None, configured.name)
