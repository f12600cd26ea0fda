"""Whole queries: $select, $where, $group, $having, $order and their like, or a statement, as SQL."""

# ruff: noqa: S608 - the names in these statements are our own numbers; values are bound

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from publishing.devserver import geometry
from publishing.devserver.http import ApiError
from publishing.devserver.soql import AGGREGATES, Expr, Parser, comparable, condition, ordering, selection
from publishing.devserver.store import Asset, cell

_CLAUSE = re.compile(
    r"'(?:[^']|'')*'|`[^`]*`|\b(select|where|group\s+by|having|order\s+by|limit|offset|search)\b",
    re.IGNORECASE,
)
ARRIVAL = (" ORDER BY sid", " ORDER BY sid ASC")
_OWN_COLUMN = re.compile(r"c\d+")
_ARGUMENTS = 100
KNOWN = {
    "$select",
    "$where",
    "$order",
    "$group",
    "$having",
    "$limit",
    "$offset",
    "$q",
    "$query",
    "$$app_token",
    "$$exclude_system_fields",
    "$$version",
    "$$read_from_nbe",
}


@dataclass
class Table:
    """Where rows come from: a table, or a query in brackets with the values bound in it."""

    sql: str
    params: list[Any] = field(default_factory=list)
    behind: bool = False
    rows_updated: int = 0
    version: int = 0
    # Of a dataset's own table: the number (sid) of the row at an offset, in the order of arrival.
    row_at: Callable[[int], int | None] | None = None


@dataclass
class Query:
    sql: str
    params: list[Any]
    fields: list[tuple[str, str]]
    # The same query, each row as a line of CSV, where all that it chooses is kept as text.
    lines: str | None = None


def clauses(text: str) -> dict[str, str]:
    """A whole statement as the parameters that say the same: SELECT a WHERE b becomes $select and $where."""
    marks = [match for match in _CLAUSE.finditer(text) if match[1]]
    found: dict[str, str] = {}
    if not marks or text[: marks[0].start()].strip():
        raise ApiError(400, "query.compiler.malformed", f"Could not parse SoQL query {text!r}")
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        word = re.sub(r"\s+", " ", mark[1].lower())
        name = "$" + {"group by": "group", "order by": "order", "search": "q"}.get(word, word)
        found[name] = text[mark.end() : after.start() if after else None].strip()
    return found


def compile_query(params: dict[str, str], asset: Asset, table: Table) -> Query:
    """One GET of /resource as SQL; unknown $-words and unknown columns are refused."""
    for name in params:
        if name.startswith("$") and name not in KNOWN:
            raise ApiError(400, "query.unsupported", f"The stand-in does not know {name}")
    if params.get("$query"):
        params = clauses(params["$query"])
    chosen = selection(params.get("$select") or "*", asset)
    bound = [value for item in chosen for value in item.params] + table.params
    tail, values_of_tail = _tail(params, asset, chosen)
    limit, offset = _whole(params, "$limit", 1000), _whole(params, "$offset", 0)
    if table.row_at is not None and offset and tail in ARRIVAL:
        # The first row of the page, which the table finds at once, for an offset, to which it walks.
        tail, values_of_tail, offset = f" WHERE sid >= ?{tail}", [table.row_at(offset)], 0
    source = f"FROM {table.sql}{tail} LIMIT ? OFFSET ?"
    return Query(
        f"SELECT {', '.join(item.sql for item in chosen) or 'NULL'} {source}",
        [*bound, *values_of_tail, limit, offset],
        [(item.name, item.kind) for item in chosen],
        f"SELECT {_line(chosen)} {source}" if table.row_at and _kept_as_text(chosen) else None,
    )


def _kept_as_text(chosen: list[Expr]) -> bool:
    own = all(_OWN_COLUMN.fullmatch(item.sql) and item.kind not in geometry.TYPES for item in chosen)
    return bool(chosen) and own


