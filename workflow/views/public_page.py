"""A dataset's own public page: data, notice of its end, tombstone or withdrawal; and the list of what left."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import public_allowed
from accounts.models import Program
from workflow.forms.requests import show_errors
from workflow.forms.retirement import PublicObjectionForm
from workflow.models import Retirement
from workflow.selectors.catalogue import programs_in_catalogue
from workflow.selectors.public_page import PublicPage, public_page_of, removals_of
from workflow.selectors.refresh import freshness_of_dataset
from workflow.selectors.sources import public_notice
from workflow.services.retirement_objections import objection_make

PAGE_SIZE = 25
OBJECTIONS_PER_PLACE = 5
TOO_MANY = "Too many tries in a short time. Wait a quarter of an hour, then try again."
_COLUMNS = ["Dataset", "Agency", "State", "Why", "Use instead"]


@require_safe
def catalogue_dataset(request: HttpRequest, code: str, inventory_id: str) -> HttpResponse:
    """The page of one dataset. It stays when the data goes: the answer is then 410, with the reason."""
    return _page(request, _shown(_program(request, code), inventory_id), PublicObjectionForm())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_object(request: HttpRequest, code: str, inventory_id: str) -> HttpResponse:
    """Object to a retirement, without an account. The answer is the same page for everybody."""
    shown = _shown(_program(request, code), inventory_id)
    if request.method != "POST" or not shown.takes_objections:
        return redirect("catalogue_dataset", code, inventory_id)
    form = PublicObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    if form.is_trapped:
        return _thanks(request, shown)
    if not public_allowed(
        kind="objection", who=request.META.get("REMOTE_ADDR", ""), most=OBJECTIONS_PER_PLACE
    ):
        form.add_error(None, TOO_MANY)
        return _page(request, shown, form, status=429)
    row = Retirement.objects.get(dataset=shown.dataset, state=Retirement.State.NOTICE)
    try:
        objection_make(retirement=row, text=form.cleaned_data["text"], name=form.cleaned_data["name"])
    except ValidationError as error:
        show_errors(form, error)
        return _page(request, shown, form, status=422)
    return _thanks(request, shown)


@require_safe
def removals(request: HttpRequest, code: str) -> HttpResponse:
    """What left this program's catalogue, and what is about to."""
    program = _program(request, code)
    page = Paginator(removals_of(program), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"program": program, "page": page, "columns": _COLUMNS}
    return render(request, "workflow/catalogue/removals.html", context)


def _page(request: HttpRequest, shown: PublicPage, form: Any, *, status: int = 0) -> HttpResponse:
    context = {
        "shown": shown,
        "form": form,
        "program": shown.dataset.program,
        "freshness_notice": public_notice(shown.dataset),
        "freshness": freshness_of_dataset(shown.dataset),
    }
    answer = render(
        request,
        "workflow/catalogue/dataset.html",
        context,
        status=status or (410 if shown.is_gone else 200),
    )
    # What was taken back must be gone at once, also from copies on the way.
    answer["Cache-Control"] = "no-cache"
    return answer


def _thanks(request: HttpRequest, shown: PublicPage) -> HttpResponse:
    context = {"shown": shown, "program": shown.dataset.program}
    return render(request, "workflow/catalogue/objection_sent.html", context)


def _shown(program: Program, inventory_id: str) -> PublicPage:
    found = public_page_of(program, inventory_id)
    if found is None:
        raise Http404("There is no such public dataset.")
    return found


def _program(request: HttpRequest, code: str) -> Program:
    """The program of the address; the frame of the page speaks in its name."""
    program = get_object_or_404(programs_in_catalogue(), code=code)
    request.program = program  # type: ignore[attr-defined]
    return program


urlpatterns = [
    path("catalogue/<slug:code>/removals/", removals, name="catalogue_removals"),
    path("catalogue/<slug:code>/dataset/<str:inventory_id>/", catalogue_dataset, name="catalogue_dataset"),
    path(
        "catalogue/<slug:code>/dataset/<str:inventory_id>/object/", catalogue_object, name="catalogue_object"
    ),
]
