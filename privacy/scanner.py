"""Scan a table for personal data: every cell, one verdict per column. Plain Python over polars; no Django.

What comes out holds no value of the file in clear: samples are masked here, before anybody can keep them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from datafiles.inference import verdict_of
from datafiles.table import Column, Table, rows_per_block
from privacy.cells import Cells, Hits
from privacy.detectors import DETECTORS, REGISTRY_VERSION
from privacy.evidence import header_tokens
from privacy.neighbours import with_neighbours
from privacy.reading import ColumnReading
from privacy.verdicts import CLEAR, CONFIRM, FLAG, Claim, claim_of, is_key, term_of

Beat = Callable[[int, str], None]
CLASSES = ("direct", "quasi", "sensitive", "free_text", "key", "none")
_WORKERS = 2
# How much of the work is reading; the rest is judging.
_READ_SHARE = 90
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """One entity found in a column: in how many cells, where first (rows from 1), and masked samples.

    `mark` names what was found, keyed, for the evidence alone; it is shown to nobody.
    """

    entity: str
    count: int
    share: float
    strength: float
    rows: list[int]
    samples_masked: list[str]
    note: str = ""
    mark: str = field(default="", repr=False)

    def to_dict(self) -> dict[str, Any]:
        return {
            "entity": self.entity,
            "count": self.count,
            "share": round(self.share, 6),
            "strength": round(self.strength, 2),
            "rows": self.rows,
            "samples_masked": self.samples_masked,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class ColumnResult:
    """What a column is (`group`, `entity`) and what hides in its cells (`hits`); the decision and why."""

    name: str
    index: int
    type: str
    group: str
    entity: str | None
    decision: str
    score: float
    explanation: str
    hits: list[Hit]
    mark: str = field(default="", repr=False)

    @property
    def evidence_digest(self) -> str:
        """Names the evidence a person decides on: it changes when the decision should be thought over.

        Hidden hits count one by one, by what they are where the scan was given a key; of a column that is the
        entity as a whole, only that it is. A text that a person must read is this text (`mark`).
        """
        hits = sorted((self._told(hit) for hit in self.hits), key=str)
        read = [self.mark] if self.mark else []
        text = json.dumps([self.group, self.entity, self.decision, hits, *read])
        return hashlib.sha256(text.encode()).hexdigest()

    def _told(self, hit: Hit) -> tuple[str | int, ...]:
        if hit.share >= _MOST and hit.entity == self.entity:
            return hit.entity, "most"
        return (hit.entity, hit.count, hit.mark) if hit.mark else (hit.entity, hit.count)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "index": self.index,
            "type": self.type,
            "class": self.group,
            "entity": self.entity,
            "decision": self.decision,
            "score": self.score,
            "explanation": self.explanation,
            "hits": [hit.to_dict() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The scan of one table."""

    rows: int
    columns: list[ColumnResult]
    registry_version: str
    seconds: float

    @property
    def open_columns(self) -> list[ColumnResult]:
        """The columns a person must decide on."""
        return [column for column in self.columns if column.decision != CLEAR]

    def counts(self) -> dict[str, int]:
        """How many columns of each class."""
        return {group: sum(column.group == group for column in self.columns) for group in CLASSES}


class Scanner:
    """A scan in progress: blocks of rows go in, one after another, the result comes out.

    `with Scanner(names) as scanner:` frees its threads at the end. Holds a few blocks' worth of memory, however
    long the table. Who keeps decisions on what is found gives a secret `key`: the evidence then tells finds apart.
    """

    def __init__(
        self, names: list[str], *, typed: bool = False, key: bytes = b"", workers: int = _WORKERS
    ) -> None:
        self.rows = 0
        self._columns = [ColumnReading(name, typed=typed, key=key) for name in names]
        # polars lets go of the interpreter while it works, so two columns go at once.
        self._pool = ThreadPoolExecutor(max_workers=workers)
        # What each column still has to take of the latest block.
        self._taking: dict[int, Future[None]] = {}
        self._started = time.perf_counter()

    def __enter__(self) -> Scanner:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def add(self, block: pl.DataFrame) -> None:
        """Take the next rows: text columns, in the order of the names. Returns when the rows before are taken."""
        self.rows += block.height
        columns = list(enumerate(zip(self._columns, block.iter_columns(), strict=True)))
        # The longest values take longest: last, they would keep one thread busy while the other waits.
        columns.sort(key=lambda column: column[1][1].estimated_size(), reverse=True)
        before, self._taking = self._taking, {}
        for place, (reading, values) in columns:
            self._taking[place] = self._pool.submit(_take, reading, values, before.get(place))
        for done in before.values():
            done.result()

    def _settle(self) -> None:
        """Wait until every row is taken."""
        for done in self._taking.values():
            done.result()
        self._taking = {}

    def types(self) -> list[Column]:
        """The columns with the types of their values, when they were to be told (`typed`). No more rows come."""
        self._settle()
        columns = []
        for reading in self._columns:
            reading.end()
            verdict = verdict_of(reading.forms)
            columns.append(Column(reading.name, verdict.type, verdict.form, verdict.forms))
        return columns

    def finish(self, columns: Sequence[Column], beat: Beat | None = None) -> ScanResult:
        """Judge the columns, whose types are known by now."""
        self._settle()
        running = [
            self._pool.submit(judged, reading, column, index)
            for index, (reading, column) in enumerate(zip(self._columns, columns, strict=True))
        ]
        results = []
        for index, (column, future) in enumerate(zip(columns, running, strict=True)):
            if beat:
                beat(
                    _READ_SHARE + (100 - _READ_SHARE) * index // len(running),
                    f"{self.rows:,} rows read, column {index + 1} of {len(running)}: {column.name[:100]}",
                )
            results.append(future.result())
        results = with_neighbours(results)
        return ScanResult(self.rows, results, REGISTRY_VERSION, time.perf_counter() - self._started)


