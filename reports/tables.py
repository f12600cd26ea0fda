"""A table of numbers, the one source of what a chart draws, a page lists and a CSV file holds."""

from __future__ import annotations

from dataclasses import dataclass, field

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """One column: its heading, and whether it holds numbers (which stand to the right)."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """`links` has one address (or None) per row, for its first cell. `empty` is what is said without rows."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    links: tuple[str | None, ...] = field(default=())

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(column.label for column in self.columns)

    @property
    def headings(self) -> list[dict[str, str | bool]]:
        """The columns as the table component takes them."""
        return [{"label": column.label, "number": column.numeric} for column in self.columns]

    @property
    def lines(self) -> list[dict[str, object]]:
        """The rows as a template lists them: link of the row, first cell, other cells with their columns."""
        links = self.links or (None,) * len(self.rows)
        return [
            {"link": link, "head": row[0], "cells": list(zip(self.columns[1:], row[1:], strict=True))}
            for row, link in zip(self.rows, links, strict=True)
        ]


@dataclass(frozen=True)
class Figure:
    """One figure of a dashboard: a table, the sentence that reads it, and a chart where one helps."""

    table: Table
    says: str
    chart: str = ""

    @property
    def id(self) -> str:
        return self.table.id
