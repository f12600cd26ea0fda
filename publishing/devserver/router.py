"""Every path the stand-in answers, in one table."""

from __future__ import annotations

import re
from collections.abc import Callable

from publishing.devserver import approvals, catalog, pages, resource_api, views_api
from publishing.devserver.http import Request, Response
from publishing.devserver.store import Store

Handler = Callable[[Store, Request], Response]

VIEW = r"/api/views/(?P<id>[^/?]+?)"
JSON = r"(?:\.json)?"

ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", r"/", pages.home),
    ("GET", r"/d/(?P<id>[a-z0-9-]+)", pages.dataset),
    ("GET", r"/data\.json", catalog.data_json),
    ("GET", r"/api/catalog/v1", catalog.search),
    ("GET", rf"/api/users/current{JSON}", views_api.current_user),
    ("POST", rf"/api/views{JSON}", views_api.create),
    ("GET", rf"/api/views{JSON}", views_api.listed),
    ("GET", rf"{VIEW}{JSON}", views_api.read),
    ("PUT", rf"{VIEW}{JSON}", views_api.change),
    ("DELETE", rf"{VIEW}{JSON}", views_api.delete),
    ("POST", rf"{VIEW}/columns{JSON}", views_api.add_columns),
    ("PUT", rf"{VIEW}/columns/(?P<column>\w+?){JSON}", views_api.change_column),
    ("DELETE", rf"{VIEW}/columns/(?P<column>\w+?){JSON}", views_api.delete_column),
    ("POST", rf"{VIEW}/publication{JSON}", views_api.publication),
    ("GET", rf"{VIEW}/replication{JSON}", views_api.replication),
    ("GET", rf"{VIEW}/permissions{JSON}", approvals.read_permissions),
    ("PUT", rf"{VIEW}/permissions{JSON}", approvals.write_permissions),
    ("GET", rf"{VIEW}/approvals{JSON}", approvals.guidance),
    ("POST", rf"{VIEW}/approvals{JSON}", approvals.start),
    ("PUT", rf"{VIEW}/approvals/(?P<number>\d+){JSON}", approvals.decide),
    ("DELETE", rf"{VIEW}/approvals/(?P<number>\d+){JSON}", approvals.withdraw),
    ("GET", rf"{VIEW}/rows\.csv", resource_api.download),
    ("GET", rf"/api/geocoding/(?P<id>[^/]+?){JSON}", views_api.geocoding),
    ("GET", r"/(?:resource|id)/(?P<id>[A-Za-z0-9_-]+)(?:\.(?P<format>json|csv))?", resource_api.read),
    ("POST", r"/(?:resource|id)/(?P<id>[A-Za-z0-9_-]+)(?:\.(?P<format>json|csv))?", resource_api.upsert),
    ("PUT", r"/(?:resource|id)/(?P<id>[A-Za-z0-9_-]+)(?:\.(?P<format>json|csv))?", resource_api.replace),
    ("DELETE", rf"/(?:resource|id)/(?P<id>[A-Za-z0-9_-]+)/(?P<row>.+?){JSON}", resource_api.delete_row),
]
COMPILED = [(method, re.compile(pattern), handler) for method, pattern, handler in ROUTES]


def route(method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
    for known, pattern, handler in COMPILED:
        match = pattern.fullmatch(path)
        if match is not None and known == method:
            return handler, {name: value for name, value in match.groupdict().items() if value is not None}
    return None
