"""Returns on pages: the one that stands with its points, and those of the past with their letters."""

from __future__ import annotations

from typing import Any

from django import template

from workflow.context import context_of
from workflow.models import ReturnForChanges, ReturnPoint
from workflow.returns import may_answer_point, may_pass_point, stands

register = template.Library()


@register.inclusion_tag("workflow/returns/_standing.html", takes_context=True)
def return_standing(context: Any, returned: ReturnForChanges) -> dict[str, Any]:
    """The return that stands: what the reader may do with each point."""
    user = context.request.user
    release = context_of(returned.release_id)
    lines: list[dict[str, Any]] = [
        {
            "point": point,
            "may_answer": stands(returned, release) and may_answer_point(user, point, release),
            "may_pass": stands(returned, release) and may_pass_point(user, point, release),
        }
        for point in returned.point_rows.select_related("passed_to", "passed_by", "answered_by", "return_row")
    ]
    return {
        "returned": returned,
        "release": release.release,
        "steward": release.dataset.steward,
        "lines": lines,
        "answered": sum(line["point"].state == ReturnPoint.State.ANSWERED for line in lines),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("workflow/returns/_kept.html")
def return_kept(back: ReturnForChanges) -> dict[str, Any]:
    """A return of the past, as it was sent and answered."""
    return {"back": back, "points": list(back.point_rows.select_related("passed_to", "answered_by"))}
