"""From evidence to a verdict: what a column is, what hides in it, and whether a person must decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from privacy.cells import Cells, Hits, summary, true_share
from privacy.evidence import (
    LAST,
    MOMENTS,
    NEGATIVE,
    Detector,
    Otherwise,
    Reading,
    after,
    glued_in,
    heads,
    phrase_in,
)
from privacy.vocabulary import COUNTING, KEY_HEADERS, ROW_KEYS, TERMS, Term

FLAG, CONFIRM, CLEAR = "flag", "confirm", "clear"
_RANK = {FLAG: 2, CONFIRM: 1, CLEAR: 0}
_MOST = 0.5
_SAMPLE = 2_000
_CHANCE = 0.2
_MANY_ROWS = 20
_LONGEST_COUNT = 6
# A kind of people written as codes has no more of them than this.
_CODES = 10
# So few different values, each so often, are a list that the column refers to, such as a chart of accounts.
_REPEATED = 2
# Values and names of columns below these lengths say too little to ask anybody.
_SHORTEST = 3
_TELLING = 4
_ABBREVIATED = ("ssn", "dob", "mrn", "vin")
_ALL = 0.95
# A code: no spaces, with digits, long enough to tell many apart.
_CODE = r"^(?:[A-Za-z]{0,6}[-_/#.]?[0-9][0-9A-Za-z_/.-]{4,40}|[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27})$"


Judge = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class Claim:
    """One reading of the column. `whole`: it says what the column is; otherwise something hides in cells."""

    entity: str
    group: str
    decision: str
    score: float
    why: str
    whole: bool = True
    hits: Hits | None = None

    @property
    def rank(self) -> tuple[int, float]:
        return _RANK[self.decision], self.score


def claim_of(
    detector: Detector, tokens: tuple[str, ...], type_: str, cells: Cells, hits: Hits | None
) -> Claim | None:
    """What one detector says of a column: by its name, by whole values, by hits inside cells."""
    named = None
    if detector.reads is not None:
        claims = [_by_reading(detector, tokens, type_, cells)]
    else:
        claims = [named := _by_name(detector, tokens, type_, cells, hits)]
        if named is None or named.decision != FLAG:
            doubted = phrase_in(tokens, NEGATIVE + detector.against) is not None
            claims.append(_by_values(detector, cells, type_, doubted=doubted))
    other = _otherwise(detector, tokens, type_, cells) if hits is not None and named is None else None
    # Only what was judged is dropped: cells of that very shape. What stands in longer cells stays.
    besides = hits.besides[other.shape] if hits is not None and other is not None else None
    if other is not None and other.sure:
        hits = besides
    if hits is not None:
        doubts = phrase_in(tokens, detector.against)
        # What may be chance, under a name that speaks against it or among codes of things, is chance.
        if hits.strength > _CHANCE or not (doubts or _of_codes(detector, tokens, type_, cells)):
            claims.append(_by_hits(detector, hits, cells, doubts, other, besides))
    return max((claim for claim in claims if claim), key=lambda claim: claim.rank, default=None)


def _of_codes(detector: Detector, tokens: tuple[str, ...], type_: str, cells: Cells) -> bool:
    """Whether a column holds keys or areas, of which some have the check digit of something else."""
    if not detector.by_chance or cells.prose:
        return False
    return phrase_in(tokens, ROW_KEYS) is not None or is_key(tokens, type_, cells)


def _reading(tokens: tuple[str, ...], type_: str, cells: Cells) -> Reading:
    return Reading(
        tokens=tokens,
        type=type_,
        values=cells.frame.get_column("v"),
        filled=cells.filled,
        distinct=cells.distinct,
        rows=cells.length,
        prose=cells.prose,
        share=cells.share,
    )


def _otherwise(detector: Detector, tokens: tuple[str, ...], type_: str, cells: Cells) -> Otherwise | None:
    """What the values that the patterns matched are instead, told by all of them. Never in sentences."""
    if detector.otherwise is None or cells.prose:
        return None
    return detector.otherwise(_reading(tokens, type_, cells))


def _by_reading(detector: Detector, tokens: tuple[str, ...], type_: str, cells: Cells) -> Claim | None:
    """What a detector says that reads columns in its own way."""
    said = detector.reads and detector.reads(_reading(tokens, type_, cells))
    if not said:
        return None
    found = summary(cells, detector, said.members) if said.members is not None else None
    group = said.group or detector.group
    return Claim(detector.entity, group, said.decision, said.score, said.why, hits=found)


def _by_name(
    detector: Detector, tokens: tuple[str, ...], type_: str, cells: Cells, hits: Hits | None
) -> Claim | None:
    strong = phrase_in(tokens, detector.headers)
    weak = phrase_in(tokens, detector.weak_headers) if not strong else None
    if not strong and not weak:
        return _hinted(detector, tokens, cells)
    phrase, rest = strong or weak or ("", ())
    if phrase_in(rest, NEGATIVE) or (
        detector.group == "direct" and phrase_in(after(tokens, phrase), MOMENTS)
    ):
        return None
    # "births" is no plural of a birth date: a word that speaks against counts wherever it stands.
    doubted = phrase_in(rest, detector.against) or phrase_in(
        tokens, tuple(set(tokens) & set(detector.against))
    )
    judge = detector.fits if strong else detector.convinces
    if judge is None or (weak and doubted):
        return None
    if strong and detector.ending and phrase_in(rest, LAST) and _mostly(detector.ending, cells):
        return _ended(detector, detector.ending, phrase, cells)
    if type_ == "integer" and not heads(tokens, phrase) and _count_like(cells.frame.get_column("v")):
        # Nobody counts by these words: what looks like counts may be short numbers of somebody.
        return _asked(detector, detector.fits, phrase, cells) if phrase in _ABBREVIATED else None
    members = judge(cells.frame.get_column("v"))
    share = cells.share(members)
    if hits is not None and hits.share > share:
        share = hits.share
    found = (
        hits
        if hits is not None and hits.share >= share
        else (summary(cells, detector, members) if share else None)
    )
    said = f"The column is named “{phrase}”"
    if doubted:
        if share < _MOST or (hits is None and detector.alone is None):
            return _asked(detector, detector.asks, phrase, cells)
        why = (
            f"{said}, beside “{doubted[0]}”"
            f", and {percent(share)} of its values are written like {detector.a_label}."
        )
        return Claim(detector.entity, detector.group, CONFIRM, 0.6, why, hits=found)
    if share >= detector.enough:
        why = f"{said} and {percent(share)} of its values are written like {detector.a_label}."
        if detector.describes and found:
            why += (
                f" {detector.describes(cells.frame.get_column('v').filter(members.fill_null(value=False)))}"
            )
        score = (0.9 if weak else 0.97) if share >= _MOST else 0.85
        if detector.named == CONFIRM:
            score = 0.6
        return Claim(detector.entity, detector.group, detector.named, score, why, hits=found)
    if weak:
        return _asked(detector, detector.asks, phrase, cells)
    if not heads(tokens, phrase):
        return None
    if not cells.filled:
        return Claim(
            detector.entity, detector.group, CONFIRM, 0.4, f"{said}; it holds no values to judge by."
        )
    short = int(cells.frame.get_column("v").str.len_chars().max() or 0) < _SHORTEST  # type: ignore[arg-type]
    if (
        type_ != "text"
        or short
        or detector.named == CONFIRM
        or (len(phrase) < _TELLING and phrase not in _ABBREVIATED)
    ):
        return None
    why = f"{said}, but its values are not written like {detector.a_label}. A person must look."
    return Claim(detector.entity, detector.group, CONFIRM, 0.5, why)


def _mostly(judge: Judge, cells: Cells) -> bool:
    return bool(cells.filled) and cells.share(judge(cells.frame.get_column("v"))) >= _MOST


def _ended(detector: Detector, judge: Judge, phrase: str, cells: Cells) -> Claim:
    """The last digits of a number, as the name says: beside a name they are enough to prove who somebody is."""
    members = judge(cells.frame.get_column("v"))
    why = (
        f"The column is named “{phrase}”, and {percent(cells.share(members))} of its values can be the last digits "
        f"of {detector.a_label}."
    )
    found = summary(cells, detector, members)
    return Claim(detector.entity, detector.group, FLAG, 0.85, why, hits=found)


def _hinted(detector: Detector, tokens: tuple[str, ...], cells: Cells) -> Claim | None:
    """A name that may speak of the entity, or a word with which one of its own is written together."""
    if phrase_in(tokens, NEGATIVE + detector.against):
        return None
    if hint := phrase_in(tokens, detector.hints):
        return _asked(detector, detector.asks or detector.fits, hint[0], cells)
    if glued := glued_in(tokens, detector.glued):
        word, ends = glued
        judge = detector.fits if ends else detector.asks or detector.fits
        return _asked(detector, judge, word, cells)
    return None


def _asked(detector: Detector, judge: Judge | None, phrase: str, cells: Cells) -> Claim | None:
    """A name that may speak of something else, with values that may be the entity: a person must look."""
    if judge is None or not cells.filled:
        return None
    members = judge(cells.frame.get_column("v"))
    share = cells.share(members)
    listed = cells.distinct < _MANY_ROWS and cells.filled >= _REPEATED * cells.distinct
    if share < _MOST or (listed and detector.group == "direct"):
        return None
    why = (
        f"The column's name holds “{phrase}”, and {percent(share)} of its values can be {detector.a_label}; "
        f"they may be something else as well. A person must look."
    )
    found = summary(cells, detector, members)
    return Claim(detector.entity, detector.group, CONFIRM, 0.4, why, whole=False, hits=found)


def _by_values(detector: Detector, cells: Cells, type_: str, *, doubted: bool) -> Claim | None:
    """Whole values that convince without the name's help. A sample decides whether all are judged."""
    if detector.alone is None or not cells.filled or type_ not in detector.types:
        return None
    if detector.by_chance and cells.distinct < _MANY_ROWS:
        return None
    judge = detector.convinces or detector.fits
    if true_share(judge(cells.frame.get_column("v").head(_SAMPLE))) < detector.alone / 2:
        return None
    members = judge(cells.frame.get_column("v"))
    share = cells.share(members)
    # Long values look like sentences: then nearly all must be the entity from end to end.
    if share < (0.8 if doubted or cells.prose else detector.alone):
        return None
    why = (
        f"{percent(share)} of the values are written like {detector.a_label}"
        f", although the column is not named so."
    )
    found = summary(cells, detector, members)
    if doubted:
        return Claim(detector.entity, detector.group, CONFIRM, 0.45, why, hits=found)
    score = 0.8 if detector.valued == FLAG else 0.5
    return Claim(detector.entity, detector.group, detector.valued, score, why, hits=found)


