"""Datasets on portals as sources: read from the stand-ins of the portals themselves, which know nothing of us."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from publishing.sources.base import SourceFault
from tests.publishing.contract.houses import ArcgisHouse, CkanHouse, House, SocrataHouse, started
from tests.publishing.sources.conftest import Fetch

SECRET = "a-secret-that-nobody-may-read"
ROWS = [{"number": f"A-{n}", "note": f'says "{n}"\nand more' if n % 7 == 0 else "-"} for n in range(1, 26)]


@pytest.fixture(scope="module")
def socrata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with started(SocrataHouse, tmp_path_factory.mktemp("soda")) as house:
        yield house


@pytest.fixture(scope="module")
def ckan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with started(CkanHouse, tmp_path_factory.mktemp("ckan")) as house:
        yield house


@pytest.fixture(scope="module")
def arcgis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with started(ArcgisHouse, tmp_path_factory.mktemp("arcgis")) as house:
        yield house


def sent(method: str, url: str, **about: Any) -> Any:
    answer = requests.request(method, url, timeout=5, **about)
    assert answer.ok, (url, answer.status_code, answer.text[:300])
    return answer.json() if answer.content else None


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


# Socrata


def soda_dataset(house: House) -> str:
    key = ("key", SECRET)
    view = sent("POST", f"{house.url}/api/views.json", json={"name": "Permits"}, auth=key)
    name = view["id"]
    for field in ("number", "note"):
        column = {"name": field, "fieldName": field, "dataTypeName": "text"}
        sent("POST", f"{house.url}/api/views/{name}/columns.json", json=column, auth=key)
    sent("POST", f"{house.url}/resource/{name}.json", json=ROWS, auth=key)
    return str(name)


def test_a_dataset_of_socrata_comes_page_by_page_with_every_row(
    socrata: House, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishing.sources.soda.PAGE", 10)
    config = {"domain": socrata.domain, "dataset": soda_dataset(socrata), "secret": "SODA"}
    found, body = fetch("soda", config, secrets={"SODA": f"key:{SECRET}"})
    assert [{k: row[k] for k in ("number", "note")} for row in rows_of(body)] == ROWS
    assert found.rows == len(ROWS)
    again, _ = fetch("soda", config, secrets={"SODA": f"key:{SECRET}"}, known=found.validators)
    assert again.is_same
    _, sample = fetch("soda", config, secrets={"SODA": f"key:{SECRET}"}, is_sample=True, sample_rows=5)
    assert len(rows_of(sample)) == 5


def test_a_private_dataset_of_socrata_is_not_read_without_the_key(socrata: House, fetch: Fetch) -> None:
    with pytest.raises(SourceFault, match=r"does not let us read|no such data"):
        fetch("soda", {"domain": socrata.domain, "dataset": soda_dataset(socrata)})


def test_a_portal_in_trouble_is_a_fault_of_the_host(socrata: House, fetch: Fetch) -> None:
    socrata.fault("status", status=503, path="^/api/views/", times=1)
    with pytest.raises(SourceFault) as refused:
        fetch("soda", {"domain": socrata.domain, "dataset": "abcd-1234"})
    assert refused.value.is_host
    socrata.quiet()


# CKAN


def test_the_table_of_a_ckan_resource_comes(ckan: House, fetch: Fetch) -> None:
    def act(action: str, **about: Any) -> Any:
        return sent(
            "POST", f"{ckan.url}/api/3/action/{action}", json=about, headers={"Authorization": SECRET}
        )

    package = act("package_create", name="permits", owner_org="city", title="Permits", private=True)["result"]
    fields = [{"id": "number", "type": "text"}, {"id": "note", "type": "text"}]
    made = act(
        "datastore_create",
        resource={"package_id": package["id"], "name": "Data"},
        fields=fields,
        primary_key=["number"],
        records=ROWS,
    )
    config = {"domain": ckan.domain, "resource": made["result"]["resource_id"], "secret": "CKAN"}
    _, body = fetch("ckan", config, secrets={"CKAN": SECRET})
    assert [{k: row[k] for k in ("number", "note")} for row in rows_of(body)] == ROWS
    with pytest.raises(SourceFault):
        fetch("ckan", config | {"resource": "nothing-like-this"}, secrets={"CKAN": SECRET})


# ArcGIS


FIELDS = [
    {"name": "number", "type": "esriFieldTypeString"},
    {"name": "opened", "type": "esriFieldTypeDate"},
]
POINTS = [
    {
        "attributes": {"number": f"A-{n}", "opened": 86_400_000 * n},
        "geometry": {"x": -72.5 - n / 100, "y": 41.75},
    }
    for n in range(1, 8)
]


def layer_of(house: House) -> tuple[str, str]:
    """A hosted layer with points, made as a publisher makes one. Gives its address and a token."""
    rest, user = f"{house.url}/sharing/rest", f"{house.url}/sharing/rest/content/users/publisher"
    login = {"f": "json", "username": "publisher", "password": SECRET}
    token = sent("POST", f"{rest}/generateToken", data=login)["token"]
    signed = {"X-Esri-Authorization": f"Bearer {token}"}
    item = {"f": "json", "type": "CSV", "filename": "permits.csv", "title": "Permits"}
    file = {"file": ("permits.csv", b"number,opened\nA-0,2026-01-01\n")}
    made = sent("POST", f"{user}/addItem", data=item, files=file, headers=signed)
    layer = {"name": "permits", "layerInfo": {"geometryType": "esriGeometryPoint", "fields": FIELDS}}
    about = {"f": "json", "itemid": made["id"], "filetype": "csv", "publishParameters": json.dumps(layer)}
    service = sent("POST", f"{user}/publish", data=about, headers=signed)["services"][0]["serviceurl"]
    admin = service.replace("/rest/services/", "/rest/admin/services/")
    sent("POST", f"{admin}/0/truncate", data={"f": "json"}, headers=signed)
    rows = json.dumps({"layers": [{"featureSet": {"features": POINTS}}]})
    upload = sent("POST", f"{service}/uploads/upload", files={"file": ("rows.json", rows)}, headers=signed)
    form = {
        "f": "json",
        "appendUploadId": upload["item"]["itemID"],
        "appendUploadFormat": "featureCollection",
    }
    sent("POST", f"{service}/0/append", data=form, headers=signed)
    return f"{service}/0", token


def test_a_layer_comes_page_by_page_with_its_points(
    arcgis: House, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishing.sources.arcgis.PAGE", 3)
    url, token = layer_of(arcgis)
    found, body = fetch("arcgis", {"url": url, "secret": "ARCGIS"}, secrets={"ARCGIS": token})
    rows = rows_of(body)
    assert [row["number"] for row in rows] == [f"A-{n}" for n in range(1, 8)]
    assert rows[0]["opened"] == "1970-01-02"
    assert (rows[0]["longitude"], rows[0]["latitude"]) == ("-72.51", "41.75")
    assert found.rows == 7
    # ArcGIS says with status 200 that it refuses.
    with pytest.raises(SourceFault, match="does not let us read the layer"):
        fetch("arcgis", {"url": url})
    with pytest.raises(SourceFault, match="refused the question"):
        fetch("arcgis", {"url": url.replace("permits", "nothing")})
