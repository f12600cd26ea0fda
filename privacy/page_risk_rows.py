"""The measures of disclosure risk as rows that people read: the words, the file as it is, and the copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from privacy.risk.profile import RiskProfile

NOTHING = "–"
# What sums of fractions leave of nothing.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Row:
    """One measure. `tone` is bad where the copy (or, before it is made, the file) does not hold the threshold."""

    words: str
    help: str
    before: str
    after: str
    tone: str = ""


Says = Callable[[RiskProfile], str]


def measure_rows(before: RiskProfile | None, after: RiskProfile | None, k_min: int) -> list[Row]:
    """k, small groups and the three attackers, each with what it means."""

    def row(words: str, help: str, says: Says, bad: Callable[[RiskProfile], bool] | None = None) -> Row:
        last = after or before
        tone = "bad" if bad and last and bad(last) else ""
        return Row(words, help, said_of(before, says), said_of(after, says), tone)

    rows = [
        row(
            "Smallest group (k)",
            f"The fewest rows that look alike. This program asks for {k_min:,}. An empty cell counts as a value.",
            lambda one: f"{one.k:,}",
            lambda one: 0 < one.k < k_min,
        ),
        row(
            "Smallest group, an empty cell standing for anything",
            "The milder reading: a row also counts those it could be taken for.",
            lambda one: f"{one.wildcard.k:,}" if one.wildcard else NOTHING,
        ),
        row(
            "Rows that stand alone",
            "Nobody else has their combination.",
            lambda one: of(one.unique_rows, one.rows),
        ),
        row("Rows in groups under 5", "", lambda one: of(one.rows_under_5, one.rows)),
        row("Rows in groups under 11", "", lambda one: of(one.rows_under_11, one.rows)),
    ]
    if k_min not in (5, 11):
        rows.append(
            row(
                f"Rows in groups under {k_min:,}",
                "The threshold of this program.",
                lambda one: under(one, k_min),
            )
        )
    rows += [
        row("Different combinations", "Groups of rows that look alike.", lambda one: f"{one.classes:,}"),
        row(
            "Highest risk, somebody known to be in the file",
            "A neighbour who knows that a person is in it (prosecutor): 1 of the smallest group.",
            lambda one: percent(one.prosecutor_max),
        ),
        row(
            "Average risk, somebody known to be in the file",
            "Over all rows (prosecutor).",
            lambda one: percent(one.prosecutor_average),
        ),
        row(
            "Rows with a risk over 20 %",
            "Those in groups under 5 (prosecutor).",
            lambda one: of(one.rows_over_tau, one.rows),
        ),
    ]
    if any(one and one.population for one in (before, after)):
        rows += [
            row(
                "Highest risk, anybody of the population",
                "Somebody wants to show that one person can be found (journalist).",
                lambda one: percent(one.population.journalist_max) if one.population else NOTHING,
            ),
            row(
                "Share of rows that somebody would get right who links them all",
                "For selling or advertising (marketer).",
                lambda one: percent(one.population.marketer) if one.population else NOTHING,
            ),
        ]
    if any(one and one.individual for one in (before, after)):
        rows += [
            row(
                "Highest risk of one person, by the weights",
                "That a match found in the population is the right one.",
                lambda one: percent(one.individual.max) if one.individual else NOTHING,
            ),
            row(
                "People expected to be found again",
                "The sum of all individual risks.",
                lambda one: f"{one.individual.expected:,.1f} of {one.rows:,}" if one.individual else NOTHING,
            ),
        ]
    return rows


def sensitive_rows(before: RiskProfile | None, after: RiskProfile | None) -> list[dict[str, str]]:
    """What the groups give away of each sensitive column: l, entropy l, t and rows of which the value is certain."""
    rows = []
    for when, profile in (("The file as it is", before), ("The copy", after)):
        for one in profile.sensitive if profile else []:
            rows.append(
                {
                    "column": one.column,
                    "when": when,
                    "l": f"{one.l:,}",
                    "entropy_l": f"{one.entropy_l:.2f}",
                    "t": f"{one.t:.3f}",
                    "certain": of(one.certain_rows, profile.rows) if profile else NOTHING,
                }
            )
    return sorted(rows, key=lambda row: row["column"])


def unique_rows(before: RiskProfile | None, after: RiskProfile | None) -> list[dict[str, str]]:
    """Special uniques: by how few columns rows can be told from all others."""
    sizes: dict[int, dict[str, str]] = {}
    for when, profile in (("before", before), ("after", after)):
        for one in profile.uniques.sizes if profile and profile.uniques else []:
            words = "1 column alone" if one["columns"] == 1 else f"{one['columns']} columns together"
            empty = {"words": words, "before": NOTHING, "after": NOTHING}
            sizes.setdefault(one["columns"], empty)[when] = (
                of(one["rows"], profile.rows) if profile else NOTHING
            )
    return [sizes[size] for size in sorted(sizes)]


def of(count: int, rows: int) -> str:
    """ "12 of 60 (20 %)": a number with its denominator."""
    return f"{count:,} of {rows:,} ({percent(count / rows if rows else 0.0)})"


def percent(share: float) -> str:
    """Never "100 %" while something is missing, never "0 %" while there is something."""
    if share < _NOTHING:
        return "0 %"
    if share >= 1:
        return "100 %"
    if share < 0.001:
        return "under 0.1 %"
    return f"{min(100 * share, 99.9):.1f}".removesuffix(".0") + " %"


def said_of(profile: RiskProfile | None, says: Says) -> str:
    return says(profile) if profile else NOTHING


def under(profile: RiskProfile, k_min: int) -> str:
    if profile.threshold != k_min or profile.rows_under_threshold is None:
        return NOTHING
    return of(profile.rows_under_threshold, profile.rows)
