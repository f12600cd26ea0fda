"""The overview tab of a release: what is done, what stands in the way, what I may do now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow import gates
from workflow.selectors.evidence import gate_line, record_of
from workflow.selectors.refresh import may_refresh, refresh_panel
from workflow.selectors.retirement import standing_line
from workflow.selectors.sources import source_panel
from workflow.selectors.work import returns_standing
from workflow.services.describing import against_of
from workflow.stages import Stage
from workflow.views.around_panel import around_of
from workflow.views.base import TABS, get_context, header_of, may, render_tab
from workflow.views.inventory_panel import panel_of


@require_safe
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """One page about where the release stands."""
    context = get_context(request, pk)
    dataset = context.dataset
    return render_tab(
        request,
        context,
        "overview",
        "workflow/tabs/overview.html",
        {
            "gates_open": [gate_line(item, context) for item in gates.unmet_onward(context)],
            "returned": returns_standing([context]).get(pk),
            "record": record_of(dataset, context.profile),
            "around": around_of(request, dataset, context.profile),
            "panel": panel_of(request, dataset, context.release.stage),
            "source": source_panel(dataset),
            "refreshing": refresh_panel(context),
            "against": against_of(context),
            "may_refresh": may_refresh(context) and may(request, "refresh", context),
            "may_edit_record": may(request, "edit_record", context),
            "may_rest": may(request, "edit_record", context) and context.release.stage == Stage.INVENTORY,
            "may_open_release": not _has_open(dataset) and may(request, "open_release", context),
            "retirement_line": standing_line(dataset),
            "was_retracted": context.release.retractions.exists(),
            "other_releases": [row for row in dataset.releases.order_by("-number") if row.pk != pk],
        },
    )


@require_safe
def release_standing(request: HttpRequest, pk: int, tab: str) -> HttpResponse:
    """The next step and what is in the way on a tab, drawn anew after something was saved by itself."""
    if tab not in {key for key, *_ in TABS}:
        raise Http404("There is no such tab.")
    page = header_of(get_context(request, pk), request.user)
    page |= {"tab": tab, "unmet_here": [item for item in page["unmet"] if item.tab == tab]}
    return render(request, "workflow/release_standing.html", page)


def _has_open(dataset: Any) -> bool:
    current = dataset.current_release
    return current is not None and current.is_open
