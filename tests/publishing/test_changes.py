"""A refresh sends only what changed: the difference of two copies, the working copy it goes into, its falls."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from datafiles.table import Column, Table, write_columnar
from publishing import changes, copies, encode
from publishing.changes import difference
from publishing.copies import TreatedCopy
from publishing.models import Publication
from publishing.portals.socrata import SocrataPortal
from publishing.records import PortalRecord, record_of
from tests.cast import Cast
from tests.publishing import samples
from tests.publishing.conftest import Orders
from tests.publishing.releases import (
    Prepared,
    one_equal_dataset,
    public,
    run,
    run_to_the_end,
    seen_by_strangers,
)

KEY = "Permit number"

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)
rows = st.dictionaries(
    st.text("ABC", min_size=1, max_size=3),
    st.tuples(st.none() | words, st.none() | st.integers(-5, 5).map(str)),
    max_size=12,
)


def keyed(of: dict[str, Any]) -> Table:
    frame = pl.DataFrame(
        {
            "Key": list(of),
            "Words": [words for words, _ in of.values()],
            "Number": [number for _, number in of.values()],
        },
        schema=dict.fromkeys(("Key", "Words", "Number"), pl.String),
    )
    kinds = (Column("Key", "text"), Column("Words", "text"), Column("Number", "integer", "integer"))
    return Table(kinds, frame)


def described(of: Table, key: str | None) -> PortalRecord:
    return record_of(
        external_key="x", name="n", description="", columns=of.columns, descriptions={}, row_identifier=key
    )


def applied(before: Table, after: Table, key: str | None) -> tuple[list[Any], list[Any], changes.Difference]:
    """The rows of `before` with the difference applied, those of `after`, and the difference."""
    record = described(after, key)
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for name, table in (("before", before), ("after", after)):
            path = Path(folder) / f"{name}.parquet"
            write_columnar(table, path)
            copies.append(TreatedCopy(path, record))
        old, new = copies
        found = difference(old, new, Path(folder))
        field = record.row_identifier
        held = {row[field]: row for frame in old.frames() for row in frame.iter_rows(named=True)}
        for key_value in found.vanished:
            del held[key_value]
        for frame in new.at(found.to_write):
            held |= {row[field]: row for row in frame.iter_rows(named=True)}
        wanted = [row for frame in new.frames() for row in frame.iter_rows(named=True)]
    return sorted(held.values(), key=str), sorted(wanted, key=str), found


def test_moments_that_were_public_in_another_zone_are_sent_again_though_their_file_is_the_same(
    tmp_path: Path,
) -> None:
    table = Table.of(pl.DataFrame({"Key": ["a", "b"], "At": ["2026-07-01T23:30:00-04:00", None]}))
    path = tmp_path / "treated.parquet"
    write_columnar(table, path)
    old, new = (
        TreatedCopy(path, samples.record(table, row_identifier="Key", timezone=zone))
        for zone in ("UTC", "America/New_York")
    )
    assert difference(old, new, tmp_path).changed.tolist() == [0]


@given(rows, rows, st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_difference_applied_to_the_first_table_gives_the_second(
    before: dict[str, Any], after: dict[str, Any], own_key: bool
) -> None:
    held, wanted, _ = applied(
        keyed(before), keyed(before | after if own_key else after), None if own_key else "Key"
    )
    assert held == wanted


def test_a_difference_holds_no_row_that_is_the_same() -> None:
    before = {"A": ("x", "1"), "B": ("", "2"), "C": (None, None)}
    after = {"C": (None, None), "A": ("x", "1"), "B": (None, "3"), "D": ("y", None)}
    _, _, found = applied(keyed(before), keyed(after), "Key")
    assert (list(found.changed), list(found.added), found.vanished) == ([2], [3], [])


def test_a_difference_is_the_same_when_it_is_found_share_by_share(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {f"k{n}": (f"w{n}", str(n)) for n in range(400)}
    after = {f"k{n}": (f"w{n % 7}" if n % 50 == 0 else f"w{n}", str(n)) for n in range(30, 450)}
    whole = applied(keyed(before), keyed(after), "Key")
    monkeypatch.setattr(changes, "_ROWS_AT_ONCE", 50)
    held, wanted, found = applied(keyed(before), keyed(after), "Key")
    assert held == wanted and found.vanished == whole[2].vanished and len(found.vanished) == 30
    assert np.array_equal(found.to_write, whole[2].to_write)


@given(st.sets(st.integers(0, 99)))
@settings(max_examples=25, deadline=None)
def test_rows_at_places_and_their_keys_are_those_of_the_whole_table(places: set[int]) -> None:
    """Over the cuts of blocks, of slices, and of the columns that are read at once."""
    table = keyed({f"k{n}": (f"w{n}", str(n)) for n in range(100)})
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "rows_per_block", lambda columns: 30)
        patch.setattr(copies, "_COLUMNS_AT_ONCE", 2)
        path = Path(folder) / "table.parquet"
        write_columnar(table, path)
        copy = TreatedCopy(path, described(table, "Key"))
        copy.step = 7
        wanted = np.array(sorted(places), dtype=np.int64)
        whole = pl.concat(copy.frames())
        found = pl.concat([whole.clear(), *copy.at(wanted)])
        assert found.equals(whole[wanted])
        assert copy.keys_at(wanted) == [f"k{place}" for place in sorted(places)]


def test_a_reader_gives_out_the_table_in_pages_of_any_size() -> None:
    table = keyed({f"k{n}": (f"w{n}", str(n)) for n in range(20)})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        write_columnar(table, path)
        copy = TreatedCopy(path, described(table, "Key"))
        copy.step = 6
        reader = copy.reader()
        pages = [reader.take(rows) for rows in (1, 4, 2, 11, 5, 5)]
        whole = pl.concat(copy.frames())
    assert [page if page is None else page.height for page in pages] == [1, 4, 2, 11, 2, None]
    assert pl.concat([page for page in pages if page is not None]).equals(whole)


def permits(count: int, **changed: str) -> Table:
    """Permits that keep their number; `changed` says what the remarks of one are: A_3="new"."""
    table = samples.table(count)
    new = {name.replace("_", "-"): words for name, words in changed.items()}
    remarks = [
        new.get(number, remark)
        for number, remark in zip(table.frame[KEY], table.frame["Remarks"], strict=True)
    ]
    return Table.of(table.frame.with_columns(pl.Series("Remarks", remarks, dtype=pl.String)))


def refreshed(prepared: Prepared, table: Table, key: str | None = KEY) -> Prepared:
    newer = Prepared.__new__(Prepared)
    newer.release, newer.key = prepared.release, prepared.key
    newer.treat(table)
    newer.record = newer.describe(row_identifier=key)
    return newer


def released(cast: Cast, table: Table, key: str | None = KEY) -> Prepared:
    prepared = Prepared(cast, table)
    prepared.record = prepared.describe(row_identifier=key)
    public(prepared)
    return prepared


def sent(publication: Publication) -> list[tuple[int, bool]]:
    return [(chunk.rows, chunk.deletes) for chunk in publication.chunks.all()]


def open_copies(orders: Orders) -> list[str]:
    views = orders.get("/api/views.json", limit=1000).json()
    return [view["id"] for view in views if view["publicationStage"] == "unpublished"]


@pytest.mark.django_db
@pytest.mark.usefixtures("small_steps")
class TestOverThePortal:
    def test_only_what_changed_goes_over_and_what_vanished_goes_last(
        self, cast: Cast, orders: Orders
    ) -> None:
        prepared = released(cast, permits(60))
        table = permits(63, A_7="seven", A_30="thirty")
        newer = refreshed(prepared, Table.of(table.frame.filter(~pl.col(KEY).is_in(["A-1", "A-2"]))))
        publication = public(newer)
        assert publication.method == "changes" and sent(publication) == [(5, False), (2, True)]
        assert one_equal_dataset(orders, newer)
        assert len(seen_by_strangers(orders, publication) or []) == 61
        assert all(proof["ok"] for proof in publication.evidence)

    def test_the_public_never_sees_the_change_before_it_is_compared(self, cast: Cast, orders: Orders) -> None:
        prepared = released(cast, permits(40))
        newer = refreshed(prepared, permits(40, A_9="nine"))
        newer.allow()
        publication = run_to_the_end(newer.ask("private"))
        assert publication.reached == "private" and publication.method == "changes", publication.error
        seen = seen_by_strangers(orders, publication) or []
        assert len(seen) == 40 and "nine" not in str(seen)

    def test_a_running_number_identifies_rows_as_well(self, cast: Cast, orders: Orders) -> None:
        prepared = released(cast, permits(60), None)
        newer = refreshed(prepared, permits(58, A_9="nine"), None)
        publication = public(newer)
        assert sent(publication) == [(1, False), (2, True)] and one_equal_dataset(orders, newer)

    def test_a_worker_killed_in_the_middle_of_deletes_goes_on_there(
        self, cast: Cast, orders: Orders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("publishing.loads.DELETES_AT_ONCE", 2)
        prepared = released(cast, permits(40))
        newer = refreshed(prepared, permits(33, A_4="four"))
        newer.allow()
        publication = newer.ask("private")
        delete, calls = SocrataPortal.delete_rows, []

        def killed_at_the_second(self: SocrataPortal, remote_id: str, keys: Any) -> Any:
            receipt = delete(self, remote_id, keys)
            calls.append(len(keys))
            if len(calls) == 2:
                raise SystemExit
            return receipt

        monkeypatch.setattr(SocrataPortal, "delete_rows", killed_at_the_second)
        with pytest.raises(SystemExit):
            run(publication)
        assert publication.chunks.count() == 2
        Publication.objects.filter(pk=publication.pk).update(lease_until=timezone.now())
        publication = run(publication, now=False)
        assert publication.reached == "private", publication.error
        # The second part had arrived: the portal refuses it now, none of its rows is there, and it counts as done.
        assert calls == [2, 2, 2, 1]
        assert run_to_the_end(newer.ask("public")).reached == "public"
        assert one_equal_dataset(orders, newer)

    def test_a_key_that_is_there_twice_is_refused_and_the_public_copy_stays(
        self, cast: Cast, orders: Orders
    ) -> None:
        prepared = released(cast, permits(30))
        table = permits(31)
        twice = table.frame.with_columns(pl.col(KEY).replace("A-31", "A-2"))
        newer = refreshed(prepared, Table.of(twice))
        newer.allow()
        publication = run_to_the_end(newer.ask("private"))
        assert publication.status == "dead" and "is to identify the rows" in publication.error
        assert "A-2" not in publication.error
        assert len(seen_by_strangers(orders, publication) or []) == 30

    @pytest.mark.parametrize(
        ("text", "what"), [("ü" * 2049, "more than 4,096 bytes"), ("a\x00b", "a NUL character")]
    )
    def test_a_changed_row_that_no_portal_takes_is_refused_and_no_working_copy_stays_open(
        self, cast: Cast, orders: Orders, text: str, what: str
    ) -> None:
        prepared = released(cast, permits(30))
        newer = refreshed(prepared, permits(30, A_27=text))
        newer.allow()
        before = open_copies(orders)
        publication = run_to_the_end(newer.ask("private"))
        assert publication.status == "dead" and what in publication.error
        assert "Column Remarks" in publication.error and "row 27" in publication.error
        assert open_copies(orders) == before and publication.chunks.count() == 0
        assert len(seen_by_strangers(orders, publication) or []) == 30

    def test_a_key_column_with_another_name_means_that_everything_goes_over(
        self, cast: Cast, orders: Orders
    ) -> None:
        prepared = released(cast, permits(30))
        table = Table.of(permits(30).frame.rename({KEY: "Permit id"}))
        newer = refreshed(prepared, table, "Permit id")
        publication = public(newer)
        assert publication.method == "whole" and sent(publication) == [(10, False)] * 3
        assert one_equal_dataset(orders, newer)

    def test_a_dataset_that_changed_a_lot_is_sent_whole(self, cast: Cast, orders: Orders) -> None:
        prepared = released(cast, permits(30))
        other = permits(30).frame.with_columns(pl.lit("other").alias("Remarks"))
        publication = public(newer := refreshed(prepared, Table.of(other)))
        assert publication.method == "whole" and one_equal_dataset(orders, newer)

    def test_no_working_copy_is_opened_for_a_table_of_another_size(self, cast: Cast, orders: Orders) -> None:
        prepared = released(cast, permits(30))
        before = len(orders.log())
        publication = public(newer := refreshed(prepared, permits(80)))
        assert publication.method == "whole" and one_equal_dataset(orders, newer)
        assert not any(entry["query"].get("method") == "copy" for entry in orders.log()[before:])

    def test_a_row_edited_on_the_portal_behind_our_back_is_noticed_and_everything_is_sent(
        self, cast: Cast, orders: Orders
    ) -> None:
        prepared = released(cast, permits(30))
        place = orders.assets(prepared.key)[0]["id"]
        orders.send("POST", f"/resource/{place}.json", [{"permit_number": "A-5", "remarks": "by hand"}])
        newer = refreshed(prepared, permits(30, A_9="nine"))
        newer.allow()
        publication = run(newer.ask("private"))
        assert publication.status == "queued" and "were not those that we had published" in publication.error
        assert "1 row other than approved (row 5 of the approved copy)" in publication.error
        told = AuditEvent.objects.filter(action="publishing.copy_differs", release_id=newer.release.pk)
        assert told.exists()
        publication = run_to_the_end(publication)
        assert (publication.reached, publication.method) == ("private", "whole"), publication.error
        assert run_to_the_end(newer.ask("public")).reached == "public" and one_equal_dataset(orders, newer)

    def test_another_number_of_rows_on_the_portal_is_noticed_before_anything_is_sent(
        self, cast: Cast, orders: Orders
    ) -> None:
        prepared = released(cast, permits(30))
        place = orders.assets(prepared.key)[0]["id"]
        orders.send("POST", f"/resource/{place}.json", [{"permit_number": "A-5", ":deleted": True}])
        publication = public(newer := refreshed(prepared, permits(30, A_9="nine")))
        assert publication.method == "whole" and one_equal_dataset(orders, newer)


def test_encoded_rows_survive_json_text() -> None:
    table = samples.table(9)
    record = samples.record(table)
    frame = encode.encode_table(table, record)
    assert encode.rows_fingerprint(json.loads(encode.json_of(frame, record)), record) == (
        encode.table_fingerprint(frame)
    )
