"""Other signs for blanks, hyphens and digits, as word processors and web pages write them, read as the plain ones.

Every sign is read as one plain sign, so that a place in the one text is the same place in the other. Plain Python
over polars; no Django.
"""

from __future__ import annotations

import unicodedata

import polars as pl

# Blanks of any width, signs of no width, and the hyphen that shows only where a line ends.
_BLANKS = "\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff"
_HYPHENS = "\u00ad\u2010-\u2015\u2212\ufe58\ufe63"
# Letters, digits and signs as wide as a Chinese character.
_WIDE = "\uff01-\uff5e"


def _signs(ranges: str) -> list[str]:
    """Each sign of a class of a regular expression: "a-cx" holds a, b, c and x."""
    signs, rest = [], ranges
    while rest:
        last = rest[2] if rest[1:2] == "-" else rest[0]
        signs += [chr(code) for code in range(ord(rest[0]), ord(last) + 1)]
        rest = rest[3:] if rest[1:2] == "-" else rest[1:]
    return signs


_PLAIN = {
    **dict.fromkeys(_signs(_BLANKS), " "),
    **dict.fromkeys(_signs(_HYPHENS), "-"),
    **{sign: unicodedata.normalize("NFKC", sign) for sign in _signs(_WIDE)},
}
# Any of these signs.
FOLDED = f"[{_BLANKS}{_HYPHENS}{_WIDE}]"


def with_folded(values: pl.DataFrame) -> pl.DataFrame:
    """The values (`v`) with what is searched of each (`f`), where any is written in other signs; plain ones cost no
    more than a count of their bytes."""
    column = values.get_column("v")
    plain = column.str.len_bytes() == column.str.len_chars()
    if plain.all() or not (other := column.filter(~plain)).str.contains(FOLDED).any():
        return values
    read = other.str.replace_many(list(_PLAIN), list(_PLAIN.values()))
    places = plain.not_().arg_true()
    return values.with_columns(f=column.rename("f").scatter(places, read))


def as_written(matches: pl.DataFrame) -> pl.DataFrame:
    """Matches (`m`) that were found in what was read (`f`), each as its value has it, wherever it stands there."""
    if "f" not in matches.columns:
        return matches
    rows = [
        {**row, "m": written}
        for row in matches.filter(pl.col("f") != pl.col("v")).iter_rows(named=True)
        for written in _spans(row["v"], row["f"], row["m"])
    ]
    plain = matches.filter(pl.col("f") == pl.col("v"))
    return pl.concat([plain, pl.DataFrame(rows, schema=matches.schema)]).drop("f")


def _spans(value: str, read: str, match: str) -> list[str]:
    """Every way in which a value writes what was matched in it."""
    spans, start = [], read.find(match)
    while start >= 0:
        spans.append(value[start : start + len(match)])
        start = read.find(match, start + len(match))
    return list(dict.fromkeys(spans))
