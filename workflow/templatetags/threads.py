"""Tags that put talk beside the thing it is about, on pages that know nothing of threads.

The counts of all threads of a release are read once per page and kept with the request.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from workflow.models import Release, Thread
from workflow.selectors.threads import WHOLE, column_key, counts_of, help_open_of

register = template.Library()


@register.inclusion_tag("workflow/threads/_link.html", takes_context=True)
def thread_link(
    context: Any, release: Release, topic: str, key: str = WHOLE, about: str = ""
) -> dict[str, Any]:
    """The link to a thread with its counts. `key` of a finding is the name of the column."""
    if topic == Thread.Topic.FINDING:
        key = column_key(key)
    return {
        "thread": _counts(context, release).get((topic, key)),
        "url": reverse("release_thread", args=[release.pk, topic, key]),
        "about": about,
        "is_whole": topic == Thread.Topic.DATASET,
    }


@register.inclusion_tag("workflow/threads/_link.html", takes_context=True)
def item_thread(context: Any, release: Release, checklist: str, item: Any) -> dict[str, Any]:
    """The link to the thread of a checklist item."""
    return thread_link(context, release, Thread.Topic.ITEM, f"{checklist}/{item.id}", item.question)


@register.inclusion_tag("workflow/threads/_waiting.html")
def help_waiting(release: Release) -> dict[str, Any]:
    """The questions on a release that wait for an answer."""
    return {"questions": list(help_open_of(release)), "release": release}


def _counts(context: Any, release: Release) -> dict[tuple[str, str], Thread]:
    request = context.request
    kept = getattr(request, "thread_counts", {})
    if release.pk not in kept:
        kept = {**kept, release.pk: counts_of(release, request.user)}
        request.thread_counts = kept
    return kept[release.pk]
