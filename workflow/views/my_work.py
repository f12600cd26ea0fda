"""My work: what waits on me, what I wait for, what is late."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.selectors import program_of
from accounts.selectors_requests import role_requests_waiting_for
from workflow.selectors.asked import with_questions
from workflow.selectors.errands import errands_of
from workflow.selectors.people import departments_to_register
from workflow.selectors.work import my_work_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My work; who holds no role yet is led to where they ask for one."""
    works = program_of(request.user) is not None or request.user.is_superuser
    return redirect("my_work" if works else "my_role_requests")


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """The list of what is asked of this person now, one row and one button each."""
    program = program_of(request.user)
    return render(
        request,
        "workflow/my_work.html",
        {
            "work": with_questions(my_work_of(request.user), request.user),
            "errands": errands_of(request.user),
            "role_requests": role_requests_waiting_for(request.user).count(),
            "may_register": program is not None and departments_to_register(request.user, program).exists(),
        },
    )
