"""What a detector is made of, and how a column's name is read. Plain Python over polars; no Django.

Regular expressions are Rust's: no look-around. What may not touch a match is said by `glue` instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from privacy.folding import FOLDED

# Characters that, touching a match, make it a part of something longer ("1.213.555.0123" is no phone).
WORD = r"[0-9A-Za-z_.\-]"
# A hyphen as people type it and as word processors change it.
DASH = r"[-\x{2010}-\x{2015}\x{2212}]"
STRONG = 0.7
# The edge of a word in ASCII: the Unicode one costs the engine its fast path.
EDGE = r"(?-u:\b)"
# What every pattern that is searched in text has in it, cheap to look for: values without are passed over.
WORTH_A_LOOK = (
    rf"@|[0-9]{{9}}|[0-9] ?[-.:/ )\x{{2010}}-\x{{2015}}\x{{2212}}][ (]?[0-9]|{FOLDED}"
    r"|:[0-9A-Fa-f]*:|[0-9A-F]{2}-[0-9A-F]{2}-"
    r"|\*\*\*|#{3}|[xX]{3}-|[0-9][A-Z][A-Z0-9][0-9]|[A-Z]{2}[0-9]{2} ?[0-9A-Z]{4}|[A-HJ-NPR-Z0-9]{13}[0-9]{4}"
    r"|[a-hj-npr-z0-9]{13}[0-9]{4}"
    r"|PRIVATE KEY|AKIA|eyJ|AIza|gh[pousr]_"
    r"|(?i:born|birth|vin |dob|d\.o\.b|ssn|ss |ss#|ssa |social|soc|itin|imei|npi|routing|aba|rtn|licen|lic[. ]|dl |d\.l"
    r"|oln|cdl"
    r"|passport|plate|passw|pwd|passcode|key|token|xox|sk_live| at |[\[({<]at[\])}>]|\.com/|t\.me|threads|orcid)"
)
# The same for sentences, in which words explain more numbers, and streets and names of people are looked for.
WORTH_A_LOOK_IN_PROSE = rf"{WORTH_A_LOOK}|[0-9]{{4}}|[0-9] [A-Za-z]|[A-Z][a-z’'-]+\.? [A-Z]|(?i:box|name) "

# And for columns of codes, in which words stand out.
WORTH_A_LOOK_AMONG_CODES = rf"{WORTH_A_LOOK}|[^0-9\s][,.]? [^0-9\s]"

# Words in a column's name that say: this counts, groups or describes things, it does not hold them.
NEGATIVE = (
    *("count", "number of", "no of", "num of", "rate", "ratio", "total", "sum", "average", "avg"),
    *("mean", "median", "min", "max", "pct", "percent", "percentage", "share", "agency", "code"),
    *("type", "status", "flag", "category", "amount", "lost", "valid", "verified", "opt in"),
)
# Words for the end of a number, all that is left of it.
LAST = ("last 4", "last four", "l 4", "final 4", "last digits", "4", "four")
# A moment is no identifier: "Plate Expiry Date", "Passport Year".
MOMENTS = ("date", "expiry", "expires", "expiration", "year", "month")
# What may follow an entity in a column's name without changing what stands there: "Phone (Home) 2". Any other word
# makes the name one of something else: "Email Domain", "Mobile OS", "Plate Readers".
_STILL = frozenset(
    (
        *("number", "id", "ids", "name", "address", "addr", "value", "text", "txt", "str", "string"),
        *("raw", "clean", "full", "original", "list", "field", "data", "info", "information", "home"),
        *("work", "day", "evening", "night", "office", "business", "mobile", "cell", "main"),
        *("primary", "secondary", "alternate", "alt", "other", "contact", "emergency", "personal"),
        *("official", "direct", "line", "1", "2", "3", "4", "5", "a", "b", "c"),
        *("one", "two", "first", "second", "third", "of", "for", "at", "in", "on", "by", "or", "and"),
        *("s", "customer", "owner", "applicant", "person", "client", "patient", "employee", "holder"),
        *("if", "any", "optional", "required", "masked", "hash", "hashed", "encrypted", "dash"),
        *("format", "formatted", "presented", "observed", "current", "previous", "old", "new", "usa"),
        *("us",),
    )
)
# Numbers of things. Where all cells of a column look like numbers of people under such a name, the name explains them.
NUMBERED = (
    *("parcel", "apn", "lot", "tract", "block", "folio", "geoid", "fips", "account", "acct", "budget"),
    *("fund", "ledger", "gl", "object", "org", "organization", "program", "project", "grant"),
    *("appropriation", "chartfield", "commodity", "case", "docket", "permit", "invoice", "voucher"),
    *("warrant", "order", "contract", "solicitation", "bid", "item", "part", "stock", "catalog"),
    *("sample", "ticket", "citation", "receipt", "asset", "serial", "meter", "well", "code", "string"),
    *("schedule", "section", "job", "work", "cost", "expense", "revenue", "line", "model", "reel", "film"),
)

# In sentences, a bare number right after one of these is that of a thing: "receipt 213555877".
THING = (
    r"(?i:apn|parcel|permit|invoice|inv|case|docket|po|part|item|order|contract|job|w/?o|cad|receipt|rcpt|meter|mtr"
    r"|serial|s/?n|sr|folio|run|form|notice|ref|reference|ticket|tracking|confirmation|claim|warrant|citation"
    r"|batch|asset|pole|factura|pedido|permiso)(?i: (?:no|num|number|nr|id|code))?\.?[ :#]{1,3}"
)

# Written where a value is missing. They are nobody's name and count for no share.
NULL_MARKERS = (
    *("", "-", "--", ".", "?", "n/a", "na", "none", "null", "nil", "unknown", "unk", "not available"),
    *("not applicable", "not provided", "not given", "not stated", "not recorded", "no data"),
    *("missing", "declined", "refused", "anonymous", "private", "confidential", "masked", "suppressed"),
    *("nan", "#n/a", "n.a.", "*", "not reported", "redacted", "withheld", "(blank)", "blank", "tbd"),
    *("x", "xxx"),
)

# How words are abbreviated in the names of columns, in whatever order systems put them.
_ABBREVIATED = {
    **dict.fromkeys(("no", "nbr", "num", "nr", "nmbr"), "number"),
    **dict.fromkeys(("nm", "nam"), "name"),
    **dict.fromkeys(("addr", "adr", "addrs"), "address"),
    **dict.fromkeys(("lic", "licence", "lics"), "license"),
    **dict.fromkeys(("acct", "accnt"), "account"),
    **dict.fromkeys(("tel", "phon"), "phone"),
    **dict.fromkeys(("ofcr", "ofc"), "officer"),
    **dict.fromkeys(("dt", "dte"), "date"),
    "emp": "employee",
    "veh": "vehicle",
    "pat": "patient",
    "cust": "customer",
    "mbr": "member",
    "oper": "operator",
    **dict.fromkeys(("drvr", "drv"), "driver"),
    **dict.fromkeys(("brth", "bth", "brt"), "birth"),
    "pymt": "payment",
    **dict.fromkeys(("gndr", "gend"), "gender"),
    **dict.fromkeys(("ethn", "ethnc"), "ethnicity"),
    **dict.fromkeys(("stu", "stud", "stdnt"), "student"),
    **dict.fromkeys(("rtg", "rtng"), "routing"),
    **dict.fromkeys(("sch", "schl"), "school"),
    "hosp": "hospital",
    "affil": "affiliation",
    "prim": "primary",
    "pref": "preferred",
    "immig": "immigration",
    "identification": "id",
    "ident": "id",
}
_SHORTEST_JOINED = 4
# Capitals cut short words in pieces: "DoB", "BDay".
_LONGEST_PIECE, _LONGEST_OF_PIECES = 3, 4

Grade = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class Reading:
    """A column as a detector reads it: the words of its name, its type, and its distinct values.

    `filled` counts its cells with a value, `rows` all of them; `share` tells which part of the cells the
    true members of a series along `values` make up.
    """

    tokens: tuple[str, ...]
    type: str
    values: pl.Series
    filled: int
    distinct: int
    rows: int
    prose: bool
    share: Callable[[pl.Series], float]


@dataclass(frozen=True, slots=True)
class Said:
    """What a detector says of a whole column: its decision, how sure, why, and which values it means."""

    decision: str
    score: float
    why: str
    members: pl.Series | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What cells of one shape (its place in `Detector.shapes`) are instead of the entity, and why.

    `sure`: they are not the entity. Otherwise a person must look: the name and the values contradict each other.
    """

    why: str
    shape: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write an entity inside a cell.

    `core` is searched for; what is found is widened over `glue` and, without punctuation at its ends, must
    equal `core`. `strength` is what a match is worth without a validator. A `bare` pattern looks like any
    other number: it counts where it stands out (prose, or few cells of a column), or under a fitting name.
    `prose_only` is searched for in sentences, `codes_only` in columns of codes, where words stand out.
    """

    name: str
    core: str
    strength: float
    glue: str = WORD
    bare: bool = False
    prose_only: bool = False
    codes_only: bool = False
    # A word that, right before a match, belongs to it, so that `grade` can tell what the match is.
    before: str = ""
    # Judges its matches instead of the detector's.
    grade: Grade | None = None

    @property
    def token(self) -> str:
        return f"{self.glue}*(?:{self.led}){self.glue}*" if self.glue else self.led

    @property
    def led(self) -> str:
        """The core with the word before it, where there is one."""
        return rf"(?:{EDGE}{self.before})?(?:{self.core})" if self.before else self.core


@dataclass(frozen=True, slots=True)
class Detector:
    """How one entity is recognised. `version` changes whenever its judgement may: old scans become stale.

    `group` is the class of a column that holds it (direct or quasi). `headers` are whole-word phrases of a
    column's name, `against` those that speak against it. `fits` tells which values can be the entity when
    the name says so; `alone` is the share of such values that is enough without the name (None: never).
    `grade` values each match of a pattern from 0 (impossible) to 1.
    """

    name: str
    version: int
    entity: str
    label: str
    group: str
    explanation: str
    headers: tuple[str, ...]
    fits: Callable[[pl.Series], pl.Series]
    patterns: tuple[Pattern, ...] = ()
    against: tuple[str, ...] = ()
    # Names under which the values must also convince ("owner" may own a park).
    weak_headers: tuple[str, ...] = ()
    convinces: Callable[[pl.Series], pl.Series] | None = None
    alone: float | None = None
    grade: Grade | None = None
    types: tuple[str, ...] = ("text", "integer")
    grade_note: str = ""
    # Share of random values that pass the validator: at or below it, passing proves nothing.
    by_chance: float = 0.0
    # What a fitting name with fitting values, and what values alone, are worth at most.
    named: str = "flag"
    valued: str = "flag"
    # The share of fitting values from which a fitting name convinces.
    enough: float = 0.1
    # Adds what the values tell beyond the entity, such as how exact a place is.
    describes: Callable[[pl.Series], str] | None = None
    # Reads the column in its own way instead of by name, then by values.
    reads: Callable[[Reading], Said | None] | None = None
    # What the values of a column not named after the entity are instead, when all of them together show that those
    # that match only look like it (a chart of accounts, versions); None when they do not.
    otherwise: Callable[[Reading], Otherwise | None] | None = None
    # The shapes of whole cells that `otherwise` judges; matches in other cells it says nothing of.
    shapes: tuple[str, ...] = ()
    # Values that are asked about where a weak name, or a word beside the name, speaks for something else.
    asks: Callable[[pl.Series], pl.Series] | None = None
    # Names that may speak of it, and short words that do where another is written together with them ("EMPSSN"):
    # fitting values are asked about.
    hints: tuple[str, ...] = ()
    glued: tuple[str, ...] = ()
    # What stands under a name that says "last four".
    ending: Callable[[pl.Series], pl.Series] | None = None

    @property
    def a_label(self) -> str:
        return f"{'an' if self.label[0] in 'aeiouAEIOU' else 'a'} {self.label}"


def fits_regex(pattern: str) -> Callable[[pl.Series], pl.Series]:
    """A `fits` that asks for the whole value to match."""
    whole = rf"(?i)^\s*(?:{pattern})\s*$"

    def fits(values: pl.Series) -> pl.Series:
        return values.str.contains(whole)

    return fits


@lru_cache(maxsize=4096)
def header_tokens(name: str) -> tuple[str, ...]:
    """The words of a column's name: "PatientDOB_1" -> patient, dob, 1; "SS#" -> ss, number."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # "S.S.N." is SSN, and "SS#" an SS number.
    plain = re.sub(r"\b(?:[A-Za-z]\.){2,}", lambda dotted: dotted[0].replace(".", "") + " ", plain)
    plain = re.sub(r"(?<=[A-Za-z]) ?#(?![0-9])", " number ", plain)
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    spaced = re.sub(r"([A-Za-z])([0-9])", r"\1 \2", spaced)
    return tuple(token.lower() for token in re.split(r"[^0-9A-Za-z]+", spaced) if token)


