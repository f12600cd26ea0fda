"""Bundles: which releases go public together, what each lacks, and the buttons when one stopped half way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Program, User
from accounts.roles import people_with_role
from accounts.selectors import profile_for
from workflow import calendar_duties
from workflow.errors import MoveRefused
from workflow.forms.bundle import BundleAddForm, BundleForm, ReasonForm
from workflow.models import Bundle
from workflow.moment_words import moment_words
from workflow.selectors.bundles import bundles_of, members_of, releases_to_add
from workflow.services import bundles as services
from workflow.views.base import say_refusal
from workflow.views.schedule import program_here

State = Bundle.State
_TONES = {
    State.OPEN: "info",
    State.GOING: "info",
    State.PARTIAL: "bad",
    State.TAKING_BACK: "warn",
    State.STOPPED: "warn",
    State.PUBLIC: "good",
    State.CLOSED: "",
}


@require_http_methods(["GET", "POST"])
def bundle_new(request: HttpRequest) -> HttpResponse:
    """Make a bundle; releases are put in on its page."""
    program = program_here(request)
    calendar_duties.check_make_bundle(request.user, program)
    return _form_page(request, program, None)


@require_http_methods(["GET", "POST"])
def bundle_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, reason, moment and owner."""
    bundle = _bundle(request, pk)
    calendar_duties.check_keep_bundle(request.user, bundle)
    return _form_page(request, bundle.program, bundle)


@require_GET
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """One bundle with its releases."""
    return _page(request, _bundle(request, pk))


@require_POST
def bundle_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put releases in; the service asks for each whether it may."""
    row = _bundle(request, pk)
    calendar_duties.check_keep_bundle(request.user, row)
    form = BundleAddForm(request.POST, releases=releases_to_add(row, request.user))
    if not form.is_valid():
        return _page(request, row, form, status=422)
    for release in form.cleaned_data["releases"]:
        add = partial(services.bundle_add, bundle_id=pk, release_id=int(release), actor=request.user)
        _do(request, add)
    return redirect("bundle", pk)


@require_http_methods(["GET", "POST"])
def bundle_leave(request: HttpRequest, pk: int, release: int) -> HttpResponse:
    """Take one release out, with the reason: “go without it”."""
    row = _bundle(request, pk)
    place = row.places.filter(open=True, release_id=release).select_related("release__dataset").first()
    if place is None:
        raise Http404("That release is not in the bundle.")
    return _with_reason(
        request,
        row,
        title=f"Go without “{place.release.dataset.title}”",
        lead="It stays approved and private. If its own date has passed, it is held back until somebody lifts "
        "the hold; otherwise it follows its own plan.",
        button="Take it out of the bundle",
        action=lambda reason: services.bundle_leave(
            bundle_id=pk, release_id=release, actor=request.user, reason=reason
        ),
        said=f"“{place.release.dataset.title}” is no longer in the bundle.",
    )


@require_http_methods(["GET", "POST"])
def bundle_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try it again after it stopped half way."""
    return _with_reason(
        request,
        _bundle(request, pk),
        title="Try again",
        lead="What stopped is taken up where it was. All of the bundle goes public together once all of it is ready.",
        button="Try again",
        action=lambda reason: services.bundle_retry(bundle_id=pk, actor=request.user, reason=reason),
        said="The bundle is tried again.",
    )


