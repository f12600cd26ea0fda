"""What only the catalogue of files has: folders, links and the files themselves."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest
import requests

from datafiles.table import Table
from publishing.portals.base import PortalError, ProtocolError, Retryable
from publishing.portals.static import StaticConfig, StaticPortal, files
from tests.publishing.contract import material
from tests.publishing.contract.houses import House, StaticHouse

pytestmark = pytest.mark.parametrize("running_house", [StaticHouse], indirect=True, ids=["static"])


def shown(house: House) -> list[str]:
    """Every path below the folder that the web server shows, links followed."""
    public = house.state / "public"
    return [str(path.relative_to(public)) for path in public.glob("**/*")]


def test_a_public_dataset_is_files_that_anybody_can_use(portal: StaticPortal, house: House) -> None:
    remote_id, record, _ = material.public(portal)
    base = f"{house.url}/datasets/{remote_id}"
    shapes = requests.get(f"{base}/data.geojson", timeout=5).json()
    assert shapes["features"][0]["geometry"] == {"type": "Point", "coordinates": [-72.6851, 41.7637]}
    assert shapes["features"][1]["geometry"] is None and len(shapes["features"]) == 5
    dictionary = list(csv.DictReader(requests.get(f"{base}/dictionary.csv", timeout=5).text.splitlines()))
    assert [row["field"] for row in dictionary] == record.fields
    assert dictionary[2]["description"] == "What Remarks holds"
    package = requests.get(f"{base}/datapackage.json", timeout=5).json()
    assert package["resources"][0]["rows"] == 5
    page = requests.get(f"{base}/index.html", timeout=5).text
    assert "data.csv" in page and "<script" not in page and "A-1" not in page
    assert f"datasets/{remote_id}/index.html" in requests.get(f"{house.url}/", timeout=5).text


def test_the_map_file_draws_the_shapes_of_the_data(portal: StaticPortal, house: House) -> None:
    ring = [[-72.5, 41], [-72, 41], [-72, 41.5], [-72.5, 41]]
    areas = ["POLYGON ((-72.50 41, -72 41, -72 41.5, -72.50 41))", None]
    remote_id, _, _ = material.public(portal, Table.of(pl.DataFrame({"Name": ["a", "b"], "Area": areas})))
    drawn = requests.get(f"{house.url}/datasets/{remote_id}/data.geojson", timeout=5).json()["features"]
    assert drawn[0]["geometry"] == {"type": "MultiPolygon", "coordinates": [[ring]]}
    assert drawn[1]["geometry"] is None and drawn[1]["properties"]["name"] == "b"


def test_what_is_private_is_in_no_folder_that_is_shown(portal: StaticPortal, house: House) -> None:
    remote_id, record, _ = material.filled(portal)
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    assert not any(remote_id in path for path in shown(house))
    assert (house.state / "store" / remote_id).stat().st_mode & 0o077 == 0
    assert (house.state / "drafts").stat().st_mode & 0o077 == 0
    portal.set_scope(remote_id, "public")
    assert any(
        path.endswith(f"{remote_id}/data.csv") for path in map(str, (house.state / "public").glob("*/*/*"))
    )
    portal.set_scope(remote_id, "private")
    assert not (house.state / "public" / "datasets" / remote_id).exists()
    assert remote_id not in (house.state / "public" / "index.html").read_text("utf-8")
    assert (house.state / "store" / remote_id).stat().st_mode & 0o077 == 0


def test_a_version_that_could_not_be_written_leaves_the_one_before(
    portal: StaticPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id, old, before = material.public(portal, material.table(10))
    after = material.table(20)
    copy = portal.working_copy(remote_id).remote_id
    portal.push_chunk(copy, material.rows(after, old))
    for name in ("write_rows", "write_description"):
        with monkeypatch.context() as patch:
            patch.setattr(files, name, _full_disk)
            with pytest.raises(PortalError, match="ENOSPC"):
                portal.publish(copy)
        assert material.held(portal, remote_id, old, anonymous=True) == material.approved(before, old)
    portal.publish(copy)
    assert material.held(portal, remote_id, old, anonymous=True) == material.approved(after, old)
    left = list((portal.config.root / "store" / remote_id).glob("version-*"))
    assert len([path for path in left if path.is_dir()]) == 1 and len(left) == 2


def _full_disk(*about: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_reader_in_the_middle_of_a_file_reads_it_to_its_end(portal: StaticPortal) -> None:
    remote_id, old, _ = material.public(portal, material.table(3000))
    reading = portal.read_back(remote_id, old.fields)
    first = next(reading)
    copy = portal.working_copy(remote_id).remote_id
    portal.push_chunk(copy, material.rows(material.table(3), old))
    portal.publish(copy)
    assert 1 + sum(1 for _ in reading) == 3000 and first["permit"] == "A-1"


def test_data_json_is_placed_whole_and_linked(portal: StaticPortal, house: House) -> None:
    portal.place("data.json", json.dumps({"dataset": []}))
    assert requests.get(f"{house.url}/data.json", timeout=5).json() == {"dataset": []}
    assert "data.json" in requests.get(f"{house.url}/", timeout=5).text
    for name in ("../data.json", "index.html", ".hidden.json", "a/b.json"):
        with pytest.raises(ValueError, match="not the name"):
            portal.place(name, "{}")


def test_the_folder_and_its_address_are_checked_before_anything_is_done(house: House, tmp_path: Path) -> None:
    for url, root in (
        ("https://data.example.gov", "relative"),
        ("data.example.gov", str(tmp_path)),
        ("http://data.example.gov", str(tmp_path)),
        ("https://data.example.gov/open?x=1", str(tmp_path)),
    ):
        with pytest.raises(ValueError, match=r"STATIC_CATALOGUE|https"):
            StaticConfig.at(url, root)
    config = StaticConfig.at("https://data.example.gov/open/", str(tmp_path))
    with StaticPortal(config) as portal:
        assert portal.public_url("trees") == "https://data.example.gov/open/datasets/trees/index.html"


def test_a_draft_whose_making_was_cut_is_made_anew(
    portal: StaticPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = material.record(material.table())
    with monkeypatch.context() as patch:
        patch.setattr(files, "keep_record", _full_disk)
        with pytest.raises(PortalError, match="ENOSPC"):
            portal.create(record)
    assert portal.find(record) is None
    remote_id = portal.create(record).remote_id
    assert portal.find(record) == remote_id
    assert not list(portal.tree.drafts.glob(f".{remote_id}-*"))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_however_a_server_says_that_there_is_nothing_it_is_not_public(
    portal: StaticPortal, house: House, status: int
) -> None:
    remote_id, record, _ = material.public(portal)
    house.fault("status", path="index.html", status=status, times=-1)
    probe = portal.verify_public(remote_id, key_field=record.row_identifier)
    assert (probe.visible, probe.view_status) == (False, status)


def test_a_file_that_is_not_ours_any_more_is_told(portal: StaticPortal, house: House) -> None:
    remote_id, record, _ = material.public(portal)
    version = house.state / "store" / remote_id / "current"
    (version / "data.csv").write_bytes(b"row_key\n\xff\xfe\n")
    (version / "datapackage.json").write_text(json.dumps({"resources": [{"rows": "many"}]}), "utf-8")
    with pytest.raises(ProtocolError):
        list(portal.read_back(remote_id, record.fields, anonymous=True))
    with pytest.raises(ProtocolError):
        portal.count(remote_id, anonymous=True)


def test_rows_on_their_way_that_cannot_be_read_are_told_without_one(
    portal: StaticPortal, house: House
) -> None:
    remote_id, record, table = material.filled(portal)
    (house.state / "drafts" / remote_id / "rows.sqlite3").write_bytes(b"no database " * 500)
    with pytest.raises(Retryable, match="STATIC_CATALOGUE_ROOT") as caught:
        portal.push_chunk(remote_id, material.rows(table, record))
    assert "A-1" not in f"{caught.value!r} {caught.value.__cause__!r}"