def _by_hits(
    detector: Detector,
    hits: Hits,
    cells: Cells,
    doubted: tuple[str, tuple[str, ...]] | None,
    other: Otherwise | None,
    besides: Hits | None,
) -> Claim:
    # What stands inside sentences hides there, however often; the column stays free text.
    whole = hits.share >= _MOST and not cells.prose
    certain = hits if other is None else besides
    decision = FLAG if certain is not None and certain.strong and not doubted else CONFIRM
    number = f"{hits.count:,} cell{'s' if hits.count != 1 else ''} ({percent(hits.share)})"
    why = (
        f"{number} hold{'s' if hits.count == 1 else ''} what is written like {detector.a_label}, "
        f"{_where(hits.rows)}."
    )
    if hits.note:
        why += f" Weighs less: {hits.note}."
    if doubted:
        why += f" The column's name (“{doubted[0]}”) speaks against it."
    if other is not None and not other.sure:
        why += f" They may be something else: {other.why}. A person must look."
    score = round(min(0.95, hits.strength * (1.0 if hits.strong else 0.8)), 2)
    return Claim(detector.entity, detector.group, decision, score, why, whole=whole, hits=hits)


def term_of(tokens: tuple[str, ...], type_: str, cells: Cells) -> Claim | None:
    """What the vocabulary says of a column, by its name and the shape of its values."""
    claims = [_by_term(term, tokens, type_, cells) for term in TERMS]
    if not any(claims):
        claims = [_by_codes(term, tokens, cells) for term in TERMS if term.codes]
    return max((claim for claim in claims if claim), key=lambda claim: claim.rank, default=None)


