"""The expressions of DSMAPI: what each column of the result is made of, compiled to one function of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from publishing.devserver.dsmapi import functions
from publishing.devserver.dsmapi.functions import Cell, Conversion
from publishing.devserver.dsmapi.notations import ANY
from publishing.devserver.dsmapi.shapes import refusal

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<column>`[^`]+`)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<op>\|\||[-+*/(),]))"
)
ARITHMETIC = ("+", "-", "*", "/")
Row = Sequence[Cell]


@dataclass
class Node:
    """A part of an expression: its type, the function of a row that makes it, the columns that it reads.

    With `stays` it reads one column, and a value in the notation of this type (see `notations`) stays as it is.
    """

    kind: str
    make: Callable[[Row], Cell]
    reads: set[int] = field(default_factory=set)
    stays: str | None = None


def compile_transform(text: str, columns: list[dict[str, Any]]) -> Node:
    """The expression over these input columns; raises ApiError 400 for what the portal would not understand."""
    parser = _Parser(text, columns)
    node = parser.sum()
    parser.end()
    return node


class _Parser:
    def __init__(self, text: str, columns: list[dict[str, Any]]) -> None:
        self.text = text
        self.places = {column["field_name"]: at for at, column in enumerate(columns)}
        self.kinds = [column["soql_type"] for column in columns]
        self.tokens = self._tokens(text.strip())
        self.at = 0

    def _tokens(self, text: str) -> list[tuple[str, str]]:
        found, at = [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise self.trouble(f"near '{text[at : at + 10]}'")
            found.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        return found

    def trouble(self, why: str) -> Exception:
        return refusal(400, "invalid_transform", f"Cannot compile the transform {self.text!r}: {why}")

    def accept(self, *words: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("op", word) for word in words]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self.trouble(f"near '{self.tokens[self.at][1]}'")

    def sum(self) -> Node:
        left = self.product()
        while operator := self.accept("+", "-", "||"):
            left = self.combined(operator, left, self.product())
        return left

    def product(self) -> Node:
        left = self.operand()
        while operator := self.accept("*", "/"):
            left = self.combined(operator, left, self.operand())
        return left

    def combined(self, operator: str, left: Node, right: Node) -> Node:
        if operator == "||":
            return self.call("concat", [left, right])
        if left.kind != "number" or right.kind != "number":
            raise self.trouble(f"{operator} needs numbers")
        return self.call(operator, [left, right])

    def operand(self) -> Node:
        if self.accept("("):
            inner = self.sum()
            self.close()
            return inner
        if self.accept("-"):
            inner = self.operand()
            return self.combined("*", inner, Node("number", lambda row: "-1"))
        if self.at >= len(self.tokens):
            raise self.trouble("it ends too early")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "string":
            text = word[1:-1].replace("''", "'")
            return Node("text", lambda row: text)
        if kind == "number":
            return Node("number", lambda row: word)
        if kind == "name" and self.accept("("):
            return self.call(word.lower(), self.arguments())
        if kind == "name" and word.lower() in ("null", "true", "false"):
            constant = None if word.lower() == "null" else word.lower()
            return Node("text" if constant is None else "checkbox", lambda row: constant)
        return self.column(word.strip("`"))

    def arguments(self) -> list[Node]:
        found: list[Node] = []
        if self.accept(")"):
            return found
        while True:
            found.append(self.sum())
            if not self.accept(","):
                break
        self.close()
        return found

    def close(self) -> None:
        if not self.accept(")"):
            raise self.trouble("a bracket is not closed")

    def column(self, name: str) -> Node:
        at = self.places.get(name)
        if at is None:
            raise refusal(400, "no_such_column", f"No such column: {name}", column=name)
        return Node(self.kinds[at], lambda row: row[at], {at}, ANY)

    def call(self, name: str, parts: list[Node]) -> Node:
        reads = set().union(*(part.reads for part in parts))
        if name == "forgive":
            if len(parts) != 1:
                raise self.trouble("forgive takes one value")
            return Node(parts[0].kind, _forgiving(parts[0].make), reads, parts[0].stays)
        known = functions.KNOWN.get(name)
        if known is None:
            raise refusal(400, "no_such_function", f"No such function: {name}", function=name)
        if not known.fewest <= len(parts) <= known.most:
            raise self.trouble(f"{name} takes {known.fewest} to {known.most} values")
        notes_one = known.notes and len(parts) == 1 and parts[0].stays == ANY
        stays = known.kind if notes_one else None
        return Node(known.kind, _applied(known.act, [part.make for part in parts]), reads, stays)


def _applied(act: Callable[..., Cell], makers: list[Callable[[Row], Cell]]) -> Callable[[Row], Cell]:
    if len(makers) == 1:
        only = makers[0]
        return lambda row: act(only(row))
    return lambda row: act(*[make(row) for make in makers])


def _forgiving(make: Callable[[Row], Cell]) -> Callable[[Row], Cell]:
    def forgiving(row: Row) -> Cell:
        try:
            return make(row)
        except Conversion:
            return None

    return forgiving
