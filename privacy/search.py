"""What the patterns of the detectors find in the values of one column. Plain Python over polars; no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from privacy.cells import Cells, true_share
from privacy.evidence import (
    NEGATIVE,
    WORTH_A_LOOK,
    WORTH_A_LOOK_AMONG_CODES,
    WORTH_A_LOOK_IN_PROSE,
    Detector,
    Pattern,
    glued_in,
    header_tokens,
    heads,
    phrase_in,
)
from privacy.folding import as_written, with_folded
from privacy.vocabulary import FREE_TEXT_HEADERS

# Glue that may end a sentence beside a match: not a part of it.
_ENDS = ".-_"
# A bare number counts outside prose when no more than this share of the column is written so.
EXCEPTIONAL = 0.05
# Whole columns of an entity are told from this many values, when this share of them matches.
_SAMPLED = 2_000
_MANY = 0.2
_HALF = 0.5
# Of a column that is an entity as a whole the validator judges these rows, and one of several after them.
_ALL_GRADED = 65_536
_ONE_OF = 8
# Types in which nothing hides: a column of dates holds dates.
_CLOSED = ("decimal", "date", "datetime")
# Values that hold no match of any pattern, as cheap to tell as there are many of them: numbers with a
# fraction, short whole numbers, dates and times.
_PLAIN = (
    r"^(?:-?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]{1,3})?|-?[0-9]{1,8}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{5,15}(?:Z|[+-][0-9:]{5})?)?"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?: [0-9:]{4,8}(?: ?[AaPp][Mm])?)?)$"
)
# A column is one of codes, amounts or dates when nearly all its values are one word with a digit.
_CODED, _NEARLY_ALL = r"^\s*\S*[0-9]\S*\s*$", 0.95
# Forms (datafiles.inference) whose values are plain, all of which `surely` tells.
_PLAIN_FORMS = ("decimal", "date_iso", "date_us", "datetime_iso")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a column is searched, told from its first values and kept for all of them.

    `whole` are patterns that many values match from end to end; `patterns` all that are searched for inside.
    A pattern is named by its detector and its place in that one's list. Cheap looks come first where many values
    fail them: `plain` ones are passed over, and those that are not worth a `look`. What a look spares changes the
    time, not what is found.
    """

    prose: bool
    codes: bool
    whole: tuple[tuple[Detector, int], ...]
    patterns: tuple[tuple[Detector, int], ...]
    plain: bool
    look: bool

    def passes_over(self, form: str) -> bool:
        """Whether values that surely have that form are never searched."""
        return self.plain and not self.whole and form in _PLAIN_FORMS

    @property
    def glance(self) -> str | None:
        """What is worth a look, where every value can be looked at before all else: short ones are, in the look
        that tells their form."""
        return self.worth if self.look and not self.whole and not self.prose else None

    @property
    def worth(self) -> str:
        """What every value has in it that some pattern matches."""
        if self.prose:
            return WORTH_A_LOOK_IN_PROSE
        return WORTH_A_LOOK_AMONG_CODES if self.codes else WORTH_A_LOOK

    def after(self, looked: int, worth: int) -> Plan:
        """The plan for what follows when `worth` of the values `looked` at were worth it: too many spare nothing."""
        return replace(self, look=False) if worth > _HALF * looked else self


@dataclass(frozen=True, slots=True)
class Part:
    """What one pattern found in one block: `tried` cells looked like it, the validator judged for `graded` of
    them; `frame` has the matches that passed, with value, cells, match (`m`) and strength (`s`). Of values that
    are the entity as a `whole`, `taken` has all that looked like it."""

    detector: Detector
    place: int
    tried: int
    graded: int
    frame: pl.DataFrame
    whole: bool
    taken: pl.DataFrame | None = None


