"""The programs and their profiles: read in words by everybody who works there, changed by the portal admin.

A change is a TOML text that is checked, replayed on the past, and adopted as the next version.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Program, ProgramProfile
from accounts.profiles import ProfileError, profile_of
from accounts.profiles.writing import to_toml
from accounts.roles import programs_of
from accounts.selectors import profile_current
from accounts.services_programs import check_adopts, may_adopt
from workflow.forms.programs import AdoptForm, ProfileTextForm, ProgramCopyForm
from workflow.selectors.program_check import adopted_checked, text_checked
from workflow.selectors.program_words import words_of
from workflow.services.programs import program_adopt, program_copy
from workflow.services.simulation import program_simulate

# Releases that would have gone another way, as many as a person reads.
SHOWN = 50


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    """The programs that the person works in, each with its present profile."""
    rows = [
        {"program": program, "row": profile_current(program), "may_change": may_adopt(request.user, program)}
        for program in programs_of(request.user)
    ]
    context = {"rows": rows, "is_portal_admin": any(entry["may_change"] for entry in rows)}
    return render(request, "workflow/programs/list.html", context)


@require_safe
def program_detail(request: HttpRequest, code: str) -> HttpResponse:
    """How the program works, in words: this version or, with ?version=, an earlier one."""
    program = _program(request, code)
    row = _version(request, program)
    may_change = may_adopt(request.user, program)
    context = {
        "program": program,
        "row": row,
        "is_current": row.pk == profile_current(program).pk,
        "words": words_of(profile_of(row)),
        "versions": program.profiles.select_related("adopted_by"),
        "may_change": may_change,
        "verdict": adopted_checked(row) if may_change else None,
    }
    return render(request, "workflow/programs/detail.html", context)


@require_safe
def program_download(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A version of the profile as TOML or JSON."""
    program = _program(request, code)
    row = _version(request, program)
    if form == "toml":
        body, kind = to_toml(row.content), "application/toml; charset=utf-8"
    elif form == "json":
        body, kind = json.dumps(row.content, indent=2, ensure_ascii=False), "application/json"
    else:
        raise Http404("There is no such form.")
    name = f"{program.code}-v{row.version}.{form}"
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def program_check_upload(request: HttpRequest, code: str) -> HttpResponse:
    """Check a text, replay the past under it, and offer to adopt it."""
    program = _program(request, code)
    check_adopts(request.user, program)
    current = profile_current(program)
    if request.method != "POST":
        form = ProfileTextForm(initial={"text": to_toml(current.content)})
        return _check_page(request, program, current, form)
    form = ProfileTextForm(request.POST, request.FILES)
    if not form.is_valid():
        return _check_page(request, program, current, form, status=422)
    return _checked(request, program, current, form.cleaned_data["text"])


@require_POST
def program_adopt_page(request: HttpRequest, code: str) -> HttpResponse:
    """Adopt the text that was checked, with the reason."""
    program = _program(request, code)
    check_adopts(request.user, program)
    form = AdoptForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        content, verdict = text_checked(data["text"], name=program.code)
        try:
            if not verdict.is_in_order:
                raise ProfileError(list(verdict.faults))
            row = program_adopt(
                program=program,
                content=content,
                reason=data["reason"],
                based_on=data["based_on"],
                actor=request.user,
            )
        except ProfileError as error:
            form.add_error(None, ValidationError(error.faults))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                f"Version {row.version} is adopted. Releases that are open keep the version they began with.",
            )
            return redirect("program_detail", program.code)
    text = request.POST.get("text", "")
    return _checked(request, program, profile_current(program), text, adopt=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def program_copy_page(request: HttpRequest, code: str) -> HttpResponse:
    """Make a new program that works as this one does."""
    program = _program(request, code)
    check_adopts(request.user, program)
    form = ProgramCopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = program_copy(source=program, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{made} works as {program} does. You are its portal admin.")
            return redirect("program_detail", made.code)
    context = {"program": program, "form": form}
    return render(request, "workflow/programs/copy.html", context, status=422 if form.errors else 200)


def _program(request: HttpRequest, code: str) -> Program:
    """404 for whoever does not work in the program: they may not know that it exists."""
    return get_object_or_404(programs_of(request.user), code=code)


def _version(request: HttpRequest, program: Program) -> ProgramProfile:
    wanted = request.GET.get("version")
    if not wanted:
        return profile_current(program)
    # Ten digits are more than any version and less than any database refuses.
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 9:
        raise Http404("There is no such version.")
    return get_object_or_404(program.profiles, version=int(wanted))


def _checked(
    request: HttpRequest,
    program: Program,
    current: ProgramProfile,
    text: str,
    *,
    adopt: AdoptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    content, verdict = text_checked(text, name=program.code, program=program)
    more: dict[str, Any] = {"verdict": verdict}
    if verdict.is_in_order:
        simulation = program_simulate(content=content, program=program, actor=request.user)
        more |= {
            "simulation": simulation,
            "shown": simulation.different[:SHOWN],
            "more": max(0, len(simulation.different) - SHOWN),
            "adopt": adopt or AdoptForm(initial={"text": text, "based_on": current.version}),
        }
    elif status == 200:
        status = 422
    form = ProfileTextForm(initial={"text": text})
    return _check_page(request, program, current, form, more, status=status)


def _check_page(
    request: HttpRequest,
    program: Program,
    current: ProgramProfile,
    form: ProfileTextForm,
    more: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"program": program, "current": current, "form": form} | (more or {})
    return render(request, "workflow/programs/check.html", context, status=status)


urlpatterns = [
    path("programs/", program_list, name="program_list"),
    path("programs/<slug:code>/", program_detail, name="program_detail"),
    path("programs/<slug:code>/check/", program_check_upload, name="program_check_upload"),
    path("programs/<slug:code>/adopt/", program_adopt_page, name="program_adopt"),
    path("programs/<slug:code>/copy/", program_copy_page, name="program_copy"),
    path("programs/<slug:code>/download.<slug:form>", program_download, name="program_download"),
]
