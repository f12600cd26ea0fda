"""What a citizen sees of the stand-in: the list of datasets, and one dataset with its first rows."""

from __future__ import annotations

import functools
import json
from html import escape

from publishing.devserver import layout
from publishing.devserver.ckan.packages import named
from publishing.devserver.documents import Documents
from publishing.devserver.http import Request, Response

ROWS_SHOWN = 20
page = functools.partial(layout.page, portal="a CKAN portal")


def home(store: Documents) -> Response:
    shown = [one for one in store.every("package") if not one["private"] and one["state"] == "active"]
    items = "".join(
        f'<li><a href="/dataset/{one["name"]}">{escape(one["title"])}</a><br>{escape(one["notes"])}</li>'
        for one in shown
    )
    body = f"<ul>{items}</ul>" if shown else "<p>Nothing is public on this portal yet.</p>"
    return page("Public datasets", f"<h1>Public datasets ({len(shown)})</h1>{body}")


def dataset(store: Documents, request: Request) -> Response:
    package = named(store, request.path.rsplit("/", 1)[1])
    hidden = package is None or package["private"] or package["state"] != "active"
    if package is None or (hidden and request.user is None):
        return page(
            "Not public",
            "<h1>There is no public dataset here</h1><p>It may not exist, or it may not be public yet.</p>",
            status=404,
        )
    pairs = [
        ("Keywords", ", ".join(tag["name"] for tag in package["tags"])),
        ("License", package["license_id"]),
    ]
    pairs += [("Provided by", package["author"])]
    pairs += [(extra["key"], extra["value"]) for extra in package["extras"]]
    tables = "".join(_table(store, resource["id"]) for resource in package["resources"])
    state = "Private" if package["private"] else "Public"
    body = f"""<h1>{escape(package["title"])}</h1><p class="state">{state}.</p>
<p>{escape(package["notes"])}</p>{layout.facts(pairs)}<h2>Data and resources</h2>{tables or "<p>No data yet.</p>"}"""
    return page(package["title"], body)


def _table(store: Documents, name: str) -> str:
    table = store.get("table", name)
    if table is None:
        return ""
    rows = [json.loads(body) for _, body in store.page(name, limit=ROWS_SHOWN)]
    columns = layout.table(
        "What each column holds",
        ("Column", "Name", "Type", "Description"),
        (
            (
                field.get("info", {}).get("label", ""),
                field["id"],
                field["type"],
                field.get("info", {}).get("notes", ""),
            )
            for field in table["fields"]
        ),
    )
    names = [field["id"] for field in table["fields"]]
    cells = (("" if row[one] is None else str(row[one]) for one in names) for row in rows)
    first = layout.table(f"First {ROWS_SHOWN} of {store.count(name):,} rows", names, cells)
    return f'{columns}{first}<p><a href="/datastore/dump/{name}">Download as CSV</a></p>'
