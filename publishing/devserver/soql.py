"""The expressions of SoQL, enough to verify a dataset, compiled to SQL with bound values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from publishing.devserver import values
from publishing.devserver.http import ApiError
from publishing.devserver.store import Asset, cell

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>`[^`]+`|:?[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op><>|!=|<=|>=|[=<>(),*:-]))"
)
_PARTS = ("substr('0000' || (sid / 10000), -4)", "'.'", "substr('0000' || (sid % 10000), -4)", "'-'", "sid")
ROW_ID = f"('row-' || {' || '.join(_PARTS)})"
SYSTEM = {
    ":id": (ROW_ID, "row_identifier"),
    ":created_at": ("strftime('%Y-%m-%dT%H:%M:%fZ', made, 'unixepoch')", "fixed_timestamp"),
    ":updated_at": ("strftime('%Y-%m-%dT%H:%M:%fZ', changed, 'unixepoch')", "fixed_timestamp"),
}
AGGREGATES = ("count", "min", "max", "sum", "avg")
COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")
# Functions of one row: the type that comes out, and the SQL for its arguments.
FUNCTIONS: dict[str, tuple[str, str]] = {
    "upper": ("text", "UPPER({0})"),
    "lower": ("text", "LOWER({0})"),
    "length": ("number", "LENGTH({0})"),
    "starts_with": ("checkbox", "(SUBSTR({0}, 1, LENGTH({1})) = {1})"),
    "contains": ("checkbox", "(INSTR({0}, {1}) > 0)"),
    "coalesce": ("text", "COALESCE({0}, {1})"),
    "date_trunc_y": ("calendar_date", "(SUBSTR({0}, 1, 4) || '-01-01T00:00:00.000')"),
    "date_trunc_ym": ("calendar_date", "(SUBSTR({0}, 1, 7) || '-01T00:00:00.000')"),
    "date_trunc_ymd": ("calendar_date", "(SUBSTR({0}, 1, 10) || 'T00:00:00.000')"),
}


@dataclass
class Expr:
    sql: str
    kind: str
    name: str
    params: list[Any] = field(default_factory=list)
    constant: bool = False


class Parser:
    """One clause at a time; an unknown column or a word out of place is the portal's own 400."""

    def __init__(self, text: str, asset: Asset) -> None:
        self.text = text
        self.asset = asset
        self.tokens = self._tokens(text)
        self.at = 0

    def _tokens(self, text: str) -> list[tuple[str, str]]:
        found, at = [], 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise self.trouble(text[at : at + 10])
            found.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            at = match.end()
        return found

    def trouble(self, near: str) -> ApiError:
        return ApiError(
            400, "query.compiler.malformed", f"Could not parse SoQL query at '{near}'", {"query": self.text}
        )

    def peek(self) -> str:
        return self.tokens[self.at][1].lower() if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self.trouble("end of query")
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *words: str) -> str:
        if self.peek() in words:
            return self.take()[1].lower()
        return ""

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise self.trouble(self.peek() or "end of query")

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self.trouble(self.tokens[self.at][1])

    def either(self) -> Expr:
        left = self.both()
        while self.accept("or"):
            right = self.both()
            left = Expr(f"({left.sql} OR {right.sql})", "checkbox", "", left.params + right.params)
        return left

    def both(self) -> Expr:
        left = self.negation()
        while self.accept("and"):
            right = self.negation()
            left = Expr(f"({left.sql} AND {right.sql})", "checkbox", "", left.params + right.params)
        return left

    def negation(self) -> Expr:
        if self.accept("not"):
            inner = self.negation()
            return Expr(f"(NOT {inner.sql})", "checkbox", "", inner.params)
        return self.comparison()

    def comparison(self) -> Expr:
        left = self.operand()
        operator = self.accept(*COMPARISONS)
        if operator:
            right = self.operand()
            left, right = comparable(left, right)
            return Expr(f"({left.sql} {operator} {right.sql})", "checkbox", "", left.params + right.params)
        if self.accept("is"):
            word = "IS NOT NULL" if self.accept("not") else "IS NULL"
            self.expect("null")
            return Expr(f"({left.sql} {word})", "checkbox", "", left.params)
        negated = bool(self.accept("not"))
        if self.accept("in"):
            return self.membership(left, negated)
        if self.accept("like"):
            right = self.operand()
            word = "NOT LIKE" if negated else "LIKE"
            return Expr(f"({left.sql} {word} {right.sql})", "checkbox", "", left.params + right.params)
        if self.accept("between"):
            return self.between(left, negated)
        if negated:
            raise self.trouble(self.peek())
        return left

    def between(self, value: Expr, negated: bool) -> Expr:
        low = self.operand()
        self.expect("and")
        high = self.operand()
        mine, low = comparable(value, low)
        again, high = comparable(value, high)
        sql = f"({mine.sql} >= {low.sql} AND {again.sql} <= {high.sql})"
        params = mine.params + low.params + again.params + high.params
        return Expr(f"(NOT {sql})" if negated else sql, "checkbox", "", params)

    def membership(self, left: Expr, negated: bool) -> Expr:
        self.expect("(")
        sql, params = [], []
        while True:
            mine, other = comparable(left, self.operand())
            sql.append(other.sql)
            params += other.params
            if not self.accept(","):
                break
        self.expect(")")
        word = "NOT IN" if negated else "IN"
        return Expr(f"({mine.sql} {word} ({', '.join(sql)}))", "checkbox", "", mine.params + params)

    def operand(self) -> Expr:
        kind, word = self.take()
        if word == "(":
            inner = self.either()
            self.expect(")")
            return inner
        if word == "-" and self.peek():
            number = self.operand()
            return Expr(number.sql, "number", "", [f"-{number.params[0]}"], constant=True)
        if kind == "string":
            return Expr("?", "text", "", [word[1:-1].replace("''", "'")], constant=True)
        if kind == "number":
            return Expr("?", "number", "", [word], constant=True)
        if kind != "name":
            raise self.trouble(word)
        if word.lower() in ("true", "false"):
            return Expr("?", "checkbox", "", [word.lower()], constant=True)
        if self.peek() == "(" and word.lower() in AGGREGATES:
            return self.aggregate(word.lower())
        if self.peek() == "(" and word.lower() in FUNCTIONS:
            return self.function(word.lower())
        return self.column(word.strip("`"))

    def function(self, name: str) -> Expr:
        self.expect("(")
        parts = [self.operand()]
        while self.accept(","):
            parts.append(self.operand())
        self.expect(")")
        kind, template = FUNCTIONS[name]
        params: list[Any] = []

        # A value that stands twice in the SQL is bound twice, in the order in which it stands there.
        def placed(match: re.Match[str]) -> str:
            part = parts[int(match[1])]
            params.extend(part.params)
            return part.sql

        if max(int(number) for number in re.findall(r"\{(\d)\}", template)) != len(parts) - 1:
            raise self.trouble(name)
        sql = re.sub(r"\{(\d)\}", placed, template)
        return Expr(sql, kind, f"{name}_{parts[0].name}", params)

    def aggregate(self, name: str) -> Expr:
        self.expect("(")
        if name == "count" and self.accept("*"):
            self.expect(")")
            return Expr("COUNT(*)", "number", "count")
        inner = self.operand()
        self.expect(")")
        sql = f"CAST({inner.sql} AS NUMERIC)" if inner.kind == "number" else inner.sql
        kind = inner.kind if name in ("min", "max") else "number"
        return Expr(f"{name.upper()}({sql})", kind, f"{name}_{inner.name.lstrip(':')}", inner.params)

    def column(self, name: str) -> Expr:
        if name in SYSTEM:
            return Expr(SYSTEM[name][0], SYSTEM[name][1], name)
        for column in self.asset.columns:
            if column["fieldName"] == name.lower():
                return Expr(cell(column), column["dataTypeName"], column["fieldName"])
        raise ApiError(
            400,
            "query.soql.no-such-column",
            f"Query coordinator error: query.soql.no-such-column; No such column: {name}",
            {"column": name},
        )