def plan_of(head: pl.Series, detectors: Iterable[Detector], *, prose: bool) -> Plan:
    """Plan the search of a column by its first values."""
    sample = head.head(_SAMPLED)
    codes = not prose and _coded(sample)
    usable = [
        (one, place)
        for one in detectors
        if "text" in one.types or "integer" in one.types
        for place, pattern in enumerate(one.patterns)
        if (prose or not pattern.prose_only) and (codes or not pattern.codes_only)
    ]
    shares = {} if prose or sample.is_empty() else _whole_shares(sample, usable)
    plan = Plan(
        prose=prose,
        codes=codes,
        whole=tuple(pair for pair, share in shares.items() if share >= _MANY and not _pattern(pair).bare),
        patterns=tuple(
            pair
            for pair in usable
            if prose or not _pattern(pair).bare or shares.get(pair, 0.0) <= EXCEPTIONAL
        ),
        plain=not prose and true_share(sample.str.contains(_PLAIN)) >= _MANY,
        look=True,
    )
    return replace(plan, look=true_share(sample.str.contains(plan.worth)) <= _HALF)


def _coded(values: pl.Series) -> bool:
    return true_share(values.str.contains(_CODED)) >= _NEARLY_ALL


def sift(plan: Plan, values: pl.DataFrame, *, glanced: bool) -> tuple[list[Part], pl.DataFrame, Plan]:
    """Look at every value (`v`, held by `n` cells): those that are an entity as a whole, and the few of the
    others that some pattern matches, found by one union of all patterns. And the plan for the next values.
    Those that were `glanced` at are worth it."""
    parts, left = [], values
    for one, place in plan.whole:
        fits = left.get_column("v").str.contains(_whole(one.patterns[place]))
        if fits.any():
            taken = left if fits.all() else left.filter(fits)
            parts.append(_whole_part(one, place, taken.with_columns(m=pl.col("v"))))
            left = left.filter(~fits)
    following = plan
    if plan.look and not glanced and not left.is_empty():
        looked = left.height
        left = left.filter(pl.col("v").str.contains(plan.worth))
        following = plan.after(looked, left.height)
    if plan.plain and not left.is_empty():
        left = left.filter(~pl.col("v").str.contains(_PLAIN))
    if not left.is_empty():
        union = _union(tuple(_loose(_pattern(pair).core) for pair in plan.patterns))
        left = with_folded(left)
        left = left.filter(pl.col(_read(left)).str.contains(union)).drop("f", strict=False)
    return parts, left, following


def inside(plan: Plan, values: pl.DataFrame) -> list[Part]:
    """Search the values that `sift` left with one pattern after another."""
    values = with_folded(values)
    cuts = [(one, place, _cut(values, one.patterns[place])) for one, place in plan.patterns]
    return [_part(one, place, cut) for one, place, cut in cuts if not cut.is_empty()]


def pattern_matches(cells: Cells, detector: Detector, type_: str) -> list[pl.DataFrame]:
    """The matches (`v`, `n`, `m`, `s`) of each pattern of one detector in a column that is here as a whole, as the
    values have them."""
    found = []
    values = with_folded(cells.frame)
    codes = not cells.prose and _coded(cells.frame.get_column("v").head(_SAMPLED))
    for place, pattern in enumerate(detector.patterns):
        if not searched(detector, pattern, type_, cells.name) or (pattern.prose_only and not cells.prose):
            continue
        if pattern.codes_only and not codes:
            continue
        cut = _cut(values, pattern)
        if cut.is_empty():
            continue
        part = _part(detector, place, cut).frame
        exceptional = int(part.get_column("n").sum()) <= EXCEPTIONAL * cells.filled
        if not part.is_empty() and (not pattern.bare or cells.prose or exceptional):
            found.append(as_written(part))
    return found


def searched(detector: Detector, pattern: Pattern, type_: str, name: str) -> bool:
    """Whether matches of a pattern mean anything in a column of that type. A bare number among whole numbers does
    only where the column's name speaks of the entity, or of remarks."""
    if type_ not in detector.types or type_ in _CLOSED:
        return False
    return not pattern.bare or type_ != "integer" or _asked_for(detector, name)


