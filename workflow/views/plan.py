"""The plan tab: when a release goes public, how the public hears of it, who does what, who signed."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dossier.errors import DossierFrozen
from workflow import policies
from workflow.calendar import calendar_of
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused
from workflow.forms.plan import PlanCopyForm, PlanForm, PlanItemForm, tactic_choices
from workflow.models import PlanItem
from workflow.selectors.ahead import plan_calendar
from workflow.selectors.plans import is_plan_open, items_of, owners_of, plans_to_copy, sign_offs_of
from workflow.selectors.schedule import row_of
from workflow.services import plans as services
from workflow.stages import OPEN_PARTS
from workflow.views.base import get_context, may, render_tab, say_refusal

# More earlier plans than this are not offered; the newest are.
COPIES = 30


@require_http_methods(["GET", "POST"])
def release_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a form for who may change it, to read for everybody else."""
    context = get_context(request, pk, "edit_plan" if request.method == "POST" else "view")
    with _zone(context):
        if request.method == "GET":
            return _tab(request, context, PlanForm(plan=context.plan, profile=context.profile))
        form = PlanForm(request.POST, plan=context.plan, profile=context.profile)
        if not form.is_valid():
            return _tab(request, context, form, status=422)
        _do(
            request,
            lambda: services.plan_change(release_id=pk, actor=request.user, **form.cleaned_data),
            "The plan is saved.",
        )
        return redirect("release_plan", pk)


@require_http_methods(["GET", "POST"])
def plan_item(request: HttpRequest, pk: int, item: int | None = None) -> HttpResponse:
    """Add something to do, or change it."""
    context = get_context(request, pk, "edit_plan")
    row = _item(context, item) if item else None
    if not _may_edit(request, context):
        messages.error(request, "The plan cannot be changed at this stage.")
        return redirect("release_plan", pk)
    form = PlanItemForm(request.POST or None, item=row, profile=context.profile, owners=owners_of(context))
    if request.method == "POST" and form.is_valid():
        _do(
            request,
            lambda: services.plan_item_save(
                release_id=pk, actor=request.user, item_id=item, **form.cleaned_data
            ),
            "The plan is saved.",
        )
        return redirect("release_plan", pk)
    page = {"form": form, "item": row, "release": context.release, "dataset": context.dataset}
    return render(request, "workflow/plan/item.html", page, status=422 if form.errors else 200)


