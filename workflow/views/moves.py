"""A move: what it will do and who is told, then the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from workflow import gates, policies, routing
from workflow.context import ReleaseContext
from workflow.errors import GatesUnmet, ReasonRequired, WrongStage
from workflow.forms.moves import MoveForm, form_of
from workflow.models import ReturnPoint, StageVisit
from workflow.selectors.evidence import gate_line
from workflow.selectors.move_words import consequence_of
from workflow.selectors.work import returns_standing
from workflow.services.transitions import release_transition
from workflow.stages import MOVES, ONWARD, Move
from workflow.views.base import get_context
from workflow.words import UNDO

# A second click on the same button within this time finds its work done, and is not an error.
DOUBLE_CLICK = timedelta(minutes=1)


@require_http_methods(["GET", "POST"])
def release_move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """GET says what the move will do; POST makes it through the door."""
    move = MOVES.get(name)
    if move is None:
        raise Http404("There is no such move.")
    context = get_context(request, pk)
    if name == "retire":
        # It has a page of its own: proposed, told to the public, decided.
        return redirect("dataset_retirement", context.dataset.pk)
    if request.method == "POST" and _was_just_made(request, context, move):
        return redirect("release_retraction" if name == "retract" else "release", pk)
    policies.check_move(request.user, name, context)
    form = form_of(move, context, request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, context, move, form, status=422 if form.errors else 200)
    try:
        release_transition(release_id=pk, name=name, actor=request.user, **form.arguments())
    except GatesUnmet as refusal:
        request.refusal_reason = " ".join(refusal.sentences)[:300]  # type: ignore[attr-defined]
        lines = [gate_line(item, context) for item in refusal.unmet]
        return _page(request, context, move, form, in_the_way=lines, status=409)
    except ReasonRequired as refusal:
        form.add_error("reason", refusal.sentences)
        return _page(request, context, move, form, status=422)
    except WrongStage as refusal:
        return _page(request, get_context(request, pk), move, form, refusals=refusal.sentences, status=409)
    consequence = consequence_of(move, context.profile)
    messages.success(request, f"{move.label}: done for “{context.dataset.title}”. {consequence}")
    return redirect("release_retraction" if name == "retract" else "release", pk)


def _page(
    request: HttpRequest,
    context: ReleaseContext,
    move: Move,
    form: MoveForm,
    *,
    in_the_way: list[dict[str, Any]] | None = None,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    possible = context.release.stage in move.sources
    if possible and in_the_way is None:
        in_the_way = [gate_line(item, context) for item in gates.unmet(move.name, context)]
    if not possible and not refusals:
        refusals = [
            f"“{move.label}” is not possible now: the release is in {context.release.get_stage_display()}. "
            "Somebody may have moved it meanwhile."
        ]
    return render(
        request,
        "workflow/release_move.html",
        {
            "release": context.release,
            "dataset": context.dataset,
            "move": move,
            "form": form,
            "told": routing.told_before(move, context, request.user) if possible else [],
            "consequence": consequence_of(move, context.profile),
            "undo": UNDO[move.name],
            "in_the_way": in_the_way or [],
            "unanswered": _unanswered(context) if move.name == ONWARD.get(context.release.stage) else None,
            "refusals": refusals or [],
            "possible": possible and not in_the_way and not refusals,
        },
        status=status,
    )


def _unanswered(context: ReleaseContext) -> dict[str, Any] | None:
    """The points of the return that stands which nobody has answered; None when there are none."""
    returned = returns_standing([context]).get(context.release.pk)
    rows = returned.point_rows.all() if returned is not None else []
    points = [row for row in rows if row.state == ReturnPoint.State.OPEN]
    return {"returned": returned, "points": points} if points else None


def _was_just_made(request: HttpRequest, context: ReleaseContext, move: Move) -> bool:
    """True for the second click of a double click: the same person made this move a moment ago."""
    if move.stays or context.release.stage in move.sources:
        return False
    since = timezone.now() - DOUBLE_CLICK
    return StageVisit.objects.filter(
        release=context.release, move=move.name, left_by_id=request.user.pk, left_at__gte=since
    ).exists()