def _take(reading: ColumnReading, values: pl.Series, before: Future[None] | None) -> None:
    """Take values in their turn. Those before were begun earlier, so that waiting for them ends."""
    if before:
        before.result()
    reading.add(values)


def scan(table: Table, beat: Beat | None = None, *, key: bytes = b"") -> ScanResult:
    """Scan every cell of `table`. `beat(percent, message)` is told before each block and each verdict."""
    step = rows_per_block(len(table.columns))
    blocks = (table.frame.slice(start, step) for start in range(0, table.rows, step))
    return scan_blocks(table.columns, table.rows, blocks, beat, key=key)


def scan_blocks(
    columns: Sequence[Column],
    rows: int,
    blocks: Iterable[pl.DataFrame],
    beat: Beat | None = None,
    *,
    key: bytes = b"",
) -> ScanResult:
    """Scan a table of `rows` rows that comes in blocks, so that it is never in memory as a whole."""
    with Scanner([column.name for column in columns], key=key) as scanner:
        for block in blocks:
            if beat:
                beat(
                    _READ_SHARE * scanner.rows // max(1, rows),
                    f"{scanner.rows:,} of {rows:,} rows read, {len(columns):,} columns",
                )
            scanner.add(block)
        return scanner.finish(columns, beat)


def judged(reading: ColumnReading, column: Column, index: int) -> ColumnResult:
    """The verdict on one column."""
    tokens = header_tokens(column.name)
    cells, found = reading.finish(column.type)
    # A column whose every value is a date or a truth value hides nothing else.
    judges = [one for one in DETECTORS if column.type in one.types]
    hits = {one.detector.entity: one for one in found}
    claims = [claim_of(one, tokens, column.type, cells, hits.get(one.entity)) for one in judges]
    return _result(column, index, tokens, cells, [claim for claim in claims if claim])


def _result(
    column: Column, index: int, tokens: tuple[str, ...], cells: Cells, claims: list[Claim]
) -> ColumnResult:
    whole = max((claim for claim in claims if claim.whole), key=lambda claim: claim.rank, default=None)
    term = term_of(tokens, column.type, cells)
    if term and (whole is None or term.rank > whole.rank):
        whole = term
    hidden = sorted((c for c in claims if c is not whole and c.hits), key=lambda c: c.rank, reverse=True)
    group, entity, sentences, decision, score, mark = "none", None, [], CLEAR, 0.0, ""
    if whole:
        group, entity, decision, score = whole.group, whole.entity, whole.decision, whole.score
        sentences.append(whole.why)
    if cells.prose and group in ("none", "quasi") and not (whole and whole.decision == FLAG):
        group, entity = ("free_text", None) if not whole or whole is term else (group, entity)
        sentences.append("It is free text: its meaning is not understood here, so a person must read it.")
        decision, score = max((decision, score), (CONFIRM, 0.4), key=lambda pair: _order(pair[0]))
        mark = cells.mark
    for claim in hidden:
        sentences.append(claim.why)
        if _order(claim.decision) > _order(decision):
            decision, score = claim.decision, claim.score
    if group == "none" and is_key(tokens, column.type, cells):
        group = "key"
        sentences.append("Each row has its own value: a key of the rows.")
    if not sentences:
        sentences.append("Nothing in the name or in any cell was found to tell of a person.")
    shown = ([whole] if whole else []) + hidden
    return ColumnResult(
        name=column.name,
        index=index,
        type=column.type,
        group=group,
        entity=entity,
        decision=decision,
        score=score,
        explanation=" ".join(sentences),
        hits=[_hit(claim.hits) for claim in shown if claim.hits],
        mark=mark,
    )


def _order(decision: str) -> int:
    return (CLEAR, CONFIRM, FLAG).index(decision)


def _hit(hits: Hits) -> Hit:
    return Hit(
        entity=hits.detector.entity,
        count=hits.count,
        share=hits.share,
        strength=hits.strength,
        rows=hits.rows,
        samples_masked=hits.samples,
        note=hits.note,
        mark=hits.mark,
    )
