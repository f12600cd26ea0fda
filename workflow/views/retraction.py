"""Emergency retractions: how far the taking back is, and the post-mortem with its signatures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import people_working_in
from workflow import policies, retracting
from workflow.context import ReleaseContext
from workflow.forms import retraction as forms
from workflow.joint import departments_of
from workflow.models import PostMortemDuty, PostMortemMeasure, Retraction, RetractionFollowUp
from workflow.selectors.retraction import retraction_of, retraction_page, retractions_for
from workflow.services import post_mortem as services
from workflow.services.retraction import retraction_look
from workflow.views.base import get_context

PAGE_SIZE = 25
_COLUMNS = ["Dataset", "Taken back", "Seen private after", "Post-mortem", "Due"]


@require_safe
def retraction_list(request: HttpRequest) -> HttpResponse:
    """Every retraction that this person may see, with its post-mortem."""
    page = Paginator(retractions_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "columns": _COLUMNS, "now": timezone.now()}
    return render(request, "workflow/retraction/list.html", context)


@require_safe
def release_retraction(request: HttpRequest, pk: int) -> HttpResponse:
    """The retraction of a release: how far it is in each place, and the record of what went wrong."""
    context, row = _found(request, pk)
    return _page(request, context, row)


@require_safe
def retraction_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part alone, asked for every few seconds until the data is seen private."""
    _, row = _found(request, pk)
    response = render(
        request, "workflow/retraction/_progress.html", {"shown": retraction_page(row), "row": row}
    )
    if row.confirmed_at is not None:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def post_mortem_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the record."""
    context, row = _found(request, pk)
    form = forms.PostMortemForm(request.POST, instance=row.post_mortem)
    if form.is_valid():
        # The form checks; the service writes, with the lock, the event and the signatures that it takes back.
        fields = dict(form.cleaned_data)
        row.post_mortem.refresh_from_db()
        try:
            services.post_mortem_write(record=row.post_mortem, fields=fields, actor=request.user)
        except ValidationError as error:
            forms.show_errors(form, error)
        else:
            messages.success(request, "The record is saved.")
            return redirect("release_retraction", pk)
    return _page(request, context, row, bound=form, name="record")


@require_POST
def post_mortem_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the record."""
    _, row = _found(request, pk)
    try:
        record = services.post_mortem_sign(record=row.post_mortem, actor=request.user)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        words = "It is closed." if record.closed_at else "Somebody else signs it too."
        messages.success(request, f"You signed the post-mortem. {words}")
    return redirect("release_retraction", pk)


@require_POST
def measure_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a measure."""
    context, row = _found(request, pk)
    form = forms.MeasureForm(request.POST, prefix="measure", people=_people(context))
    return _act(
        request,
        context,
        row,
        form,
        lambda data: services.measure_add(record=row.post_mortem, actor=request.user, **data),
        "The measure is added; its owner gets a letter.",
        "measure",
    )


@require_POST
def measure_done(request: HttpRequest, pk: int, measure: int) -> HttpResponse:
    """Tick a measure off."""
    _, row = _found(request, pk)
    found = get_object_or_404(PostMortemMeasure, pk=measure, post_mortem=row.post_mortem)
    services.measure_done(measure=found, actor=request.user)
    messages.success(request, "The measure is done.")
    return redirect("release_retraction", pk)


@require_POST
def duty_answer(request: HttpRequest, pk: int, duty: int) -> HttpResponse:
    """Write down what was found about a duty to notify."""
    context, row = _found(request, pk)
    found = get_object_or_404(PostMortemDuty, pk=duty, post_mortem=row.post_mortem)
    name = f"duty{found.pk}"
    return _act(
        request,
        context,
        row,
        forms.DutyForm(request.POST, prefix=name),
        lambda data: services.duty_answer(duty=found, actor=request.user, **data),
        "What was found is recorded.",
        name,
    )


@require_POST
def place_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Name another place that may hold a copy."""
    context, row = _found(request, pk)
    return _act(
        request,
        context,
        row,
        forms.PlaceForm(request.POST, prefix="place"),
        lambda data: services.place_add(retraction=row, actor=request.user, **data),
        "The place is on the list.",
        "place",
    )


