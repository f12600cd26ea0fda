"""Who stands for a release: the attestations with the text that was signed, and the department's own approval."""

from __future__ import annotations

from typing import Any

from django import template

from checklists.selectors import attestations_of
from workflow import approvals
from workflow.context import context_of
from workflow.models import Release, Review
from workflow.veil import is_veiled

register = template.Library()


@register.inclusion_tag("checklists/_attested.html")
def attestations(release: Release) -> dict[str, Any]:
    """Every signature under the checklists of the release, newest first, and whether it still covers them."""
    context = context_of(release.pk)
    lines = [
        {
            "row": row,
            "checklist": row.submission.checklist,
            "is_current": row.answers_digest
            == context.about(f"checklist.{row.submission.checklist}", "answers")
            and row.file_sha256 == (context.about("file", "file") or ""),
        }
        for row in attestations_of(release.pk)
    ]
    given = [
        {"row": review, "is_current": approvals.is_current(review, context)}
        for review in context.reviews
        if review.kind == Review.Kind.DEPARTMENT
        and review.is_positive
        and not is_veiled(review, context.reviews)
    ]
    return {"release": release, "lines": lines, "given": given}
