"""The rows, columns and description of a revision, put into its dataset."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import time
from typing import Any

import polars as pl

from publishing.devserver import assets, blobs
from publishing.devserver.dsmapi import blocks, columnar, evaluation
from publishing.devserver.http import ApiError
from publishing.devserver.row_writer import RowWriter
from publishing.devserver.store import Asset, Store, cell

SHOWN = (
    "Rows Created",
    "Rows Updated",
    "Rows Deleted",
    "By RowIdentifier",
    "By SID",
    "Errors",
)


def load(store: Store, asset: Asset, revision: dict[str, Any], output_id: int) -> dict[str, int]:
    """Put the rows in, in the way that the revision's action says; returns the counters."""
    output = store.papers.get("output_schema", output_id) or {}
    schema = store.papers.get("input_schema", output["input_schema_id"]) or {}
    source = store.papers.get("source", schema["source"]) or {}
    columns = evaluation.compiled(schema, output)
    kind = revision["action"]["type"]
    store.before_write(asset)
    _set_columns(store, asset, columns, replace=kind == "replace" or not asset.columns)
    if kind == "replace":
        store.db.execute(f"DELETE FROM {asset.truth}")
    by_name = {column["fieldName"]: cell(column) for column in asset.columns}
    names = [by_name[column["field_name"]] for column, _ in columns]
    writer = RowWriter(store, asset)
    write = _delete if kind == "delete" else _put
    for block in blocks.of(store, source, len(schema["input_columns"])):
        made = [columnar.make(node, block.cells) for _, node in columns]
        rows = pl.DataFrame([column.values.alias(name) for name, column in zip(names, made, strict=True)])
        if store.settings()["transform_errors"] == "row":
            whole = rows.filter(~pl.any_horizontal([column.wrong for column in made]))
            writer.counters["Errors"] += rows.height - whole.height
            rows = whole
        write(writer, rows)
    writer.counters["Errors"] += schema["num_row_errors"]
    asset.doc["rowsUpdatedAt"] = int(time.time())
    store.save(asset)
    return {name: writer.counters[name] for name in SHOWN}


def _put(writer: RowWriter, rows: pl.DataFrame) -> None:
    """Every row, but not those without their key."""
    if writer.key is not None:
        known = rows.drop_nulls(writer.key) if writer.key in rows.columns else rows.clear()
        writer.counters["Errors"] += rows.height - known.height
        rows = known
    writer.put_rows(tuple(rows.columns), rows.rows())


def _delete(writer: RowWriter, rows: pl.DataFrame) -> None:
    for cells in rows.iter_rows(named=True):
        try:
            writer.delete(cells)
        except ApiError:
            # Without its key, or not there.
            writer.counters["Errors"] += 1


def _set_columns(store: Store, asset: Asset, columns: evaluation.Columns, *, replace: bool) -> None:
    """The dataset gets the columns of the output; raises ValueError where only their rows may change."""
    known = {column["fieldName"]: column for column in asset.columns}
    wanted = {column["field_name"]: node.kind for column, node in columns}
    if not replace:
        # A delete names the key alone; an update may leave columns out, and they keep their values.
        strange = [name for name, kind in wanted.items() if known.get(name, {}).get("dataTypeName") != kind]
        if strange:
            raise ValueError(f"Columns that the dataset does not have, or has with another type: {strange}")
        return
    kept = []
    for position, (column, node) in enumerate(columns, start=1):
        there = known.get(column["field_name"])
        about = {
            "name": column["display_name"],
            "description": column["description"],
            "format": column["format"],
            "position": position,
        }
        if there is None or there["dataTypeName"] != node.kind:
            there = {
                "fieldName": column["field_name"],
                "dataTypeName": node.kind,
                "renderTypeName": node.kind,
            }
            store.add_column(asset, there)
        kept.append(there | about)
    asset.doc["columns"] = kept
    key = next((column["field_name"] for column, _ in columns if column["is_primary_key"]), None)
    old = asset.row_identifier
    if key is None and old is None:
        asset.doc["metadata"].pop("rowIdentifier", None)
    if key is not None:
        asset.doc["metadata"]["rowIdentifier"] = key
    # What is replaced may hold a value twice that the new key forbids: the old rows go before the index comes.
    store.db.execute(f"DELETE FROM {asset.truth}")
    assets.set_row_identifier(store, asset)


def describe(store: Store, asset: Asset, revision: dict[str, Any]) -> None:
    """The metadata and attachments of the revision; objects are merged, so the row identifier stays."""
    change = dict(revision["metadata"])
    for key in ("metadata", "privateMetadata"):
        if isinstance(change.get(key), dict):
            change[key] = asset.doc.get(key, {}) | change[key]
    if revision["attachments"]:
        told = [
            {"name": item.get("name"), "filename": item.get("filename"), "assetId": item.get("asset_id")}
            for item in revision["attachments"]
        ]
        change["metadata"] = (change.get("metadata") or asset.doc["metadata"]) | {"attachments": told}
    if change:
        assets.merge(store, asset, change)
    source = store.papers.get("source", revision["blob_id"] or "")
    if source and source["blob"]:
        about = blobs.find(store, source["blob"]) or {}
        asset.doc |= {"blobId": about["id"], "blobFilename": about["filename"], "viewType": "blobby"}
    asset.doc.pop("deletedAt", None)
    store.save(asset)


def publish(store: Store, asset: Asset) -> None:
    if asset.stage != "published":
        asset.stage = "published"
        asset.doc["publicationDate"] = int(time.time())
        store.save(asset)
