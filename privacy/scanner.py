"""Scan a table for personal data: every cell, one verdict per column. Plain Python over polars; no Django.

What comes out holds no value of the file in clear: samples are masked here, before anybody can keep them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from datafiles.table import Column, Table
from privacy.cells import Cells, Hits, find
from privacy.detectors import DETECTORS, REGISTRY_VERSION
from privacy.evidence import header_tokens
from privacy.finding import cells_of
from privacy.verdicts import CLEAR, CONFIRM, FLAG, Claim, claim_of, is_key, term_of

Beat = Callable[[int, str], None]
CLASSES = ("direct", "quasi", "sensitive", "free_text", "key", "none")
_WORKERS = 2
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """One entity found in a column: in how many cells, where first (rows from 1), and masked samples."""

    entity: str
    count: int
    share: float
    strength: float
    rows: list[int]
    samples_masked: list[str]
    note: str = ""

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

    @property
    def evidence_digest(self) -> str:
        """Names the evidence a person decides on: it changes when the decision should be thought over.

        Hidden hits count one by one; of a column that is the entity as a whole, only that it is.
        """
        hits = sorted((hit.entity, "most" if hit.share >= _MOST else hit.count) for hit in self.hits)
        text = json.dumps([self.group, self.entity, self.decision, hits])
        return hashlib.sha256(text.encode()).hexdigest()

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


def scan(table: Table, beat: Beat | None = None) -> ScanResult:
    """Scan every cell of `table`. `beat(percent, message)` is told before each column's result is taken."""
    started = time.perf_counter()
    results = []
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        # polars lets go of the interpreter while it works, so two columns go at once.
        running = [pool.submit(scan_column, table, index) for index in range(len(table.columns))]
        try:
            for index, (column, future) in enumerate(zip(table.columns, running, strict=True)):
                if beat:
                    share = 100 * index // len(table.columns)
                    beat(
                        share,
                        f"{table.rows:,} rows, column {index + 1} of {len(running)}: {column.name[:100]}",
                    )
                results.append(future.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return ScanResult(table.rows, results, REGISTRY_VERSION, time.perf_counter() - started)


def scan_column(table: Table, index: int) -> ColumnResult:
    """Scan one column of `table`."""
    column = table.columns[index]
    tokens = header_tokens(column.name)
    cells = cells_of(table.frame.get_column(column.name), column.type)
    # A column whose every value is a date or a truth value hides nothing else.
    judges = [one for one in DETECTORS if column.type in one.types]
    hits = {one.detector.entity: one for one in find(cells, judges, column.type)}
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
    group, entity, sentences, decision, score = "none", None, [], CLEAR, 0.0
    if whole:
        group, entity, decision, score = whole.group, whole.entity, whole.decision, whole.score
        sentences.append(whole.why)
    if cells.prose and group in ("none", "quasi"):
        group, entity = ("free_text", None) if not whole or whole is term else (group, entity)
        sentences.append("It is free text: its meaning is not understood here, so a person must read it.")
        decision, score = max((decision, score), (CONFIRM, 0.4), key=lambda pair: _order(pair[0]))
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
    )
