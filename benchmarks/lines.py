"""How a measure is printed: one line with what, ours, the peer's, the ratio, the memory of both."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers import Answer, PeerMissing


def line(what: str, ours: str, peer: str = "", ratio: str = "", memory: str = "") -> None:
    """Print one measure. Text that is empty is printed as a dash."""
    parts = (f"{what:<54}", f"{ours:<18}", f"{peer or '-':<44}", f"{ratio or '-':>9}", memory or "-")
    print(" | ".join(parts), flush=True)


def timing(what: str, ours: Answer, name: str = "", peer: Answer | str = "") -> None:
    """Print a time: ours, the peer's or why there is none, how many times as fast, and both peaks of memory."""
    if isinstance(peer, str):
        missing = f"{name}: {peer}" if name and peer else peer
        line(what, seconds(ours), missing, "", f"{ours.peak_mb:,.0f} MB")
        return
    line(
        what,
        seconds(ours),
        f"{name} {seconds(peer)}",
        f"{peer.seconds / max(ours.seconds, 1e-9):,.1f}x",
        f"{ours.peak_mb:,.0f} / {peer.peak_mb:,.0f} MB",
    )


def against(what: str, ours: Answer, name: str, peer: Callable[[], Answer]) -> None:
    """Print a time beside a peer's that may not be there: then the line says why."""
    try:
        timing(what, ours, name, peer())
    except PeerMissing as missing:
        timing(what, ours, "", str(missing))


def seconds(found: Answer) -> str:
    """ "0.123 s", with the seconds of the processors where there are any, and the terms under which it holds."""
    value = found.seconds
    text = f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:,.2f} s"
    if found.cpu >= 0.1:
        text += f", {found.cpu:,.2f} CPU"
    return f"{text} ({found.note})" if found.note else text
