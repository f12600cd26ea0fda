"""Every path the stand-in answers, in one table; the names are what faults and the log call them by."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from publishing.devserver import (
    activity,
    approvals,
    catalog,
    federation,
    files_api,
    metadata_api,
    pages,
    reading,
    resource_api,
    views_api,
)
from publishing.devserver.dsmapi import routes as dsmapi
from publishing.devserver.http import Request, Response
from publishing.devserver.store import Store

Handler = Callable[[Store, Request], Response]

VIEW = r"/api/views/(?P<id>[^/?]+?)"
JSON = r"(?:\.json)?"
ROWS = r"/(?:resource|id)/(?P<id>[A-Za-z0-9_-]+)(?:\.(?P<format>json|csv|geojson))?"
ROW = rf"/(?:resource|id)/(?P<id>[A-Za-z0-9_-]+)/(?P<row>.+?){JSON}"


class Route(NamedTuple):
    name: str
    handler: Handler


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("page.home", "GET", r"/", pages.home),
    ("page.dataset", "GET", r"/d/(?P<id>[a-z0-9-]+)", pages.dataset),
    ("data_json", "GET", r"/data\.json", catalog.data_json),
    ("catalog.search", "GET", r"/api/catalog/v1", catalog.search),
    ("users.current", "GET", rf"/api/users/current{JSON}", views_api.current_user),
    ("federations", "GET", rf"/api/federations{JSON}", federation.listed),
    ("activity_log", "GET", rf"/api/activity_log{JSON}", activity.read),
    ("metadata.list", "GET", r"/api/views/metadata/v1", metadata_api.listed),
    ("metadata.read", "GET", rf"/api/views/metadata/v1/(?P<id>[^/]+?){JSON}", metadata_api.read),
    ("metadata.change", "PATCH", rf"/api/views/metadata/v1/(?P<id>[^/]+?){JSON}", metadata_api.change),
    ("files.upload", "POST", rf"/api/assets{JSON}", files_api.upload),
    ("files.asset", "GET", r"/api/assets/(?P<number>[0-9a-f-]+)", files_api.download),
    ("files.create_blob", "POST", rf"/api/imports2{JSON}", files_api.create_blob),
    ("files.replace_blob", "POST", r"/api/views/(?P<id>[a-z0-9-]+?)(?:\.txt)?", files_api.replace_blob),
    ("files.attach", "POST", rf"{VIEW}/files(?:\.txt)?", files_api.attach),
    ("files.read", "GET", rf"{VIEW}/files/(?P<number>[0-9a-f-]+)", files_api.download_attachment),
    ("columns.list", "GET", rf"{VIEW}/columns{JSON}", views_api.listed_columns),
    ("views.create", "POST", rf"/api/views{JSON}", views_api.create),
    ("views.list", "GET", rf"/api/views{JSON}", views_api.listed),
    ("views.read", "GET", rf"{VIEW}{JSON}", views_api.read),
    ("views.change", "PUT", rf"{VIEW}{JSON}", views_api.change),
    ("views.delete", "DELETE", rf"{VIEW}{JSON}", views_api.delete),
    ("columns.add", "POST", rf"{VIEW}/columns{JSON}", views_api.add_columns),
    ("columns.change", "PUT", rf"{VIEW}/columns/(?P<column>\w+?){JSON}", views_api.change_column),
    ("columns.delete", "DELETE", rf"{VIEW}/columns/(?P<column>\w+?){JSON}", views_api.delete_column),
    ("views.publish", "POST", rf"{VIEW}/publication{JSON}", views_api.publication),
    ("views.replication", "GET", rf"{VIEW}/replication{JSON}", views_api.replication),
    ("permissions.read", "GET", rf"{VIEW}/permissions{JSON}", approvals.read_permissions),
    ("permissions.write", "PUT", rf"{VIEW}/permissions{JSON}", approvals.write_permissions),
    ("approvals.guidance", "GET", rf"{VIEW}/approvals{JSON}", approvals.guidance),
    ("approvals.submit", "POST", rf"{VIEW}/approvals{JSON}", approvals.start),
    ("approvals.decide", "PUT", rf"{VIEW}/approvals/(?P<number>\d+){JSON}", approvals.decide),
    ("approvals.withdraw", "DELETE", rf"{VIEW}/approvals/(?P<number>\d+){JSON}", approvals.withdraw),
    ("rows.download", "GET", rf"{VIEW}/rows\.(?P<format>csv|json)", reading.download),
    ("geocoding", "GET", rf"/api/geocoding/(?P<id>[^/]+?){JSON}", views_api.geocoding),
    ("rows.read", "GET", ROWS, reading.read),
    ("rows.upsert", "POST", ROWS, resource_api.upsert),
    ("rows.replace", "PUT", ROWS, resource_api.replace),
    ("rows.read_one", "GET", ROW, resource_api.read_row),
    ("rows.write_one", "POST", ROW, resource_api.write_row),
    ("rows.write_one", "PUT", ROW, resource_api.write_row),
    ("rows.delete", "DELETE", ROW, resource_api.delete_row),
    *dsmapi.ROUTES,
]
COMPILED = [(Route(name, handler), method, re.compile(pattern)) for name, method, pattern, handler in ROUTES]
NAMES = list(dict.fromkeys(name for name, *_ in ROUTES))


def route(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for known, wanted, pattern in COMPILED:
        match = pattern.fullmatch(path) if wanted == method else None
        if match is not None:
            return known, {name: value for name, value in match.groupdict().items() if value is not None}
    return None
