"""Names of people, by the column's name, the lists of names and their order. Organisations and places are none."""

from __future__ import annotations

import polars as pl

from privacy.evidence import EDGE, NEGATIVE, Detector, Pattern, Reading, Said, phrase_in
from privacy.lexicon import common_surname_set, surname_set
from privacy.name_headers import (
    ANY_NAME,
    FAMILY,
    GIVEN,
    MEANS_NOTHING,
    OF_EITHER,
    OF_PEOPLE,
    OTHER_NAMES,
)
from privacy.name_parts import (
    NO_PERSON,
    family_names,
    given_names,
    people,
    whole_names,
)

_SAMPLE = 1_500
_WORDS_ONLY = r"^[\p{L}][\p{L}\p{M}'’`.\-]*(?:(?:, ?| )[\p{L}][\p{L}\p{M}'’`.\-]*){0,5}[.]?$"
# The second of two owners ("GARCIA MARIA & JOHN").
_JOINT = r" (?:&|and|AND|y|Y) [\p{L}.]+(?: [\p{L}.]+){0,2}$"
_CAP = r"\p{Lu}[\p{L}’'-]{1,20}"
_NAME = rf"{_CAP}(?: \p{{Lu}}\.?)?(?: (?:de|la|del|van|von|der|den|di|da|al|bin))*(?: {_CAP}){{0,2}}"
_COURTESY = r"(?:Mr|Mrs|Ms|Miss|Mx|Sra?|Srta|Señora?|Señor)"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sgt|Ofc|Ofcr|Officer|Det|Detective|Lt|Capt|Cpl|Dep|Deputy|Judge|Justice|Nurse|Rev"
    r"|Pastor|Coach|Sra?|Srta|Señora?|Señor|Don|Herr|Frau)"
)
_INTRODUCED = (
    r"(?i:my name is|name is|name:|this is|i am|i'm|signed,?|signed by|regards,|sincerely,|thanks,"
    r"|contact:?|dear"
    r"|attn:?|c/o|spoke (?:with|to)|talked (?:with|to)|met with|reported by|submitted by|owner:?"
    r"|tenant:?|caller:?"
    r"|patient:?|applicant:?|resident:?|per)"
)
_AMONG_CODES = r"^\s*\p{L}[\p{L}'’-]+,?(?: \p{L}\.?)? \p{L}[\p{L}'’-]+(?: \p{L}\.?| \p{L}[\p{L}'’-]+)?\s*$"
_LONGEST_RUN = 5
# After a run cut at its longest, a street may go on ("Martin Luther King Jr Parkway").
_STREET = (
    r"(?: (?:Jr\.? |Sr\.? )?(?:Parkway|Pkwy|Boulevard|Blvd|Avenue|Ave|Street|St|Drive|Dr|Road|Rd|Way|Highway|Hwy"
    r"|Freeway|Bridge|School|Library|Park|Center|Plaza)\b)?"
)
_MOST, _HALF, _SOME, _QUARTER, _FEW = 0.8, 0.5, 0.3, 0.25, 0.1
_VARIED = 8
# So few values, each so often, are a list that the column refers to: stations, subdivisions.
_LISTED, _REPEATED = 10, 25


def fits(values: pl.Series) -> pl.Series:
    """Which values can be a name where the column says so: one to six words of letters, no organisation."""
    one = pl.col("v").str.strip_chars().str.replace(_JOINT, "")
    words = pl.col("v").str.contains(_WORDS_ONLY)
    frame = values.to_frame("v").select(v=one)
    return frame.select(words & ~pl.col("v").str.to_uppercase().str.contains(NO_PERSON)).to_series()


class _Evidence:
    """What a sample of a column's values says of names: shares of the values."""

    def __init__(self, values: pl.Series) -> None:
        rows = people(values)
        height = max(1, len(values))

        def share(*kinds: str) -> float:
            members = pl.any_horizontal(pl.col(kind) for kind in kinds)
            return rows.filter(members).height / height

        self.full = max(share("full"), share("swapped") if share("swapped") > _HALF else 0.0)
        self.soft = share("full", "soft", "swapped")
        self.initial = share("full", "initial")
        self.given = _share(given_names(values))
        self.family = _share(family_names(values, surname_set()))
        self.common = _share(family_names(values, common_surname_set()))

    @property
    def whole(self) -> float:
        """The share of whole names: enough known on both sides vouch for those with a known given name only."""
        return self.soft if self.full >= _FEW or self.soft >= _MOST else self.full


