"""The CKAN portal: how each thing that publishing asks for is said in actions.

CKAN knows no working state of a dataset, and a table in a public dataset can be read while it grows. So rows
go into a private dataset of their own beside the public one; when they are compared, the two change places:
the old one steps aside and becomes private, the new one takes its name. Between those two requests the address
answers "not found". The address stays, CKAN's own numbers of the dataset and its table change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Self

from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Capabilities,
    ChunkReceipt,
    Forbidden,
    NotFound,
    Proof,
    ProtocolError,
    PublicProbe,
    RemoteAsset,
)
from publishing.portals.ckan import shape
from publishing.portals.ckan.session import CkanClient, CkanConfig
from publishing.portals.shared.names import slug
from publishing.portals.shared.proving import columns_proof, description_proof
from publishing.portals.shared.steps import in_halves
from publishing.records import PortalRecord
from publishing.refusals import Limits

NEXT = "-next"
# With the ending of a working copy it still fits where ids of portals are kept.
LONGEST = 35
PAGE = 10_000
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,39}")


class CkanPortal:
    """publishing.portals.base.Portal for CKAN. One instance per piece of work; close it afterwards."""

    name = "ckan"
    capabilities = Capabilities(
        atomic_replace=False,
        row_key_required=True,
        has_queue=False,
        exact_numbers=True,
        stable_ids=False,
        limits=Limits(text=None),
    )

    def __init__(self, config: CkanConfig) -> None:
        self.config = config
        self.signed = CkanClient(config)
        self.stranger = CkanClient(config, anonymous=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.signed.close()
        self.stranger.close()

    def check_key(self) -> None:
        """CKAN takes a wrong token for no token: what tells is whether we may create in our organization."""
        found = self.signed.action(
            "organization_list_for_user", "sign in", permission="create_dataset", limit=1000
        )
        if not isinstance(found, list) or not found:
            raise AuthFailed(
                f"The portal at {self.config.domain} refused our key, or the account behind it may create "
                "datasets in no organization. Ask your portal admin to check CKAN_API_TOKEN, then press "
                "Resume."
            )
        if not any(self.config.organization in (one.get("name"), one.get("id")) for one in found):
            raise Forbidden(
                f"The account behind our key on {self.config.domain} may not create datasets in the "
                f"organization {self.config.organization}. Ask your portal admin to make it an editor there "
                "or to correct CKAN_ORGANIZATION, then press Resume."
            )

    # the dataset

    def find(self, record: PortalRecord) -> str | None:
        """By the name that our key makes; a dataset of that name with another key is not ours."""
        name = slug(record.external_key, longest=LONGEST)
        try:
            package = self._package(name)
        except NotFound:
            return None
        return name if shape.extras_of(package).get(shape.KEY) == record.external_key else None

    def create(self, record: PortalRecord) -> RemoteAsset:
        return self._create(slug(record.external_key, longest=LONGEST), record)

    def _create(self, name: str, record: PortalRecord) -> RemoteAsset:
        extras = shape.own_extras(record) | {shape.STAGE: shape.DRAFT}
        self.signed.action(
            "package_create",
            "create the dataset",
            idempotent=False,
            name=name,
            owner_org=self.config.organization,
            private=True,
            extras=shape.as_extras(extras),
            **shape.descriptive(record),
        )
        self._make_table(name, record)
        return self.view(name)

    def _make_table(self, name: str, record: PortalRecord) -> None:
        self.signed.action(
            "datastore_create",
            "make the table",
            idempotent=False,
            resource={"package_id": name, "name": shape.RESOURCE, "format": "CSV"},
            fields=shape.fields(record),
            primary_key=[record.row_identifier],
            records=[],
        )

    def view(self, remote_id: str) -> RemoteAsset:
        package = self._package(remote_id)
        table = shape.table_of(package)
        info = self.signed.action("datastore_info", "read the columns", id=table) if table else {}
        return shape.asset_of(package, info)

    def working_copy(self, remote_id: str) -> RemoteAsset:
        """A private dataset beside the published one; its columns come with `fit_columns`."""
        name = f"{_checked(remote_id).removesuffix(NEXT)}{NEXT}"
        try:
            return self.view(name)
        except NotFound:
            live = self._package(remote_id)
        extras = {**shape.extras_of(live), shape.STAGE: shape.DRAFT}
        kept = ("title", "notes", "author", "maintainer", "maintainer_email", "license_id")
        self.signed.action(
            "package_create",
            "open a working copy",
            idempotent=False,
            name=name,
            owner_org=self.config.organization,
            private=True,
            extras=shape.as_extras(extras),
            tags=[{"name": tag["name"]} for tag in live.get("tags", [])],
            **{key: live.get(key) or "" for key in kept},
        )
        return self.view(name)

    def fit_columns(self, remote_id: str, record: PortalRecord) -> RemoteAsset:
        """A draft is private and emptied: its table is made anew with the columns of the record."""
        package = self._draft(remote_id)
        for resource in package.get("resources", []):
            if resource.get("name") == shape.RESOURCE:
                self.signed.action("resource_delete", "remove the old table", id=resource["id"])
        self._make_table(remote_id, record)
        return self.view(remote_id)

    def set_metadata(self, remote_id: str, record: PortalRecord) -> None:
        """What others put into the extras survives; the table is told what its columns hold and its key."""
        package = self._package(remote_id)
        extras = shape.described(shape.extras_of(package), record)
        self._patch(package, "describe the dataset", extras=extras, **shape.descriptive(record))
        table = shape.table_of(package)
        if table is None:
            self._make_table(remote_id, record)
            return
        self.signed.action(
            "datastore_create",
            "describe the columns",
            resource_id=table,
            fields=shape.fields(record),
            primary_key=[record.row_identifier],
            force=True,
        )

    def proofs(self, remote_id: str, record: PortalRecord) -> list[Proof]:
        """What CKAN says of the dataset and its columns, beside what the record says."""
        package = self._package(remote_id)
        wanted = shape.told_of(shape.descriptive(record), shape.own_extras(record))
        columns = self.view(remote_id).columns
        return [
            description_proof(wanted, shape.told_of(package, shape.extras_of(package))),
            columns_proof(record, {one.field_name: (one.name, one.description) for one in columns}),
        ]

    # rows

    def empty(self, remote_id: str) -> None:
        table = shape.table_of(self._draft(remote_id))
        if table is not None:
            # `filters` is what keeps CKAN from dropping the table itself.
            self.signed.action(
                "datastore_records_delete",
                "empty the working copy",
                resource_id=table,
                filters={},
                force=True,
            )

    def push_chunk(self, remote_id: str, rows: list[dict[str, Any]]) -> ChunkReceipt:
        """One call is one transaction. CKAN does not say which rows were new: all count as created."""
        table = self._table(remote_id)

        def push(part: list[dict[str, Any]]) -> ChunkReceipt:
            self.signed.action(
                "datastore_upsert",
                "add rows",
                resource_id=table,
                method="upsert",
                records=part,
                force=True,
                calculate_record_count=False,
            )
            number = self.signed.session.request_id(self.signed.session.last)
            return ChunkReceipt(status=200, request_id=number, created=len(part), updated=0, errors=0)

        return in_halves(push, rows, self.config.pause)

    def is_replicated(self, remote_id: str) -> bool:
        return True

    def count(self, remote_id: str, *, anonymous: bool = False) -> int:
        answer = self._search("count the rows", remote_id, anonymous, limit=0, include_total=True)
        try:
            return int(answer["total"])
        except (KeyError, TypeError, ValueError):
            raise ProtocolError("The portal did not say how many rows it holds. We ask again.") from None

    def read_back(
        self, remote_id: str, fields: list[str], *, anonymous: bool = False
    ) -> Iterator[dict[str, Any]]:
        client = self.stranger if anonymous else self.signed
        table = self._table(remote_id, anonymous=anonymous)
        offset = 0
        while True:
            answer = client.action(
                "datastore_search",
                "read the rows back",
                resource_id=table,
                fields=fields,
                sort="_id",
                limit=PAGE,
                offset=offset,
                include_total=False,
            )
            rows = answer.get("records") if isinstance(answer, dict) else None
            if not isinstance(rows, list):
                raise ProtocolError("The portal did not send rows when asked for them. We ask again.")
            yield from rows
            # A portal may give fewer rows at a time than were asked for; it says how many then.
            if len(rows) < min(PAGE, int(answer.get("limit") or PAGE)):
                return
            offset += len(rows)

    # who sees it

    def publish(self, remote_id: str) -> RemoteAsset:
        """A first draft is whole from now on, still private; a working copy takes the place of the old one."""
        _checked(remote_id)
        if not remote_id.endswith(NEXT):
            package = self._package(remote_id)
            extras = shape.extras_of(package)
            if extras.pop(shape.STAGE, None) is not None:
                self._patch(package, "publish the working state", extras=extras)
            return self.view(remote_id)
        name = remote_id.removesuffix(NEXT)
        try:
            new = self._package(remote_id)
        except NotFound:
            return self.view(name)
        old = self._package(name)
        if old["id"] != new["id"]:
            self._step_aside(old, new)
        return self.view(name)

    def _step_aside(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        stage = shape.SWAP_PRIVATE if old.get("private") else shape.SWAP_PUBLIC
        extras = {**shape.extras_of(new), shape.STAGE: stage, shape.REPLACES: old["id"]}
        ready = self._patch(new, "prepare the working state", extras=extras)
        aside = f"{old['name']}-replaced-{old['id'][:8]}"
        self._patch(old, "put the old state aside", name=aside, private=True)
        self._take_place(ready)

    def _take_place(self, new: dict[str, Any]) -> dict[str, Any]:
        """The last step of a change of places, and what a cut before it left undone."""
        old = shape.extras_of(new).get(shape.REPLACES)
        changes = shape.placed(new, new["name"].removesuffix(NEXT))
        package = self._patch(new, "publish the working state", **changes)
        if old:
            with suppress(NotFound):
                self.signed.action("package_delete", "remove the old state", id=old)
        return package

    def set_scope(self, remote_id: str, scope: str) -> RemoteAsset:
        package = self._package(remote_id)
        private = scope != "public"
        if package.get("private") is not private:
            self._patch(package, "change who may see it", private=private)
        return self.view(remote_id)

    def retire(self, remote_id: str, note: str) -> RemoteAsset:
        """Private first; then the note stands above its description."""
        asset = self.set_scope(remote_id, "private")
        package = self._package(remote_id)
        told = package.get("notes") or ""
        if asset.scope == "private" and not told.startswith(note):
            self._patch(package, "note that it is retired", notes=f"{note}\n\n{told}".strip())
        return self.view(remote_id)

    def verify_public(self, remote_id: str, *, key_field: str) -> PublicProbe:
        """As a stranger: the dataset, the count, and one query over the key."""
        try:
            self.stranger.action("package_show", "look from outside", id=_checked(remote_id))
        except (Forbidden, NotFound, AuthFailed) as error:
            return PublicProbe(error.status or 403, None, None)
        answer = self._search("query from outside", remote_id, True, sort=key_field, limit=5)
        sample = [row for row in answer["records"] if row.get(key_field) is not None]
        return PublicProbe(200, self.count(remote_id, anonymous=True), len(sample))

    def public_url(self, remote_id: str) -> str:
        return f"{self.config.base}/dataset/{_checked(remote_id)}"

    def query_url(self, remote_id: str) -> str:
        return f"{self.config.base}/api/3/action/package_show?id={_checked(remote_id)}"

    # how we speak

    def _package(self, name: str) -> dict[str, Any]:
        """The dataset; one whose change of places was cut short is put in its place first.

        Who only reads sees it as it will be then.
        """
        try:
            return self._show(name)
        except NotFound:
            if name.endswith(NEXT):
                raise
        package = self._show(f"{name}{NEXT}")
        if shape.extras_of(package).get(shape.STAGE) in (shape.SWAP_PUBLIC, shape.SWAP_PRIVATE):
            if self.config.read_only:
                will = shape.placed(package, name)
                return {**package, **will, "extras": shape.as_extras(will["extras"])}
            return self._take_place(package)
        raise NotFound(f"The portal at {self.config.domain} has no such dataset any more.", status=404)

    def _show(self, name: str) -> dict[str, Any]:
        package = self.signed.action("package_show", "read the dataset", id=_checked(name))
        if not isinstance(package, dict):
            raise ProtocolError("The portal did not describe the dataset when asked. We ask again.")
        if package.get("state", "active") != "active":
            raise NotFound(f"The portal at {self.config.domain} has deleted this dataset.", status=404)
        return package

    def _patch(self, package: dict[str, Any], what: str, **changes: Any) -> dict[str, Any]:
        if "extras" in changes:
            changes["extras"] = shape.as_extras(changes["extras"])
        return self.signed.action("package_patch", what, id=package["id"], **changes)

    def _draft(self, remote_id: str) -> dict[str, Any]:
        package = self._package(remote_id)
        if shape.extras_of(package).get(shape.STAGE) is None:
            raise BadRequest("A published dataset is never emptied: its rows change in a working copy.")
        return package

    def _table(self, remote_id: str, *, anonymous: bool = False) -> str:
        if anonymous:
            package = self.stranger.action("package_show", "look from outside", id=_checked(remote_id))
        else:
            package = self._package(remote_id)
        table = shape.table_of(package)
        if table is None:
            raise NotFound(f"The dataset on {self.config.domain} has no table of ours any more.", status=404)
        return table

    def _search(self, what: str, remote_id: str, anonymous: bool, **query: Any) -> dict[str, Any]:
        client = self.stranger if anonymous else self.signed
        table = self._table(remote_id, anonymous=anonymous)
        return client.action("datastore_search", what, resource_id=table, **query)


def _checked(name: str) -> str:
    """A name of a dataset, or an error of ours: nothing else is ever asked for."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a dataset on CKAN.")
    return name
