"""The plan tab: when a release goes public, and how the public hears of it."""

from __future__ import annotations

import zoneinfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossier.errors import DossierFrozen
from workflow.context import ReleaseContext
from workflow.errors import MoveRefused
from workflow.forms.plan import PlanForm
from workflow.models import PublicationPlan
from workflow.services.plans import plan_change
from workflow.stages import OPEN_PARTS
from workflow.views.base import get_context, may, render_tab, say_refusal


@require_http_methods(["GET", "POST"])
def release_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a form for who may change it, to read for everybody else."""
    context = get_context(request, pk, "edit_plan" if request.method == "POST" else "view")
    with timezone.override(zoneinfo.ZoneInfo(context.profile.timezone)):
        if request.method == "GET":
            return _tab(request, context, _form(context))
        form = PlanForm(request.POST, plan=context.plan, zone=context.profile.timezone)
        if not form.is_valid():
            return _tab(request, context, form, status=422)
        try:
            plan_change(release_id=pk, actor=request.user, **form.cleaned_data)
        except (DossierFrozen, MoveRefused) as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, "The plan is saved.")
        return redirect("release_plan", pk)


def _form(context: ReleaseContext) -> PlanForm:
    return PlanForm(plan=context.plan, zone=context.profile.timezone)


def _tab(request: HttpRequest, context: ReleaseContext, form: PlanForm, *, status: int = 200) -> HttpResponse:
    is_open = "plan" in OPEN_PARTS[context.release.stage]
    may_edit = is_open and may(request, "edit_plan", context)
    words = dict(PublicationPlan.Tactic.choices)
    tactics = context.plan.tactics if context.plan else []
    return render_tab(
        request,
        context,
        "plan",
        "workflow/tabs/plan.html",
        {
            "form": form if may_edit else None,
            "plan": context.plan,
            "tactics": ", ".join(words.get(tactic, tactic) for tactic in tactics),
            "zone": context.profile.timezone.replace("_", " "),
            "is_open": is_open,
        },
        status=status,
    )
