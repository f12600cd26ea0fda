"""The points of a return: answering one, passing one on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.roles import Role
from workflow.errors import MoveRefused
from workflow.models import ReturnPoint
from workflow.services.return_letter import point_answer, point_pass
from workflow.views.base import get_context, say_refusal


@require_POST
def return_point_answer(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """Say what was done about a point."""
    words = request.POST.get("answer", "")[:4000]
    return _act(request, pk, point, point_answer, "Your answer is kept.", answer=words)


@require_POST
def return_point_pass(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """Hand a point to the steward."""
    profile = get_context(request, pk).profile
    done = f"The {profile.role_words(Role.STEWARD)} is asked to answer it."
    return _act(request, pk, point, point_pass, done)


def _act(
    request: HttpRequest, pk: int, point: int, service: Callable[..., ReturnPoint], done: str, **words: Any
) -> HttpResponse:
    get_context(request, pk)
    try:
        row = service(release_id=pk, point_id=point, actor=request.user, **words)
    except ReturnPoint.DoesNotExist:
        raise Http404("There is no such point.") from None
    except MoveRefused as refusal:
        say_refusal(request, refusal)
        return redirect("release", pk)
    messages.success(request, done)
    return redirect(f"{reverse('release', args=[pk])}#point-{row.number}")


urlpatterns = [
    path(
        "releases/<int:pk>/return-points/<int:point>/answer/", return_point_answer, name="return_point_answer"
    ),
    path("releases/<int:pk>/return-points/<int:point>/pass-on/", return_point_pass, name="return_point_pass"),
]
