"""Each portal with its stand-in: a process on this machine, the adapter for it, and orders to misbehave."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import requests

from publishing.portals.arcgis import ArcgisConfig, ArcgisPortal
from publishing.portals.base import Portal
from publishing.portals.ckan import CkanConfig, CkanPortal
from publishing.portals.socrata import SocrataConfig, SocrataPortal
from publishing.portals.static import StaticConfig, StaticPortal
from tests.services.processes import answers, free_port, running

SECRET = "a-secret-that-nobody-may-read"


@dataclass
class House:
    """One portal. What differs between portals is said here, so that the tests can say one thing of all."""

    port: int
    state: Path

    name: ClassVar[str]
    module: ClassVar[str]
    environment: ClassVar[dict[str, str]] = {}
    # The requests in which rows are written, read, and a dataset is looked at; None: there is none.
    write_path: ClassVar[str | None] = None
    view_path: ClassVar[str]
    read_path: ClassVar[str]
    # The table and column in which the stand-in keeps what is said of datasets.
    words_in: ClassVar[tuple[str, str]] = ("doc", "body")
    # Is there a key at all?
    keyed: ClassVar[bool] = True

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.domain}"

    @property
    def settings(self) -> dict[str, Any]:
        """What the product must be told to publish here."""
        raise NotImplementedError

    def portal(self, **changes: Any) -> Portal:
        raise NotImplementedError

    def change_a_row(self, remote_id: str) -> None:
        """Behind the back of the adapter: a value of one row is another from now on."""
        with sqlite3.connect(self.state / "portal.sqlite3") as database:
            database.execute("UPDATE line SET body = replace(body, 'A-3', 'A-X')")

    def change_words(self, before: str, after: str) -> None:
        """Behind the back of the adapter: what it says of a dataset is another from now on."""
        with sqlite3.connect(self.state / "portal.sqlite3", timeout=5) as database:
            table, column = self.words_in
            database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (before, after))

    def told(self, portal: Any, remote_id: str) -> str:
        """The description of a dataset, as whoever may read it finds it."""
        raise NotImplementedError

    def locked_out(self) -> Portal:
        """The adapter with a key that the portal does not know."""
        raise NotImplementedError

    def look(self, portal: Portal, remote_id: str) -> Any:
        """One request about the dataset, to the path `view_path`."""
        return portal.view(remote_id)

    def fault(self, kind: str, **about: Any) -> None:
        answer = requests.post(f"{self.url}/__standin/faults", json={"kind": kind, **about}, timeout=5)
        assert answer.status_code == 200, answer.text

    def reads(self, request: dict[str, Any]) -> bool:
        """Does this request, out of the log of the stand-in, only read?"""
        raise NotImplementedError

    def writes(self) -> list[str]:
        """What was sent since `quiet` that could have changed something."""
        return [f"{one['method']} {one['path']}" for one in self.log() if not self.reads(one)]

    def holdings(self) -> Any:
        """Everything that the portal holds, to be compared before and after."""
        with sqlite3.connect(self.state / "portal.sqlite3", timeout=5) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}

    def quiet(self) -> None:
        """No fault is on order, and the log of requests begins anew."""
        for name in ("faults", "log"):
            requests.delete(f"{self.url}/__standin/{name}", timeout=5)

    def log(self) -> list[dict[str, Any]]:
        return requests.get(f"{self.url}/__standin/log", timeout=5).json()

    def page(self, portal: Portal, remote_id: str) -> requests.Response:
        """The page for people, as a citizen opens it."""
        return requests.get(portal.public_url(remote_id), timeout=5)


class SocrataHouse(House):
    name, module = "socrata", "publishing.devserver"
    environment = {"STANDIN_KEY_ID": "key", "STANDIN_KEY_SECRET": SECRET}
    words_in = ("asset", "doc")
    write_path, view_path, read_path = "^/resource/", "^/api/views/", "^/resource/"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "SOCRATA_DOMAIN": self.domain,
            "SOCRATA_SCHEME": "http",
            "SOCRATA_KEY_ID": "key",
            "SOCRATA_KEY_SECRET": SECRET,
        }

    def reads(self, request: dict[str, Any]) -> bool:
        return request["method"] in ("GET", "HEAD")

    def change_a_row(self, remote_id: str) -> None:
        row = {"row_key": "3", "permit_number": "A-X"}
        requests.post(f"{self.url}/resource/{remote_id}.json", json=[row], auth=("key", SECRET), timeout=5)

    def told(self, portal: Any, remote_id: str) -> str:
        return str(portal.described(remote_id)["description"])

    def portal(self, **changes: Any) -> Portal:
        about = {"key_id": "key", "key_secret": SECRET, "wait_scale": 0.01, "read_seconds": 5.0}
        return SocrataPortal(SocrataConfig(self.domain, "http", **{**about, **changes}))

    def locked_out(self) -> Portal:
        return self.portal(key_secret=f"{SECRET}-not")


class CkanHouse(House):
    name, module = "ckan", "publishing.devserver.ckan"
    environment = {"STANDIN_TOKEN": SECRET}
    write_path = "datastore_upsert"
    view_path = "package_show"
    read_path = "datastore_search"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "CKAN_DOMAIN": self.domain,
            "CKAN_SCHEME": "http",
            "CKAN_API_TOKEN": SECRET,
            "CKAN_ORGANIZATION": "city",
        }

    def reads(self, request: dict[str, Any]) -> bool:
        """Every action is a POST; these are the ones that CKAN's own documents call reading."""
        looks = ("package_show", "datastore_info", "datastore_search", "organization_list_for_user")
        return request["method"] == "GET" or request["path"].rsplit("/", 1)[-1] in looks

    def told(self, portal: Any, remote_id: str) -> str:
        return str(portal.signed.action("package_show", "look", id=remote_id)["notes"])

    def portal(self, **changes: Any) -> Portal:
        about = {"api_token": SECRET, "organization": "city", "wait_scale": 0.01, "read_seconds": 5.0}
        return CkanPortal(CkanConfig(self.domain, "http", **{**about, **changes}))

    def locked_out(self) -> Portal:
        return self.portal(api_token=f"{SECRET}-not")