def _share(members: pl.Series) -> float:
    return int(members.sum()) / len(members) if len(members) else 0.0


def reads(column: Reading) -> Said | None:
    """Reads a column by what its name promises: names of people, of people or others, half names, or nothing."""
    if column.type != "text":
        return None
    sure = phrase_in(column.tokens, OF_PEOPLE)
    either = phrase_in(column.tokens, OF_EITHER)
    counted = phrase_in(column.tokens, NEGATIVE)
    if column.prose and not sure:
        return None
    if counted:
        return _counted(column, counted[0])
    if not column.filled:
        phrase = sure or (either if phrase_in(column.tokens, ANY_NAME) else None)
        return (
            _said("confirm", 0.4, f"The column is named “{phrase[0]}”; it holds no values to judge by.")
            if phrase
            else None
        )
    sample = column.values.head(_SAMPLE)
    shaped = _share(fits(sample))
    if sure:
        return _sure(column, sure[0], shaped)
    if shaped < _FEW / 2:
        return None
    seen = _Evidence(sample)
    other = phrase_in(column.tokens, OTHER_NAMES)
    if half := _half(column, seen):
        return half
    if other and not (either and either[0] not in other[0] and seen.whole >= _HALF):
        return _beside_others(column, other[0], seen)
    if either:
        return _either(column, either[0], seen)
    if named := phrase_in(column.tokens, ANY_NAME):
        return _any_name(column, named[0], seen)
    return _by_values(column, seen)


def _counted(column: Reading, phrase: str) -> Said | None:
    """Whole names under a word for counts or kinds: the name of the column is wrong, or they name something else."""
    if column.distinct < _LISTED or column.filled >= _REPEATED * column.distinct:
        return None
    if _Evidence(column.values.head(_SAMPLE)).full < _HALF:
        return None
    return _names(column, "confirm", 0.45, f"The column is named “{phrase}”")


def _sure(column: Reading, phrase: str, shaped: float) -> Said | None:
    if shaped >= _FEW:
        return _names(column, "flag", 0.97 if shaped >= _HALF else 0.85, f"The column is named “{phrase}”")
    why = f"The column is named “{phrase}”, but its values are not written like names. A person must look."
    return _said("confirm", 0.5, why)


def _half(column: Reading, seen: _Evidence) -> Said | None:
    """Columns named “first” and “last”, “fn” and “ln”."""
    for phrases, share in ((GIVEN, seen.given), (FAMILY, seen.family)):
        phrase = phrase_in(column.tokens, phrases)
        if (
            phrase
            and share >= _HALF
            and (phrases is GIVEN or "name" in column.tokens or column.distinct >= 2)
        ):
            return _names(column, "flag", 0.85, f"The column is named “{phrase[0]}”")
    return None


def _either(column: Reading, phrase: str, seen: _Evidence) -> Said | None:
    said = f"The column is named “{phrase}”"
    if max(seen.whole, seen.initial) >= _FEW or seen.given >= _HALF:
        return _names(column, "flag", 0.9, said)
    if seen.common >= _HALF or seen.given >= _SOME:
        return _names(column, "flag" if seen.common >= _MOST else "confirm", 0.75, said)
    if max(seen.whole, seen.initial) >= _FEW / 3:
        return _names(column, "confirm", 0.5, said)
    return None


def _any_name(column: Reading, phrase: str, seen: _Evidence) -> Said | None:
    said = f"The column is named “{phrase}”"
    if seen.whole >= _QUARTER or seen.initial >= _HALF:
        return _names(column, "flag", 0.85, said)
    if max(seen.full, seen.soft) >= _FEW or (seen.given >= _HALF and column.distinct >= _VARIED):
        return _names(column, "confirm", 0.5, said)
    return None


def _beside_others(column: Reading, other: str, seen: _Evidence) -> Said | None:
    if seen.full < _MOST or column.distinct < _VARIED:
        return None
    return _names(column, "confirm", 0.45, f"The column is named “{other}”")


