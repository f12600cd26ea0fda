"""Freeze periods, and the hold of one planned release."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.selectors import profile_for
from workflow import calendar_duties
from workflow.errors import MoveRefused
from workflow.forms.bundle import FreezeExceptForm, FreezeForm, PlanHoldForm, ReasonForm
from workflow.models import Freeze, Release
from workflow.moment_words import moment_words
from workflow.selectors.datasets import releases_for
from workflow.selectors.freezes import freezes_of, releases_planned_in
from workflow.services import freezes as services
from workflow.services.plan_holds import plan_hold, plan_hold_lift
from workflow.views.base import get_context, say_refusal
from workflow.views.schedule import program_here


@require_http_methods(["GET", "POST"])
def freeze_new(request: HttpRequest) -> HttpResponse:
    """Set a freeze period."""
    program = program_here(request)
    calendar_duties.check_set_freeze(request.user, program)
    profile = profile_for(program)
    with timezone.override(ZoneInfo(profile.timezone)):
        form = FreezeForm(request.POST or None, program=program, profile=profile)
        if request.method == "POST" and form.is_valid():
            try:
                row = services.freeze_set(program=program, actor=request.user, **form.cleaned_data)
            except MoveRefused as refusal:
                form.add_error(None, refusal.sentences[0])
            else:
                messages.success(
                    request, "The freeze is set. Whoever planned a release for then gets a letter."
                )
                return redirect("freeze", row.pk)
        page = {"form": form, "program": program}
        return render(request, "workflow/freezes/form.html", page, status=422 if form.errors else 200)


@require_GET
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """One freeze period: what waits because of it, and what was let through."""
    return _page(request, _freeze(request, pk))


@require_POST
def freeze_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End it early."""
    row = _freeze(request, pk)
    calendar_duties.check_set_freeze(request.user, row.program)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, lift_form=form, status=422)
    try:
        services.freeze_lift(freeze_id=pk, actor=request.user, **form.cleaned_data)
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "The freeze has ended. What waited for its date goes on.")
    return redirect("freeze", pk)


@require_POST
def freeze_except(request: HttpRequest, pk: int) -> HttpResponse:
    """Let releases through."""
    row = _freeze(request, pk)
    calendar_duties.check_except_freeze(request.user, row)
    form = FreezeExceptForm(request.POST, releases=_waiting(request, row))
    if not form.is_valid():
        return _page(request, row, except_form=form, status=422)
    try:
        made = services.freeze_except(
            freeze_id=pk,
            release_ids=[int(release) for release in form.cleaned_data["releases"]],
            actor=request.user,
            reason=form.cleaned_data["reason"],
        )
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, f"Let through, with your name: {len(made)}.")
    return redirect("freeze", pk)


@require_http_methods(["GET", "POST"])
def plan_hold_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold a planned release back."""
    context = get_context(request, pk, "edit_plan")
    form = PlanHoldForm(request.POST or None, profile=context.profile)
    if request.method == "POST" and form.is_valid():
        try:
            plan_hold(release_id=pk, actor=request.user, **form.cleaned_data)
        except MoveRefused as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, "The release is held back. Its plan stays as it is.")
        return redirect("release_plan", pk)
    page = {"form": form, "release": context.release, "dataset": context.dataset}
    return render(request, "workflow/freezes/hold.html", page, status=422 if form.errors else 200)


@require_POST
def plan_hold_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift the hold; the service asks who may."""
    get_context(request, pk)
    try:
        plan_hold_lift(release_id=pk, actor=request.user, reason=request.POST.get("reason", ""))
    except MoveRefused as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, "The hold is lifted. The release goes on by its plan.")
    return redirect("release_plan", pk)


def _page(
    request: HttpRequest,
    row: Freeze,
    *,
    lift_form: ReasonForm | None = None,
    except_form: FreezeExceptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    profile = profile_for(row.program)
    zone = ZoneInfo(profile.timezone)
    now = timezone.now()
    stands = row.lifted_at is None and row.ends_at > now
    waiting = _waiting(request, row) if stands else []
    may_except = stands and bool(waiting) and calendar_duties.may_except_freeze(request.user, row)
    with timezone.override(zone):
        page: dict[str, Any] = {
            "freeze": row,
            "starts": moment_words(row.starts_at, zone),
            "ends": moment_words(row.ends_at, zone),
            "officer": profile.role_words(row.excepted_by),
            "stands": stands,
            "holds_now": stands and row.starts_at <= now,
            "waiting": [
                {"release": release, "when": moment_words(release.plan.release_at, zone)}  # type: ignore[attr-defined]
                for release in waiting
            ],
            "exceptions": row.exceptions.filter(release__in=releases_for(request.user)).select_related(
                "release__dataset", "officer"
            ),
            "except_form": (except_form or FreezeExceptForm(releases=waiting)) if may_except else None,
            "lift_form": (lift_form or ReasonForm(auto_id="lift_%s"))
            if stands and calendar_duties.may_set_freeze(request.user, row.program)
            else None,
        }
        return render(request, "workflow/freezes/freeze.html", page, status=status)


def _waiting(request: HttpRequest, row: Freeze) -> list[Release]:
    """Releases that the freeze keeps from their date and nobody let through, of those the person may see."""
    excepted = set(row.exceptions.values_list("release_id", flat=True))
    found = [context.release for context in releases_planned_in(row) if context.release.pk not in excepted]
    seen = releases_for(request.user).filter(pk__in=[release.pk for release in found])
    visible = set(seen.values_list("pk", flat=True))
    return [release for release in found if release.pk in visible]


def _freeze(request: HttpRequest, pk: int) -> Freeze:
    row = Freeze.objects.select_related("program", "department", "set_by", "lifted_by").filter(pk=pk).first()
    if row is None or not freezes_of(request.user, row.program).filter(pk=pk).exists():
        raise Http404("There is no such freeze period.")
    return row


urlpatterns = [
    path("freezes/new/", freeze_new, name="freeze_new"),
    path("freezes/<int:pk>/", freeze, name="freeze"),
    path("freezes/<int:pk>/lift/", freeze_lift, name="freeze_lift"),
    path("freezes/<int:pk>/exceptions/", freeze_except, name="freeze_except"),
    path("releases/<int:pk>/plan/hold/", plan_hold_place, name="plan_hold"),
    path("releases/<int:pk>/plan/hold/lift/", plan_hold_end, name="plan_hold_lift"),
]
