"""What every decision of the station asks for: a scan to decide on, and words that may be kept."""

from __future__ import annotations

from collections.abc import Callable

from privacy.errors import DispositionRefused
from privacy.personal_values import raw_values_in
from privacy.selectors import PrivacyState, state_of

SHORTEST_REASON = 10
Refusal = Callable[[str], Exception]


def scanned_state(
    release_id: int, *, what: str = "Decide", refused: Refusal = DispositionRefused
) -> PrivacyState:
    """Where the release stands, its file being scanned by the detectors of today. Raises `refused`."""
    state = state_of(release_id)
    if not state.is_scan_current:
        raise refused(f"The file is still to be scanned. {what} once the scan has ended.")
    return state


def plain_words(text: str, *, refused: Refusal = DispositionRefused) -> str:
    """What somebody typed, ready to be kept and shown. Raises `refused` when it repeats values of the file."""
    text = text.replace("\0", "").strip()
    sentence = raw_values_in(text)
    if sentence:
        raise refused(sentence)
    return text


def reason_of(text: str, *, of: str = "decision", refused: Refusal = DispositionRefused) -> str:
    """The same of a reason, which must say something. Raises `refused`."""
    text = plain_words(text, refused=refused)
    if len(text) < SHORTEST_REASON:
        raise refused(f"Say why, in at least {SHORTEST_REASON} characters: the reason is kept with the {of}.")
    return text
