"""The exceptions of a release, short, for pages that decide on it."""

from __future__ import annotations

from typing import Any

from django import template

from workflow.context import context_of
from workflow.models import Release
from workflow.selectors.exceptions import standings_of

register = template.Library()


@register.inclusion_tag("workflow/exceptions/_standing.html", takes_context=True)
def exceptions_standing(context: Any, release: Release) -> dict[str, Any]:
    """Every exception that speaks of the release; nothing where the program knows none."""
    release_context = context_of(release.pk)
    return {
        "release": release,
        "knows_exceptions": bool(release_context.profile.exceptions),
        "lines": standings_of(release_context, context.request.user),
    }
