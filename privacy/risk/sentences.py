"""What the measures mean, in words for a steward (`risk_sentences`) and for a privacy officer (the others)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from privacy.risk.parts import Individual, Population, Sensitive
from privacy.risk.profile import RiskProfile

# Wildcards, samples and populations are told only when they say something that the first sentences do not.
_COMBINATIONS = 3
_CLOSE = 0.2


class Measured(Protocol):
    """The measures that the first sentences are made of."""

    @property
    def quasi(self) -> list[str]: ...
    @property
    def rows(self) -> int: ...
    @property
    def k(self) -> int: ...
    @property
    def unique_rows(self) -> int: ...


def risk_sentences(
    measures: Measured, *, k_min: int, accepted: bool = False, named_by: Sequence[str] = ()
) -> list[str]:
    """Two or three sentences: who stands alone or how large the smallest group is, and whether it is enough.

    `named_by`: the columns that identify people directly and stay; no group hides anybody beside them.
    """
    sentences = [standing(measures)]
    if not measures.rows:
        return sentences
    if measures.k < k_min and accepted:
        sentences.append(
            f"That is less than the {k_min} this program asks for; the privacy officer accepted it."
        )
    elif measures.k < k_min:
        sentences.append(
            f"This program asks for groups of at least {k_min}. Make {listing(measures.quasi)} coarser "
            "or drop a column, or record why the risk is acceptable."
        )
    else:
        enough = "and no group is smaller" if named_by else "so the copy may go on"
        sentences.append(f"This program asks for groups of at least {k_min}, {enough}.")
    if named_by:
        sentences.append(named_sentence(named_by))
    return sentences


def named_sentence(columns: Sequence[str]) -> str:
    """That groups do not protect where a column that names people stays."""
    several = len(columns) > 1
    return (
        f"But {listing([f'“{name}”' for name in columns])} identif{'y' if several else 'ies'} people directly and "
        f"stay{'' if several else 's'}, by a decision with its reason: whoever is named there is found "
        "whatever the groups are."
    )


def standing(measures: Measured) -> str:
    """Who stands alone, or how large the smallest group is."""
    what = listing(measures.quasi)
    if not measures.rows:
        return "The table has no rows, so nobody can be singled out in it."
    if measures.k == 1:
        alone = measures.unique_rows
        return (
            f"At least one person stands alone: {alone:,} of {measures.rows:,} rows "
            f"{'has' if alone == 1 else 'have'} a combination of {what} that nobody else has."
        )
    return (
        f"Nobody stands alone: each person shares their combination of {what} "
        f"with at least {measures.k - 1:,} other{'s' if measures.k > 2 else ''} (k = {measures.k:,})."
    )


def profile_sentences(profile: RiskProfile) -> list[str]:
    """What else the profile says, one sentence a measure, the most telling first; measures that are not there,
    or say nothing new, are left out."""
    if not profile.rows:
        return []
    sentences = [*_combinations(profile), *_uniques(profile)]
    for sensitive in profile.sensitive:
        sentences += _sensitive(sensitive)
    if profile.individual:
        sentences.append(_individual(profile.individual, profile.rows))
    if profile.population:
        sentences.append(_population(profile.population))
    sentences.append(_prosecutor(profile))
    return [*sentences, *_wildcard(profile)]


def _combinations(profile: RiskProfile) -> list[str]:
    """The columns that single somebody out by themselves, then the combinations that single out most."""
    found = []
    for column in sorted(profile.columns, key=lambda one: -one.unique_rows):
        if column.unique_rows:
            found.append(
                f"“{column.column}” alone singles out {_rows(column.unique_rows)}: it acts like a name. "
                "Drop it or make it coarser."
            )
    several = [one for one in profile.combinations if one.minimal_rows]
    for one in several[:_COMBINATIONS]:
        found.append(
            f"{len(one.columns)} columns, {listing(one.columns)}, alone single out {_rows(one.unique_rows)}."
        )
    return found


def _uniques(profile: RiskProfile) -> list[str]:
    found = profile.uniques
    if found is None or not found.rows:
        return []
    few = [one for one in found.sizes if one["rows"]]
    first = few[0]
    telling = max(profile.columns, key=lambda one: one.share)
    text = (
        f"{_rows(first['rows'])} {_is(first['rows'])} singled out by "
        f"{_count(first['columns'])} (special uniques, SUDA): somebody who knows that little can find them."
    )
    if telling.share > 0 and len(profile.columns) > 1:
        part = _percent(telling.share)
        text += f" “{telling.column}” has a part in {part} of it, so it is the first to make coarser."
    return [text]


def _sensitive(one: Sensitive) -> list[str]:
    name = f"“{one.column}”"
    if one.l == 1:
        first = (
            f"Who finds a group may learn {name} for certain: {_rows(one.certain_rows)} {_is(one.certain_rows)} "
            "in groups in which everybody has the same value (l = 1)."
        )
    else:
        first = (
            f"In each group {name} has at least {one.l:,} different values (l = {one.l:,}), as telling as "
            f"{one.entropy_l:.1f} equally frequent ones."
        )
    near = "close to" if one.t <= _CLOSE else "far from"
    return [
        first,
        f"In the group that gives away most, the values of {name} are {near} those of the whole table "
        f"(t = {one.t:.2f}; 0 would be the same, 1 the opposite).",
    ]


def _individual(found: Individual, rows: int) -> str:
    return (
        f"As a sample with weights: somebody with a list of the whole population would be expected to find "
        f"{found.expected:,.1f} of {_rows(rows)} again; the highest risk of one person is {_percent(found.max)}, "
        f"and {_rows(found.rows_over_tau)} {_is(found.rows_over_tau)} above {_percent(found.tau)}."
    )


def _population(found: Population) -> str:
    source = "Counted in" if found.source == "population" else "Estimated from the weights for"
    return (
        f"{source} the whole population, the smallest group holds {found.smallest:,.0f} "
        f"{'person' if found.smallest < 1.5 else 'people'}: who wants to show that one person can be found has a "
        f"chance of {_percent(found.journalist_max)} (journalist); who links all rows gets "
        f"{_percent(found.marketer)} of them right (marketer)."
    )


def _prosecutor(profile: RiskProfile) -> str:
    return (
        f"Somebody who knows that a person is in the file finds them with a chance of "
        f"{_percent(profile.prosecutor_max)} at most and {_percent(profile.prosecutor_average)} on average "
        f"(prosecutor); for {_rows(profile.rows_over_tau)} it is above {_percent(profile.tau)}."
    )


def _wildcard(profile: RiskProfile) -> list[str]:
    """Only where null as any value changes k."""
    found = profile.wildcard
    if found is None or found.k == profile.k:
        return []
    return [
        f"Empty cells count as a value of their own here. If an empty cell may stand for any value, k is {found.k:,} "
        f"and {_rows(found.unique_rows)} {'stands' if found.unique_rows == 1 else 'stand'} alone."
    ]


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def _rows(n: int) -> str:
    return f"{n:,} row{'' if n == 1 else 's'}"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _count(n: int) -> str:
    return "one column alone" if n == 1 else f"no more than {n} columns together"


def listing(names: Sequence[str]) -> str:
    """ "zip, sex and birth_year"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
