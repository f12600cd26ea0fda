"""A table above the size that is set: one file in parts, a draft, and the same comparison as ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datafiles.table import write_columnar
from publishing import file_loads
from publishing.copies import TreatedCopy
from publishing.encode import encode_table
from publishing.file_loads import FileLoad
from publishing.models import Publication
from publishing.portals.socrata import SocrataPortal
from publishing.records import PortalRecord
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.contract import material
from tests.publishing.releases import (
    Prepared,
    one_equal_dataset,
    public,
    run,
    run_to_the_end,
    seen_by_strangers,
)
from tests.publishing.test_socrata_words import mapped


def load(folder: Path, rows: int) -> tuple[FileLoad, bytes]:
    table = material.table(rows)
    record = material.record(table)
    write_columnar(table, folder / "treated.parquet")
    copy = TreatedCopy(folder / "treated.parquet", record)
    return FileLoad(copy, folder, lambda done: None), encode_table(table, record).write_csv().encode()


@pytest.mark.parametrize("part_bytes", [100, 777, 5000, 1 << 20])
def test_the_parts_lie_end_to_end_and_are_the_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part_bytes: int
) -> None:
    monkeypatch.setattr(file_loads, "PART_BYTES", part_bytes)
    file, whole = load(tmp_path, 60)
    assert b"".join(file.body(part) for part in file.parts) == whole
    assert (file.size, file.rows, file.offsets[0]) == (len(whole), 60, 0)
    assert [part.start + part.rows for part in file.parts[:-1]] == [part.start for part in file.parts[1:]]
    assert file.parts[-1].start + file.parts[-1].rows == 60
    longest = max(len(line) for line in whole.splitlines(keepends=True))
    assert max(len(file.body(part)) for part in file.parts) <= max(part_bytes, longest * 4)


# the way to the public


@pytest.fixture
def as_files(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is a large one, and a part is small."""
    monkeypatch.setattr(SocrataPortal, "wants_file", lambda portal, size: True)
    monkeypatch.setattr(file_loads, "PART_BYTES", 400)
    monkeypatch.setattr(file_loads, "_STEP", 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("small_steps", "as_files")
class TestWay:
    def test_a_new_dataset_and_its_refresh_go_as_files(self, cast: Cast, orders: Orders) -> None:
        prepared = Prepared(cast)
        before = len(orders.log())
        publication = public(prepared)
        assert one_equal_dataset(orders, prepared)
        paths = [entry["path"] for entry in orders.log()[before:] if entry["method"] == "POST"]
        assert sum("/chunk/" in path for path in paths) > 3
        assert not any(path.startswith("/resource/") for path in paths)
        assert publication.chunks.count() == publication.chunks_total > 1

        prepared.treat(samples.table(31))
        again = public(prepared)
        assert one_equal_dataset(orders, prepared)
        assert len(seen_by_strangers(orders, again) or []) == 31
        assert again.asset.remote_id == publication.asset.remote_id

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "reset_after", "path": "/chunk/", "skip": 2, "times": 6},
            {"kind": "reset_after", "path": "commit", "times": 6},
            {"kind": "reset_after", "path": "/apply", "method": "PUT", "times": 6},
            {"kind": "reset_after", "path": "/revision/[^/]*$", "method": "POST"},
        ],
        ids=lambda fault: f"{fault['kind']}-{fault['path'].strip('/')}",
    )
    def test_passing_trouble_ends_in_one_equal_dataset(
        self, cast: Cast, orders: Orders, fault: dict[str, Any]
    ) -> None:
        prepared = Prepared(cast)
        prepared.allow()
        run_to_the_end(prepared.ask("private"))
        orders.fault(**fault)
        prepared.treat(samples.table(28))
        prepared.allow()
        publication = run_to_the_end(prepared.ask("private"))
        assert publication.reached == "private", publication.error
        orders.quiet()
        assert run_to_the_end(prepared.ask("public")).reached == "public"
        assert one_equal_dataset(orders, prepared)

    def test_a_worker_that_died_between_the_parts_and_the_end_is_taken_up(
        self, cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prepared = Prepared(cast)
        publication = prepared.ask("private")
        close = SocrataPortal.close_file
        monkeypatch.setattr(SocrataPortal, "close_file", lambda *args, **about: 1 / 0)
        run(publication)
        assert publication.is_live and publication.chunks.count() == publication.chunks_total
        monkeypatch.setattr(SocrataPortal, "close_file", close)
        before = len(orders.log())
        assert run_to_the_end(publication).reached == "private"
        sent = [entry for entry in orders.log()[before:] if "/chunk/" in entry["path"]]
        assert [entry["path"].endswith("commit") for entry in sent] == [True]
        assert one_equal_dataset(orders, prepared)

    def test_a_draft_that_somebody_discarded_is_begun_anew(self, cast: Cast, orders: Orders) -> None:
        prepared = Prepared(cast)
        orders.fault("status", path="/chunk/", status=500, skip=2, times=-1)
        publication = run(prepared.ask("private"))
        assert publication.is_live and publication.chunks.count() == 2
        orders.quiet()
        dataset, seq, _ = publication.working_id.split(":")
        orders.send("DELETE", f"/api/publishing/v1/revision/{dataset}/{seq}", None)
        assert run_to_the_end(publication).reached == "private"
        assert one_equal_dataset(orders, prepared)

    @pytest.mark.parametrize("mended", [True, False])
    def test_what_the_portal_does_not_take_of_a_drafts_description_is_said_again_or_stops_it(
        self, cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch, mended: bool
    ) -> None:
        prepared = Prepared(cast)
        public(prepared)
        prepared.treat(samples.table(100))
        prepared.record = prepared.describe(description="Another description")
        prepared.allow()
        run_to_the_end(prepared.ask("private"))
        publication = prepared.ask("public")
        real = SocrataPortal.set_metadata

        def deaf(self: SocrataPortal, remote_id: str, record: PortalRecord) -> None:
            """A portal that drops what a revision says, and in the worse case what is said of the dataset too."""
            if mended and not self.is_draft(remote_id):
                real(self, remote_id, record)

        monkeypatch.setattr(SocrataPortal, "set_metadata", deaf)
        Publication.objects.filter(pk=publication.pk).update(working_id="", method="")
        run_to_the_end(publication)
        view = orders.get(f"/api/views/{publication.asset.remote_id}.json").json()
        if mended:
            assert publication.reached == "public", publication.error
            assert view["description"] == "Another description"
            assert "Description of the dataset" in [proof["what"] for proof in publication.evidence]
        else:
            assert publication.reached != "public" and "escription of the dataset" in publication.failure
            assert seen_by_strangers(orders, publication) is None

    def test_the_point_that_a_draft_becomes_is_compared_when_it_is_public(
        self, cast: Cast, orders: Orders
    ) -> None:
        table, _ = mapped()
        publication = public(Prepared(cast, table))
        (line,) = [proof for proof in publication.evidence if proof["what"] == "Location for the map"]
        assert line["ok"] and "points" in line["found"]
