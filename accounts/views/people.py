"""The people of a program, for its portal admins: invite, give and take roles, close and open accounts.

Everything here is limited to the programs that the reader administers; somebody of another program is "not
found".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.context import role_sentences
from accounts.forms import InviteForm, PeopleFilterForm, RoleForm
from accounts.letters import invitation_letter
from accounts.models import Program, RoleAssignment, User
from accounts.selectors import people_administered, programs_administered, works_elsewhere
from accounts.services import (
    person_deactivate,
    person_invite,
    person_reactivate,
    role_assign,
    role_revoke,
)

PEOPLE_PER_PAGE = 50
CLOSE_EFFECTS = (
    "They are logged out and cannot log in.",
    "What waits on them goes on waiting: give their roles to somebody else.",
    "Their part in past decisions stays in the record.",
)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who works for the program, narrowed by name, role, department and state of the account."""
    programs = programs_administered(request.user)
    form = PeopleFilterForm(request.GET, programs=programs)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = people_administered(
        programs,
        words=chosen.get("q", "").strip(),
        role=chosen.get("role", ""),
        department=chosen.get("department"),
        state=chosen.get("state", ""),
    )
    page = Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/people.html",
        {
            "form": form,
            "narrowed": any(chosen.values()),
            "page_obj": page,
            "people": _with_roles(page.object_list),
        },
    )


def _with_roles(people: Iterable[User]) -> list[dict[str, Any]]:
    rows = [row for person in people for row in person.administered_roles]
    words = dict(zip((row.pk for row in rows), role_sentences(rows), strict=True))
    return [
        {"person": person, "roles": [words[row.pk] for row in person.administered_roles]} for person in people
    ]


@require_http_methods(["GET", "POST"])
def person_invite_page(request: HttpRequest) -> HttpResponse:
    """Invite somebody, or give a first role to somebody who has an account."""
    form = InviteForm(request.POST or None, program=_program_chosen(request))
    if request.method == "POST" and form.is_valid():
        try:
            user = _invite(form.cleaned_data, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _invited_sentence(user))
            return redirect("person", pk=user.pk)
    page = {"form": form, "program_tabs": _program_tabs(request)}
    return render(request, "accounts/person_invite.html", page)


def _program_chosen(request: HttpRequest) -> Program | None:
    """The program whose roles are offered: the one that was chosen, else the first that the person administers."""
    programs = programs_administered(request.user)
    wanted = request.POST.get("program") or request.GET.get("program") or ""
    chosen = programs.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    return chosen or programs.first()


def _program_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """A link per program, where somebody administers several: each has words, departments and sides of its own."""
    programs, chosen = list(programs_administered(request.user)), _program_chosen(request)
    if len(programs) < 2:
        return []
    return [
        {"label": str(program), "url": f"?program={program.pk}", "current": program == chosen}
        for program in programs
    ]


@transaction.atomic
def _invite(data: dict[str, Any], *, actor: User) -> User:
    user = person_invite(**data, actor=actor)
    if _awaits_password(user):
        invitation_letter(user=user, role=data["role"], program=data["program"], actor=actor)
    return user


def _invited_sentence(user: User) -> str:
    if _awaits_password(user):
        return f"{user} is invited. The letter to {user.email} holds a link to choose a password."
    return f"{user} has an account already and holds the role from now on. No letter was sent."


def _awaits_password(user: User) -> bool:
    return hasattr(user, "invitation") and user.invitation.accepted_at is None


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: their roles here, and what a portal admin may change."""
    return _person_page(request, _person(request, pk))


def _person_page(
    request: HttpRequest, user: User, form: RoleForm | None = None, status: int = 200
) -> HttpResponse:
    programs = programs_administered(request.user)
    return render(
        request,
        "accounts/person.html",
        {
            "person": user,
            "awaits_password": _awaits_password(user),
            "roles": [
                {"row": row, "sentence": sentence}
                for row, sentence in zip(
                    user.administered_roles, role_sentences(user.administered_roles), strict=True
                )
            ],
            "form": form or RoleForm(program=_program_chosen(request)),
            "program_tabs": _program_tabs(request),
            "close_effects": CLOSE_EFFECTS,
            "role_columns": ["Role", "Given", {"label": "Action", "hide_label": True}],
            "is_self": user.pk == request.user.pk,
            "works_elsewhere": works_elsewhere(user, programs),
        },
        status=status,
    )


@require_POST
def role_assign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role to somebody of one's own program."""
    user = _person(request, pk)
    form = RoleForm(request.POST, program=_program_chosen(request))
    if form.is_valid():
        try:
            role_assign(user=user, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("department", refusal)
        else:
            messages.success(request, f"{user} holds the role from now on.")
            return redirect("person", pk=pk)
    return _person_page(request, user, form, status=422)


@require_POST
def role_revoke_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one role away. Who holds none any more is no longer listed."""
    row = get_object_or_404(
        RoleAssignment.objects.select_related("user"), pk=pk, program__in=programs_administered(request.user)
    )
    user = row.user
    try:
        role_revoke(assignment=row, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, _sentence(refusal))
        return redirect("person", pk=user.pk)
    messages.success(request, f"The role is taken from {user}.")
    return redirect(_still_listed_url(request, user))


def _still_listed_url(request: HttpRequest, user: User) -> str:
    programs = programs_administered(request.user)
    if not programs:
        return reverse("home")
    if people_administered(programs).filter(pk=user.pk).exists():
        return reverse("person", args=[user.pk])
    return reverse("people")


@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the invitation of somebody who has not chosen a password yet once more."""
    user = _person(request, pk)
    if not _awaits_password(user):
        messages.error(request, f"{user} has chosen a password already; there is nothing to invite to.")
    else:
        row = user.administered_roles[0]
        with transaction.atomic():
            invitation_letter(user=user, role=row.role, program=row.program, actor=request.user)
        messages.success(request, f"A new invitation goes to {user.email}.")
    return redirect("person", pk=pk)


@require_POST
def person_deactivate_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    try:
        person_deactivate(user=user, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, _sentence(refusal))
    else:
        messages.success(request, f"The account of {user} is closed.")
    return redirect("person", pk=pk)


@require_POST
def person_reactivate_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    try:
        person_reactivate(user=user, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, _sentence(refusal))
    else:
        messages.success(request, f"{user} can log in again.")
    return redirect("person", pk=pk)


def _person(request: HttpRequest, pk: int) -> User:
    programs: QuerySet[Program] = programs_administered(request.user)
    return get_object_or_404(people_administered(programs), pk=pk)


def _sentence(refusal: ValidationError) -> str:
    return " ".join(refusal.messages)