def _asked_for(detector: Detector, name: str) -> bool:
    tokens = header_tokens(name)
    if phrase_in(tokens, FREE_TEXT_HEADERS):
        return True
    if phrase_in(tokens, NEGATIVE + detector.against):
        return False
    named = phrase_in(tokens, detector.headers + detector.hints)
    return heads(tokens, named[0]) if named else glued_in(tokens, detector.glued) is not None


def _pattern(pair: tuple[Detector, int]) -> Pattern:
    return pair[0].patterns[pair[1]]


def _whole(pattern: Pattern) -> str:
    return rf"^(?:{pattern.core})$"


@lru_cache(maxsize=64)
def _union(cores: tuple[str, ...]) -> str:
    return "|".join(f"(?:{core})" for core in cores)


@lru_cache(maxsize=512)
def _loose(core: str) -> str:
    """Matches wherever `core` does, and in some places more: "[2-9]{1,20}" becomes "[0-9]{1,}".

    Counted repetitions and many ranges of digits make automata so large that the engine gives up its fast path;
    to tell whether a single pattern is worth its time, neither matters.
    """
    core = re.sub(r"(?<!\\)\{([0-9]+),[0-9]+\}", r"{\1,}", core)
    return re.sub(r"\[[0-9]-[0-9]\]", "[0-9]", core)


def _whole_shares(sample: pl.Series, pairs: list[tuple[Detector, int]]) -> dict[tuple[Detector, int], float]:
    """The share of values that each pattern matches from end to end; none where few match any."""
    union = rf"^(?:{_union(tuple(_pattern(pair).core for pair in pairs))})$"
    some = sample.filter(sample.str.contains(union))
    if len(some) <= EXCEPTIONAL * len(sample):
        return {}
    return {pair: int(some.str.contains(_whole(_pattern(pair))).sum()) / len(sample) for pair in pairs}


def _cut(values: pl.DataFrame, pattern: Pattern) -> pl.DataFrame:
    """Each match of one pattern (`m`), as long as nothing that belongs to it touches it."""
    read = _read(values)
    few = values.filter(pl.col(read).str.contains(_loose(pattern.core)))
    if few.is_empty():
        return few
    cut = few.with_columns(m=pl.col(read).str.extract_all(pattern.token)).explode("m").drop_nulls("m")
    if pattern.glue and not cut.is_empty():
        cut = cut.with_columns(m=pl.col("m").str.strip_chars(_ENDS))
        cut = cut.filter(pl.col("m").str.contains(rf"^[+(]?(?:{pattern.led})$"))
    return cut


def _read(values: pl.DataFrame) -> str:
    """The column that is searched: the values in plain signs, where any is written in others."""
    return "f" if "f" in values.columns else "v"


def _part(detector: Detector, place: int, cut: pl.DataFrame) -> Part:
    """Matches with their strength, without the impossible ones."""
    tried = int(cut.get_column("n").sum())
    pattern = detector.patterns[place]
    strength, grade = pattern.strength, pattern.grade or detector.grade
    if grade is None or cut.is_empty():
        return Part(detector, place, tried, tried, cut.with_columns(s=pl.lit(strength)), whole=False)
    grades = grade(cut.get_column("m"))
    graded = cut.with_columns(s=grades.rename("s") * strength)
    return Part(detector, place, tried, tried, graded.filter(pl.col("s") > 0), whole=False)


def _whole_part(detector: Detector, place: int, taken: pl.DataFrame) -> Part:
    """The same for values that are the entity as a whole. Of a long column without repetitions the validator
    judges the first rows and then one of several, which stands for the others."""
    tried, every = int(taken.get_column("n").sum()), taken
    if "rows" not in taken.columns and taken.item(-1, "at") >= _ALL_GRADED:
        first = pl.col("at") < _ALL_GRADED
        taken = taken.filter(first | (pl.col("at") % _ONE_OF == 0)).with_columns(
            n=pl.when(first).then(1).otherwise(_ONE_OF).cast(pl.UInt32)
        )
    part = _part(detector, place, taken)
    return Part(detector, place, tried, part.graded, part.frame, whole=True, taken=every)