def _line(chosen: list[Expr]) -> str:
    """The cells in quotes, those inside doubled: SQLite does that with %w, for so many values at a time."""
    parts = [chosen[at : at + _ARGUMENTS] for at in range(0, len(chosen), _ARGUMENTS)]
    lines = []
    for part in parts:
        form = ",".join(['"%w"'] * len(part))
        cells = ", ".join(f"ifnull({item.sql}, '')" for item in part)
        lines.append(f"printf('{form}', {cells})")
    return " || ',' || ".join(lines)


def compile_view(params: dict[str, str], asset: Asset, table: Table, names: list[str]) -> Table:
    """A statement as a table of its own, its columns under these names; `names` fits its selection."""
    chosen = selection(params.get("$select") or "*", asset)
    grouped = bool(params.get("$group")) or _aggregated(chosen)
    system = (
        "MIN(sid) AS sid, MIN(made) AS made, MAX(changed) AS changed" if grouped else "sid, made, changed"
    )
    columns = "".join(f", {item.sql} AS {name}" for item, name in zip(chosen, names, strict=True))
    tail, bound = _tail(params, asset, chosen)
    if "$limit" in params or "$offset" in params:
        tail += " LIMIT ? OFFSET ?"
        bound += [_whole(params, "$limit", -1), _whole(params, "$offset", 0)]
    before = [value for item in chosen for value in item.params] + table.params
    return Table(
        f"(SELECT {system}{columns} FROM {table.sql}{tail})",
        before + bound,
        table.behind,
        table.rows_updated,
        table.version,
    )


def _aggregated(chosen: list[Expr]) -> bool:
    return any(item.sql.startswith(tuple(f"{name.upper()}(" for name in AGGREGATES)) for item in chosen)


def _tail(params: dict[str, str], asset: Asset, chosen: list[Expr]) -> tuple[str, list[Any]]:
    """WHERE, GROUP BY, HAVING and ORDER BY, with the values bound in them."""
    conditions = [condition(params["$where"], asset)] if params.get("$where") else []
    conditions += [_equals(name, value, asset) for name, value in params.items() if not name.startswith("$")]
    if params.get("$q"):
        conditions.append(_search(params["$q"], asset))
    sql, bound = "", []
    if conditions:
        sql += " WHERE " + " AND ".join(item.sql for item in conditions)
        bound += [value for item in conditions for value in item.params]
    if params.get("$group"):
        groups = selection(params["$group"], asset)
        sql += " GROUP BY " + ", ".join(item.sql for item in groups)
        bound += [value for item in groups for value in item.params]
    if params.get("$having"):
        having = condition(params["$having"], asset)
        sql += f" HAVING {having.sql}"
        bound += having.params
    order: list[str] = []
    if params.get("$order"):
        order = ordering(params["$order"], asset)
    elif not params.get("$group") and not _aggregated(chosen):
        order = ["sid"]
    return sql + (" ORDER BY " + ", ".join(order) if order else ""), bound


def _equals(name: str, value: str, asset: Asset) -> Expr:
    left = Parser("", asset).column(name)
    left, right = comparable(left, Expr("?", "text", "", [value], constant=True))
    return Expr(f"({left.sql} = {right.sql})", "checkbox", "", right.params)


def _search(text: str, asset: Asset) -> Expr:
    """Every word somewhere in a text column."""
    columns = [cell(column) for column in asset.columns if column["dataTypeName"] == "text"]
    whole = " || ' ' || ".join(f"ifnull({name}, '')" for name in columns) or "''"
    words = text.strip("'\"").split()
    sql = " AND ".join(f"INSTR(LOWER({whole}), ?) > 0" for _ in words) or "1"
    return Expr(f"({sql})", "checkbox", "", [word.lower() for word in words])


def _whole(params: dict[str, str], name: str, default: int) -> int:
    try:
        number = int(params.get(name, default))
    except ValueError as error:
        raise ApiError(400, "query.malformed", f"{name} is not a whole number") from error
    if number < 0:
        raise ApiError(400, "query.malformed", f"{name} is negative")
    return number
