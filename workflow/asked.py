"""Which of a program's checklists a release is asked for at a stage."""

from __future__ import annotations

from workflow.context import ReleaseContext

# Filled in with a move of its own, not on the way to the next stage.
RETIREMENT = "retirement"
# The form of the release toolkit: for the classes that need it, where the program says which do.
TOOLKIT = "privacy"


def checklists_asked(context: ReleaseContext, stage: str) -> list[str]:
    """The checklists that must be complete to leave `stage`, in the order of the profile.

    San Francisco asks the release toolkit of sensitive and protected data only.
    """
    names = context.profile.checklists.get(stage, ())
    return [name for name in names if name != RETIREMENT and not (name == TOOLKIT and _is_spared(context))]


def _is_spared(context: ReleaseContext) -> bool:
    """True when the program asks the toolkit of some classes, and this data's is none of them."""
    asked_of = {row.code for row in context.profile.classifications if row.needs_toolkit}
    return bool(asked_of) and context.dataset.classification not in asked_of
