"""Reads of comments by link: which invitation a link is, whether it still works, and what its reader sees."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import QuerySet

from workflow import approvals
from workflow.context import ReleaseContext
from workflow.models import GuestInvitation, Release, Review
from workflow.selectors.datasets import dictionary_of

# What somebody may be asked about: every review but the steward's own and the decision itself.
KINDS = tuple(
    (kind.value, kind.label)
    for kind in Review.Kind
    if kind not in (Review.Kind.STEWARD_PREVIEW, Review.Kind.CDO)
)
# Of what a review is bound to, only the data itself: the answers of colleagues go on while the link is out.
_VERSION_PARTS = ("file", "treated", "metadata")

OPEN, USED, REVOKED, EXPIRED, ENDED, GONE = "open", "used", "revoked", "expired", "ended", "gone"
CLOSED = (USED, REVOKED, EXPIRED, ENDED, GONE)


def token_hash(token: str) -> str:
    """What the database keeps of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> GuestInvitation | None:
    """The invitation that a link is for; None for an address that never was one."""
    return (
        GuestInvitation.objects.select_related("asked_by", "release")
        .filter(token_hash=token_hash(token))
        .first()
    )


def version_parts(kind: str, context: ReleaseContext) -> dict[str, str]:
    """The digests that a comment of `kind` asked for now would speak of."""
    now = approvals.current_parts(context)
    scope = {*approvals.REVIEW_SCOPE[kind], "metadata"}
    return {part: now.get(part, "") for part in _VERSION_PARTS if part in scope}


def changed_parts(row: GuestInvitation, context: ReleaseContext) -> list[str]:
    """What changed since the outside person was asked, in words; empty while it is the same version."""
    now = approvals.current_parts(context)
    return [approvals.PART_WORDS[part] for part, digest in row.parts.items() if now.get(part, "") != digest]


def state_of(row: GuestInvitation, context: ReleaseContext) -> str:
    """Whether the link still works, and if not, why."""
    if row.consumed_at is not None:
        return USED
    if row.revoked_at is not None:
        return REVOKED
    if row.expires_at <= context.now:
        return EXPIRED
    if not context.release.is_open:
        return ENDED
    return GONE if changed_parts(row, context) else OPEN


def kind_words(kind: str) -> str:
    """ "security", "department approval": a kind of review inside a sentence."""
    label = dict(KINDS).get(kind, kind)
    return label if label.isupper() else label.lower()


def invitations_of(release: Release) -> QuerySet[GuestInvitation]:
    """Every outside person who was asked about a release, newest first."""
    return release.guest_invitations.select_related("asked_by", "revoked_by")


def evidence_of(context: ReleaseContext) -> dict[str, Any]:
    """What an outside reader sees: the description of the data and of its columns. Never a value of the file."""
    dataset = context.dataset
    return {
        "title": dataset.title,
        "items": [
            {"label": "Department", "value": dataset.department.name},
            {"label": "Description", "value": dataset.description or "Not described yet"},
            {"label": "One row is", "value": dataset.row_label or "Not said yet"},
            {"label": "Updated", "value": dataset.get_accrual_periodicity_display() or "Not said yet"},
            {"label": "Version", "value": f"Release {context.release.number}, {_version_words(context)}"},
        ],
        "columns": [
            {
                "name": column.label or column.name,
                "description": column.description or "not described yet",
                "unit": column.unit,
            }
            for column in dictionary_of(context.release).values()
        ],
    }


def _version_words(context: ReleaseContext) -> str:
    file = context.about("file", "file")
    return f"file {file[:12]}" if file else "no file yet"
