"""The comments from outside, for the Reviews tab."""

from __future__ import annotations

from typing import Any

from django import template

from workflow.context import ReleaseContext, context_of
from workflow.models import GuestInvitation, Release
from workflow.policies import may_act, may_revoke_guest
from workflow.selectors import guests

register = template.Library()

_WORDS = {
    guests.USED: ("Comment given", "good"),
    guests.OPEN: ("Asked for", "info"),
    guests.EXPIRED: ("Ended without a comment", ""),
    guests.REVOKED: ("Taken back", ""),
    guests.ENDED: ("Ended without a comment", ""),
    guests.GONE: ("Of an earlier version", "warn"),
}


@register.inclusion_tag("workflow/guests/_section.html", takes_context=True)
def guest_comments(context: Any, release: Release) -> dict[str, Any]:
    """Every outside person who was asked, what became of it, and the comment."""
    user = context.request.user
    release_context = context_of(release.pk)
    rows = guests.invitations_of(release)
    return {
        "release": release,
        "csrf_token": context.get("csrf_token"),
        "may_ask": release.is_open and may_act(user, "ask_guest", release_context),
        "lines": [_line(row, release_context, user) for row in rows],
    }


def _line(row: GuestInvitation, context: ReleaseContext, user: Any) -> dict[str, Any]:
    state = guests.state_of(row, context)
    word, tone = _WORDS[state]
    return {
        "row": row,
        "kind": guests.kind_words(row.kind),
        "word": word,
        "tone": tone,
        "is_open": state == guests.OPEN,
        "changed": guests.changed_parts(row, context) if state in (guests.GONE, guests.USED) else [],
        "may_revoke": state in (guests.OPEN, guests.GONE) and may_revoke_guest(user, row, context),
    }
