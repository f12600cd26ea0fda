"""How a move is refused. Each error carries sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.gates import Unmet


class MoveRefused(Exception):
    """A move that cannot be made now; `sentences` say why and what to do."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


class WrongStage(MoveRefused):
    """The release is no longer where the move begins (somebody else may have moved it)."""


class ReasonRequired(MoveRefused):
    """The move needs a reason in words."""


class GatesUnmet(MoveRefused):
    """Something that must hold before the move does not; carries every sentence."""

    def __init__(self, unmet: list[Unmet]) -> None:
        super().__init__(*[item.text for item in unmet])
        self.unmet = unmet
