"""What a move does, in the words of the program."""

from __future__ import annotations

from accounts.profiles import Profile
from workflow.stages import Move


def consequence_of(move: Move, profile: Profile) -> str:
    """The consequence of a move, with whoever holds a stage named as the program names them."""
    holders = {stage: profile.role_words(role) for stage, role in profile.stage_holders.items()}
    return move.consequence.format_map(holders)
