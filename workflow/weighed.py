"""When benefit and risk must be weighed, what stands outside of the matrix, and what an override still allows.

Asked by gates, pages and reviews alike. Sources: DOMAIN d3 (hard stops), FEATURES M25, M27.
"""

from __future__ import annotations

from datetime import date

from workflow.asked import TOOLKIT, checklists_asked
from workflow.context import ReleaseContext
from workflow.timing import today_of

# Answers of the restricted-data screen that mean: restricted data is still in it.
_RESTRICTED = "yes"


def is_weighed(context: ReleaseContext) -> bool:
    """Whether this release is cleared only once benefit and risk are weighed, as its program says."""
    rule = context.profile.privacy.weighed
    if rule != "when_personal":
        return rule == "always"
    asked = any(
        TOOLKIT in checklists_asked(context, stage)
        for stage, names in context.profile.checklists.items()
        if TOOLKIT in names
    )
    return asked or bool(context.data("scan", "findings"))


def hard_stops(context: ReleaseContext) -> list[str]:
    """Rules that forbid publishing whatever the matrix says (DOMAIN d3): each a sentence; empty when none does."""
    legal = context.data("checklist.legal", "shared") or {}
    privacy = context.data("checklist.privacy", "shared") or {}
    level = context.profile.security_level(context.dataset.security_level)
    stops = []
    if any(answer == _RESTRICTED for answer in legal.values() if isinstance(answer, str)):
        stops.append(
            "The restricted-data screen says that restricted data is still in it. Take those columns out."
        )
    if level is not None and level.never_on_portal:
        stops.append(f"Data of the security level “{level.label}” is never put on the portal.")
    if _is_hipaa_unmet(privacy):
        stops.append(
            "HIPAA covers the data, and neither Safe Harbor nor an expert's determination is met "
            "(45 CFR 164.514(b))."
        )
    return stops


def _is_hipaa_unmet(privacy: dict[str, object]) -> bool:
    left = privacy.get("PRV-21")
    is_safe_harbor = left == ["none"]
    return privacy.get("PRV-20a") == "yes" and not is_safe_harbor and privacy.get("PRV-20b") != "yes"


def lapsed_on(context: ReleaseContext, until: str | None) -> date | None:
    """The last day of an override that has passed; None while it holds. One without a day has lapsed always."""
    last = date.fromisoformat(until) if until else date.min
    return last if last < today_of(context) else None
