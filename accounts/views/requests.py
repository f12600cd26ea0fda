"""Requests for a role: one's own, and those that wait with the portal admins of a program."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms_requests import RoleAnswerForm, RoleRequestForm
from accounts.models import RoleRequest
from accounts.selectors import profile_for, program_of, programs_administered
from accounts.selectors_requests import role_requests_of
from accounts.services_requests import role_request, role_request_answer

REQUESTS_PER_PAGE = 30
COLUMNS = ["Role", "Asked for", "Answer", "Reason"]


@require_safe
def my_role_requests(request: HttpRequest) -> HttpResponse:
    """What one has asked for, and the answers."""
    page = _page(request, role_requests_of(request.user))
    return render(
        request,
        "accounts/requests/mine.html",
        {"page": page, "lines": [_line(row) for row in page], "columns": COLUMNS},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def role_request_new(request: HttpRequest) -> HttpResponse:
    """Ask for a role."""
    form = RoleRequestForm(
        request.POST if request.method == "POST" else None, program=program_of(request.user)
    )
    if form.is_valid():
        try:
            row = role_request(user=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, f"The portal admins of {row.program} get a letter. You hear when they have answered."
            )
            return redirect("my_role_requests")
    return render(request, "accounts/requests/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def role_requests(request: HttpRequest) -> HttpResponse:
    """Every request to the programs that the reader administers: what waits first, then what was answered."""
    rows = _administered(request)
    page = _page(request, rows.exclude(decision=""))
    return render(
        request,
        "accounts/requests/list.html",
        {
            "waiting": [_line(row) for row in rows.filter(decision="").order_by("asked_at", "pk")],
            "page": page,
            "answered": [_line(row) for row in page],
            "columns": ["Who", *COLUMNS],
            "waiting_columns": ["Who", "Role", "Asked for", {"label": "Action", "hide_label": True}],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def role_request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, and the form that answers it."""
    row = get_object_or_404(_administered(request), pk=pk)
    form = RoleAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            role_request_answer(request_id=row.pk, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"Your answer goes to {row.user} by letter.")
            return redirect("role_requests")
    return render(
        request,
        "accounts/requests/answer.html",
        {
            "line": _line(row),
            "row": row,
            "form": form if row.is_open and row.user_id != request.user.pk else None,
        },
        status=422 if form.is_bound else 200,
    )


def _administered(request: HttpRequest) -> QuerySet[RoleRequest]:
    return RoleRequest.objects.filter(program__in=programs_administered(request.user)).select_related(
        "user", "program", "department", "decided_by"
    )


def _page(request: HttpRequest, rows: QuerySet[RoleRequest]) -> Any:
    rows = rows.select_related("user", "program", "department", "decided_by")
    return Paginator(rows, REQUESTS_PER_PAGE).get_page(request.GET.get("page"))


def _line(row: RoleRequest) -> dict[str, Any]:
    """A request as pages show it, with the role in its program's own words."""
    label = profile_for(row.program).role_label(row.role)
    tones = {RoleRequest.Decision.GRANTED: "good", RoleRequest.Decision.DECLINED: "bad"}
    return {
        "row": row,
        "role": ", ".join(part for part in (label, str(row.department or ""), row.program.name) if part),
        "word": row.get_decision_display() or "Waits for an answer",
        "tone": tones.get(row.decision, "info"),  # type: ignore[call-overload]
    }


urlpatterns = [
    path("account/requests/", my_role_requests, name="my_role_requests"),
    path("account/requests/new/", role_request_new, name="role_request_new"),
    path("people/requests/", role_requests, name="role_requests"),
    path("people/requests/<int:pk>/", role_request_page, name="role_request"),
]