@require_http_methods(["GET", "POST"])
def bundle_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it on its way and take all of it back."""
    return _with_reason(
        request,
        _bundle(request, pk),
        title="Stop it and take all of it back",
        lead="Every copy of the bundle that is public already is made private. The releases stay approved.",
        button="Stop and take back",
        action=lambda reason: services.bundle_stop(bundle_id=pk, actor=request.user, reason=reason),
        said="The bundle is being taken back.",
    )


@require_http_methods(["GET", "POST"])
def bundle_dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """End it; its releases follow their own plans."""
    return _with_reason(
        request,
        _bundle(request, pk),
        title="Dissolve the bundle",
        lead="Each release follows its own plan then. One whose own date has passed is held back until somebody "
        "lifts the hold, so that nothing goes public by surprise.",
        button="Dissolve it",
        action=lambda reason: services.bundle_dissolve(bundle_id=pk, actor=request.user, reason=reason),
        said="The bundle is dissolved.",
    )


def _form_page(request: HttpRequest, program: Program, row: Bundle | None) -> HttpResponse:
    profile = profile_for(program)
    with timezone.override(ZoneInfo(profile.timezone)):
        form = BundleForm(
            request.POST or None,
            bundle=row,
            user=request.user,
            owners=_owners(program, row),
            profile=profile,
        )
        if request.method == "POST" and form.is_valid():
            try:
                if row is None:
                    row = services.bundle_make(program=program, actor=request.user, **form.cleaned_data)
                else:
                    services.bundle_change(bundle_id=row.pk, actor=request.user, **form.cleaned_data)
            except MoveRefused as refusal:
                form.add_error(None, refusal.sentences[0])
            else:
                messages.success(request, "The bundle is saved.")
                return redirect("bundle", row.pk)
        page = {"form": form, "bundle": row, "program": program}
        return render(request, "workflow/bundles/form.html", page, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, row: Bundle, form: BundleAddForm | None = None, *, status: int = 200
) -> HttpResponse:
    profile = profile_for(row.program)
    zone = ZoneInfo(profile.timezone)
    may_keep = calendar_duties.may_keep_bundle(request.user, row)
    offered = releases_to_add(row, request.user) if may_keep and row.state == State.OPEN else []
    with timezone.override(zone):
        members = members_of(row, request.user)
        page: dict[str, Any] = {
            "bundle": row,
            "tone": _TONES[State(row.state)],
            "when": moment_words(row.release_at, zone),
            "members": members,
            "waiting": sum(not member.is_ready for member in members),
            "left": row.places.filter(left_at__isnull=False).select_related("release__dataset", "left_by"),
            "ended_with": row.places.filter(open=False, left_at=None).select_related("release__dataset"),
            "may_keep": may_keep,
            "add_form": (form or BundleAddForm(releases=offered)) if offered else None,
            "may_retry": may_keep and row.state in (State.STOPPED, State.PARTIAL, State.TAKING_BACK),
            "may_stop": may_keep and row.state in (State.GOING, State.PARTIAL),
            "may_edit": may_keep and row.state in (State.OPEN, State.STOPPED),
            "may_leave": may_keep and row.state in (State.OPEN, State.STOPPED, State.PARTIAL),
        }
        return render(request, "workflow/bundles/bundle.html", page, status=status)


def _with_reason(
    request: HttpRequest,
    row: Bundle,
    *,
    title: str,
    lead: str,
    button: str,
    action: Callable[[str], Any],
    said: str,
) -> HttpResponse:
    """A page that asks for the reason and then does it."""
    calendar_duties.check_keep_bundle(request.user, row)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _do(request, lambda: action(form.cleaned_data["reason"]), said)
        return redirect("bundle", row.pk)
    page = {"form": form, "bundle": row, "title": title, "lead": lead, "button": button}
    return render(request, "workflow/bundles/reason.html", page, status=422 if form.errors else 200)


def _do(request: HttpRequest, action: Callable[[], Any], said: str = "") -> None:
    try:
        action()
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        if said:
            messages.success(request, said)


def _owners(program: Program, row: Bundle | None) -> list[User]:
    """Whoever plans releases of the program."""
    people = {
        person.pk: person
        for role in calendar_duties.PLANNERS
        for place in (None, *program.departments.all())
        for person in people_with_role(role, program=program, department=place)
    }
    if row is not None:
        people[row.owner_id] = row.owner
    return list(people.values())


def _bundle(request: HttpRequest, pk: int) -> Bundle:
    row = Bundle.objects.select_related("program", "owner").filter(pk=pk).first()
    if row is None or not bundles_of(request.user, row.program).filter(pk=pk).exists():
        raise Http404("There is no such bundle.")
    return row


urlpatterns = [
    path("bundles/new/", bundle_new, name="bundle_new"),
    path("bundles/<int:pk>/", bundle, name="bundle"),
    path("bundles/<int:pk>/edit/", bundle_edit, name="bundle_edit"),
    path("bundles/<int:pk>/add/", bundle_add, name="bundle_add"),
    path("bundles/<int:pk>/releases/<int:release>/leave/", bundle_leave, name="bundle_leave"),
    path("bundles/<int:pk>/retry/", bundle_retry, name="bundle_retry"),
    path("bundles/<int:pk>/stop/", bundle_stop, name="bundle_stop"),
    path("bundles/<int:pk>/dissolve/", bundle_dissolve, name="bundle_dissolve"),
]