def phrase_in(tokens: tuple[str, ...], phrases: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The longest of `phrases` that stands in `tokens` as whole words, as written there, and what is left over.

    Words may be written together ("OWNERNAME" holds "owner name") or abbreviated ("nbr"), the last may be plural.
    """
    single, several = _index(phrases)
    found: tuple[int, int, int] | None = None
    for start, token in enumerate(tokens):
        rank = single.get(token)
        if rank is not None and (found is None or rank < found[0]):
            found = rank, start, 1
        rank = single.get(_of_pieces(tokens[start : start + 2]))
        if rank is not None and (found is None or rank < found[0]):
            found = rank, start, 2
        for rank, words in several.get(_full(token), ()):
            if (found is None or rank < found[0]) and _stands(words, tokens[start : start + len(words)]):
                found = rank, start, len(words)
    if found is None:
        return None
    _, start, length = found
    return " ".join(tokens[start : start + length]), tokens[:start] + tokens[start + length :]


def _of_pieces(tokens: tuple[str, ...]) -> str:
    """The short word of which two tokens are the pieces; empty when they are longer."""
    joined = "".join(tokens)
    short = len(joined) <= _LONGEST_OF_PIECES and max(map(len, tokens)) <= _LONGEST_PIECE
    return joined if len(tokens) > 1 and short and joined.isalpha() else ""


def glued_in(tokens: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, bool] | None:
    """The word of a column's name that begins or ends with one of `words` written without a space ("EMPSSN"), and
    whether it ends so: then the name is about it."""
    for token in tokens:
        for word in words:
            if token != word and token.endswith(word):
                return token, True
            if token != word and token.startswith(word):
                return token, False
    return None


@lru_cache(maxsize=1024)
def _index(phrases: tuple[str, ...]) -> tuple[dict[str, int], dict[str, list[tuple[int, tuple[str, ...]]]]]:
    """Phrases, the longest first (rank 0), to look up by a word: those written as one word, in every spelling, and
    those of several words by their first."""
    single: dict[str, int] = {}
    several: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for rank, phrase in enumerate(sorted(phrases, key=len, reverse=True)):
        words = tuple(phrase.split())
        for spelling in _spellings("".join(words)):
            single.setdefault(spelling, rank)
        if len(words) > 1:
            several.setdefault(_full(words[0]), []).append((rank, words))
    return single, several


def _stands(words: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    if len(tokens) != len(words) or tokens[-1] not in _spellings(words[-1]):
        return False
    return all(_full(token) == _full(word) for token, word in zip(tokens[:-1], words[:-1], strict=True))


@lru_cache(maxsize=8192)
def _spellings(word: str) -> frozenset[str]:
    """A word as names of columns write it: in the plural, abbreviated ("nbr" for "number"), or, where it was put
    together, abbreviated at one end ("ownernm" for "ownername", "bthdate" for "birthdate")."""
    plural = (word + "s", word + "es") if len(word) > 2 else ()
    short = {one for one, full in _ABBREVIATED.items() if full == _full(word)}
    ends = (
        changed
        for one, full in _ABBREVIATED.items()
        if word != full
        for changed in (
            word.removesuffix(full) + one if word.endswith(full) else "",
            one + word.removeprefix(full) if word.startswith(full) else "",
        )
    )
    return frozenset(
        {word, *plural, *short, _full(word), *(one for one in ends if len(one) > _SHORTEST_JOINED)}
    )


def after(tokens: tuple[str, ...], phrase: str) -> tuple[str, ...]:
    """What follows a phrase, as `phrase_in` gives it, in a column's name."""
    words = tuple(phrase.split())
    for start in range(len(tokens) - len(words), -1, -1):
        if tokens[start : start + len(words)] == words:
            return tokens[start + len(words) :]
    return ()


def heads(tokens: tuple[str, ...], phrase: str) -> bool:
    """Whether a column is about `phrase` itself: no word after it names something else."""
    return all(_full(token) in _STILL or token.isdigit() for token in after(tokens, phrase))


def _full(word: str) -> str:
    return _ABBREVIATED.get(word, word)