def comparable(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Both sides as one type: numbers by value, a constant in the notation in which the column is kept."""
    if "number" in (left.kind, right.kind):
        return _cast(left), _cast(right)
    for one, other in ((left, right), (right, left)):
        if one.constant and not other.constant and other.kind in values.READERS:
            try:
                one.params = [values.stored(other.kind, one.params[0])]
            except ValueError as error:
                raise ApiError(
                    400, "query.soql.type-mismatch", f"The value for {other.name} {error}"
                ) from error
    return left, right


def _cast(side: Expr) -> Expr:
    return Expr(f"CAST({side.sql} AS NUMERIC)", "number", side.name, side.params, side.constant)


def selection(text: str, asset: Asset) -> list[Expr]:
    parser = Parser(text, asset)
    chosen: list[Expr] = []
    while True:
        if parser.accept("*"):
            chosen += [
                Expr(cell(column), column["dataTypeName"], column["fieldName"]) for column in asset.columns
            ]
        elif parser.peek() == ":" and parser.take() and parser.accept("*"):
            chosen += [Expr(sql, kind, name) for name, (sql, kind) in SYSTEM.items()]
        else:
            item = parser.either()
            if parser.accept("as"):
                item.name = parser.take()[1].strip("`").lower()
            chosen.append(item)
        if not parser.accept(","):
            break
    parser.end()
    return chosen


def condition(text: str, asset: Asset) -> Expr:
    parser = Parser(text, asset)
    found = parser.either()
    parser.end()
    return found


def ordering(text: str, asset: Asset) -> list[str]:
    parser = Parser(text, asset)
    terms = []
    while True:
        term = parser.operand()
        # Sorting by the portal's own row number is sorting by the order of arrival.
        sql = (
            "sid"
            if term.name == ":id"
            else f"CAST({term.sql} AS NUMERIC)"
            if term.kind == "number"
            else term.sql
        )
        direction = "DESC" if parser.accept("desc") else "ASC"
        parser.accept("asc")
        terms.append(f"{sql} {direction}")
        if not parser.accept(","):
            break
    parser.end()
    return terms