def _by_codes(term: Term, tokens: tuple[str, ...], cells: Cells) -> Claim | None:
    """A column of few codes that are of this kind, under any name."""
    if (
        cells.filled < _MANY_ROWS
        or cells.distinct > len(term.codes)
        or cells.frame.height > len(term.codes) * 2
    ):
        return None
    if phrase_in(tokens, COUNTING + term.against):
        return None
    values = set(cells.frame.get_column("v").str.strip_chars().str.to_uppercase())
    if not (values <= set(term.codes) and values >= set(term.codes[:2])):
        return None
    why = f"The column is not named so, but all its values are codes of {term.label}. A person must look."
    return Claim(term.entity, term.group, CONFIRM, 0.4, why)


def _by_term(term: Term, tokens: tuple[str, ...], type_: str, cells: Cells) -> Claim | None:
    named = phrase_in(tokens, term.headers)
    if named is None or phrase_in(named[1], COUNTING + term.against):
        return None
    said = f"The column is named “{named[0]}”: {term.label}"
    if type_ not in term.types:
        return None
    if term.shape is None or not cells.filled:
        return Claim(term.entity, term.group, CONFIRM, 0.5, f"{said}.")
    share = cells.share(cells.frame.get_column("v").str.contains(term.shape))
    if share >= _MOST:
        why = f"{said}; {percent(share)} of its values have that shape."
        return Claim(term.entity, term.group, term.decision, 0.8, why)
    coded = type_ == "integer" and cells.distinct <= _CODES
    if type_ != "text" and not coded:
        return None
    return Claim(term.entity, term.group, CONFIRM, 0.45, f"{said}; its values do not have the usual shape.")


