"""What a program calls the stages: the last one before publication is named for whoever turns the final key there."""

from __future__ import annotations

import re

from accounts.profiles import Profile
from accounts.roles import Role
from workflow.stages import STAGE_OWNER, Stage

# A title of so many words is known by its initials: Chief Information Officer, CIO.
_TITLE = 3


def stage_label(stage: str, profile: Profile) -> str:
    """The label of a stage in the program's words: "CDO review", "CIO review", "Agency approver review"."""
    if stage != Stage.CDO_REVIEW:
        return str(Stage(stage).label)
    return f"{_short(profile.role_label(profile.stage_holders.get(stage, STAGE_OWNER[Stage.CDO_REVIEW])))} review"


def _short(label: str) -> str:
    """A role in a word or two: without its alternatives, a long title by its initials."""
    if label == Role.CDO.label:
        return "CDO"
    words = re.split(r" or |[(/,]", label)[0].split()
    is_title = len(words) >= _TITLE and all(word[0].isupper() for word in words)
    return "".join(word[0] for word in words) if is_title else " ".join(words)
