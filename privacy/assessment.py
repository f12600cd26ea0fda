"""Benefit against risk (PRIVACY 5, M27): NIST SP 800-30's tables, DataSF's four factors, a matrix that decides.

Plain Python. The tables are those of NIST SP 800-30 rev. 1, appendices G-5 and I-2 (DOMAIN d2), the model on them
that of DOMAIN d3. What comes out is a proposal: a person decides, with a rationale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

# NIST SP 800-30's five steps, for likelihood, impact and risk alike.
LEVELS = ("very_low", "low", "moderate", "high", "very_high")
VERY_LOW, LOW, MODERATE, HIGH, VERY_HIGH = LEVELS

_STEPS = dict(zip(("VL", "L", "M", "H", "VH"), LEVELS, strict=True))

Table = dict[str, dict[str, str]]


def _table(rows: str) -> Table:
    """A table of the publication as it is printed: the head, then a line for each row."""
    head, *lines = [line.split() for line in rows.strip().splitlines()]
    return {
        _STEPS[name]: {_STEPS[column]: _STEPS[cell] for column, cell in zip(head, cells, strict=True)}
        for name, *cells in lines
    }


# G-5, overall likelihood: row = somebody attempts it, column = the attempt leads to harm.
OVERALL_LIKELIHOOD: Table = _table("""
    VL L  M  H  VH
VH  L  M  H  VH VH
H   L  M  M  H  VH
M   L  L  M  M  H
L   VL L  L  M  M
VL  VL VL L  L  L
""")
# I-2, risk: row = likelihood, column = impact.
RISK: Table = _table("""
    VL L  M  H  VH
