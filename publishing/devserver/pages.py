"""Two pages for people: what the portal holds, and one dataset with its first rows."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from publishing.devserver import derived, queries, values
from publishing.devserver.http import ApiError, Request, Response
from publishing.devserver.layout import page
from publishing.devserver.store import Asset, Store

ROWS_SHOWN = 20


def home(store: Store, request: Request) -> Response:
    shown = [asset for asset in store.assets() if asset.open_to_all]
    items = "".join(
        f'<li><a href="/d/{asset.id}">{escape(asset.doc["name"])}</a><br>'
        f"{escape(asset.doc.get('description', ''))}<br>"
        f"<small>{_count(store, asset):,} rows, {len(asset.columns)} columns</small></li>"
        for asset in shown
    )
    body = f"<ul>{items}</ul>" if shown else "<p>Nothing is public on this portal yet.</p>"
    body += '<p><a href="/data.json">data.json</a> and <a href="/api/catalog/v1">the catalogue</a></p>'
    return page("Public datasets", f"<h1>Public datasets ({len(shown)})</h1>{body}")


def dataset(store: Store, request: Request) -> Response:
    """A public dataset for all; a private one for a reviewer who signs in with the portal's key."""
    asset = store.asset(request.args["id"])
    if request.user is None and "sign-in" in request.query:
        return _challenge()
    if asset is None or (request.user is None and not asset.open_to_all):
        return page(
            "Not public",
            "<h1>There is no public dataset here</h1><p>It may not exist, or it may not be public yet. "
            f'A reviewer can <a href="/d/{escape(request.args["id"])}?sign-in=1">sign in to preview it</a> '
            "with a key of the portal.</p>",
            status=404,
        )
    doc = asset.doc
    state = "Public" if asset.open_to_all else "Private: only people who sign in to the portal see this"
    working = "" if asset.stage == "published" else " (working copy, not published)"
    updated = datetime.fromtimestamp(doc["rowsUpdatedAt"], UTC).strftime("%d %B %Y, %H:%M UTC")
    facts = [
        ("Category", doc.get("category")),
        ("Keywords", ", ".join(doc.get("tags", []))),
        ("Provided by", doc.get("attribution")),
        ("License", doc.get("licenseId")),
        ("Data updated", updated),
        ("Rows", f"{_count(store, asset):,}"),
    ]
    body = f"""<h1>{escape(doc["name"])}</h1><p class="state">{state}{working}.</p>
<p>{escape(doc.get("description", ""))}</p>
<dl>{"".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)}</dl>
<h2>Columns</h2>{_columns(asset)}
<h2>Data</h2>{_rows(store, asset)}
<h2>Use it</h2><ul>
<li><a href="/resource/{asset.id}.json">SODA API</a>: <code>/resource/{asset.id}.json</code></li>
<li><a href="/api/views/{asset.id}/rows.csv?accessType=DOWNLOAD">Download as CSV</a></li></ul>"""
    return page(doc["name"], body)


def _challenge() -> Response:
    answer = page(
        "Sign in", "<h1>Sign in</h1><p>The portal needs a key to show what is private.</p>", status=401
    )
    answer.headers["WWW-Authenticate"] = 'Basic realm="Stand-in portal", charset="UTF-8"'
    return answer


def _count(store: Store, asset: Asset) -> int:
    return store.rows(f"SELECT COUNT(*) FROM {asset.truth}", [])[0][0]


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
    if kind == "calendar_date":
        return escape(str(value).removesuffix(".000").removesuffix("T00:00:00").replace("T", " "))
    return escape(str(value))


def not_found() -> Response:
    return ApiError(404, "not_found", "Not found").response()
