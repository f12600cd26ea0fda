"""Two pages for people: what the portal holds, and one dataset with its first rows and all it offers."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from publishing.devserver import assets, derived, federation, geometry, queries, values
from publishing.devserver.http import ApiError, Request, Response
from publishing.devserver.layout import facts, page
from publishing.devserver.store import Asset, Store

ROWS_SHOWN = 20


def home(store: Store, request: Request) -> Response:
    """What is public, found by its words; on the address of a site that federates, what that site shows."""
    site = federation.target(store, request)
    stale = federation.stale(store) if site else set()
    every = [asset for asset in store.assets() if asset.open_to_all or asset.id in stale]
    asked = request.query.get("q", "").strip()
    shown = [asset for asset in every if _speaks_of(asset, asked)]
    items = "".join(
        f'<li><a href="/d/{asset.id}">{escape(asset.doc["name"])}</a><br>'
        f"{escape(asset.doc.get('description', ''))}<br>"
        f"<small>{_size(store, asset)}</small></li>"
        for asset in shown
    )
    form = f"""<form role="search" action="/" method="get"><label for="q">Search the datasets</label><br>
<input id="q" name="q" type="search" value="{escape(asked)}"> <button>Search</button></form>"""
    nothing = "Nothing here has these words." if every else "Nothing is public on this portal yet."
    body = form + (f"<ul>{items}</ul>" if shown else f"<p>{nothing}</p>")
    body += '<p><a href="/data.json">data.json</a> and <a href="/api/catalog/v1">the catalogue</a></p>'
    title = f"Public datasets ({len(shown)})" + (f" on {escape(site)}" if site else "")
    return page("Public datasets", f"<h1>{title}</h1>{body}")


def _speaks_of(asset: Asset, asked: str) -> bool:
    doc = asset.doc
    parts = [doc["name"], doc.get("description", ""), doc.get("category") or "", *doc.get("tags", [])]
    text = " ".join(parts).lower()
    return all(word in text for word in asked.lower().split())


def _size(store: Store, asset: Asset) -> str:
    if asset.doc.get("blobId"):
        return f"A file of {asset.doc.get('blobFileSize', 0):,} bytes"
    kind = "Filtered view: " if assets.is_derived(asset) else ""
    return f"{kind}{_count(store, asset):,} rows, {len(asset.columns)} columns"


def dataset(store: Store, request: Request) -> Response:
    """A public dataset for all; a private one for a reviewer who signs in with the portal's key."""
    asset = store.asset(request.args["id"])
    if request.user is None and "sign-in" in request.query:
        return _challenge()
    if asset is None or not assets.may_see(asset, request.user):
        return page(
            "Not public",
            "<h1>There is no public dataset here</h1><p>It may not exist, or it may not be public yet. "
            f'A reviewer can <a href="/d/{escape(request.args["id"])}?sign-in=1">sign in to preview it</a> '
            "with a key of the portal.</p>",
            status=404,
        )
    state = "Public" if asset.open_to_all else "Private: only people who sign in to the portal see this"
    working = "" if asset.stage == "published" else " (working copy, not published)"
    body = f"""<h1>{escape(asset.doc["name"])}</h1><p class="state">{state}{working}.</p>
<p>{escape(asset.doc.get("description", ""))}</p>{facts(_facts(store, asset))}"""
    if asset.columns:
        body += f"<h2>Columns</h2>{_columns(asset)}<h2>Data</h2>{_rows(store, asset)}"
    body += f"<h2>Use it</h2><ul>{_uses(asset)}</ul>{_attachments(asset)}{_views(store, asset, request)}"
    return page(asset.doc["name"], body)


def _facts(store: Store, asset: Asset) -> list[tuple[str, str]]:
    doc = asset.doc
    table = derived.table_of(store, asset)
    updated = datetime.fromtimestamp(table.rows_updated, UTC).strftime("%d %B %Y, %H:%M UTC")
    return [
        ("Category", doc.get("category") or ""),
        ("Keywords", ", ".join(doc.get("tags", []))),
        ("Provided by", doc.get("attribution") or ""),
        ("License", doc.get("licenseId") or ""),
        ("Data updated", updated),
        ("Rows", f"{_count(store, asset):,}"),
    ]