@require_POST
def place_settle(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """Say what was done about a copy elsewhere."""
    context, row = _found(request, pk)
    found = get_object_or_404(RetractionFollowUp, pk=place, retraction=row)
    name = f"settle{found.pk}"
    return _act(
        request,
        context,
        row,
        forms.SettleForm(request.POST, prefix=name),
        lambda data: services.place_settle(place=found, actor=request.user, **data),
        "What was done there is recorded.",
        name,
    )


def _act(
    request: HttpRequest,
    context: ReleaseContext,
    row: Retraction,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    done: str,
    name: str,
) -> HttpResponse:
    """One change of the record; the page again with the sentences when it cannot be."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as error:
            forms.show_errors(form, error)
        else:
            messages.success(request, done)
            return redirect("release_retraction", context.release.pk)
    return _page(request, context, row, bound=form, name=name)


def _page(
    request: HttpRequest, context: ReleaseContext, row: Retraction, *, bound: Any = None, name: str = ""
) -> HttpResponse:
    record, user = row.post_mortem, request.user
    shown = retraction_page(row)
    is_open = record.closed_at is None
    may_write = is_open and retracting.may(retracting.check_write, user, row)

    def form(of: str, made: Any) -> Any:
        return bound if name == of else made

    page = {
        "release": context.release,
        "dataset": context.dataset,
        "row": row,
        "record": record,
        "shown": shown,
        "may_write": may_write,
        "may_sign": is_open and not shown.lacking and retracting.may(retracting.check_sign, user, row),
        "may_reinstate": row.reinstated_at is None and policies.may_move(user, "reinstate", context),
        "record_form": form("record", forms.PostMortemForm(instance=record)),
        "measures": list(record.measures.select_related("owner", "done_by")),
        "measure_form": form("measure", forms.MeasureForm(prefix="measure", people=_people(context))),
        "duties": [
            {"row": one, "form": form(f"duty{one.pk}", forms.DutyForm(prefix=f"duty{one.pk}"))}
            for one in record.duties.select_related("answered_by")
        ],
        "follow_ups": [
            {"row": one, "form": form(f"settle{one.pk}", forms.SettleForm(prefix=f"settle{one.pk}"))}
            for one in row.follow_ups.select_related("done_by")
        ],
        "place_form": form("place", forms.PlaceForm(prefix="place")),
        "signatures": list(record.signatures.select_related("by", "on_behalf_of")),
        "open_form": name,
    }
    return render(request, "workflow/retraction/page.html", page, status=422 if bound is not None else 200)


def _found(request: HttpRequest, pk: int) -> tuple[ReleaseContext, Retraction]:
    context = get_context(request, pk)
    # Whoever looks sees how it is now, not how it was at the last sweep.
    retraction_look(release_id=pk)
    row = retraction_of(pk)
    if row is None:
        raise Http404("This release was never retracted.")
    return context, row


def _people(context: ReleaseContext) -> Any:
    """Who may take a measure: the people who work for the dataset's departments, or for the whole program."""
    found = people_working_in(departments_of(context.dataset)).values("pk")
    return User.objects.filter(pk__in=found).order_by("full_name", "pk")


_BASE = "releases/<int:pk>/retraction/"
urlpatterns = [
    path("retractions/", retraction_list, name="retraction_list"),
    path(_BASE, release_retraction, name="release_retraction"),
    path(f"{_BASE}progress/", retraction_progress, name="retraction_progress"),
    path(f"{_BASE}record/", post_mortem_write, name="post_mortem_write"),
    path(f"{_BASE}sign/", post_mortem_sign, name="post_mortem_sign"),
    path(f"{_BASE}measures/", measure_add, name="measure_add"),
    path(f"{_BASE}measures/<int:measure>/", measure_done, name="measure_done"),
    path(f"{_BASE}duties/<int:duty>/", duty_answer, name="duty_answer"),
    path(f"{_BASE}places/", place_add, name="place_add"),
    path(f"{_BASE}places/<int:place>/", place_settle, name="place_settle"),
]
