"""Lending a role for some days: one's own page, and the portal admin's view of all of them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms_delegation import DelegationForm
from accounts.models import Delegation
from accounts.selectors import programs_administered
from accounts.selectors_delegation import delegation_lines, delegations_in, delegations_of, own_roles
from accounts.services_delegation import delegation_begin, delegation_end

PER_PAGE = 30
COLUMNS = ["Role", "Of", "Stands in", "Days", "State", {"label": "Action", "hide_label": True}]


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """What I lend and what is lent to me; lending a role."""
    form = DelegationForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            row = delegation_begin(actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{row.to_user} stands in for you {_days(row)} and gets a letter.")
            return redirect("delegations")
    page = Paginator(delegations_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/delegations.html",
        {
            "form": form if own_roles(request.user).exists() else None,
            "page_obj": page,
            "lines": delegation_lines(list(page), timezone.localdate()),
            "columns": COLUMNS,
            "administers": programs_administered(request.user).exists(),
        },
        status=422 if form.is_bound else 200,
    )


@require_GET
def delegations_all(request: HttpRequest) -> HttpResponse:
    """Every delegation in the programs of a portal admin."""
    rows = delegations_in(programs_administered(request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/delegations_all.html",
        {
            "page_obj": page,
            "lines": delegation_lines(list(page), timezone.localdate()),
            "columns": COLUMNS,
        },
    )


@require_POST
def delegation_end_page(request: HttpRequest, pk: int) -> HttpResponse:
    """End one before its last day. Somebody whom it does not concern does not find it."""
    mine = Q(assignment__user=request.user) | Q(to_user=request.user)
    administered = Q(assignment__program__in=programs_administered(request.user))
    row = get_object_or_404(Delegation.objects.filter(mine | administered), pk=pk)
    try:
        row = delegation_end(delegation=row, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"{row.to_user} no longer stands in for {row.assignment.user}.")
    own = request.user.pk in (row.assignment.user_id, row.to_user_id)
    return redirect("delegations" if own else "delegations_all")


def _days(row: Delegation) -> str:
    if row.starts == row.ends:
        return f"on {row.starts:%-d %b %Y}"
    return f"from {row.starts:%-d %b} to {row.ends:%-d %b %Y}"


urlpatterns = [
    path("account/delegations/", delegations, name="delegations"),
    path("account/delegations/<int:pk>/end/", delegation_end_page, name="delegation_end"),
    path("people/delegations/", delegations_all, name="delegations_all"),
]
