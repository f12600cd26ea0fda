"""The ways in which a portal can fail us.

Each error carries one plain sentence (the thing, the reason, the next step) and says whether waiting helps.
A sentence about rows never repeats what the portal said about them: it might quote a value.
"""

from __future__ import annotations

from typing import Any


class PortalError(Exception):
    """The portal did not do what we asked."""

    permanent = True

    def __init__(
        self, sentence: str, *, status: int | None = None, code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.code = code
        self.request_id = request_id


class Retryable(PortalError):
    """Passing trouble. `ambiguous`: the portal may have done what we asked without saying so."""

    permanent = False

    def __init__(
        self, sentence: str, *, ambiguous: bool = False, timed_out: bool = False, **about: Any
    ) -> None:
        super().__init__(sentence, **about)
        self.ambiguous = ambiguous
        self.timed_out = timed_out


class Throttled(Retryable):
    """The portal asks us to come back later."""

    def __init__(self, sentence: str, *, retry_after: float | None = None, **about: Any) -> None:
        super().__init__(sentence, **about)
        self.retry_after = retry_after


# How a sentence begins that says so; the page shows such a wait as a state of its own.
SUBMITTED = "Submitted for approval"


class Submitted(Retryable):
    """It waits for the portal's own reviewers. That is not public, and nobody here can hurry it."""


class Conflict(Retryable):
    """Somebody else writes to this dataset just now."""


class BadRequest(PortalError):
    """The portal refuses what we sent, and would refuse it again."""


class RowsRefused(BadRequest):
    """The portal left out single rows. `positions` count from 1 within what was sent; no value is kept."""

    def __init__(self, sentence: str, *, positions: tuple[int, ...] = (), **about: Any) -> None:
        super().__init__(sentence, **about)
        self.positions = positions


class ReviewerRefused(PortalError):
    """A reviewer of the portal said no to a wider audience."""


class AuthFailed(PortalError):
    """The portal does not know our key."""


class Forbidden(PortalError):
    """The portal knows our key and does not let it do this."""


class NotFound(PortalError):
    """The portal has no such dataset."""


class TooLarge(PortalError):
    """One request was too big for the portal; smaller ones may pass."""


class ProtocolError(Retryable):
    """The answer is not one that a portal gives: a login page, a redirect, half a JSON."""
