"""A layer of an ArcGIS service: its dates keep their moment, and what was edited while it was read is not taken."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from publishing.sources import KINDS
from publishing.sources.base import Limits, Secrets, SourceFault
from tests.publishing.sources.conftest import Fetch
from tests.publishing.sources.server import Site

LAYER = "/rest/services/Permits/FeatureServer/0"
FIELDS = [
    {"name": "OBJECTID", "type": "esriFieldTypeOID"},
    {"name": "seen_at", "type": "esriFieldTypeDate"},
    {"name": "issued_on", "type": "esriFieldTypeDate"},
]
# A quarter past eleven in the evening of 1 July 2026 in New York; the next one a day later.
EVENING, DAY = 1_782_962_100_000, 86_400_000
MIDNIGHT = 1_782_864_000_000
ROWS: list[dict[str, Any]] = [
    {"OBJECTID": 1, "seen_at": EVENING, "issued_on": MIDNIGHT},
    {"OBJECTID": 2, "seen_at": EVENING + DAY, "issued_on": None},
]


def layer(site: Site, *, edited: int = 1, **about: Any) -> dict[str, str]:
    said = {"fields": FIELDS, "editingInfo": {"lastEditDate": edited}, **about}
    site.files[LAYER] = ("application/json", json.dumps(said).encode())
    features = [{"attributes": row} for row in ROWS]
    answer = json.dumps({"count": len(ROWS), "features": features}).encode()
    site.files[f"{LAYER}/query"] = ("application/json", answer)
    return {"url": site.url + LAYER}


def column(body: bytes, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(io.StringIO(body.decode()))]


def test_moments_come_with_their_zone(site: Site, fetch: Fetch) -> None:
    _, body = fetch("arcgis", layer(site))
    assert column(body, "seen_at") == ["2026-07-02T03:15:00+00:00", "2026-07-03T03:15:00+00:00"]


def test_a_column_of_days_stays_one_of_days(site: Site, fetch: Fetch) -> None:
    """They are kept as midnight in UTC: in another zone each of them would be the day before."""
    found, body = fetch("arcgis", layer(site))
    assert column(body, "issued_on") == ["2026-07-01", ""]
    assert (found.rows, found.size) == (2, len(body))


def test_a_text_with_a_lone_carriage_return_stays_in_its_row(site: Site, fetch: Fetch) -> None:
    """The rows are read again for the days, and by whoever gets the file."""
    about = layer(site)
    features = [{"attributes": {**ROWS[0], "OBJECTID": "first\rsecond\r"}}, {"attributes": ROWS[1]}]
    answer = json.dumps({"count": 2, "features": features}).encode()
    site.files[f"{LAYER}/query"] = ("application/json", answer)
    found, body = fetch("arcgis", about)
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    assert [row["OBJECTID"] for row in rows] == ["first\rsecond\r", "2"]
    assert [row["issued_on"] for row in rows] == ["2026-07-01", ""]
    assert b"\r\n" not in body and found.rows == 2


def test_clock_times_of_an_unknown_zone_are_given_none(site: Site, fetch: Fetch) -> None:
    _, body = fetch("arcgis", layer(site, datesInUnknownTimezone=True))
    assert column(body, "seen_at")[0] == "2026-07-02T03:15:00"


def test_a_layer_that_is_edited_in_place_while_it_is_read_is_not_taken(site: Site, tmp_path: Path) -> None:
    """As many rows as before came, of two states of the table."""
    config = layer(site)

    def edit(done: int, said: str) -> None:
        if said.startswith("Receiving"):
            layer(site, edited=2)

    with pytest.raises(SourceFault, match="was edited while it was read"):
        KINDS["arcgis"].fetch(config, Secrets(allow_loopback=True), tmp_path / "f", Limits(), edit)
    found = KINDS["arcgis"].fetch(
        config, Secrets(allow_loopback=True), tmp_path / "f", Limits(), lambda done, said: None
    )
    assert found.validators == {"last_edit": "2"}


NOTED = [FIELDS[0], FIELDS[2], {"name": "note", "type": "esriFieldTypeString"}]


def noted(site: Site, *notes: str) -> dict[str, str]:
    """A layer with a column of days and a text behind it."""
    config = layer(site, fields=NOTED)
    features = [
        {"attributes": {"OBJECTID": number, "issued_on": MIDNIGHT, "note": note}}
        for number, note in enumerate(notes, 1)
    ]
    answer = json.dumps({"count": len(notes), "features": features}).encode()
    site.files[f"{LAYER}/query"] = ("application/json", answer)
    return config


def test_a_sample_ends_at_a_whole_row_wherever_it_was_cut(site: Site, fetch: Fetch) -> None:
    """Before the date, within it, within a letter of several bytes, within a cell of two lines."""
    config = noted(site, "Zoë", 'said "éé"\nand left', "東京東京", "é")
    whole = fetch("arcgis", config)[1]
    assert column(whole, "issued_on") == ["2026-07-01"] * 4
    for size in range(60, 175, 5):
        _, body = fetch("arcgis", config, is_sample=True, max_bytes=size)
        assert whole.startswith(body) and body.endswith(b"\n"), size
        assert set(column(body, "issued_on")) == {"2026-07-01"}, size


def test_a_text_of_any_length_stands_beside_a_column_of_days(site: Site, fetch: Fetch) -> None:
    csv.field_size_limit(131_072)  # as Python has it
    _, body = fetch("arcgis", noted(site, "x" * 200_000))
    assert body.startswith(b"OBJECTID,issued_on,note\n1,2026-07-01,xxx") and body.endswith(b"x\n")