def _uses(asset: Asset) -> str:
    where = f"/api/views/{asset.id}/rows"
    lines = [
        f'<a href="{where}.csv?accessType=DOWNLOAD">Download as CSV</a>',
        f'<a href="{where}.json?accessType=DOWNLOAD">Download as JSON</a>',
        f'<a href="/resource/{asset.id}.json">SODA API</a>: <code>/resource/{asset.id}.json</code>',
    ]
    if any(column["dataTypeName"] in geometry.TYPES for column in asset.columns):
        lines.append(f'<a href="/resource/{asset.id}.geojson">Download as GeoJSON</a>')
    if asset.doc.get("blobId"):
        address = f"/api/views/{asset.id}/files/{asset.doc['blobId']}"
        lines = [f'<a href="{address}">Download {escape(asset.doc["blobFilename"])}</a>']
    return "".join(f"<li>{line}</li>" for line in lines)


def _attachments(asset: Asset) -> str:
    lines = "".join(
        f'<li><a href="/api/views/{asset.id}/files/{escape(str(item.get("assetId")))}?download=true">'
        f"{escape(str(item.get('name') or item.get('filename')))}</a></li>"
        for item in asset.doc["metadata"].get("attachments") or []
    )
    return f"<h2>Attachments</h2><ul>{lines}</ul>" if lines else ""


def _views(store: Store, asset: Asset, request: Request) -> str:
    """The filtered views on this dataset that may be seen, or the dataset that this one is a view on."""
    lines = ""
    if assets.is_derived(asset):
        parent = store.asset(asset.doc["parent"])
        if parent is not None and assets.may_see(parent, request.user):
            lines = f'<p>A filtered view of <a href="/d/{parent.id}">{escape(parent.doc["name"])}</a>.</p>'
        return lines
    for view in derived.of(store, asset):
        if assets.may_see(view, request.user):
            lines += f'<li><a href="/d/{view.id}">{escape(view.doc["name"])}</a></li>'
    return f"<h2>Filtered views</h2><ul>{lines}</ul>" if lines else ""


def _challenge() -> Response:
    answer = page(
        "Sign in", "<h1>Sign in</h1><p>The portal needs a key to show what is private.</p>", status=401
    )
    answer.headers["WWW-Authenticate"] = 'Basic realm="Stand-in portal", charset="UTF-8"'
    return answer


def _count(store: Store, asset: Asset) -> int:
    try:
        table = derived.table_of(store, asset)
    except ApiError:
        # A view whose query no longer fits its dataset.
        return 0
    return int(store.rows(f"SELECT COUNT(*) FROM {table.sql}", table.params)[0][0])


def _columns(asset: Asset) -> str:
    lines = "".join(
        f'<tr><th scope="row">{escape(column["name"])}</th><td><code>{column["fieldName"]}</code></td>'
        f"<td>{column['dataTypeName']}</td><td>{escape(column['description'])}</td></tr>"
        for column in asset.columns
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Column", "API name", "Type", "Description"))
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Columns"><table>'
        f"<caption>What each column holds</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def _rows(store: Store, asset: Asset) -> str:
    if not asset.columns:
        return "<p>No columns yet.</p>"
    query = queries.compile_query({"$limit": str(ROWS_SHOWN)}, asset, derived.table_of(store, asset))
    head = "".join(f'<th scope="col">{escape(column["name"])}</th>' for column in asset.columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{_cell(kind, value)}</td>" for (_, kind), value in zip(query.fields, row, strict=True)
        )
        + "</tr>"
        for row in store.rows(query.sql, query.params)
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Rows"><table>'
        f"<caption>First {ROWS_SHOWN} rows</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "url":
        link = values.shown(kind, value)
        address = str(link.get("url", "")) if isinstance(link, dict) else str(link)
        safe = urlsplit(address).scheme in ("http", "https")
        return f'<a href="{escape(address)}">{escape(address)}</a>' if safe else escape(address)
    if kind == "point":
        longitude, latitude = values.shown(kind, value)["coordinates"]
        return f"{latitude}, {longitude}"
    if kind == "calendar_date":
        return escape(str(value).removesuffix(".000").removesuffix("T00:00:00").replace("T", " "))
    return escape(str(value))