def _by_values(column: Reading, seen: _Evidence) -> Said | None:
    said = "The column is not named so"
    if seen.full >= _HALF or (seen.whole >= _SOME + _FEW and seen.full >= _FEW):
        if column.distinct < _LISTED and column.filled >= _REPEATED * column.distinct:
            return _names(column, "confirm", 0.5, "The column is not named so, and its few values are a list")
        return _names(column, "flag", 0.8, said)
    if column.distinct >= _VARIED and (seen.whole >= _QUARTER or seen.given >= _MOST):
        return _names(column, "confirm", 0.45, said)
    nothing = all(token in MEANS_NOTHING or token.isdigit() for token in column.tokens)
    if not nothing or column.distinct < _VARIED:
        return None
    if seen.common >= _MOST and column.distinct >= _VARIED:
        return _names(column, "confirm", 0.35, said)
    return None


def _names(column: Reading, decision: str, score: float, said: str) -> Said:
    members = fits(column.values)
    share = column.share(members)
    written = f"{share * 100:.0f} % of its values are written like names of people"
    return Said(decision, score, f"{said} and {written}.", members)


def _said(decision: str, score: float, why: str) -> Said:
    return Said(decision, score, why)


def _known_within(runs: pl.Series) -> pl.Series:
    """Which runs of capitalised words hold a given and a family name side by side, and no word that places, streets
    and organisations have: "Met Ann Reed", but not "Golden Gate Park"."""
    plain = ~runs.str.to_uppercase().str.contains(NO_PERSON)
    known = whole_names(runs)
    for start in range(1, _LONGEST_RUN - 1):
        rest = runs.str.replace(rf"^(?:\S+ ){{{start}}}", "")
        known |= whole_names(rest.str.extract(r"^(\S+(?: \p{Lu}\.)? \S+)", 1)) & rest.str.contains(r"\S \S")
    first = whole_names(runs.str.extract(r"^(\S+(?: \p{Lu}\.)? \S+)", 1))
    return plain & (known | first)


def grade(matches: pl.Series) -> pl.Series:
    """In sentences, a name counts after a title or words that introduce one, or when both halves are known."""
    told = rf"^(?:{_TITLE}\.? |{_INTRODUCED})"
    name = matches.str.replace(rf"{told}\s*", "").str.replace(rf"^{_TITLE}\.? ", "")
    known = _known_within(name)
    last = name.str.extract(r"(\S+)$", 1)
    half = given_names(name.str.extract(r"^(\S+)", 1)) | family_names(last, common_surname_set())
    title = matches.str.contains(rf"^(?:{_INTRODUCED} ?)?{_TITLE}\.? ")
    # With its point it is an abbreviated title; a rare family name is enough then.
    half |= matches.str.contains(rf"^(?:{_INTRODUCED} ?)?{_TITLE}\. ") & family_names(last, surname_set())
    # Only people are called Mr. and Ms.; others share their titles with streets and offices.
    courtesy = matches.str.contains(rf"^(?:{_INTRODUCED} ?)?{_COURTESY}\.? ")
    plain = ~name.str.to_uppercase().str.contains(NO_PERSON)
    return (known | (title & half) | (courtesy & plain)).cast(pl.Float64)


def stands_out(cells: pl.Series) -> pl.Series:
    """Among codes nothing introduces a name: the family name must be a common one ("Will Call" is none)."""
    family = pl.coalesce(pl.col("v").str.extract(r"^\s*(.+?),", 1), pl.col("v").str.extract(r"(\S+)\s*$", 1))
    common = family_names(cells.to_frame("v").select(v=family).to_series(), common_surname_set())
    return (whole_names(cells) & common).cast(pl.Float64)


DETECTOR = Detector(
    name="person_name",
    version=5,
    entity="PERSON_NAME",
    label="name of a person",
    group="direct",
    explanation=(
        "Given and family names of the U.S. Census and younger lists; organisations, streets and parks "
        "are left out."
    ),
    headers=OF_PEOPLE,
    weak_headers=OF_EITHER,
    fits=fits,
    convinces=whole_names,
    patterns=(
        Pattern(
            "after a title or an introduction",
            rf"{EDGE}(?:{_TITLE}\.? |{_INTRODUCED} (?:{_TITLE}\.? )?){_NAME}",
            0.65,
            glue="",
            prose_only=True,
        ),
        Pattern(
            "names in prose",
            rf"\b{_CAP}(?: (?:\p{{Lu}}\.|{_CAP})){{1,{_LONGEST_RUN - 1}}}\b{_STREET}",
            0.6,
            glue="",
            prose_only=True,
        ),
        Pattern("a whole name among codes", _AMONG_CODES, 0.5, glue="", codes_only=True, grade=stands_out),
    ),
    against=OTHER_NAMES,
    alone=0.5,
    types=("text",),
    grade=grade,
    reads=reads,
)
