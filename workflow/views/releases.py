"""The overview tab of a release: what is done, what stands in the way, what I may do now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from workflow import gates
from workflow.context import ReleaseContext
from workflow.selectors.evidence import record_of
from workflow.selectors.work import returns_standing
from workflow.stages import Stage
from workflow.views.base import get_context, may, render_tab

# tab of a gate sentence -> (URL name, words of the link that leads to its cure)
CURES: dict[str, tuple[str, str]] = {
    "overview": ("dataset_edit", "Open the record"),
    "checklists": ("release_checklists", "Open the checklists"),
    "data": ("release_data", "Open the data"),
    "privacy": ("release_privacy", "Open privacy"),
    "reviews": ("release_reviews", "Open the reviews"),
    "plan": ("release_plan", "Open the plan"),
    "publication": ("release_publication", "Open the publication"),
}


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
            "may_edit_record": may(request, "edit_record", context),
            "may_rest": may(request, "edit_record", context) and context.release.stage == Stage.INVENTORY,
            "may_open_release": not _has_open(dataset) and may(request, "open_release", context),
            "other_releases": [row for row in dataset.releases.order_by("-number") if row.pk != pk],
        },
    )


def gate_line(item: gates.Unmet, context: ReleaseContext) -> dict[str, Any]:
    """A gate sentence as the component draws it: with the link to the tab that cures it, and who does."""
    name, words = CURES[item.tab]
    target = context.dataset.pk if name == "dataset_edit" else context.release.pk
    who = context.profile.role_label(item.who) if item.who not in ("system", "closed") else "the system"
    return {"sentence": item.text, "url": reverse(name, args=[target]), "link": words, "who": who}


def _has_open(dataset: Any) -> bool:
    current = dataset.current_release
    return current is not None and current.is_open
