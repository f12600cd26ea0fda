"""The gate of withholding: what is withheld does not begin its way to the public, nor end it."""

from __future__ import annotations

from accounts.roles import Role
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet, day
from workflow.timing import today_of


def not_withheld(context: ReleaseContext) -> GateResult:
    """No recorded ground keeps the dataset from the public. One past its review date no longer does."""
    result = GateResult("")
    today = today_of(context)
    for row in context.dataset.withholdings.all():
        if row.holds(today):
            until = f" until {row.until:%-d %b %Y}" if row.until else ""
            result.unmet.append(
                Unmet(
                    f"The dataset is withheld{until}: {row}, recorded by {row.decided_by} on "
                    f"{day(row.decided_at)}. Lift the ground first, if it no longer holds.",
                    "overview",
                    Role.COORDINATOR,
                )
            )
    return result
