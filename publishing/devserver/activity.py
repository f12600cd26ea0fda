"""/api/activity_log.json: who did what to which asset, asked by SoQL like any other rows."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from publishing.devserver import queries, reading
from publishing.devserver.http import Request, Response
from publishing.devserver.store import Asset, Store

# The columns of the table rows_0, in this order.
FIELDS = (
    "id",
    "created_at",
    "activity_type",
    "asset_id",
    "asset_name",
    "acting_user_id",
    "acting_user_name",
    "request_id",
    "details",
)
# What is told, by the name of the route.
TYPES = {
    "views.create": "AssetCreated",
    "views.change": "AssetMetadataUpdated",
    "views.delete": "AssetDeleted",
    "views.publish": "AssetPublished",
    "metadata.change": "AssetMetadataUpdated",
    "columns.add": "AssetSchemaUpdated",
    "columns.change": "AssetSchemaUpdated",
    "columns.delete": "AssetSchemaUpdated",
    "permissions.write": "AssetPermissionsUpdated",
    "approvals.submit": "ApprovalSubmitted",
    "approvals.decide": "ApprovalDecided",
    "approvals.withdraw": "ApprovalWithdrawn",
    "files.attach": "AttachmentUploaded",
    "rows.upsert": "DataUpdated",
    "rows.replace": "DataReplaced",
    "rows.delete": "DataUpdated",
    "rows.write_one": "DataUpdated",
    "dsmapi.create_dataset": "AssetCreated",
    "dsmapi.create_revision": "RevisionOpened",
    "dsmapi.discard": "RevisionDiscarded",
    "dsmapi.apply": "RevisionApplied",
}
TYPE_OF = {"created_at": "fixed_timestamp"}


def record(store: Store, request: Request, name: str) -> None:
    """Keep what was done, when it was something and it was done."""
    kind = TYPES.get(name)
    if kind is None or request.user is None:
        return
    wanted = request.args.get("id", "")
    asset = store.asset(wanted) if wanted else None
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    told = (
        moment,
        kind,
        wanted or None,
        asset.doc["name"] if asset else None,
        request.user["id"],
        request.user["email"],
        request.headers.get("x-socrata-requestid"),
        f"{request.method} {request.path}",
    )
    names = ", ".join(f"c{number}" for number in range(2, len(FIELDS) + 1))
    now = time.time()
    marks = ", ?" * len(told)
    cursor = store.db.execute(
        f"INSERT INTO rows_0 (made, changed, {names}) VALUES (?, ?{marks})",  # noqa: S608 - our own numbers
        (now, now, *told),
    )
    store.db.execute("UPDATE rows_0 SET c1 = ? WHERE sid = ?", (str(cursor.lastrowid), cursor.lastrowid))


def read(store: Store, request: Request) -> Response:
    request.signed_in()
    columns: list[dict[str, Any]] = [
        {"id": number, "fieldName": name, "dataTypeName": TYPE_OF.get(name, "text")}
        for number, name in enumerate(FIELDS, start=1)
    ]
    log = Asset(0, "activity", {"columns": columns}, "published", "private", 0, 0, 0.0, 0.0)
    return reading.answer(
        store, queries.compile_query(request.query, log, queries.Table("rows_0")), "json", {}
    )