VH  VL L  M  H  VH
H   VL L  M  H  VH
M   VL L  M  M  H
L   VL L  L  L  M
VL  VL VL VL L  L
""")

# What a rating may come to, from the most open to none at all.
OUTCOMES = ("open", "conditions", "deidentify", "limited", "screen", "screen_legal", "do_not_publish")
# Those with which the data goes to the open portal.
PUBLISHING = ("open", "conditions")
# Where people decide with a written rationale instead of the matrix.
SCREENED = ("screen", "screen_legal")

# A table of counts with this many points of the CalHHS publication score or fewer is shown as it is (DOMAIN d4).
PSC_MAX = 12


@dataclass(frozen=True)
class Factors:
    """What is judged, each on the five steps (DOMAIN d3)."""

    value: str
    value_likelihood: str
    expectation: str
    harm_person: str
    harm_organisation: str
    attempt: str
    success: str

    def to_dict(self) -> dict[str, str]:
        return asdict(self)


FACTORS = tuple(Factors.__dataclass_fields__)


@dataclass(frozen=True)
class Rating:
    """What follows from the factors."""

    benefit: str
    impact: str
    likelihood: str
    risk: str

    def to_dict(self) -> dict[str, str]:
        return asdict(self)


_LISTS = ("direct", "free_text", "quasi")


@dataclass(frozen=True)
class Evidence:
    """What was measured on one form of the data: the file as it was handed in, or its treated copy.

    `k` is None where no column could single somebody out, or where it was not measured (`is_measured`).
    `psc` is the publication score of a table of counts, `small_cells` how many of its cells are small and shown.
    """

    direct: tuple[str, ...] = ()
    free_text: tuple[str, ...] = ()
    quasi: tuple[str, ...] = ()
    k: int | None = None
    k_min: int = 5
    is_measured: bool = True
    psc: int | None = None
    small_cells: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {name: list(getattr(self, name)) for name in _LISTS}

    @classmethod
    def of_dict(cls, kept: Mapping[str, Any]) -> Evidence:
        """What `to_dict` wrote, whatever else was kept beside it."""
        known: dict[str, Any] = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        lists: dict[str, Any] = {name: tuple(known[name]) for name in _LISTS if name in known}
        return cls(**(known | lists))


def higher(one: str, other: str) -> str:
    return max(one, other, key=LEVELS.index)


def overall_likelihood(attempt: str, success: str) -> str:
    """How likely harm is: NIST SP 800-30, table G-5."""
    return OVERALL_LIKELIHOOD[attempt][success]


def risk_level(likelihood: str, impact: str) -> str:
    """Risk out of likelihood and impact: NIST SP 800-30, table I-2."""
    return RISK[likelihood][impact]


def impact_of(factors: Factors) -> str:
    """The worse of both harms; one step more where people expect more privacy than that (DOMAIN d3.2)."""
    worse = higher(factors.harm_person, factors.harm_organisation)
    expected = LEVELS.index(factors.expectation)
    if expected >= LEVELS.index(HIGH) and LEVELS.index(worse) < expected:
        return LEVELS[LEVELS.index(worse) + 1]
    return worse


def rate(factors: Factors) -> Rating:
    """Benefit, impact, likelihood and risk of one run (DOMAIN d3)."""
    impact = impact_of(factors)
    likelihood = overall_likelihood(factors.attempt, factors.success)
    return Rating(
        benefit=risk_level(factors.value_likelihood, factors.value),
        impact=impact,
        likelihood=likelihood,
        risk=risk_level(likelihood, impact),
    )


def suggested_success(evidence: Evidence, *, psc_max: int = PSC_MAX) -> tuple[str, str]:
    """How likely an attempt succeeds, by what was measured (DOMAIN d3.5), and why in a sentence.

    The level is empty where nothing was measured that would say it.
    """
    level, why = _by_groups(evidence, psc_max)
    if evidence.direct:
        return VERY_HIGH, f"{_columns(evidence.direct)} directly: {_named(evidence.direct)}."
    if evidence.free_text and (not level or LEVELS.index(level) < LEVELS.index(HIGH)):
        return HIGH, f"Nobody has read the free text yet: {_named(evidence.free_text)}."
    return level, why


def _by_groups(evidence: Evidence, psc_max: int) -> tuple[str, str]:
    if evidence.psc is not None:
        return _by_score(evidence.psc, evidence.small_cells, psc_max)
    k, k_min = evidence.k, evidence.k_min
    if not evidence.is_measured:
        return "", "The size of the groups has not been measured."
    if k is None:
        return VERY_LOW, "No column was confirmed that could single out a person."
    if k <= 1:
        return VERY_HIGH, "Somebody stands alone in their group (k = 1)."
    said = f"The smallest group has {k:,} rows, and {k_min:,} are asked for."
    if k < k_min:
        return HIGH, said
    return (MODERATE, said) if k < 2 * k_min else (LOW, said)


def _by_score(score: int, small_cells: int | None, psc_max: int) -> tuple[str, str]:
    """A table of counts. A higher score may go out with its small cells hidden (CalHHS 4.3), and is no longer low."""
    said = f"The publication score is {score}; up to {psc_max} may be shown as it is."
    if small_cells:
        return HIGH, f"{said} {small_cells:,} small cell{'s show' if small_cells > 1 else ' shows'}."
    if score > psc_max:
        return (HIGH, said) if small_cells is None else (LOW, f"{said} Its small cells are hidden.")
    return VERY_LOW, f"{said} No small cell shows."


def _columns(names: Sequence[str]) -> str:
    return "A column identifies people" if len(names) == 1 else f"{len(names)} columns identify people"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def propose(
    matrix: Mapping[str, Sequence[str]],
    after_remedies: Sequence[str],
    rating: Rating,
    *,
    is_residual: bool,
) -> str:
    """What the program's matrix says of a rating: rows are risks, columns benefits from very low to very high.

    “Treat further and judge again” is no answer once the remedies are applied: `after_remedies` says by benefit
    what it means then (DOMAIN d3.6, the starred cells).
    """
    column = LEVELS.index(rating.benefit)
    outcome = matrix[rating.risk][column]
    return after_remedies[column] if outcome == "deidentify" and is_residual else outcome


def is_more_open(outcome: str, than: str) -> bool:
    """Whether deciding `outcome` overrides a proposal. Where people are to decide (screen), nothing overrides."""
    return than not in SCREENED and OUTCOMES.index(outcome) < OUTCOMES.index(than)