@require_POST
def plan_item_remove(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take something out of the plan."""
    row = _item(get_context(request, pk, "edit_plan"), item)
    _do(
        request,
        lambda: services.plan_item_remove(release_id=pk, item_id=row.pk, actor=request.user),
        f"“{row.title}” is no longer in the plan.",
    )
    return redirect("release_plan", pk)


@require_POST
def plan_item_done(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Mark something as done, or as not done after all; the service asks who may."""
    row = _item(get_context(request, pk), item)
    done = request.POST.get("done") == "yes"
    _do(
        request,
        lambda: services.plan_item_done(release_id=pk, item_id=row.pk, actor=request.user, done=done),
        f"“{row.title}” is marked as {'done' if done else 'not done'}.",
    )
    return redirect("release_plan", pk)


@require_POST
def plan_sign(request: HttpRequest, pk: int, role: str) -> HttpResponse:
    """Sign the plan for a role."""
    get_context(request, pk)
    _do(
        request,
        lambda: services.plan_sign(release_id=pk, role=role, actor=request.user),
        "The plan is signed, with your name and the time. A change to it voids your signature.",
    )
    return redirect("release_plan", pk)


@require_POST
def plan_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over an earlier plan."""
    context = get_context(request, pk, "edit_plan")
    form = PlanCopyForm(request.POST, releases=plans_to_copy(context, request.user))
    if not form.is_valid():
        for error in form.errors["source"]:
            messages.error(request, error)
        return redirect("release_plan", pk)
    source = form.cleaned_data["source"]
    _do(
        request,
        lambda: services.plan_copy(release_id=pk, source_release_id=source.pk, actor=request.user),
        f"The plan of {source} is copied. Set the dates, and name who does what.",
    )
    return redirect("release_plan", pk)


def _do(request: HttpRequest, action: Callable[[], Any], said: str) -> None:
    """Run one write and say how it went."""
    try:
        action()
    except (DossierFrozen, MoveRefused) as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, said)


def _item(context: ReleaseContext, pk: int) -> PlanItem:
    row = PlanItem.objects.filter(pk=pk, plan__release=context.release).first()
    if row is None:
        raise Http404("There is no such thing to do in this plan.")
    return row


def _zone(context: ReleaseContext) -> Any:
    return timezone.override(zoneinfo.ZoneInfo(context.profile.timezone))


def _calendar(request: HttpRequest, context: ReleaseContext) -> dict[str, Any]:
    """When it goes public, with whom, what keeps it back, and what this person may do about that."""
    calendar = plan_calendar(context)
    hold = calendar.hold
    return {
        "calendar": calendar,
        "may_hold": hold is None and context.release.is_open and may(request, "edit_plan", context),
        "may_lift": hold is not None and _holds(request, context, hold.lifts),
    }


def _may_edit(request: HttpRequest, context: ReleaseContext) -> bool:
    return (
        "plan" in OPEN_PARTS[context.release.stage]
        and is_plan_open(context)
        and may(request, "edit_plan", context)
    )


def _tab(request: HttpRequest, context: ReleaseContext, form: PlanForm, *, status: int = 200) -> HttpResponse:
    plan, profile = context.plan, context.profile
    may_edit = _may_edit(request, context)
    words = dict(tactic_choices(profile, plan.tactics if plan else ()))
    items = [
        {"item": item, "may_do": may_edit or item.owner_id == request.user.pk} for item in items_of(plan)
    ]
    may_do_any = any(row["may_do"] for row in items)
    copies = plans_to_copy(context, request.user)[:COPIES] if may_edit and not (plan and plan.tactics) else []
    return render_tab(
        request,
        context,
        "plan",
        "workflow/tabs/plan.html",
        {
            "form": form if may_edit else None,
            "copy_form": PlanCopyForm(releases=plans_to_copy(context, request.user)) if copies else None,
            "plan": plan,
            "tactics": ", ".join(words.get(tactic, tactic) for tactic in (plan.tactics if plan else ())),
            "items": items,
            "may_do_any": may_do_any,
            "item_columns": ["What", "Who", "Until", "State", *(["Do"] if may_do_any else [])],
            "sign_offs": [
                {"state": state, "mine": _may_sign(request, context, state.role)}
                for state in sign_offs_of(plan, profile)
            ],
            "today": calendar_of(profile).local_day(context.now),
            "zone": profile.timezone.replace("_", " "),
            **_calendar(request, context),
            "is_open": "plan" in OPEN_PARTS[context.release.stage],
            "opens_later": not is_plan_open(context),
            "schedule": row_of(context.dataset)
            if profile.plan.schedule or profile.plan.access_plan
            else None,
        },
        status=status,
    )


def _may_sign(request: HttpRequest, context: ReleaseContext, role: str) -> bool:
    """May this person sign for `role` while the plan can be signed?"""
    if "plan" not in OPEN_PARTS[context.release.stage] or not is_plan_open(context):
        return False
    return _holds(request, context, role)


def _holds(request: HttpRequest, context: ReleaseContext, role: str) -> bool:
    try:
        policies.check_holds(request.user, (role,), context.dataset, context.profile)
    except PermissionDenied:
        return False
    return True


urlpatterns = [
    path("releases/<int:pk>/plan/", release_plan, name="release_plan"),
    path("releases/<int:pk>/plan/items/add/", plan_item, name="plan_item_add"),
    path("releases/<int:pk>/plan/items/<int:item>/", plan_item, name="plan_item"),
    path("releases/<int:pk>/plan/items/<int:item>/remove/", plan_item_remove, name="plan_item_remove"),
    path("releases/<int:pk>/plan/items/<int:item>/done/", plan_item_done, name="plan_item_done"),
    path("releases/<int:pk>/plan/sign/<slug:role>/", plan_sign, name="plan_sign"),
    path("releases/<int:pk>/plan/copy/", plan_copy, name="plan_copy"),
]
