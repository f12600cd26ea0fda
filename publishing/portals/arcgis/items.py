"""Items and services of ArcGIS: what is asked for by id, and the few changes that go through several requests."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from publishing.portals.arcgis import shape
from publishing.portals.arcgis.session import ArcgisClient, ArcgisConfig
from publishing.portals.base import BadRequest, NotFound, ProtocolError, Retryable
from publishing.portals.shared.errors import refused, word

ITEM = re.compile(r"[0-9a-f]{32}")
PART_BYTES = 8 << 20
PAGE = 2_000
_JOB_POLLS = 120
_JOB_WAIT = 1.0
_WORKING = ("pending", "inprogress", "processing", "partial", "executing", "submitted")
_DONE = ("completed", "complete")


class Items:
    """Requests about items, services and jobs, each with the words in which people are told of it."""

    def __init__(self, config: ArcgisConfig) -> None:
        self.config = config
        self.signed = ArcgisClient(config)
        self.stranger = ArcgisClient(config, anonymous=True)

    def close(self) -> None:
        self.signed.close()
        self.stranger.close()

    # reading

    def item(self, item_id: str, *, anonymous: bool = False) -> dict[str, Any]:
        client = self.stranger if anonymous else self.signed
        what = "look from outside" if anonymous else "read the dataset"
        item = client.ask(f"content/items/{checked(item_id)}", what)
        if not isinstance(item.get("id"), str):
            raise ProtocolError("The portal did not describe the dataset when asked. We ask again.")
        return item

    def service(self, item: dict[str, Any]) -> str:
        url = item.get("url")
        if not isinstance(url, str) or not url.startswith("http"):
            raise NotFound(f"The item on {self.config.domain} has no service any more.", status=404)
        return self.known(url)

    def known(self, url: str) -> str:
        """An address that the portal named, when it is at one of our hosts."""
        host = urlsplit(url).netloc
        if host not in self.config.hosts:
            raise BadRequest(
                f"The portal at {self.config.domain} keeps this dataset at {word(host) or 'another host'}, which "
                "is not among the hosts that we may speak to. When it is one of your organization's, ask your "
                "portal admin to add it to ARCGIS_SERVICE_HOSTS, then press Resume."
            )
        return url

    def layer(self, item: dict[str, Any], *, anonymous: bool = False) -> tuple[str, dict[str, Any]]:
        """The address of the layer or table that holds our rows, and its definition ({} before there is one)."""
        client = self.stranger if anonymous else self.signed
        root = self.service(item)
        about = client.ask(root, "read the service")
        known = [*about.get("layers", []), *about.get("tables", [])]
        if not known:
            return f"{root}/0", {}
        address = f"{root}/{int(known[0]['id'])}"
        return address, client.ask(address, "read the columns")

    def mine(self) -> Iterator[dict[str, Any]]:
        """Every item of our account. The search of the portal lags behind; this list does not."""
        start = 1
        while start > 0:
            path = f"content/users/{self.config.username}"
            answer = self.signed.ask(path, "list our items", num=100, start=start)
            yield from answer.get("items", [])
            following = int(answer.get("nextStart") or -1)
            # A list that begins anew would never end.
            start = following if following > start else -1

    def labelled(self, prefix: str, name: str) -> dict[str, Any] | None:
        """The item that carries this keyword of ours."""
        return next((item for item in self.mine() if name in shape.keywords(item, prefix)), None)

    def source_of(self, item: dict[str, Any]) -> dict[str, Any] | None:
        """The file that a service was published from."""
        for source in shape.keywords(item, shape.SOURCE):
            try:
                return self.item(source)
            except NotFound:
                continue
        return None

    def rows(self, item: dict[str, Any], *, anonymous: bool = False) -> Iterator[dict[str, Any]]:
        client = self.stranger if anonymous else self.signed
        address, definition = self.layer(item, anonymous=anonymous)
        offset = 0
        while True:
            answer = client.ask(
                f"{address}/query",
                "read the rows back",
                where="1=1",
                outFields="*",
                orderByFields="OBJECTID",
                returnGeometry=False,
                resultOffset=offset,
                resultRecordCount=PAGE,
            )
            found = answer.get("features")
            if not isinstance(found, list):
                raise ProtocolError("The portal did not send rows when asked for them. We ask again.")
            yield from shape.rows_of(found, definition)
            offset += len(found)
            if not found or not (answer.get("exceededTransferLimit") or len(found) == PAGE):
                return

    def count(self, item: dict[str, Any], *, anonymous: bool = False) -> int:
        client = self.stranger if anonymous else self.signed
        address, definition = self.layer(item, anonymous=anonymous)
        if not definition:
            return 0
        answer = client.ask(f"{address}/query", "count the rows", where="1=1", returnCountOnly=True)
        if not isinstance(answer.get("count"), int):
            raise ProtocolError("The portal did not say how many rows it holds. We ask again.")
        return answer["count"]

    # changing

    def of_ours(self, item_id: str, act: str, what: str, **form: Any) -> dict[str, Any]:
        path = f"content/users/{self.config.username}/items/{checked(item_id)}/{act}"
        return self.signed.ask(path, what, **form)

    def describe(self, item_id: str, **fields: Any) -> None:
        # Without the flag the portal leaves alone what is sent empty.
        self.of_ours(item_id, "update", "describe the dataset", clearEmptyFields=True, **fields)

    def delete(self, item_id: str, what: str) -> None:
        self.of_ours(item_id, "delete", what, permanentDelete=True)

    def upload(self, item_id: str, name: str, write: Callable[[Any], None]) -> None:
        """Give an item a new file; a large one goes in parts."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8", newline="") as text:
                write(text)
            with path.open("rb") as file:
                if path.stat().st_size <= PART_BYTES:
                    self.of_ours(item_id, "update", "send the file", file=(name, file.read()))
                    return
                self._in_parts(item_id, name, file)

    def _in_parts(self, item_id: str, name: str, file: BinaryIO) -> None:
        self.of_ours(item_id, "update", "begin the file", multipart=True, filename=name)
        for number, part in enumerate(iter(lambda: file.read(PART_BYTES), b""), start=1):
            path = f"addPart?partNum={number}"
            self.of_ours(item_id, path, "send a part of the file", file=(name, part))
        self.of_ours(item_id, "commit", "end the file")
        self.wait(lambda: self.of_ours(item_id, "status", "wait for the file"), "take the file")

    def host(self, source_id: str, parameters: dict[str, Any], *, overwrite: bool) -> str:
        """Make a service of a file, or let the file take the place of its rows; returns the service's item."""
        answer = self.signed.ask(
            f"content/users/{self.config.username}/publish",
            "publish the file",
            idempotent=overwrite,
            itemid=source_id,
            filetype="csv",
            publishParameters=parameters,
            overwrite=overwrite,
        )
        services = answer.get("services")
        if not isinstance(services, list) or not services:
            raise ProtocolError("The portal did not say what it published. We look again.", ambiguous=True)
        made = services[0]
        if made.get("success") is False or not ITEM.fullmatch(str(made.get("serviceItemId"))):
            raise refused("publish the file", self.config, status=200)
        if made.get("jobId"):
            self.wait(
                lambda: self.of_ours(
                    made["serviceItemId"],
                    "status",
                    "wait for the service",
                    jobType="publish",
                    jobId=made["jobId"],
                ),
                "publish the file",
            )
        return str(made["serviceItemId"])

    def wait(self, look: Callable[[], dict[str, Any]], what: str) -> dict[str, Any]:
        """Ask until a job has ended. Raises BadRequest when it failed, Retryable when it takes too long."""
        for _ in range(_JOB_POLLS):
            answer = look()
            status = str(answer.get("status", "")).lower().removeprefix("esrijob")
            if status in _DONE:
                return answer
            if status not in _WORKING:
                raise refused(what, self.config, status=200, code=status[:20])
            self.config.pause(_JOB_WAIT * self.config.wait_scale, f"The portal is still working ({what}).")
        raise Retryable(
            f"The portal at {self.config.domain} is still working on our request to {what}. "
            "We look again in a while.",
            ambiguous=True,
        )

    def define(self, address: str, act: str, what: str, definition: dict[str, Any]) -> None:
        """Change the definition of a service or a layer, at its address for administrators."""
        admin = address.replace("/rest/services/", "/rest/admin/services/", 1)
        form: dict[str, Any] = {act: definition}
        self.signed.ask(f"{admin}/{act}", what, **form)

    def append(
        self, address: str, features: Iterable[dict[str, Any]], key: str, shown: dict[str, Any]
    ) -> str:
        """Upsert features by the key: upload, append, wait. Returns the number of the last answer."""
        body = {"layerDefinition": shown, "featureSet": {"features": list(features)}}
        root = address.rsplit("/", 1)[0]
        sent = self.signed.ask(
            f"{root}/uploads/upload",
            "send rows",
            file=("rows.json", json.dumps({"layers": [body]}).encode()),
        )
        upload = str((sent.get("item") or {}).get("itemID", ""))
        if not upload:
            raise ProtocolError("The portal did not say where it put the rows. We send them again.")
        job = self.signed.ask(
            f"{address}/append",
            "add rows",
            appendUploadId=upload,
            appendUploadFormat="featureCollection",
            upsert=True,
            upsertMatchingField=key,
            skipInserts=False,
            skipUpdates=False,
            rollbackOnFailure=True,
        )
        url = str(job.get("statusUrl", ""))
        if not url.startswith("http"):
            raise ProtocolError("The portal did not say how the rows fared. We send them again.")
        self.known(url)
        self.wait(lambda: self.signed.ask(url, "wait for the rows"), "add rows")
        return self.signed.session.request_id(self.signed.session.last)


def told_id(value: Any) -> str:
    """The id of an item as the portal tells it in an answer. Raises ProtocolError where it tells none."""
    if not ITEM.fullmatch(str(value)):
        raise ProtocolError("The portal did not say what it made. We look again.", ambiguous=True)
    return str(value)


def checked(item_id: str) -> str:
    """The id of an item, or an error of ours: nothing else is ever put into an address."""
    if not ITEM.fullmatch(item_id):
        raise ValueError(f"{item_id!r} is not the id of an item on ArcGIS.")
    return item_id