def is_key(tokens: tuple[str, ...], type_: str, cells: Cells) -> bool:
    """Unique and complete, under a name that numbers rows or with values that are codes."""
    unique = cells.filled > 1 and cells.distinct == cells.filled == cells.length
    if not unique or cells.prose or type_ not in ("text", "integer"):
        return False
    if phrase_in(tokens, KEY_HEADERS) is not None:
        return True
    head = cells.frame.get_column("v").head(_SAMPLE)
    return (
        cells.filled >= _MANY_ROWS
        and true_share(head.str.contains(_CODE)) > _ALL
        and _one_length(head, type_)
    )


def _count_like(values: pl.Series) -> bool:
    """Counts ("Plates Renewed") are small and differ in length; numbers of somebody have the same length mostly."""
    lengths = values.str.len_bytes()
    return int(lengths.max() or 0) <= _LONGEST_COUNT and lengths.n_unique() > 1  # type: ignore[arg-type]


def _one_length(values: pl.Series, type_: str) -> bool:
    """Whole numbers that are no codes differ in length."""
    return type_ != "integer" or values.str.len_bytes().n_unique() == 1


def percent(share: float) -> str:
    if 0 < share < 0.001:
        return "under 0.1 %"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def _where(rows: list[int]) -> str:
    if len(rows) == 1:
        return f"in row {rows[0]:,}"
    return f"first in rows {', '.join(f'{row:,}' for row in rows)}"
