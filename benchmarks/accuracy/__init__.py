"""How well columns and texts are told apart, on made-up tables of three families of systems, and on columns as
public portals publish them.

`tuned` and `published` may be looked at by whoever works on the detectors; the two that are held out are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from benchmarks.accuracy import ours, published, theirs
from benchmarks.accuracy.notes import notes
from benchmarks.accuracy.score import PATTERN, Verdicts, column_score, text_score
from benchmarks.accuracy.tables import PARTS, decoys, tables
from benchmarks.lines import line
from benchmarks.peers import PeerMissing

# Peers see this many cells of each column, and this many texts.
_CELLS = 20
_TEXTS = 150
Found = TypeVar("Found")
_IN_TEXT = ("SSN", "EMAIL", "PHONE", "CREDIT_CARD", "IP_ADDRESS", "VIN")


def main() -> None:
    for part in PARTS:
        _columns(part)
        _decoys(part)
        _texts(part)
    _published()


def _published() -> None:
    """Columns as portals publish them: which are taken for an identifier that they are not."""
    tables = published.tables()
    peers = (("Presidio", theirs.presidio), ("DataProfiler", theirs.dataprofiler))
    said = [
        f"{name}: {_peer(lambda call=call: len(published.wrong(tables, call(tables, _CELLS))))}"  # type: ignore[misc]
        for name, call in peers
    ]
    count = sum(len(one.labels) for one in tables)
    own = published.wrong(tables, ours.verdicts(tables))
    line(f"published: false identifiers, {count} columns", str(len(own)), "; ".join(said))


def _columns(part: str) -> None:
    labelled = tables(part)
    own = ours.verdicts(labelled)
    few = tables(part, rounds=1)
    presidio = _peer(lambda: theirs.presidio(few, _CELLS))
    profiler = _peer(lambda: theirs.dataprofiler(few, _CELLS))
    together = (("pattern identifiers", PATTERN), ("columns of names", ("PERSON_NAME",)))
    for what, entities in together:
        said = [
            f"{name}: {column_score(few, found, entities) if isinstance(found, list) else found}"
            for name, found in (("Presidio", presidio), ("DataProfiler", profiler))
        ]
        line(f"{part}: {what}", str(column_score(labelled, own, entities)), "; ".join(said))
    for entity in PARTS[part].LABELLED:
        line(f"{part}: {entity}", str(column_score(labelled, own, (entity,))))


def _decoys(part: str) -> None:
    plain = decoys(part)
    count = sum(len(one.labels) for one in plain)

    def wrong(found: Verdicts | str) -> str:
        if isinstance(found, str):
            return found
        return str(sum(entity in PATTERN for said in found for entity in said.values()))

    said = [
        f"{name}: {wrong(_peer(lambda call=call: call(plain, _CELLS)))}"  # type: ignore[misc]
        for name, call in (("Presidio", theirs.presidio), ("DataProfiler", theirs.dataprofiler))
    ]
    line(f"{part}: false pattern identifiers, {count} columns", wrong(ours.verdicts(plain)), "; ".join(said))


def _texts(part: str) -> None:
    written = notes(part)
    found = ours.found_in([text for text, _ in written])
    slice_ = written[:_TEXTS]
    peer = _peer(lambda: theirs.presidio_texts([text for text, _ in slice_]))
    said = str(text_score(slice_, peer, _IN_TEXT)) if isinstance(peer, list) else peer
    line(
        f"{part}: identifiers in {len(written)} notes",
        str(text_score(written, found, _IN_TEXT)),
        f"Presidio: {said}",
    )
    for entity in (*_IN_TEXT, "PERSON_NAME", "STREET_ADDRESS", "DATE_OF_BIRTH"):
        line(f"{part}: notes, {entity}", str(text_score(written, found, (entity,))))


def _peer(call: Callable[[], Found]) -> Found | str:
    """What a peer says, or why it says nothing."""
    try:
        return call()
    except PeerMissing as missing:
        return str(missing)
