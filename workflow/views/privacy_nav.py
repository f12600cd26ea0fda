"""The pages under the Privacy tab, in one list, and how each of them is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from workflow.context import ReleaseContext
from workflow.views.base import may, render_tab


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the navigation. `action` names the policy of a page that not everybody may open who sees the tab."""

    key: str
    words: str
    url_name: str
    action: str = ""


PAGES: tuple[Page, ...] = (
    Page("findings", "Findings", "release_privacy"),
    Page("risk", "Risk", "privacy_risk"),
    Page("recipe", "Remedies", "privacy_recipe"),
    Page("aggregates", "Tables of counts", "privacy_aggregates"),
    Page("mosaic", "Already public", "privacy_mosaic"),
    Page("assessment", "Benefit and risk", "privacy_assessment"),
    Page("raw", "Raw rows", "privacy_raw", "view_raw"),
)


def render_privacy(
    request: HttpRequest,
    context: ReleaseContext,
    here: str,
    template: str,
    page: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Draw `template` as the page `here` (a key of PAGES) of the Privacy tab."""
    return render_tab(
        request,
        context,
        "privacy",
        "privacy/_page.html",
        page | {"privacy_pages": nav_of(request, context, here), "privacy_template": template},
        status=status,
    )


def nav_of(request: HttpRequest, context: ReleaseContext, here: str) -> list[dict[str, Any]]:
    """The pages that this person may open, with the one they are on."""
    return [
        {
            "words": page.words,
            "url": reverse(page.url_name, args=[context.release.pk]),
            "here": page.key == here,
        }
        for page in PAGES
        if not page.action or may(request, page.action, context)
    ]
