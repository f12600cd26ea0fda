"""The public catalogue: its page for people, data.json for machines, data dictionaries, and what it leaves out."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from accounts.limits import public_allowed
from accounts.models import Program
from publishing import dcat
from workflow.selectors.catalogue import programs_in_catalogue
from workflow.selectors.catalogue_file import EVERYTHING, Standing, file_kept, standing_of
from workflow.selectors.catalogue_gaps import gaps_for
from workflow.selectors.catalogue_lines import dictionary_of, lines_of
from workflow.selectors.public_page import page_address, public_page_of
from workflow.views import catalogue_feeds

PAGE_SIZE = 25
# Harvesters come once a day; a person behind a busy address may look often.
FILES_PER_PLACE = 120
_WAIT = 15 * 60
_VERSIONS = {"": dcat.V1, "1": dcat.V1, "1.1": dcat.V1, "3": dcat.V3, "3.0": dcat.V3}
_NO_VERSION = "There is no such version of DCAT-US here. Ask for version=1.1 or version=3.0.\n"
_TOO_MANY = "Too many requests in a short time. Wait a quarter of an hour, then ask again.\n"
_COLUMNS = ["Dataset", "Agency", "Last changed", "First published"]


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """The programs with a catalogue; where there is one, its catalogue at once."""
    rows = list(programs_in_catalogue())
    if len(rows) == 1:
        return redirect("catalogue_program", rows[0].code)
    return render(request, "workflow/catalogue/programs.html", {"programs": rows})


@require_safe
def program_catalogue(request: HttpRequest, code: str) -> HttpResponse:
    """What a program has public now, what changed last on top; with the addresses for machines and feed readers."""
    program = _program(request, code)
    page = Paginator(lines_of(program), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"program": program, "page": page, "columns": _COLUMNS}
    return render(request, "workflow/catalogue/program.html", context)


@require_safe
def catalogue_file(request: HttpRequest) -> HttpResponse:
    """/data.json: the catalogue of every program."""
    return _file(request, list(programs_in_catalogue()), EVERYTHING)


@require_safe
def program_file(request: HttpRequest, code: str) -> HttpResponse:
    """The catalogue of one program."""
    return _file(request, [_program(request, code)], code)


@require_safe
def dictionary(request: HttpRequest, code: str, inventory_id: str) -> HttpResponse:
    """What the columns of a public dataset mean (DCAT describedBy)."""
    if not _allowed(request):
        return _refused(_TOO_MANY, 429)
    program = _program(request, code)
    found = dictionary_of(program, inventory_id)
    if found is None:
        shown = public_page_of(program, inventory_id)
        if shown is None:
            raise Http404("There is no such public dataset.")
        # It was public: what became of it stands on its page.
        return _refused(f"This data is not public any more. {page_address(shown.dataset)}\n", 410)
    return _open(JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1}))


@require_safe
def program_feed(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The Atom feed of new or of changed datasets."""
    program = _program(request, code)
    if not _allowed(request):
        return _refused(_TOO_MANY, 429)
    standing = standing_of([program])
    kept = _unchanged(request, standing, name)
    if kept is not None:
        return kept
    response = catalogue_feeds.FEEDS[name]()(request, program=program)
    return _dated(_open(response), standing, name)


@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """What the catalogue leaves out of the datasets that this person may see, and who can mend it."""
    return render(request, "workflow/catalogue/gaps.html", {"gaps": gaps_for(request.user)})


def _file(request: HttpRequest, rows: Sequence[Program], code: str) -> HttpResponse:
    version = _VERSIONS.get(request.GET.get("version", ""))
    if version is None:
        return _refused(_NO_VERSION, 400)
    if not _allowed(request):
        return _refused(_TOO_MANY, 429)
    standing = standing_of(rows)
    kept = _unchanged(request, standing, version)
    if kept is not None:
        return kept
    packed = file_kept(rows, standing, version=version, code=code).packed
    takes_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = packed if takes_packed else gzip.decompress(packed)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    if takes_packed:
        response["Content-Encoding"] = "gzip"
    return _dated(_open(response), standing, version)


def _unchanged(request: HttpRequest, standing: Standing, kind: str) -> HttpResponse | None:
    """The answer 304 to who has this state already."""
    since = int(standing.since.timestamp())
    answer: Any = get_conditional_response(request, etag=_etag(standing, kind), last_modified=since)
    return None if answer is None else _dated(_open(answer), standing, kind)


def _etag(standing: Standing, kind: str) -> str:
    # Weak, because the same file goes out packed and plain.
    return f'W/"{kind}-{standing.digest[:32]}"'


def _dated(response: HttpResponse, standing: Standing, kind: str) -> HttpResponse:
    response["ETag"] = _etag(standing, kind)
    response["Last-Modified"] = http_date(standing.since.timestamp())
    return response


def _open(response: HttpResponse) -> HttpResponse:
    """For everybody and every site. A copy is asked about each time, so that what was taken back is gone at once."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _allowed(request: HttpRequest) -> bool:
    return public_allowed(kind="catalogue", who=request.META.get("REMOTE_ADDR", ""), most=FILES_PER_PLACE)


def _refused(sentence: str, status: int) -> HttpResponse:
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    if status == 429:
        response["Retry-After"] = str(_WAIT)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _program(request: HttpRequest, code: str) -> Program:
    """The program of the address; the frame of the page speaks in its name."""
    program = get_object_or_404(programs_in_catalogue(), code=code)
    request.program = program  # type: ignore[attr-defined]
    return program


urlpatterns = [
    path("data.json", catalogue_file, name="catalogue_file"),
    path("catalogue/", programs, name="catalogue_list"),
    path("catalogue/gaps/", gaps, name="catalogue_gaps"),
    path("catalogue/<slug:code>/", program_catalogue, name="catalogue_program"),
    path("catalogue/<slug:code>/data.json", program_file, name="catalogue_program_file"),
    path("catalogue/<slug:code>/new.atom", program_feed, {"name": "new"}, name="catalogue_feed_new"),
    path(
        "catalogue/<slug:code>/changed.atom", program_feed, {"name": "changed"}, name="catalogue_feed_changed"
    ),
    path("catalogue/<slug:code>/<str:inventory_id>/dictionary.json", dictionary, name="catalogue_dictionary"),
]
