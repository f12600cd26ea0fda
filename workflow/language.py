"""Plain-language hints: what a writer may want to change in a title or description, with the source of the advice.

Suggestions only. Nothing is blocked and nothing is changed; the author decides. Plain functions over strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workflow.language_words import KNOWN_CAPITALS, PERSON_FIRST, PLAINER

_CONNECTICUT = "Connecticut guidelines, step 3"
PERSON_SOURCE = f"{_CONNECTICUT}: person-centered language"
PLAIN_SOURCE = f"{_CONNECTICUT}: plain language; plainlanguage.gov"
ACRONYM_SOURCE = f"{_CONNECTICUT}: no acronyms that are not widely understood"
COLUMN_SOURCE = "Connecticut guidelines, appendix: do not copy column names into descriptions"
YEAR_SOURCE = "Connecticut guidelines, step 2: consolidate years; DataSF and California handbooks"
CAPITALS_SOURCE = "DataSF draft publishing standards"

# More than this many are no help.
MOST = 12
_LONGEST_TEXT = 20_000
_SHOUTED = 3


@dataclass(frozen=True)
class Hint:
    """One suggestion: `found` stands at `start`:`end` of the text it was made for."""

    start: int
    end: int
    found: str
    sentence: str
    source: str


def hints_for(kind: str, text: str, *, name: str = "") -> tuple[Hint, ...]:
    """Suggestions for a text of `kind` "title", "text" or "column" (described column: `name`); others get none.

    In the order of the text, none overlapping, at most MOST.
    """
    text = text[:_LONGEST_TEXT]
    rules = _RULES.get(kind, ())
    if not text.strip() or not rules:
        return ()
    found = [hint for rule in rules for hint in rule(text)]
    if kind == "column" and copies_name(name, text):
        found.insert(0, _copied(text, name))
    return tuple(_apart(found))[:MOST]


def copies_name(name: str, description: str) -> bool:
    """Does a column's description say no more than its name?"""
    said = re.sub(r"^(the|a|an)\s+", "", description.strip(), flags=re.IGNORECASE)
    return bool(_letters(said)) and _letters(said) == _letters(name)


def _person_first(text: str) -> Iterator[Hint]:
    for start, end, found, instead in _matches(_PERSON, PERSON_FIRST, text):
        yield Hint(start, end, found, f"You may want to write “{instead}” for “{found}”.", PERSON_SOURCE)


def _plainer(text: str) -> Iterator[Hint]:
    for start, end, found, instead in _matches(_PLAIN, PLAINER, text):
        yield Hint(start, end, found, f"You may want to write “{instead}” for “{found}”.", PLAIN_SOURCE)


def _acronyms(text: str) -> Iterator[Hint]:
    """Capitals that nobody explains: neither “Words (ABC)” nor “ABC (words)” stands in the text."""
    if _is_shouted(text):
        return
    explained = {match[1] for match in re.finditer(r"\(([A-Z][A-Z0-9&-]+)s?\)", text)}
    explained |= {match[1] for match in re.finditer(r"\b([A-Z][A-Z0-9&-]+)s?\s+\([^)]*[a-z]", text)}
    said = set()
    for match in re.finditer(r"\b([A-Z][A-Z0-9]{1,7})(s?)\b", text):
        word = match[1]
        if (
            word in KNOWN_CAPITALS
            or word in explained
            or word in said
            or not re.search("[A-Z]{2}|[A-Z][0-9]", word)
        ):
            continue
        said.add(word)
        yield Hint(
            match.start(),
            match.end(),
            match[0],
            f"You may want to say what “{match[0]}” stands for; not every reader knows.",
            ACRONYM_SOURCE,
        )


def _capitals(text: str) -> Iterator[Hint]:
    """The whole text, or three words and more in a row, in capitals."""
    if _is_shouted(text):
        yield _shouting(text, 0, len(text))
        return
    for match in re.finditer(r"\b[A-Z]{2,}(?:[ ,]+[A-Z]{2,}){2,}\b", text):
        yield _shouting(text, match.start(), match.end())


def _years(text: str) -> Iterator[Hint]:
    for match in re.finditer(r"\b(?:19|20)[0-9]{2}(?:\s?[-–/]\s?(?:(?:19|20)?[0-9]{2}))?\b", text):
        yield Hint(
            match.start(),
            match.end(),
            match[0],
            f"You may want to leave “{match[0]}” out of the title: later years then fit into the same dataset, "
            "and the period is shown beside it.",
            YEAR_SOURCE,
        )


_RULES: dict[str, tuple[Callable[[str], Iterator[Hint]], ...]] = {
    "title": (_capitals, _person_first, _plainer, _acronyms, _years),
    "text": (_capitals, _person_first, _plainer, _acronyms),
    "column": (_capitals, _person_first, _plainer, _acronyms),
}


# “the elderly live” speaks of people, “the elderly housing program” does not: what follows decides.
_PEOPLE_MEANT = r"(?!\s+(?!(?:and|or|in|of|who|with|are|is|were|live|have|at|by|for|to|from)\b)\w)"


def _pattern(words: dict[str, str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    phrases = "|".join(
        re.escape(one).replace(r"\ ", r"\s+") + (_PEOPLE_MEANT if one.startswith("the ") else "")
        for one in longest_first
    )
    # A hyphen joins words: “non-inmate” and “inmate-run” are words of their own.
    return re.compile(rf"(?<![\w-])(?:{phrases})(?![\w-])", re.IGNORECASE)


_PERSON, _PLAIN = _pattern(PERSON_FIRST), _pattern(PLAINER)


def _matches(
    pattern: re.Pattern[str], words: dict[str, str], text: str
) -> Iterator[tuple[int, int, str, str]]:
    for match in pattern.finditer(text):
        # Some letters of other scripts count as equal to ours without being ours; they find no pair.
        instead = words.get(" ".join(match[0].lower().split()))
        if instead:
            yield match.start(), match.end(), match[0], instead


def _shouting(text: str, start: int, end: int) -> Hint:
    found = text[start:end]
    shown = found if len(found) <= 40 else f"{found[:40].rstrip()}…"
    sentence = f"You may want to write “{shown}” in small letters; capitals are hard to read."
    return Hint(start, end, found, sentence, CAPITALS_SOURCE)


def _copied(text: str, name: str) -> Hint:
    sentence = f"You may want to say what “{name}” measures; the description repeats the name of the column."
    return Hint(0, len(text), text, sentence, COLUMN_SOURCE)


def _is_shouted(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) >= _SHOUTED and all(word.isupper() for word in words)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _apart(found: list[Hint]) -> Iterator[Hint]:
    """In order, leaving out what stands inside something said already; the longer one wins."""
    end = 0
    for hint in sorted(found, key=lambda one: (one.start, -one.end)):
        if hint.start >= end:
            yield hint
            end = hint.end
