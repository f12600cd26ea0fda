"""The names of columns: the same rules, and the same sentences, for every format."""

from __future__ import annotations

import re
from collections import Counter

from datafiles.errors import DataFileError
from datafiles.names import is_personal

_MAX_NAME = 255
_SHOWN = 5
_VALUE_LIKE = re.compile(r"^[-+$]?[0-9][0-9.,/:\- ]*%?$")


def header_check(
    header: list[str], *, line: int, sheet: str | None = None
) -> tuple[list[str], list[dict[str, str]]]:
    """The names, trimmed, and notes about them. Raises DataFileError when one is missing or stands twice."""
    where = f'Sheet "{sheet}", row {line:,}' if sheet and not is_personal(sheet) else f"Line {line:,}"
    names = [" ".join(name.replace("\ufeff", "").split()) for name in header]
    personal = [str(position) for position, name in enumerate(names, 1) if is_personal(name)]
    if personal:
        # Before anything that quotes a name: names of columns are stored, shown and published in clear.
        raise DataFileError(
            f"{where}: the header holds what is written like a personal number or an e-mail address, in "
            f"{_listed('column', personal)}. The file probably has no header and begins with its data: put a "
            "line with the names of the columns on top.",
            code="personal_header",
            line=line,
            sheet=None if sheet and is_personal(sheet) else sheet,
        )
    empty = [position for position, name in enumerate(names, 1) if not name]
    if empty:
        raise DataFileError(
            f"{where}: {_listed('column', [str(position) for position in empty])} of the header "
            f"{'has' if len(empty) == 1 else 'have'} no name. Name every column, or delete those that are "
            "empty; titles above the header must go.",
            code="empty_header",
            line=line,
            sheet=sheet,
        )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataFileError(
            f"{where}: {_listed('the column name', [_quoted(name) for name in twice])} "
            f"{'stands' if len(twice) == 1 else 'stand'} more than once in the header. "
            "Give every column its own name.",
            code="duplicate_header",
            line=line,
            sheet=sheet,
        )
    if any(len(name) > _MAX_NAME for name in names):
        position = next(at for at, name in enumerate(names, 1) if len(name) > _MAX_NAME)
        raise DataFileError(
            f"{where}: the name of column {position} is longer than {_MAX_NAME} characters. Shorten it; the "
            "explanation of a column belongs in its description.",
            code="long_header",
            line=line,
            sheet=sheet,
        )
    notes = []
    if sum(bool(_VALUE_LIKE.match(name)) for name in names) * 2 > len(names):
        notes.append(
            {
                "code": "header_looks_like_data",
                "sentence": f"{where} looks like data, not like column names: most of its cells are numbers.",
            }
        )
    return names, notes


def _quoted(name: str) -> str:
    return f'"{name if len(name) <= 60 else name[:57] + "..."}"'


def _listed(noun: str, items: list[str]) -> str:
    """ "column 3", "columns 3, 5 and 2 more"."""
    shown, more = items[:_SHOWN], len(items) - _SHOWN
    plural = noun if len(items) == 1 else noun + "s"
    text = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return f"{plural} {text}"
