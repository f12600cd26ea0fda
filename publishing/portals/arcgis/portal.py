"""The ArcGIS portal: how each thing that publishing asks for is said to ArcGIS Online.

A dataset is two items: a file (CSV) and the hosted layer that was published from it. Both are private until
both are shared. A refresh goes into a private layer of its own; when that is compared, its rows become the
file, and the file overwrites the public layer in one job. Item and address stay the same for ever.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Self

from publishing.portals.arcgis import shape
from publishing.portals.arcgis.items import Items, checked, told_id
from publishing.portals.arcgis.proving import told_of
from publishing.portals.arcgis.session import ArcgisConfig
from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Capabilities,
    ChunkReceipt,
    Forbidden,
    NotFound,
    Proof,
    PublicProbe,
    RemoteAsset,
)
from publishing.portals.shared.names import slug
from publishing.portals.shared.proving import columns_proof, description_proof
from publishing.portals.shared.steps import in_halves
from publishing.records import PortalRecord
from publishing.refusals import Limits

LONGEST = 60
_RIGHTS = ("portal:user:createItem", "portal:publisher:publishFeatures")


class ArcgisPortal:
    """publishing.portals.base.Portal for ArcGIS. One instance per piece of work; close it afterwards."""

    name = "arcgis_geo"
    capabilities = Capabilities(
        atomic_replace=True,
        row_key_required=True,
        has_queue=False,
        exact_numbers=False,
        stable_ids=True,
        limits=Limits(text=shape.TEXT_LENGTH, shape=shape.TEXT_LENGTH),
    )

    def __init__(self, config: ArcgisConfig) -> None:
        self.config = config
        self.items = Items(config)
        self.signed, self.stranger = self.items.signed, self.items.stranger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.items.close()

    def check_key(self) -> None:
        account = self.signed.ask("community/self", "sign in")
        rights = account.get("privileges") or []
        if any(right not in rights for right in _RIGHTS):
            raise Forbidden(
                f"The account behind our key on {self.config.domain} may not publish hosted layers. Ask your "
                "portal admin to give it the role Publisher, then press Resume."
            )

    # the dataset

    def find(self, record: PortalRecord) -> str | None:
        """By the keyword that our key makes, among the items of our account."""
        item = self.items.labelled(shape.KEY, _name(record))
        return item["id"] if item else None

    def create(self, record: PortalRecord) -> RemoteAsset:
        """File, service, keyword, in this order: what a lost answer left undone is done the next time."""
        name = _name(record)
        if self.items.labelled(shape.KEY, name):
            raise BadRequest(f"The portal at {self.config.domain} has a dataset under {name} already.")
        source_id = self._source(name, record)
        service_id = self._service(name, source_id, shape.layer(record))
        item = self.items.item(service_id)
        self._truncate(item)
        labels = [f"{shape.KEY}{name}", f"{shape.SOURCE}{source_id}", shape.DRAFT]
        words = [*(item.get("typeKeywords") or []), *labels]
        self.items.describe(service_id, typeKeywords=words, **shape.descriptive(record))
        self._settle(service_id, shape.layer(record))
        return self.view(service_id)

    def _source(self, name: str, record: PortalRecord) -> str:
        """The file item, with one example row that ArcGIS needs to make a service of it."""
        left = self.items.labelled(shape.SOURCE, name)
        if left:
            return str(left["id"])
        answer = self.signed.ask(
            f"content/users/{self.config.username}/addItem",
            "create the dataset",
            idempotent=False,
            type="CSV",
            filename=f"{name}.csv",
            typeKeywords=[f"{shape.SOURCE}{name}"],
            file=(f"{name}.csv", _csv_of(shape.layer(record), [shape.example_row(record)])),
            **shape.descriptive(record),
        )
        return told_id(answer.get("id"))

    def _service(self, name: str, source_id: str, layer: dict[str, Any]) -> str:
        title = _service_name(name)
        left = self._left(title, most_rows=1)
        parameters = shape.publish_parameters(title, layer)
        return left or self.items.host(source_id, parameters, overwrite=False)

    def _left(self, title: str, *, most_rows: int) -> str | None:
        """A service that we made and whose answer got lost: of this name, private, and without data."""
        item = next((one for one in self.items.mine() if one.get("name") == title), None)
        if item is None:
            return None
        item = self.items.item(item["id"])
        labelled = any(shape.keywords(item, prefix) for prefix in (shape.KEY, shape.NEXT))
        if labelled or item.get("access") != "private" or self.items.count(item) > most_rows:
            raise BadRequest(
                f"The portal at {self.config.domain} has a service named {title} that is not ours. Ask your "
                "portal admin to rename it, then press Resume."
            )
        return str(item["id"])

    def _settle(self, item_id: str, wanted: dict[str, Any]) -> None:
        """Names, descriptions and the unique key of a layer, as `wanted` has them."""
        address, there = self.items.layer(self.items.item(item_id))
        fields = [
            {key: field[key] for key in ("name", "alias", "description") if key in field}
            for field in shape.fields_of(wanted)
        ]
        self.items.define(address, "updateDefinition", "describe the columns", {"fields": fields})
        key = shape.key_of(wanted)
        if key and shape.key_of(there) != key:
            if shape.key_of(there):
                gone = {"indexes": [{"name": shape.INDEX}]}
                self.items.define(address, "deleteFromDefinition", "change the row key", gone)
            index = {"indexes": [shape.index(shape.to_ours(key))]}
            self.items.define(address, "addToDefinition", "set the row key", index)

    def view(self, remote_id: str) -> RemoteAsset:
        item = self.items.item(checked(remote_id))
        _, definition = self.items.layer(item)
        source = self.items.source_of(item)
        return shape.asset_of(item, definition, source_access=(source or {}).get("access", "private"))

    def working_copy(self, remote_id: str) -> RemoteAsset:
        """A private service without a layer yet; its columns come with `fit_columns`."""
        live = self.items.item(checked(remote_id))
        left = self.items.labelled(shape.NEXT, remote_id)
        if left:
            return self.view(left["id"])
        title = f"{live.get('name') or remote_id}_next"
        made = self._left(title, most_rows=0)
        if made is None:
            answer = self.signed.ask(
                f"content/users/{self.config.username}/createService",
                "open a working copy",
                idempotent=False,
                createParameters={"name": title, "capabilities": "Query,Editing", "maxRecordCount": 2000},
                outputType="featureService",
            )
            made = told_id(answer.get("serviceItemId") or answer.get("itemId"))
        words = [f"{shape.NEXT}{remote_id}"]
        self.items.describe(made, title=live.get("title"), typeKeywords=words)
        return self.view(made)

    def fit_columns(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        """A draft is private and emptied: its layer is made anew with the columns of the record."""
        item = self._draft(remote_id)
        root = self.items.service(item)
        _, there = self.items.layer(item)
        wanted = shape.layer(record)
        if there:
            kind = "layers" if there.get("geometryType") else "tables"
            gone = {kind: [{"id": there.get("id", 0)}]}
            self.items.define(root, "deleteFromDefinition", "remove the old columns", gone)
        kind = "layers" if wanted.get("geometryType") else "tables"
        self.items.define(root, "addToDefinition", "make the columns", {kind: [{"id": 0, **wanted}]})
        return self.view(remote_id)

    def set_metadata(self, remote_id: str, record: PortalRecord) -> None:
        self.items.describe(checked(remote_id), **shape.descriptive(record))
        self._settle(remote_id, shape.layer(record))

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """What item and layer say of the dataset and its columns, beside what the record says."""
        item = self.items.item(checked(remote_id))
        columns = self.view(remote_id).columns
        return [
            description_proof(told_of(shape.descriptive(record)), told_of(item)),
            columns_proof(record, {one.field_name: (one.name, one.description) for one in columns}),
        ]

    # rows

    def empty(self, remote_id: str) -> None:
        self._truncate(self._draft(remote_id))

    def _truncate(self, item: dict[str, Any]) -> None:
        address, definition = self.items.layer(item)
        if definition:
            admin = address.replace("/rest/services/", "/rest/admin/services/", 1)
            self.signed.ask(f"{admin}/truncate", "empty the working copy", attachmentOnly=False)

    def push_chunk(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        """Upsert by the unique key, whole or not. ArcGIS does not say which rows were new: all count as created."""
        address, definition = self.items.layer(self._draft(remote_id))
        key = shape.key_of(definition)
        if key is None:
            raise BadRequest(
                "The layer on the portal has no unique key, so rows could double. Nothing was sent."
            )
        shown: dict[str, Any] = {
            name: definition[name] for name in ("geometryType", "fields") if name in definition
        }

        def push(part: list[dict[str, Any]]) -> ChunkReceipt:
            number = self.items.append(address, shape.features(part, definition), key, shown)
            return ChunkReceipt(status=200, request_id=number, created=len(part), updated=0, errors=0)

        return in_halves(push, rows, self.config.pause)

    def is_replicated(self, remote_id: str) -> bool:
        return True

    def count(self, remote_id: str, *, anonymous: bool = False) -> int:
        item = self.items.item(checked(remote_id), anonymous=anonymous)
        return self.items.count(item, anonymous=anonymous)

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        item = self.items.item(checked(remote_id), anonymous=anonymous)
        for row in self.items.rows(item, anonymous=anonymous):
            yield {name: row.get(name) for name in fields}

    # who sees it

    def publish(self, remote_id: str) -> RemoteAsset:
        """The rows become the file too. A working copy's file overwrites the layer it was opened for."""
        item = self.items.item(checked(remote_id))
        if not shape.is_draft(item):
            return self.view(remote_id)
        _, definition = self.items.layer(item)
        for live_id in shape.keywords(item, shape.NEXT):
            self._overwrite(item, definition, self.items.item(live_id))
            return self.view(live_id)
        self._fill_source(item, item, definition)
        words = [word for word in item.get("typeKeywords") or [] if word != shape.DRAFT]
        self.items.describe(remote_id, typeKeywords=words)
        return self.view(remote_id)

    def _fill_source(
        self, target: dict[str, Any], rows_of: dict[str, Any], definition: dict[str, Any]
    ) -> dict[str, Any]:
        """Put the rows of one item into the file of another; returns the file's item."""
        source = self.items.source_of(target)
        if source is None:
            raise NotFound(f"The file behind the layer on {self.config.domain} is gone.", status=404)
        name = source.get("name") or f"{source['id']}.csv"
        rows = self.items.rows(rows_of)
        self.items.upload(source["id"], name, lambda file: shape.write_csv(file, definition, rows))
        return source

    def _overwrite(self, new: dict[str, Any], definition: dict[str, Any], live: dict[str, Any]) -> None:
        source = self._fill_source(live, new, definition)
        parameters = shape.publish_parameters(live.get("name") or live["id"], definition)
        self.items.host(source["id"], parameters, overwrite=True)
        self._settle(live["id"], definition)
        told = ("title", "snippet", "description", "tags", "accessInformation", "licenseInfo")
        self.items.describe(live["id"], **{key: new.get(key) for key in told})
        with suppress(NotFound):
            self.items.delete(new["id"], "remove the working copy")

    def set_scope(self, remote_id: str, scope: str) -> RemoteAsset:
        """Layer and file together: the file holds the same rows."""
        item = self.items.item(checked(remote_id))
        source = self.items.source_of(item)
        wide = scope == "public"
        for one in filter(None, (item, source)):
            if (one.get("access") == "public") is not wide or (not wide and one.get("access") != "private"):
                self._share(one["id"], wide)
        return self.view(remote_id)

    def _share(self, item_id: str, wide: bool) -> None:
        group = self.config.group
        if group and not wide:
            self.items.of_ours(item_id, "unshare", "change who may see it", groups=group)
        answer = self.items.of_ours(
            item_id,
            "share",
            "change who may see it",
            everyone=wide,
            org=wide,
            groups=group if wide else "",
        )
        if answer.get("notSharedWith"):
            raise Forbidden(
                f"The portal at {self.config.domain} did not share the dataset with the group of the site. Ask "
                "your portal admin to let our account contribute to it (ARCGIS_GROUP), then press Resume."
            )

    def retire(self, remote_id: str, note: str) -> RemoteAsset:
        """Private first; then the note stands above its description."""
        asset = self.set_scope(remote_id, "private")
        told = self.items.item(checked(remote_id)).get("description") or ""
        if asset.scope == "private" and not told.startswith(shape.as_html(note)):
            self.items.describe(remote_id, description=f"{shape.as_html(note)}\n\n{told}".strip())
        return self.view(remote_id)

    def verify_public(self, remote_id: str, *, key_field: str) -> PublicProbe:
        """As a stranger: the item, the count, and one query over the key."""
        try:
            item = self.items.item(checked(remote_id), anonymous=True)
            address, _ = self.items.layer(item, anonymous=True)
        except (Forbidden, NotFound, AuthFailed) as error:
            return PublicProbe(error.status or 403, None, None)
        answer = self.stranger.ask(
            f"{address}/query",
            "query from outside",
            where=f"{shape.to_theirs(key_field)} IS NOT NULL",
            outFields="*",
            returnGeometry=False,
            resultRecordCount=5,
        )
        rows = self.items.count(item, anonymous=True)
        return PublicProbe(200, rows, len(answer.get("features", [])))

    def public_url(self, remote_id: str) -> str:
        return f"{self.config.base}/home/item.html?id={checked(remote_id)}"

    def query_url(self, remote_id: str) -> str:
        address, _ = self.items.layer(self.items.item(checked(remote_id)))
        return f"{address}/query"

    def _draft(self, remote_id: str) -> dict[str, Any]:
        item = self.items.item(checked(remote_id))
        if not shape.is_draft(item):
            raise BadRequest("A published dataset is never emptied: its rows change in a working copy.")
        return item


def _name(record: PortalRecord) -> str:
    return slug(record.external_key, longest=LONGEST)


def _service_name(name: str) -> str:
    """Letters, digits and underscores, not beginning with a digit."""
    plain = name.replace("-", "_")
    return f"d_{plain}" if plain[0].isdigit() else plain


def _csv_of(layer: dict[str, Any], rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    shape.write_csv(text, layer, rows)
    return text.getvalue().encode()
