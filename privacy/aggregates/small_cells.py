"""What a table of counts shows that it should not: small cells, and hidden ones that can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl

from privacy.aggregates.attack import attack
from privacy.aggregates.audit import LEAST
from privacy.aggregates.cube import HIDDEN, Cube, Flags, Shape, cubes_of
from privacy.aggregates.rules import Rule

_PLACES = 20


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One kind of fault: how many cells, and the first rows (from 1) that have one. No counts, no labels."""

    kind: str
    cells: int
    rows: list[int]


@dataclass(frozen=True, slots=True)
class CellFindings:
    """What was found in a table. `blocks` are faults that must be mended, `warns` deserve a look."""

    rule: str
    fewer_than: int
    cells: int
    shown: int
    hidden: int
    zeros: int
    smallest_count: int | None
    smallest_denominator: int | None
    has_totals: list[str]
    blocks: list[CellFinding] = field(default_factory=list)
    warns: list[CellFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> CellFindings:
        parts = {name: [CellFinding(**row) for row in kept[name]] for name in ("blocks", "warns")}
        return cls(**{name: kept[name] for name in cls.__dataclass_fields__} | parts)


def small_cells(frame: pl.DataFrame, shape: Shape, rule: Rule, *, totals_known: bool = True) -> CellFindings:
    """Look through a table of text by a rule. Raises ShapeError when the table is not what `shape` says.

    `totals_known`: sums of lines that the table does not show are known from elsewhere.
    """
    cubes = cubes_of(frame, shape)
    found: dict[str, list[Flags]] = {}
    for cube in cubes:
        for kind, cells in _faults(cube, rule, totals_known=totals_known).items():
            found.setdefault(kind, []).append(cells)
    findings = {
        kind: _finding(kind, cubes, flags)
        for kind, flags in found.items()
        if any(flag.any() for flag in flags)
    }
    values = np.concatenate([cube.values for cube in cubes]) if cubes else np.zeros(0, np.int64)
    people = cubes[0].denominators[cubes[0].denominators >= 0]
    positive = values[values >= LEAST]
    return CellFindings(
        rule=rule.code,
        fewer_than=rule.fewer_than,
        cells=len(values),
        shown=int((values != HIDDEN).sum()),
        hidden=int((values == HIDDEN).sum()),
        zeros=int((values == 0).sum()),
        smallest_count=int(positive.min()) if len(positive) else None,
        smallest_denominator=int(people.min()) if len(people) else None,
        has_totals=[
            name for name, total in zip(cubes[0].dimensions, cubes[0].totals, strict=True) if total >= 0
        ],
        blocks=[findings[kind] for kind in BLOCKS if kind in findings],
        warns=[findings[kind] for kind in WARNS if kind in findings],
        notes=list(dict.fromkeys(note for cube in cubes for note in cube.notes)),
    )


def _faults(cube: Cube, rule: Rule, *, totals_known: bool) -> dict[str, Flags]:
    hidden, people = cube.values == HIDDEN, cube.denominators
    told = attack(cube)
    small = (cube.values >= LEAST) & (cube.values < rule.fewer_than)
    few_people = (people >= 0) & (people < rule.population_least) & (cube.values >= LEAST)
    return {
        "small": small,
        "few_people": few_people & ~small,
        "worked_out": told.exact,
        "alone": _alone(cube, hidden, totals_known=totals_known) & ~told.exact,
        "proven_small": hidden & ~told.exact & (told.highest < rule.fewer_than),
        "denominator": (people >= 0) & (people < rule.screen_denominator) & (cube.values != 0),
    }


def _alone(cube: Cube, hidden: Flags, *, totals_known: bool) -> Flags:
    """Hidden cells that are the only hidden one of a line whose sum is known."""
    alone = np.zeros(len(cube), bool)
    for at in cube.constrained(totals_known=totals_known):
        line = cube.lines[at]
        counted = np.bincount(line, hidden, int(line.max()) + 1 if len(line) else 0)
        alone |= hidden & (counted[line] == 1)
    return alone


def _finding(kind: str, cubes: Sequence[Cube], flags: Sequence[Flags]) -> CellFinding:
    rows = np.unique(np.concatenate([cube.rows[flag] for cube, flag in zip(cubes, flags, strict=True)]))
    return CellFinding(kind, int(sum(flag.sum() for flag in flags)), [int(row) + 1 for row in rows[:_PLACES]])


_NEXT = "Suppress the table by its rule, or make a dimension coarser."
BLOCKS = {
    "small": "{cells} of {all} show fewer than {least}{where}. " + _NEXT,
    "few_people": "{cells} of {all} tell of areas with too few people{where}. " + _NEXT,
    "worked_out": "{cells} hidden of {all} can be worked out from the totals{where}. " + _NEXT,
    "alone": "{cells} of {all} are the only hidden ones of a line{where}: whoever knows the sum works them out. "
    + _NEXT,
}
WARNS = {
    "proven_small": "Of {cells} hidden of {all} the totals tell that they are under {least}{where}.",
    "denominator": "{cells} of {all} are out of fewer people than the rule asks for without a closer look{where}.",
}


def cell_sentences(findings: CellFindings, *, warnings: bool = False) -> list[str]:
    """The findings in words: the faults that must be mended, or those that deserve a look."""
    texts, rows = (WARNS, findings.warns) if warnings else (BLOCKS, findings.blocks)
    return [
        texts[row.kind].format(
            cells=f"{row.cells:,}",
            all=_cells(findings.cells),
            least=findings.fewer_than,
            where=_where(row.rows),
        )
        for row in rows
    ]


def _cells(number: int) -> str:
    return f"{number:,} cell{'' if number == 1 else 's'}"


def _where(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    first = ", ".join(f"{row:,}" for row in rows[:3])
    return f" (row{'s' if len(rows) > 1 else ''} {first}{' and more' if len(rows) > 3 else ''})"
