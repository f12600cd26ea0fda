"""The history tab: what happened, the stays in each stage, and the returns."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audit.models import AuditEvent
from audit.selectors import events_of, sentence_of
from workflow.context import ReleaseContext
from workflow.forms.filters import EVENT_KINDS, HistoryFilterForm
from workflow.routing import EVENTS
from workflow.stage_words import stage_label
from workflow.stages import MOVES
from workflow.views.base import get_context, render_tab

PAGE_SIZE = 30


@require_safe
def release_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that happened to the release and its dataset, newest first."""
    context = get_context(request, pk)
    form = HistoryFilterForm(request.GET or None)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    events = events_of(release_id=pk, dataset_id=context.dataset.pk)
    if kind:
        events = events.filter(_of_kind(kind))
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    numbers = dict(context.dataset.releases.values_list("pk", "number"))
    return render_tab(
        request,
        context,
        "history",
        "workflow/tabs/history.html",
        {
            "form": form,
            "page": page,
            "events": [_event_line(event, pk, numbers) for event in page],
            "visits": _visits(context),
            "visit_columns": ["Stage", "Entered", "Left", "Stayed", "Left by"],
            "returns": context.release.returns.select_related("by"),
        },
    )


def _of_kind(kind: str) -> Q:
    if kind == "moves":
        return Q(action__in=[*EVENTS.values(), "workflow.release_opened"])
    wanted = Q()
    for start in EVENT_KINDS[kind][1]:
        wanted |= Q(action__startswith=start)
    return wanted


def _event_line(event: AuditEvent, release_id: int, numbers: dict[int, int]) -> dict[str, Any]:
    note = getattr(event, "note", None)
    other = event.release_id not in (None, release_id)
    return {
        "at": event.at,
        "sentence": sentence_of(event),
        "note": note.text if note and not note.erased_at else "",
        "is_erased": bool(note and note.erased_at),
        "release": numbers.get(event.release_id) if other else None,
    }


def _visits(context: ReleaseContext) -> list[dict[str, Any]]:
    """The stays in each stage with how long they lasted, oldest first."""
    rows = context.release.visits.select_related("entered_by", "left_by")
    return [
        {
            "stage": stage_label(visit.stage, context.profile),
            "entered_at": visit.entered_at,
            "left_at": visit.left_at,
            "left_by": visit.left_by,
            "move": MOVES[visit.move].label if visit.move in MOVES else "",
            "stayed": _days((visit.left_at or context.now) - visit.entered_at),
        }
        for visit in rows
    ]


def _days(span: Any) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{hours // 24} days"
