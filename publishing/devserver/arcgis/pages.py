"""What a citizen sees of the stand-in: the Hub's list of public layers, and the page of one."""

from __future__ import annotations

import functools
import json
from html import escape, unescape

from publishing.devserver import layout
from publishing.devserver.documents import Documents
from publishing.devserver.http import Request, Response

ROWS_SHOWN = 20
page = functools.partial(layout.page, portal="an ArcGIS organization")


def home(store: Documents) -> Response:
    shown = [one for one in store.every("item") if one["access"] == "public" and one["type"] != "CSV"]
    items = "".join(
        f'<li><a href="/home/item.html?id={one["id"]}">{escape(one["title"])}</a><br>'
        f"{escape(one['snippet'] or '')}</li>"
        for one in shown
    )
    body = f"<ul>{items}</ul>" if shown else "<p>Nothing is public on this site yet.</p>"
    return page("Public layers", f"<h1>Public layers and tables ({len(shown)})</h1>{body}")


def item(store: Documents, request: Request) -> Response:
    found = store.get("item", request.query.get("id", ""))
    if found is None or (found["access"] != "public" and request.user is None):
        return page(
            "Not public",
            "<h1>There is no public item here</h1><p>It may not exist, or it may not be public yet.</p>",
            status=404,
        )
    pairs = [
        ("Type", found["type"]),
        ("Tags", ", ".join(found["tags"])),
        ("Credits", found["accessInformation"] or ""),
        ("Terms of use", found["licenseInfo"] or ""),
        ("Shared with", found["access"]),
    ]
    text = escape(unescape(found["description"] or ""))
    body = (
        f"<h1>{escape(found['title'])}</h1><p>{text}</p>{layout.facts(pairs)}{_table(store, found['name'])}"
    )
    return page(found["title"], body)


def _table(store: Documents, name: str) -> str:
    service = store.get("service", name)
    if service is None or service["layer"] is None:
        return ""
    fields = service["layer"]["fields"]
    rows = [json.loads(body)["attributes"] for _, body in store.page(name, limit=ROWS_SHOWN)]
    cells = (
        ("" if row.get(field["name"]) is None else str(row[field["name"]]) for field in fields[1:])
        for row in rows
    )
    heads = [field.get("alias") or field["name"] for field in fields[1:]]
    return layout.table(f"First {ROWS_SHOWN} of {store.count(name):,} rows", heads, cells)
