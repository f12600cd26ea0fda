"""Gate of security levels: Los Angeles sorts data into levels One to Three, and Three is never on the portal."""

from __future__ import annotations

from accounts.roles import Role
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet


def security_level_allowed(context: ReleaseContext) -> GateResult:
    """Where the program has security levels, one is chosen, and it is one that may stand on the portal."""
    levels = context.profile.security_levels
    if not levels:
        return GateResult("")
    chosen = context.profile.security_level(context.dataset.security_level)
    if chosen is None:
        choices = ", ".join(level.label for level in levels)
        text = f"No security level is chosen. Choose one on the Privacy tab or in the inventory record ({choices})."
        return GateResult("", [Unmet(text, "privacy", Role.COORDINATOR)])
    if chosen.never_on_portal:
        text = (
            f"The data is of security level {chosen.label}, which never goes on the portal. "
            "Keep the dataset as not for release, or correct the level with its reason."
        )
        return GateResult("", [Unmet(text, "overview", Role.COORDINATOR)])
    return GateResult(f"Security level {chosen.label}")
