"""Where each line of a checklist that the system answers is changed."""

from __future__ import annotations

from django.urls import reverse

from checklists.pages import Page
from workflow.answering import stage_of
from workflow.context import ReleaseContext

_CURES = {
    "data": "release_data",
    "metadata": "release_metadata",
    "privacy": "release_privacy",
    "weighing": "privacy_assessment",
    "plan": "release_plan",
    "publication": "release_publication",
    "reviews": "release_reviews",
}


def link(page: Page, context: ReleaseContext, *, may_edit_record: bool) -> None:
    """Give each line the address of the page where its answer is changed."""
    pk = context.release.pk
    for _, lines, _ in page.parts:
        for line in lines:
            kind, _, name = line.cure.partition(":")
            if kind == "source" or (kind == "record" and may_edit_record):
                name = "dataset_source" if kind == "source" else "dataset_edit"
                line.cure_url = reverse(name, args=[context.dataset.pk])
            elif kind == "checklist" and stage_of(context, name):
                line.cure_url = reverse("release_checklist", args=[pk, name])
            elif kind in _CURES:
                line.cure_url = reverse(_CURES[kind], args=[pk])