class ArcgisHouse(House):
    name, module = "arcgis_geo", "publishing.devserver.arcgis"
    environment = {"STANDIN_PASSWORD": SECRET}
    write_path, view_path, read_path = "/uploads/upload", "/content/items/", "/0/query"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "ARCGIS_DOMAIN": self.domain,
            "ARCGIS_SCHEME": "http",
            "ARCGIS_USERNAME": "publisher",
            "ARCGIS_PASSWORD": SECRET,
        }

    def reads(self, request: dict[str, Any]) -> bool:
        """Everything is a POST; to sign in makes a token and nothing else."""
        looks = ("generateToken", "self", "publisher", "query", "FeatureServer", "0")
        path = request["path"]
        return path.rsplit("/", 1)[-1] in looks or path.rsplit("/", 2)[-2:-1] == ["items"]

    def holdings(self) -> Any:
        held = super().holdings()
        return held | {"doc": [row for row in held["doc"] if row[0] != "token"]}

    def told(self, portal: Any, remote_id: str) -> str:
        return str(portal.items.item(remote_id)["description"])

    def portal(self, **changes: Any) -> Portal:
        about = {"username": "publisher", "password": SECRET, "wait_scale": 0.01, "read_seconds": 5.0}
        return ArcgisPortal(ArcgisConfig(self.domain, "http", **{**about, **changes}))

    def locked_out(self) -> Portal:
        return self.portal(password=f"{SECRET}-not")


class StaticHouse(House):
    name, module = "static", "publishing.devserver.static"
    view_path, read_path = "datapackage", "data.csv"
    keyed = False

    @property
    def settings(self) -> dict[str, Any]:
        return {"STATIC_CATALOGUE_URL": self.url, "STATIC_CATALOGUE_ROOT": str(self.state)}

    def change_a_row(self, remote_id: str) -> None:
        file = self.state / "store" / remote_id / "current" / "data.csv"
        file.write_text(file.read_text("utf-8").replace("A-3", "A-X"), "utf-8")

    def change_words(self, before: str, after: str) -> None:
        for file in (*self.state.glob("store/*/version-*/*"), *self.state.glob("drafts/*/rows.record.json")):
            # As bytes: other tests leave files there that are no text.
            if file.suffix != ".geojson" and before.encode() in (content := file.read_bytes()):
                file.write_bytes(content.replace(before.encode(), after.encode()))

    def told(self, portal: Any, remote_id: str) -> str:
        return self.page(portal, remote_id).text

    def reads(self, request: dict[str, Any]) -> bool:
        return request["method"] in ("GET", "HEAD")

    def holdings(self) -> Any:
        """The tree: every path with its kind and rights, when it was written, and what stands in it."""
        found = {}
        for path in sorted(self.state.rglob("*")):
            about = path.lstat()
            body = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[str(path.relative_to(self.state))] = (about.st_mode, about.st_mtime_ns, body)
        return found

    def portal(self, **changes: Any) -> Portal:
        about = {"wait_scale": 0.01, "read_seconds": 5.0}
        return StaticPortal(StaticConfig.at(self.url, str(self.state), **{**about, **changes}))

    def locked_out(self) -> Portal:
        """There is no key; but the folder may be one that we cannot write to."""
        (self.state.parent / "a-file").touch()
        return StaticPortal(StaticConfig.at(self.url, str(self.state.parent / "a-file" / "below")))

    def look(self, portal: Portal, remote_id: str) -> Any:
        return portal.count(remote_id, anonymous=True)


HOUSES: tuple[type[House], ...] = (SocrataHouse, CkanHouse, ArcgisHouse, StaticHouse)


@contextlib.contextmanager
def started(kind: type[House], folder: Path) -> Iterator[House]:
    """The stand-in of this portal as a process, until the block ends."""
    house = kind(port=free_port(), state=folder / kind.name)
    house.state.mkdir(parents=True)
    command = [sys.executable, "-m", kind.module, "--port", str(house.port), "--state", str(house.state)]
    environment = os.environ | kind.environment
    log = folder / f"{kind.name}.log"
    with running(command, log=log, ready=lambda: answers(house.port), env=environment):
        yield house
