"""Roles as the program names them: what is a coordinator to the product is a Data Steward in Durham."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.profiles import Profile, profile_of
from accounts.roles import Role
from accounts.selectors import profile_for

register = template.Library()


@register.simple_tag(takes_context=True)
def role(context: dict[str, Any], code: str) -> str:
    """The words of a role inside a sentence."""
    profile = _profile(context)
    return profile.role_words(code) if profile else Role(code).label


@register.simple_tag(takes_context=True)
def stage_holder(context: dict[str, Any], stage: str) -> str:
    """Who holds a stage, in the words of the program; of a page that shows a release."""
    profile = _profile(context)
    return profile.role_words(profile.stage_holders[stage]) if profile else "holder of the stage"


def _profile(context: dict[str, Any]) -> Profile | None:
    """The profile of the release that the page shows, else of the reader's program."""
    release = context.get("release")
    if release is not None:
        return profile_of(release.profile)
    program = getattr(context.get("request"), "program", None)
    return profile_for(program) if program else None
